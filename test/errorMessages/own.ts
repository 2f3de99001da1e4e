import type { mysqlErrors } from "../../scripts/delivery/engines/mysql/ownErrors";
import type { postgresErrors } from "../../scripts/delivery/engines/postgresql/ownErrors";
import type { flywayErrors } from "../../scripts/delivery/tools/flyway/errors";
import type { liquibaseErrors } from "../../scripts/delivery/tools/liquibase/errors";
import type { Messages } from "./row";

// The errors that only one tool or one engine has.

export const liquibaseMessages: Messages<typeof liquibaseErrors> = {
    PropertiesFileMissing: {
        code: "AP1003",
        facts: { file: "migrations/liquibase.properties" },
        exit: 2,
        message:
            "AP1003: migrations/liquibase.properties is missing. Create it with at least one line, the path of the root changelog: changeLogFile=changelog.yaml",
    },
    PropertiesRefused: {
        code: "AP1004",
        facts: { file: "migrations/liquibase.properties", problems: ["line 2: url is set by the pipeline"] },
        exit: 2,
        message: [
            "AP1004: migrations/liquibase.properties has settings that the pipeline does not accept:",
            "  - line 2: url is set by the pipeline",
            "Correct or remove these lines.",
        ].join("\n"),
    },
    ChangelogEndless: {
        code: "AP1008",
        facts: { changelog: "changelog.yaml", files: ["changelog.yaml includes itself"] },
        exit: 2,
        message: [
            "AP1008: The changelog changelog.yaml cannot be read completely:",
            "  - changelog.yaml includes itself",
            "Correct these files: includes must not be circular, and nesting and expansion are limited.",
        ].join("\n"),
    },
    JavaMissing: {
        code: "AP1012",
        facts: {},
        exit: 2,
        message:
            "AP1012: Java is missing: it is neither on the build's PATH nor in JAVA_HOME. Run the build in an image with a Java runtime, version 17 or newer.",
    },
    JavaNotStarted: {
        code: "AP1013",
        facts: { reason: "exit code 1: Unrecognized VM option" },
        exit: 2,
        message:
            "AP1013: Java does not start: exit code 1: Unrecognized VM option. Run the build in an image with a working Java runtime, version 17 or newer.",
    },
    JarUnreadable: {
        code: "AP1016",
        facts: { file: "lib/extension.jar", reason: "invalid zip data" },
        exit: 2,
        message:
            "AP1016: lib/extension.jar is not a readable jar: invalid zip data. Replace it with another copy, or remove it.",
    },
    JarNamesOthers: {
        code: "AP1019",
        facts: { file: "lib/extension.jar", place: "Class-Path: ../tools/other.jar" },
        exit: 2,
        message:
            "AP1019: lib/extension.jar names other jars, which Java would load unseen (Class-Path: ../tools/other.jar). Put those jars into lib/ themselves, where the plan lists their checksums, and build this one without the entry.",
    },
    LiquibaseEnded: {
        code: "AP1307",
        facts: { how: "signal SIGKILL", output: "\nOutOfMemoryError: Java heap space" },
        exit: 1,
        message: [
            "AP1307: Liquibase's Java process ended unexpectedly (signal SIGKILL).",
            "OutOfMemoryError: Java heap space",
            "Start the build again; if it ran out of memory, give the build a larger compute type.",
        ].join("\n"),
    },
    LiquibaseGarbled: {
        code: "AP1308",
        facts: { bytes: 12, beginning: "Listening on" },
        exit: 1,
        message:
            "AP1308: Liquibase's Java process sent 12 bytes that are not a valid message: Listening on. Start the build again; if it fails again, build the toolchain again: npm run toolchain",
    },
    ChangesetEdited: {
        code: "AP1402",
        facts: { step: "The update failed", cause: "001.sql::items::ana was 9:ab12 and is now 9:cd34" },
        exit: "either",
        message: [
            "AP1402: The update failed: a changeset that has already run was edited:",
            "001.sql::items::ana was 9:ab12 and is now 9:cd34",
            "Undo the edit and write a new changeset instead. For views and functions that should be replaced after each edit, use runOnChange:true.",
        ].join("\n"),
    },
    ChangesetDuplicate: {
        code: "AP1403",
        facts: { step: "The update failed", cause: "001.sql::items::ana is there twice" },
        exit: "either",
        message: [
            "AP1403: The update failed: two changesets of one file have the same id and author:",
            "001.sql::items::ana is there twice",
            "Rename the newer one.",
        ].join("\n"),
    },
    ChangelogFileMissing: {
        code: "AP1404",
        facts: { step: "The update failed", cause: "changesets/008.sql does not exist" },
        exit: "either",
        message: [
            "AP1404: The update failed: the changelog names a file that does not exist:",
            "changesets/008.sql does not exist",
            "Paths in a changelog are relative to the migrations directory, or to the changelog itself with relativeToChangelogFile.",
        ].join("\n"),
    },
    ChangelogLockHeld: {
        code: "AP1405",
        facts: { step: "The update failed", cause: "Could not acquire change log lock" },
        exit: "either",
        message: [
            "AP1405: The update failed: another deployment holds Liquibase's lock, or one was killed while holding it:",
            "Could not acquire change log lock",
            "Wait for it; if none is running, release the lock: UPDATE databasechangeloglock SET locked = false, lockedby = NULL, lockgranted = NULL;",
        ].join("\n"),
    },
    PreconditionStopped: {
        code: "AP1407",
        facts: { step: "The update failed", cause: "the precondition of 001.sql::items::ana ran for 30 s" },
        exit: "either",
        message: [
            "AP1407: The update failed: a precondition took too long:",
            "the precondition of 001.sql::items::ana ran for 30 s",
            "A precondition runs while the deployment holds its lock: write one that ends quickly and does not recurse endlessly, and move work on rows into a changeset.",
        ].join("\n"),
    },
    NestedTooDeeply: {
        code: "AP1408",
        facts: { step: "The update failed", cause: "changelog.xml is nested more than 200 levels deep" },
        exit: "either",
        message: [
            "AP1408: The update failed: the changelog is nested too deeply:",
            "changelog.xml is nested more than 200 levels deep",
            "Split the nested parts (parentheses, preconditions, lists of the changelog) into several changesets or files.",
        ].join("\n"),
    },
    TagMissing: {
        code: "AP1410",
        facts: { step: "The update failed", cause: "no tag release-1a2b3c4-5d6e7f80" },
        exit: "either",
        message: [
            "AP1410: The update failed: the tag is unknown:",
            "no tag release-1a2b3c4-5d6e7f80",
            "Tags are the release ids that earlier deployments printed; they are in the column tag of databasechangelog.",
        ].join("\n"),
    },
    ChangeReadsDatabase: {
        code: "AP1411",
        facts: { step: "The update failed", cause: "addAutoIncrement of 001.xml::items::ana" },
        exit: "either",
        message: [
            "AP1411: The update failed: a change reads the database while its SQL is generated, so the SQL is not known in advance:",
            "addAutoIncrement of 001.xml::items::ana",
            "Write the change as SQL.",
        ].join("\n"),
    },
    PlanExceeded: {
        code: "AP1417",
        facts: {
            place: "a.sql::1::me",
            attribute: ", in the regular expression of endDelimiter",
            seconds: 60,
        },
        exit: 2,
        message:
            "AP1417: The plan was stopped after 60 s of computing at a.sql::1::me, in the regular expression of endDelimiter. Rewrite a regular expression without nested or overlapping repetitions, and split what is unusually large; the time grows with the size of the files.",
    },
    ChangeTypeUnknown: {
        code: "AP1413",
        facts: { step: "The update failed", cause: "unknown change type creatTable" },
        exit: "either",
        message: [
            "AP1413: The update failed: Liquibase does not know the type of a change:",
            "unknown change type creatTable",
            "Correct the name of the change, or add the jar of the extension that provides it.",
        ].join("\n"),
    },
};

