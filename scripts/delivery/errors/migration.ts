import { defineErrors } from "./define";

/**
 * The migration tool fails. While it plans, nothing was changed (exit code 2); once changesets run, the lines after the fix say
 * what became of them (exit code 1).
 */
export const migrationErrors = defineErrors({
    MigrationFailed: {
        code: "AP1401",
        what: "{step}:\n{cause}",
        fix: "Correct the cause named in the message, and push.",
        exit: "either",
    },
    LocksNotGranted: {
        code: "AP1406",
        what: "{step}: other sessions held the table's locks during all attempts:\n{cause}",
        fix: "Find them in {lockViews}. Deploy when they have ended, or raise lockRetryBudgetSeconds; a higher lockTimeoutMilliseconds makes other sessions wait behind this change.",
        exit: "either",
    },
    StatementTimedOut: {
        code: "AP1409",
        what: "{step}: the statement ran longer than statementTimeoutMilliseconds:\n{cause}",
        fix: "Do the work in smaller steps, or raise the timeout.",
        exit: "either",
    },
    PrivilegeMissing: {
        code: "AP1412",
        what: "{step}: the user lacks the privilege:\n{cause}",
        fix: "The migrator acts as the owner role of the migrations. Declare roles and extensions in the stack's config (extensions, groupRoles, applicationUsers), and take over objects of another role with takeOverFrom; anything else the administrator runs once.",
        exit: "either",
    },
    VerificationFailed: {
        code: "AP1414",
        what: "Verification failed:",
        list: "checks",
        fix: "Correct the changesets, or the checks in verify/, and push.",
        exit: "failed",
    },
    VerificationBroken: {
        code: "AP1415",
        what: "The verification could not run: {reason}.",
        fix: "Start the pipeline again once the database answers.",
        exit: "failed",
    },
    MigrationInterrupted: {
        code: "AP1416",
        what: "The update could not continue: {reason}.",
        fix: "Start the pipeline again: it continues after the changesets that are applied.",
        exit: "failed",
    },
});
