import { defineErrors } from "./define";

/** Plans and approvals. */
export const planErrors = defineErrors({
    PlanObjected: {
        code: "AP1101",
        what: "This plan must not run; nothing was changed:",
        list: "objections",
        fix: "Correct the changesets, or lower or waive the rule in lint.yaml with a reason, and push again.",
        exit: "failed",
    },
    ReplannedObjected: {
        code: "AP1102",
        what: "Nothing was {done}: {objections}.",
        fix: "Correct the changesets, or lower or waive the rule in lint.yaml with a reason, and push again.",
        exit: "refused",
    },
    NotTheApprovedPlan: {
        code: "AP1103",
        what: "This is not the plan that was approved: the source or the database has changed since.\n  approved {approved}\n  now      {current}\n{differences}",
        fix: "Nothing was run. Start the pipeline again to plan and approve the current state.",
        exit: "refused",
    },
    PlanUnreadable: {
        code: "AP1104",
        what: "The plan cannot be read: {file} ({reason}).",
        fix: "Start the pipeline again: its action Plan writes this file.",
        exit: "refused",
    },
    ExecutionRollsBack: {
        code: "AP1105",
        what: "This execution was started to roll back to {tag}, so it deploys nothing.",
        fix: "Start an execution without ROLLBACK_TO to deploy.",
        exit: "refused",
    },
    WindowClosed: {
        code: "AP1112",
        what: "It is {now}, outside the deployment window {window}; nothing was deployed.",
        fix: "Start the pipeline again: it waits for the window{opens}, and asks for an approval in it.",
        exit: "refused",
    },
    ApprovalNeeded: {
        code: "AP1113",
        what: "This plan needs an approval, which this stage does not ask for ({risks}); nothing was deployed.",
        fix: "The database or the plan has changed since the first plan: start the pipeline again, which then asks.",
        exit: "refused",
    },
    ReleaseSuperseded: {
        code: "AP1106",
        what: "{releaseId} was started before, and {later} was deployed after it.",
        fix: "Start a new execution of the pipeline instead of retrying this one.",
        exit: "refused",
    },
    CodeNotAllowed: {
        code: "AP1107",
        what: "The {source} runs code from the repository, which this environment does not allow; nothing was changed:",
        list: "uses",
        fix: "{instead}",
        exit: "refused",
    },
    FileNameReserved: {
        code: "AP1108",
        what: "The file name {file} is reserved for rows that are not changesets, so an undo would skip these:",
        list: "changesets",
        fix: "Set another {nameInHistory}, or remove the attribute, and push again.",
        exit: "refused",
    },
    ReleaseNotMarked: {
        code: "AP1109",
        what: "The tag {releaseId} was set, but the database's history does not have it; nothing was applied.",
        fix: "Look for an operator, a trigger or a rule on the tracking tables that changes what is written there, remove it, and start the pipeline again.",
        exit: "refused",
    },
    HistoryMisnamed: {
        code: "AP1110",
        what: "The table {table} is named like {tool}'s history {history}, but in another case: {tool} treats it as its own and cannot read it.",
        fix: "To keep its history, rename it and its columns to lower case (ALTER TABLE {table} RENAME TO {history}); if it is obsolete, give it another name.",
        exit: "refused",
    },
    BaselineStale: {
        code: "AP1111",
        what: "{file} was written for other changesets:",
        list: "changesets",
        fix: "Run `npm run baseline` again, and commit the file with the changesets.",
        exit: "refused",
    },
});