export const postgresMessages: Messages<typeof postgresErrors> = {
    SquawkMissing: {
        code: "AP1014",
        facts: { file: "tools/squawk", reason: "EACCES" },
        exit: 2,
        message:
            "AP1014: The SQL linter squawk is missing or cannot be executed: tools/squawk (EACCES). It is part of the toolchain: rebuild that with npm run toolchain",
    },
    SquawkFailed: {
        code: "AP1015",
        facts: { changeset: "001.sql::items::ana", how: "exit code 101", output: "thread 'main' panicked" },
        exit: 1,
        message:
            "AP1015: The SQL linter squawk failed on 001.sql::items::ana (exit code 101): thread 'main' panicked. Start the build again; if it fails again, build the toolchain again: npm run toolchain",
    },
    BootstrapRoleTaken: {
        code: "AP1219",
        facts: { role: "app_owner" },
        exit: 2,
        message:
            "AP1219: The role app_owner is not the pipeline's: it lacks the comment that the pipeline writes. Rename it: ALTER ROLE app_owner RENAME TO …",
    },
    DatabaseNotCopied: {
        code: "AP1603",
        facts: { database: "app", reason: "permission denied to create database" },
        exit: 2,
        message:
            "AP1603: app cannot be copied (permission denied to create database). The user needs CREATEDB and ownership of the database, which a migrator does not have, and no other session may be connected to the database. A clone of the cluster needs none of this: rehearsalCopy AuroraClone.",
    },
    CloneLoginFailed: {
        code: "AP1604",
        facts: { user: "app_migrator", reason: "permission denied to alter role", master: "app_admin" },
        exit: 2,
        message:
            "AP1604: The password of the user app_migrator cannot be set on the clone (permission denied to alter role). The cluster's master user, app_admin, must have created it, as the stage Bootstrap does.",
    },
};

