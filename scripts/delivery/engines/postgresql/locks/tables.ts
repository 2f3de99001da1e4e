import type { ClientBase } from "pg";
import type { Rewrite, RowChanges } from "../../locks/figures";

type Connection = Pick<ClientBase, "query">;

/** The user's tables and views at one moment, by OID. */
export type Tables = ReadonlyMap<number, Table>;

export interface Table {
    /** Qualified and quoted, as SQL would write it. */
    name: string;
    /** Changes when the table is rewritten. Views have none. */
    filenode: number | null;
    /** The planner's estimate; negative if unknown. */
    rows: number;
    inserted: number;
    updated: number;
    deleted: number;
}

/** All except the tracking tables. Takes no table lock. */
export async function readTables(connection: Connection, trackingTables: string[]): Promise<Tables> {
    const { rows } = await connection.query<Table & { oid: number }>({
        name: "aurora-pipeline: tables",
        text: `SELECT c.oid::bigint::float8 AS oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
                      pg_relation_filenode(c.oid)::bigint::float8 AS filenode, c.reltuples::float8 AS rows,
                      pg_stat_get_tuples_inserted(c.oid)::float8 AS inserted,
                      pg_stat_get_tuples_updated(c.oid)::float8 AS updated,
                      pg_stat_get_tuples_deleted(c.oid)::float8 AS deleted
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                  AND c.relname <> ALL ($1)`,
        values: [trackingTables],
    });
    return new Map(rows.map(({ oid, ...table }) => [oid, table]));
}

/** The tables that existed before and have a new file now, with their sizes. Call it while nothing changes them. */
export async function readRewrites(connection: Connection, before: Tables, after: Tables): Promise<Rewrite[]> {
    const rewritten = [...before].filter(([oid, { filenode }]) => {
        const now = after.get(oid)?.filenode ?? null;
        return filenode !== null && now !== null && now !== filenode;
    });
    if (rewritten.length === 0) {
        return [];
    }
    const { rows } = await connection.query<{ oid: number; bytes: number }>(
        "SELECT oid::bigint::float8 AS oid, pg_table_size(oid)::float8 AS bytes FROM unnest($1::oid[]) AS oid",
        [rewritten.map(([oid]) => oid)],
    );
    const bytes = new Map(rows.map((row) => [row.oid, row.bytes]));
    return rewritten.map(([oid, table]) => ({
        table: table.name,
        bytes: bytes.get(oid) ?? 0,
        ...(table.rows >= 0 && { rows: table.rows }),
    }));
}

/** What statements did to the rows of each table; rewrites do not count. */
export function rowChanges(before: Tables, after: Tables): RowChanges[] {
    const none = { inserted: 0, updated: 0, deleted: 0 };
    return [...after]
        .map(([oid, { name, inserted, updated, deleted }]) => {
            const old = before.get(oid) ?? none;
            return {
                table: name,
                inserted: inserted - old.inserted,
                updated: updated - old.updated,
                deleted: deleted - old.deleted,
            };
        })
        .filter(({ inserted, updated, deleted }) => inserted > 0 || updated > 0 || deleted > 0);
}
