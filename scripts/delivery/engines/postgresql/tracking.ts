import { deploymentsTable, type LockTable, type TrackingColumn, type TrackingTables } from "../../tracking";
import { inSchema } from "./connection/searchPath";

// The tracking tables in PostgreSQL: the migration tool's and the pipeline's own.

/** A column, with its type as `format_type` names it. */
export interface Column {
    name: string;
    type: string;
    notNull?: true;
    default?: string;
}

/** The desired definition of a tracking table. */
export interface WantedTable {
    name: string;
    use: "history" | "lock" | "deployments";
    columns: Column[];
    /** Columns that cannot be restored, and whose texts are never truncated. */
    identifying: string[];
    /** The only constraint besides NOT NULL, as `pg_get_constraintdef` writes it. */
    key?: string;
}

/** In the order in which they are created. */
export function wantedTables({ history, lock }: TrackingTables): WantedTable[] {
    return [
        {
            name: history.name,
            use: "history",
            columns: history.columns.map(columnOf),
            identifying: history.identifying,
        },
        {
            name: lock.name,
            use: "lock",
            columns: lock.columns.map(columnOf),
            identifying: [],
            key: `PRIMARY KEY (${lock.holds.id})`,
        },
        deployments,
    ];
}

// It needs no sequence and no index: it has one row per deployment.
export const deployments: WantedTable = {
    name: deploymentsTable,
    use: "deployments",
    columns: [
        { name: "recorded_at", type: "timestamp with time zone", notNull: true, default: "clock_timestamp()" },
        { name: "release_id", type: "text", notNull: true },
        { name: "action", type: "text", notNull: true },
        { name: "plan_digest", type: "text", notNull: true },
        { name: "catalog_digest", type: "text", notNull: true },
        { name: "catalog", type: "jsonb" },
    ],
    identifying: [],
};

/** The definition of the lock's table. */
export function wantedLock(tracking: TrackingTables): WantedTable {
    return wantedTables(tracking).find(({ use }) => use === "lock")!;
}

function columnOf({ name, type, notNull }: TrackingColumn): Column {
    return { name, type: typeOf(type), ...(notNull && { notNull }) };
}

function typeOf(type: TrackingColumn["type"]): string {
    if (typeof type === "object") {
        return `character varying(${type.text})`;
    }
    return type === "timestamp" ? "timestamp without time zone" : type;
}

/** The maximum length of a text type, if it has one. */
export function textLength(type: string): number | undefined {
    const [, length] = /^character varying\((\d+)\)$/.exec(type) ?? [];
    return length === undefined ? undefined : Number(length);
}

/** A column as in CREATE TABLE. */
export function columnDefinition({ name, type, notNull, default: expression }: Column): string {
    return `${name} ${type}${notNull ? " NOT NULL" : ""}${expression === undefined ? "" : ` DEFAULT ${expression}`}`;
}

/** Creates one of them. */
export function createTracking({ name, columns, key }: WantedTable, schema: string): string {
    const parts = [...columns.map(columnDefinition), ...(key === undefined ? [] : [`CONSTRAINT ${name}_pkey ${key}`])];
    return `CREATE TABLE IF NOT EXISTS ${inSchema(schema, name)} (${parts.join(", ")})`;
}

/** Inserts the lock's row. Without a conflict target, because the key may be missing or different. */
export function insertLockRow({ name, holds: { id, locked } }: LockTable, schema: string): string {
    const table = inSchema(schema, name);
    return `INSERT INTO ${table} (${id}, ${locked})
            SELECT 1, false WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${id} = 1) ON CONFLICT DO NOTHING`;
}
