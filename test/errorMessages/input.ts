import type { inputErrors, planErrors } from "../../scripts/delivery/errors";
import type { Messages } from "./row";

export const inputMessages: Messages<typeof inputErrors> = {
    SettingsRefused: {
        code: "AP1001",
        facts: { problems: ["DB_PORT is 70000; allowed: a whole number from 1 to 65535", "DB_NAME is missing"] },
        exit: 2,
        message: [
            "AP1001: The build cannot start:",
            "  - DB_PORT is 70000; allowed: a whole number from 1 to 65535",
            "  - DB_NAME is missing",
            "Correct these variables in the CodeBuild project or in the pipeline that starts the build; `pulumi up` sets them.",
        ].join("\n"),
    },
    MigrationsDirectoryMissing: {
        code: "AP1002",
        facts: { directory: "database/migrations" },
        exit: 2,
        message:
            "AP1002: The migrations directory database/migrations does not exist. Commit it, or correct MIGRATIONS_DIRECTORY, which names it relative to the root of the source.",
    },
    FileUnreadable: {
        code: "AP1005",
        facts: { file: "migrations/changelog.yaml", reason: "EACCES: permission denied" },
        exit: 2,
        message:
            "AP1005: migrations/changelog.yaml cannot be read (EACCES: permission denied). Make it readable for the build's user.",
    },
    FilesRefused: {
        code: "AP1006",
        facts: { directory: "migrations", problems: ["pipe: a FIFO"] },
        exit: 2,
        message: [
            "AP1006: migrations: these files cannot be migrations:",
            "  - pipe: a FIFO",
            "Correct or remove each of them, commit, and push.",
        ].join("\n"),
    },
    MigrationsOutsideSource: {
        code: "AP1007",
        facts: { directory: "migrations", target: "/etc" },
        exit: 2,
        message:
            "AP1007: The migrations directory migrations is a symbolic link to /etc, outside the source. Put the directory itself into the source, or link to one in the source.",
    },
    ChecksMalformed: {
        code: "AP1009",
        facts: { file: "verify/stock.sql", problems: ["line 1: a query without a check"] },
        exit: 2,
        message: [
            "AP1009: The verification file verify/stock.sql is malformed:",
            "  - line 1: a query without a check",
            "Begin each check with a line `-- check: <name>`, and write one query after it.",
        ].join("\n"),
    },
    LintFileNotYaml: {
        code: "AP1010",
        facts: { file: "lint.yaml", reason: "bad indentation of a mapping entry (2:5)" },
        exit: 2,
        message:
            "AP1010: lint.yaml is not valid YAML: bad indentation of a mapping entry (2:5). Correct its syntax at that place.",
    },
    LintFileRefused: {
        code: "AP1011",
        facts: { file: "lint.yaml", problems: ["levels.lock: there is no rule or group of this name"] },
        exit: 2,
        message: [
            "AP1011: lint.yaml has settings that the linter does not accept:",
            "  - levels.lock: there is no rule or group of this name",
            "Correct or remove these entries; docs/lint.md lists the rules and levels.",
        ].join("\n"),
    },
    CertificatesUnreadable: {
        code: "AP1017",
        facts: { file: "certs/global-bundle.pem", reason: "ENOENT" },
        exit: 2,
        message:
            "AP1017: The CA bundle certs/global-bundle.pem cannot be read (ENOENT). Rebuild the toolchain, which contains it (npm run toolchain), or correct PGSSLROOTCERT.",
    },
    BaselineMalformed: {
        code: "AP1022",
        facts: { file: "migrations/baseline.json", reason: "accepted: expected Array" },
        exit: 2,
        message:
            "AP1022: migrations/baseline.json is not what `npm run baseline` writes: accepted: expected Array. Run `npm run baseline` again, and commit the file as it is written.",
    },
    ProgramFault: {
        code: "AP1018",
        facts: { reason: "Cannot read properties of undefined (reading 'rows')" },
        exit: 1,
        message:
            "AP1018: The delivery program has a fault: Cannot read properties of undefined (reading 'rows'). Start the build again; if it fails again, report it with this log.",
    },
};

