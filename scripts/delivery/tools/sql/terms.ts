import type { ToolTerms } from "../../terms";

export const terms: ToolTerms = {
    stopOnFailure: "the stop at its failure",
    markUnmet: "resolve.<migration>=applied",
    noRollback: "`-- undo not required: <reason>`",
    nameInHistory: "the migration's version",
    unsplit: "Write the statement as a single one: a folder's SQL is taken apart by the database's own grammar.",
    namedConstraint: "`CONSTRAINT <name>`",
};
