/**
 * The tables that keep what was migrated. The bootstrap makes them, or a deployment, or Liquibase itself, whose own two
 * look the same (a test compares them). No fingerprint counts them.
 */
export const historyTable = "databasechangelog";
export const lockTable = "databasechangeloglock";
export const deploymentsTable = "aurora_pipeline_deployments";

/** A column as `format_type` names its type. */
export interface TrackingColumn {
    name: string;
    type: string;
    notNull?: true;
    default?: string;
}

const varchar = (length: number) => `character varying(${length})`;
const timestamp = "timestamp without time zone";

const columns: Record<string, TrackingColumn[]> = {
    [historyTable]: [
        { name: "id", type: varchar(255), notNull: true },
        { name: "author", type: varchar(255), notNull: true },
        { name: "filename", type: varchar(255), notNull: true },
        { name: "dateexecuted", type: timestamp, notNull: true },
        { name: "orderexecuted", type: "integer", notNull: true },
        { name: "exectype", type: varchar(10), notNull: true },
        { name: "md5sum", type: varchar(35) },
        { name: "description", type: varchar(255) },
        { name: "comments", type: varchar(255) },
        { name: "tag", type: varchar(255) },
        { name: "liquibase", type: varchar(20) },
        { name: "contexts", type: varchar(255) },
        { name: "labels", type: varchar(255) },
        { name: "deployment_id", type: varchar(10) },
    ],
    [lockTable]: [
        { name: "id", type: "integer", notNull: true },
        { name: "locked", type: "boolean", notNull: true },
        { name: "lockgranted", type: timestamp },
        { name: "lockedby", type: varchar(255) },
    ],
    // No sequence and no index: it holds as many rows as there were deployments.
    [deploymentsTable]: [
        { name: "recorded_at", type: "timestamp with time zone", notNull: true, default: "clock_timestamp()" },
        { name: "release_id", type: "text", notNull: true },
        { name: "action", type: "text", notNull: true },
        { name: "plan_digest", type: "text", notNull: true },
        { name: "catalog_digest", type: "text", notNull: true },
        { name: "catalog", type: "jsonb" },
    ],
};

/** The only constraint of theirs besides NOT NULL: the lock's one row. As `pg_get_constraintdef` writes it. */
export const lockKey = { name: `${lockTable}_pkey`, definition: "PRIMARY KEY (id)" };

/** What names a changeset in the history: without one of them nothing says what has run. */
export const identifyingColumns = ["id", "author", "filename"];

export const trackingTables = Object.keys(columns);

export function trackingColumns(table: string): TrackingColumn[] {
    return columns[table] ?? [];
}

/** A column as a table's definition has it. */
export function columnDefinition({ name, type, notNull, default: expression }: TrackingColumn): string {
    return `${name} ${type}${notNull ? " NOT NULL" : ""}${expression === undefined ? "" : ` DEFAULT ${expression}`}`;
}

/** Makes one of them, in the schema whose name, in quotes, comes with a dot. */
export function createTracking(table: string, schema: string): string {
    const parts = trackingColumns(table).map(columnDefinition);
    if (table === lockTable) {
        parts.push(`CONSTRAINT ${lockKey.name} ${lockKey.definition}`);
    }
    return `CREATE TABLE IF NOT EXISTS ${schema}${table} (${parts.join(", ")})`;
}

/** The one row of Liquibase's lock. Without a conflict target: the key may be missing, or another one. */
export function insertLockRow(schema: string): string {
    return `INSERT INTO ${schema}${lockTable} (id, locked)
            SELECT 1, false WHERE NOT EXISTS (SELECT FROM ${schema}${lockTable} WHERE id = 1) ON CONFLICT DO NOTHING`;
}
