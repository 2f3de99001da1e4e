import { defineErrors } from "./define";

/**
 * Liquibase fails. While it plans, nothing was changed (exit code 2); once changesets run, the lines after the fix say
 * what became of them (exit code 1).
 */
export const migrationErrors = defineErrors({
    MigrationFailed: {
        code: "AP1401",
        what: "{step}:\n{cause}",
        fix: "Correct the cause named in the message, and push.",
        exit: "either",
    },
    ChangesetEdited: {
        code: "AP1402",
        what: "{step}: a changeset that has already run was edited:\n{cause}",
        fix: "Undo the edit and write a new changeset instead. For views and functions that should be replaced after each edit, use runOnChange:true.",
        exit: "either",
    },
    ChangesetDuplicate: {
        code: "AP1403",
        what: "{step}: two changesets of one file have the same id and author:\n{cause}",
        fix: "Rename the newer one.",
        exit: "either",
    },
    ChangelogFileMissing: {
        code: "AP1404",
        what: "{step}: the changelog names a file that does not exist:\n{cause}",
        fix: "Paths in a changelog are relative to the migrations directory, or to the changelog itself with relativeToChangelogFile.",
        exit: "either",
    },
    ChangelogLockHeld: {
        code: "AP1405",
        what: "{step}: another deployment holds Liquibase's lock, or one was killed while holding it:\n{cause}",
        fix: "Wait for it; if none is running, release the lock: UPDATE databasechangeloglock SET locked = false, lockedby = NULL, lockgranted = NULL;",
        exit: "either",
    },
    LocksNotGranted: {
        code: "AP1406",
        what: "{step}: other sessions held the table's locks during all attempts:\n{cause}",
        fix: "Find them in pg_locks and pg_stat_activity. Deploy when they have ended, or raise lockRetryBudgetSeconds; a higher lockTimeoutMilliseconds makes other sessions wait behind this change.",
        exit: "either",
    },
    PreconditionStopped: {
        code: "AP1407",
        what: "{step}: a precondition took too long:\n{cause}",
        fix: "A precondition runs while the deployment holds its lock: write one that ends quickly and does not recurse endlessly, and move work on rows into a changeset.",
        exit: "either",
    },
    NestedTooDeeply: {
        code: "AP1408",
        what: "{step}: the changelog is nested too deeply:\n{cause}",
        fix: "Split the nested parts (parentheses, preconditions, lists of the changelog) into several changesets or files.",
        exit: "either",
    },
    StatementTimedOut: {
        code: "AP1409",
        what: "{step}: the statement ran longer than statementTimeoutMilliseconds:\n{cause}",
        fix: "Do the work in smaller steps, or raise the timeout.",
        exit: "either",
    },
    TagMissing: {
        code: "AP1410",
        what: "{step}: the tag is unknown:\n{cause}",
        fix: "Tags are the release ids that earlier deployments printed; they are in the column tag of databasechangelog.",
        exit: "either",
    },
    ChangeReadsDatabase: {
        code: "AP1411",
        what: "{step}: a change reads the database while its SQL is generated, so the SQL is not known in advance:\n{cause}",
        fix: "Write the change as SQL.",
        exit: "either",
    },
    PrivilegeMissing: {
        code: "AP1412",
        what: "{step}: the user lacks the privilege:\n{cause}",
        fix: "The migrator acts as the owner role of the migrations. Declare roles and extensions in the stack's config (extensions, groupRoles, applicationUsers), and take over objects of another role with takeOverFrom; anything else the administrator runs once.",
        exit: "either",
    },
    ChangeTypeUnknown: {
        code: "AP1413",
        what: "{step}: Liquibase does not know the type of a change:\n{cause}",
        fix: "Correct the name of the change, or add the jar of the extension that provides it.",
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
