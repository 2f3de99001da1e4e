import type { ToolTerms } from "../../terms";

/** Flyway has no attributes for single changes: what cannot be written in a script is said so. */
export const terms: ToolTerms = {
    stopOnFailure: "stop on failure",
    markUnmet: "",
    noRollback: "an undo script that holds only the comment `-- not required: <reason>`",
    nameInHistory: "the name of the script",
    unsplit: "Write the statement as the only one of its script.",
    namedConstraint: "`CONSTRAINT <name>` in the script",
};
