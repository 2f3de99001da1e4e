import type { ToolTerms } from "../../terms";

export const terms: ToolTerms = {
    stopOnFailure: "the stop at its failure",
    markUnmet: "the tool's own way to record a migration",
    noRollback: "a `rollback` command that does nothing",
    nameInHistory: "the name that `status` prints",
    unsplit: "Write one statement in each migration.",
    namedConstraint: "`CONSTRAINT <name>`",
};
