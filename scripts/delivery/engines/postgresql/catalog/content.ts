import type { FingerprintOptions, TableContent } from "../../fingerprint";
import { type CatalogClient, inSnapshot } from "./read";
import { qualified, userRelation } from "./queries/sql";

export interface ContentOptions extends FingerprintOptions {
    /** Larger tables, in bytes, get the planner's row estimate only. Default: 8 MiB. */
    maxBytes?: number;
}

const defaultMaxBytes = 8 * 1024 * 1024;

/**
 * Digests of the contents of tables, for a small database: reads every row of every table up to `maxBytes`. Empty
 * tables are left out. Needs SELECT on the tables. Two round trips.
 */
export async function readContent(client: CatalogClient, options: ContentOptions): Promise<TableContent[]> {
    return inSnapshot(client, options, async () => {
        const tables = await readTables(client, options);
        return tables.map(({ content }) => content).sort((a, b) => (a.table < b.table ? -1 : 1));
    });
}

/** The contents of a table, and what tells when to read them again. */
export interface TableRead {
    oid: number;
    content: TableContent;
    /** The write-ahead log says nothing of its rows, or only an estimate of them was read. */
    volatile: boolean;
}

/** The contents of all tables or of those with an OID among `only`, in the client's transaction. */
export async function readTables(
    client: CatalogClient,
    options: ContentOptions,
    only?: number[],
): Promise<TableRead[]> {
    const { rows } = await client.query<TableRow>({
        name: `aurora-pipeline: tables with content${only === undefined ? "" : ", some"}`,
        text: only === undefined ? nonEmptyTables : `${nonEmptyTables} AND c.oid = ANY ($2)`,
        values: [options.trackingTables, ...(only === undefined ? [] : [only])],
    });
    const maxBytes = options.maxBytes ?? defaultMaxBytes;
    const small = rows.filter(({ bytes }) => Number(bytes) <= maxBytes);
    const large = rows.filter(({ bytes }) => Number(bytes) > maxBytes);
    const read = new Map(
        (
            await digests(
                client,
                small.map(({ table }) => table),
            )
        ).map((one) => [one.table, one]),
    );
    return [
        ...small.flatMap(({ oid, table, unlogged }) => {
            const content = read.get(table);
            return content === undefined ? [] : [{ oid, content, volatile: unlogged }];
        }),
        ...large.map(({ oid, table, estimate }) => ({
            oid,
            content: { table, rows: Number(estimate) },
            volatile: true,
        })),
    ];
}

interface TableRow {
    oid: number;
    table: string;
    bytes: string;
    estimate: string;
    unlogged: boolean;
}

// A table that never had a row has no pages, and most tables of a throwaway database never have one: the file size
// saves reading them.
const nonEmptyTables = `
    SELECT c.oid, ${qualified("n.nspname", "c.relname")} AS table, pg_relation_size(c.oid) AS bytes,
        greatest(c.reltuples, 0)::bigint AS estimate, c.relpersistence = 'u' AS unlogged
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0 AND ${userRelation()}`;

// As JSON, a row names its columns, so column order does not matter. The sum of hashes is independent of row order and
// counts duplicate rows. `r.*` is the row even if a column is named r.
async function digests(client: CatalogClient, tables: string[]): Promise<TableContent[]> {
    if (tables.length === 0) {
        return [];
    }
    const { rows } = await client.query<{ position: number; rows: string; digest: string | null }>(
        tables
            .map(
                (table, position) => `
                    SELECT ${position} AS position, count(*) AS rows,
                        md5(sum(hashtextextended(to_jsonb(r.*)::text, 0)::numeric)::text) AS digest
                    FROM ONLY ${table} r`,
            )
            .join(" UNION ALL "),
    );
    return rows
        .filter((row) => Number(row.rows) > 0)
        .map((row) => ({ table: tables[row.position] ?? "", rows: Number(row.rows), digest: row.digest ?? "" }));
}
