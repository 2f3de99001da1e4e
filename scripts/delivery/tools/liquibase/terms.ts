import type { ToolTerms } from "../../terms";

export const terms: ToolTerms = {
    stopOnFailure: "failOnError",
    markUnmet: "onFail:MARK_RAN",
    noRollback: "`--rollback not required: <reason>`",
    nameInHistory: "logicalFilePath",
    unsplit:
        "Add `splitStatements:false` to the changeset, for its rollback `rollbackSplitStatements:false` (in XML, YAML and JSON `splitStatements` to the `sql` change).",
    namedConstraint:
        "`constraintName` (in a column's `constraints` `uniqueConstraintName`, `primaryKeyName` or `foreignKeyName`)",
};