export const mysqlMessages: Messages<typeof mysqlErrors> = {
    UsersIncomplete: {
        code: "AP1226",
        facts: { step: "REVOKE SUPER ON *.* FROM `app_migrator`@'%'", reason: "Access denied" },
        exit: 1,
        message:
            "AP1226: The database's users could not be completed; what was done before stays. REVOKE SUPER ON *.* FROM `app_migrator`@'%': Access denied. Run the statement as a user who may, or grant the administrator the privilege that the server requires, and retry the stage Bootstrap.",
    },
    ChangesetHalfDone: {
        code: "AP1227",
        facts: {
            changeset: "changesets/002-two.sql::app:two::app",
            release: "release-1111111-a",
            done: ["CREATE TABLE one (id int PRIMARY KEY)"],
            markUnmet: "onFail:MARK_RAN",
        },
        exit: 2,
        message: [
            "AP1227: changesets/002-two.sql::app:two::app was interrupted in release-1111111-a, and the catalog shows that only a part of it was done:",
            "  - CREATE TABLE one (id int PRIMARY KEY)",
            "As the migrator, take back what these statements did, or make the database as it was before them in another way, and retry. If you complete the changeset instead, guard it with a precondition that marks it as run (onFail:MARK_RAN).",
        ].join("\n"),
    },
};

export const flywayMessages: Messages<typeof flywayErrors> = {
    FlywaySettingsRefused: {
        code: "AP1023",
        facts: { file: "migrations/flyway.toml", problems: ["flyway.toml, line 2, flyway.group: remove it"] },
        exit: 2,
        message: [
            "AP1023: migrations/flyway.toml has settings that the pipeline does not accept:",
            "  - flyway.toml, line 2, flyway.group: remove it",
            "Correct or remove these lines.",
        ].join("\n"),
    },
    FlywayScriptsRefused: {
        code: "AP1024",
        facts: { directory: "migrations", problems: ["sql/V1__a.sh: write SQL"] },
        exit: 2,
        message: [
            "AP1024: The migrations in migrations cannot be delivered:",
            "  - sql/V1__a.sh: write SQL",
            "Correct these files.",
        ].join("\n"),
    },
    FlywayJavaMissing: {
        code: "AP1025",
        facts: { reason: "EACCES" },
        exit: 2,
        message:
            "AP1025: Java does not start for Flyway: EACCES. Run the build in an image with a working Java runtime, version 17 or newer.",
    },
    FlywayBaselineElsewhere: {
        code: "AP1026",
        facts: { changesets: ["V1__a.sql::1::flyway"] },
        exit: 2,
        message: [
            "AP1026: Scripts of Flyway cannot be marked as run one by one:",
            "  - V1__a.sql::1::flyway",
            "Remove the baseline file; set baselineOnMigrate = true and baselineVersion in flyway.toml instead.",
        ].join("\n"),
    },
    FlywayEnded: {
        code: "AP1309",
        facts: { how: "SIGKILL", output: "\nkilled" },
        exit: 1,
        message:
            "AP1309: Flyway's Java process ended unexpectedly (SIGKILL).\nkilled\nStart the build again; if it ran out of memory, give the build a larger compute type.",
    },
    FlywayGarbled: {
        code: "AP1310",
        facts: { bytes: 3, beginning: '"abc"' },
        exit: 1,
        message:
            'AP1310: Flyway\'s Java process sent 3 bytes that are not a valid message: "abc". Start the build again; if it fails again, build the toolchain again: npm run toolchain',
    },
    FlywayValidationFailed: {
        code: "AP1418",
        facts: { step: "Flyway cannot plan migrations", cause: "    V1__a.sql: checksum mismatch" },
        exit: "either",
        message:
            "AP1418: Flyway cannot plan migrations: Flyway does not accept the source for this database:\n    V1__a.sql: checksum mismatch\nUndo edits of scripts that have run, and put scripts back that are gone; write a new script instead. A script below the newest applied version runs with outOfOrder = true only.",
    },
    FlywayHistoryMissing: {
        code: "AP1419",
        facts: { step: "Flyway cannot plan migrations", cause: "    The schema has tables" },
        exit: "either",
        message:
            "AP1419: Flyway cannot plan migrations: the schema has tables but no Flyway history:\n    The schema has tables\nIf the tables are those of your first scripts, set baselineOnMigrate = true and baselineVersion to the version that they have; Flyway then runs what is newer.",
    },
};
