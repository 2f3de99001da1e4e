import { defineErrors } from "../../errors/define";

/**
 * What only Liquibase fails with: its settings, its Java process, its changelogs. Where a kind leaves the exit code open:
 * while it plans, nothing was changed (2); once changesets run, the lines after the fix say what became of them (1).
 */
export const liquibaseErrors = defineErrors({
    PropertiesFileMissing: {
        code: "AP1003",
        what: "{file} is missing.",
        fix: "Create it with at least one line, the path of the root changelog: changeLogFile=changelog.yaml",
        exit: "refused",
    },
    PropertiesRefused: {
        code: "AP1004",
        what: "{file} has settings that the pipeline does not accept:",
        list: "problems",
        fix: "Correct or remove these lines.",
        exit: "refused",
    },
    ChangelogEndless: {
        code: "AP1008",
        what: "The changelog {changelog} cannot be read completely:",
        list: "files",
        fix: "Correct these files: includes must not be circular, and nesting and expansion are limited.",
        exit: "refused",
    },
    JavaMissing: {
        code: "AP1012",
        what: "Java is missing: it is neither on the build's PATH nor in JAVA_HOME.",
        fix: "Run the build in an image with a Java runtime, version 17 or newer.",
        exit: "refused",
    },
    JavaNotStarted: {
        code: "AP1013",
        what: "Java does not start: {reason}.",
        fix: "Run the build in an image with a working Java runtime, version 17 or newer.",
        exit: "refused",
    },
    JarUnreadable: {
        code: "AP1016",
        what: "{file} is not a readable jar: {reason}.",
        fix: "Replace it with another copy, or remove it.",
        exit: "refused",
    },
    JarNamesOthers: {
        code: "AP1019",
        what: "{file} names other jars, which Java would load unseen ({place}).",
        fix: "Put those jars into lib/ themselves, where the plan lists their checksums, and build this one without the entry.",
        exit: "refused",
    },
    LiquibaseEnded: {
        code: "AP1307",
        what: "Liquibase's Java process ended unexpectedly ({how}).{output}",
        fix: "Start the build again; if it ran out of memory, give the build a larger compute type.",
        exit: "failed",
    },
    LiquibaseGarbled: {
        code: "AP1308",
        what: "Liquibase's Java process sent {bytes} bytes that are not a valid message: {beginning}.",
        fix: "Start the build again; if it fails again, build the toolchain again: npm run toolchain",
        exit: "failed",
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
    PlanExceeded: {
        code: "AP1417",
        what: "The plan was stopped after {seconds} s of computing at {place}{attribute}.",
        fix: "Rewrite a regular expression without nested or overlapping repetitions, and split what is unusually large; the time grows with the size of the files.",
        exit: "refused",
    },
    ChangeTypeUnknown: {
        code: "AP1413",
        what: "{step}: Liquibase does not know the type of a change:\n{cause}",
        fix: "Correct the name of the change, or add the jar of the extension that provides it.",
        exit: "either",
    },
});
