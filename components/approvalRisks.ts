/**
 * What a plan may contain for which a person is asked, where a stack does not ask for every plan: groups of lint rules,
 * and what no rule finds. A finding counts whatever its level, and whether or not it is waived; what the repository
 * lowers or waives is a risk of its own, which cannot be left out. This file depends on neither Pulumi nor Node.
 */
export const approvalRisks = {
    destructive: "it deletes data permanently",
    locking: "it blocks the application while it runs, by long locks or by copying a table, or its locks are not known",
    failing: "it fails, or does something other than what is written",
    guards: "it disables a guard of the database, or cannot be parsed",
    breaking: "it breaks code that runs",
    irreversible: "the pipeline cannot undo it completely",
    code: "it runs code from the repository",
    drift: "the database was changed by hand since the last deployment, or that is not known",
} as const;
export type ApprovalRisk = keyof typeof approvalRisks;

/** The names, for a list of them. */
export const approvalRiskNames = Object.keys(approvalRisks) as ApprovalRisk[];
