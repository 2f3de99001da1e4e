import type { TrackingColumn, TrackingTables } from "../../tracking";
import { terms } from "./terms";

/** The file name in history rows that are not a user's change; Liquibase's own name for them. */
export const internalFile = "liquibase-internal";

const text = (length: number): TrackingColumn["type"] => ({ text: length });

/** As Liquibase itself creates them, which a test compares. */
export const tracking: TrackingTables = {
    tool: "Liquibase",
    markUnmet: terms.markUnmet,
    history: {
        name: "databasechangelog",
        written: "DATABASECHANGELOG",
        columns: [
            { name: "id", type: text(255), notNull: true },
            { name: "author", type: text(255), notNull: true },
            { name: "filename", type: text(255), notNull: true },
            { name: "dateexecuted", type: "timestamp", notNull: true },
            { name: "orderexecuted", type: "integer", notNull: true },
            { name: "exectype", type: text(10), notNull: true },
            { name: "md5sum", type: text(35) },
            { name: "description", type: text(255) },
            { name: "comments", type: text(255) },
            { name: "tag", type: text(255) },
            { name: "liquibase", type: text(20) },
            { name: "contexts", type: text(255) },
            { name: "labels", type: text(255) },
            { name: "deployment_id", type: text(10) },
        ],
        holds: {
            id: "id",
            author: "author",
            file: "filename",
            ranAt: "dateexecuted",
            order: "orderexecuted",
            outcome: "exectype",
            checksum: "md5sum",
            tag: "tag",
            note: "comments",
        },
        identifying: ["id", "author", "filename"],
        telling: ["id", "author", "filename", "dateexecuted", "orderexecuted", "exectype", "md5sum"],
        markFile: internalFile,
        // Liquibase fails on any other value: `liquibase.changelog.ChangeSet.ExecType`.
        outcomes: {
            known: ["EXECUTED", "FAILED", "SKIPPED", "RERAN", "MARK_RAN"],
            otherwise: "EXECUTED",
            marked: "MARK_RAN",
        },
        checksums: "^[1-9]:[0-9a-f]+$",
    },
    lock: {
        name: "databasechangeloglock",
        written: "DATABASECHANGELOGLOCK",
        columns: [
            { name: "id", type: "integer", notNull: true },
            { name: "locked", type: "boolean", notNull: true },
            { name: "lockgranted", type: "timestamp" },
            { name: "lockedby", type: text(255) },
        ],
        holds: { id: "id", locked: "locked", grantedAt: "lockgranted", owner: "lockedby" },
    },
    others: ["flyway_schema_history", "aurora_pipeline_history", "aurora_pipeline_lock"],
};