export const planMessages: Messages<typeof planErrors> = {
    PlanObjected: {
        code: "AP1101",
        facts: { objections: ["001.sql::items::ana: destroys-data"] },
        exit: 1,
        message: [
            "AP1101: This plan must not run; nothing was changed:",
            "  - 001.sql::items::ana: destroys-data",
            "Correct the changesets, or lower or waive the rule in lint.yaml with a reason, and push again.",
        ].join("\n"),
    },
    ReplannedObjected: {
        code: "AP1102",
        facts: { done: "deployed", objections: "1 finding of level error" },
        exit: 2,
        message:
            "AP1102: Nothing was deployed: 1 finding of level error. Correct the changesets, or lower or waive the rule in lint.yaml with a reason, and push again.",
    },
    NotTheApprovedPlan: {
        code: "AP1103",
        facts: { approved: "1f0a", current: "9c4e", differences: "  + 002.sql::prices::ana" },
        exit: 2,
        message: [
            "AP1103: This is not the plan that was approved: the source or the database has changed since.",
            "  approved 1f0a",
            "  now      9c4e",
            "  + 002.sql::prices::ana",
            "Nothing was run. Start the pipeline again to plan and approve the current state.",
        ].join("\n"),
    },
    PlanUnreadable: {
        code: "AP1104",
        facts: { file: "plan.json", reason: "Unexpected end of JSON input" },
        exit: 2,
        message:
            "AP1104: The plan cannot be read: plan.json (Unexpected end of JSON input). Start the pipeline again: its action Plan writes this file.",
    },
    WindowClosed: {
        code: "AP1112",
        facts: {
            now: "2026-03-06T17:00:00.000Z",
            window: "* * 9-16 ? * MON-THU (UTC)",
            opens: ", which opens at 2026-03-09T09:00:00.000Z",
        },
        exit: 2,
        message:
            "AP1112: It is 2026-03-06T17:00:00.000Z, outside the deployment window * * 9-16 ? * MON-THU (UTC); nothing was deployed. Start the pipeline again: it waits for the window, which opens at 2026-03-09T09:00:00.000Z, and asks for an approval in it.",
    },
    ApprovalNeeded: {
        code: "AP1113",
        facts: { risks: "destructive, drift" },
        exit: 2,
        message:
            "AP1113: This plan needs an approval, which this stage does not ask for (destructive, drift); nothing was deployed. The database or the plan has changed since the first plan: start the pipeline again, which then asks.",
    },
    ExecutionRollsBack: {
        code: "AP1105",
        facts: { tag: "release-1a2b3c4-5d6e7f80" },
        exit: 2,
        message:
            "AP1105: This execution was started to roll back to release-1a2b3c4-5d6e7f80, so it deploys nothing. Start an execution without ROLLBACK_TO to deploy.",
    },
    ReleaseSuperseded: {
        code: "AP1106",
        facts: { releaseId: "release-1a2b3c4-5d6e7f80", later: "release-2b3c4d5-6e7f8091" },
        exit: 2,
        message:
            "AP1106: release-1a2b3c4-5d6e7f80 was started before, and release-2b3c4d5-6e7f8091 was deployed after it. Start a new execution of the pipeline instead of retrying this one.",
    },
    CodeNotAllowed: {
        code: "AP1107",
        facts: {
            source: "changelog",
            instead: "Remove it, or set allowCode: true in the stack's config.",
            uses: ["001.sql::run::ana: executeCommand sh"],
        },
        exit: 2,
        message: [
            "AP1107: The changelog runs code from the repository, which this environment does not allow; nothing was changed:",
            "  - 001.sql::run::ana: executeCommand sh",
            "Remove it, or set allowCode: true in the stack's config.",
        ].join("\n"),
    },
    FileNameReserved: {
        code: "AP1108",
        facts: {
            file: "liquibase-internal",
            nameInHistory: "logicalFilePath",
            changesets: ["liquibase-internal::1::ana"],
        },
        exit: 2,
        message: [
            "AP1108: The file name liquibase-internal is reserved for rows that are not changesets, so an undo would skip these:",
            "  - liquibase-internal::1::ana",
            "Set another logicalFilePath, or remove the attribute, and push again.",
        ].join("\n"),
    },
    ReleaseNotMarked: {
        code: "AP1109",
        facts: { releaseId: "release-1a2b3c4-5d6e7f80" },
        exit: 2,
        message:
            "AP1109: The tag release-1a2b3c4-5d6e7f80 was set, but the database's history does not have it; nothing was applied. Look for an operator, a trigger or a rule on the tracking tables that changes what is written there, remove it, and start the pipeline again.",
    },
    HistoryMisnamed: {
        code: "AP1110",
        facts: { table: 'public."DATABASECHANGELOG"', tool: "Liquibase", history: "databasechangelog" },
        exit: 2,
        message:
            'AP1110: The table public."DATABASECHANGELOG" is named like Liquibase\'s history databasechangelog, but in another case: Liquibase treats it as its own and cannot read it. To keep its history, rename it and its columns to lower case (ALTER TABLE public."DATABASECHANGELOG" RENAME TO databasechangelog); if it is obsolete, give it another name.',
    },
    BaselineStale: {
        code: "AP1111",
        facts: { file: "baseline.json", changesets: ["001.sql::items::ana: edited since"] },
        exit: 2,
        message: [
            "AP1111: baseline.json was written for other changesets:",
            "  - 001.sql::items::ana: edited since",
            "Run `npm run baseline` again, and commit the file with the changesets.",
        ].join("\n"),
    },
};
