import type { sqlErrors } from "../../scripts/delivery/tools/sql/errors";
import type { Messages } from "./row";

// The errors that only folders of SQL have.

export const sqlMessages: Messages<typeof sqlErrors> = {
    FolderUnknown: {
        code: "AP1030",
        facts: { directory: "migrations", layouts: ["Drizzle: meta/_journal.json"], file: "sql.properties" },
        exit: 2,
        message: [
            "AP1030: migrations has no folder of SQL migrations. Such folders have:",
            "  - Drizzle: meta/_journal.json",
            "Add the first migration, or name the folder in sql.properties: directory=<path in the migrations directory>",
        ].join("\n"),
    },
    FolderAmbiguous: {
        code: "AP1031",
        facts: {
            directory: "migrations",
            candidates: ["dbmate, ./: 20250101000000_a.sql", "Drizzle, ./: meta/_journal.json"],
            file: "sql.properties",
        },
        exit: 2,
        message: [
            "AP1031: migrations may be the folder of several tools:",
            "  - dbmate, ./: 20250101000000_a.sql",
            "  - Drizzle, ./: meta/_journal.json",
            "Choose one in sql.properties: layout=<name>, and directory=<path in the migrations directory> if it has several folders.",
        ].join("\n"),
    },
    FolderRefused: {
        code: "AP1032",
        facts: { layout: "dbmate", problems: ["20250101000000_a.sql has no line `-- migrate:up`"] },
        exit: 2,
        message: [
            "AP1032: The folder of dbmate cannot be used:",
            "  - 20250101000000_a.sql has no line `-- migrate:up`",
            "Correct these files; dbmate itself would refuse them, or run them otherwise than they are meant.",
        ].join("\n"),
    },
    SqlPropertiesRefused: {
        code: "AP1033",
        facts: { file: "migrations/sql.properties", problems: ["line 1: there is no setting table"] },
        exit: 2,
        message: [
            "AP1033: migrations/sql.properties has settings that the pipeline does not accept:",
            "  - line 1: there is no setting table",
            "Correct or remove these lines. Allowed: layout, directory, and resolve.<migration>=applied or undone.",
        ].join("\n"),
    },
    EngineWithoutScripts: {
        code: "AP1034",
        facts: { engine: "Aurora MySQL" },
        exit: 2,
        message: "AP1034: Folders of SQL are not supported on Aurora MySQL. Set aurora:tool to another tool.",
    },
    MigrationEdited: {
        code: "AP1430",
        facts: { step: "The folder of Prisma cannot be planned", cause: "    a/migration.sql (SHA-256 1…, now 2…)" },
        exit: "either",
        message: [
            "AP1430: The folder of Prisma cannot be planned: migrations that have run were edited:",
            "    a/migration.sql (SHA-256 1…, now 2…)",
            "Undo the edit and write a new migration instead.",
        ].join("\n"),
    },
    MigrationDirty: {
        code: "AP1431",
        facts: { layout: "golang-migrate", migration: "7", cause: "Nobody can tell.", file: "sql.properties" },
        exit: 2,
        message:
            "AP1431: golang-migrate began the migration 7 outside the pipeline and noted no end (a dirty state). Nobody can tell. Look in the database which of two states it is in, and declare it in sql.properties: resolve.7=undone if nothing of it is there, and it runs again, or resolve.7=applied if all of it is there. Finish or remove a part of it by hand first.",
    },
};
