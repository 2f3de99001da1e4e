import type { Entry } from "./fingerprint";
import { type CatalogClient, type FingerprintOptions, inSnapshot, trackingTables } from "./read";
import { qualified, userRelation } from "./queries/sql";

/** What a table holds. */
export interface TableContent {
    /** Qualified and quoted, as in the fingerprint's entries. */
    table: string;
    rows: number;
    /** Over all rows, in whatever order they and their columns are; absent for a table that was too large to read. */
    digest?: string;
}

export interface ContentOptions extends FingerprintOptions {
    /** Tables with more bytes than this are counted by the planner's estimate only. Default: 8 MiB. */
    maxBytes?: number;
}

/** The kind of the entries that tell what a table holds. */
export const rowsOf = "rows of";

const defaultMaxBytes = 8 * 1024 * 1024;

/**
 * Digests of what the tables hold, for a database that holds little: it reads every row of every table up to `maxBytes`.
 * Tables without rows are left out. Needs SELECT on the tables. Two round trips.
 */
export async function readContent(client: CatalogClient, options: ContentOptions = {}): Promise<TableContent[]> {
    return inSnapshot(client, options, async () => {
        const { rows: tables } = await client.query<{ table: string; bytes: string; estimate: string }>({
            name: "aurora-pipeline: tables with content",
            text: nonEmptyTables,
            values: [options.trackingTables ?? trackingTables],
        });
        const maxBytes = options.maxBytes ?? defaultMaxBytes;
        const small = tables.filter(({ bytes }) => Number(bytes) <= maxBytes).map(({ table }) => table);
        const large = tables.filter(({ bytes }) => Number(bytes) > maxBytes);
        return [
            ...(await digests(client, small)),
            ...large.map(({ table, estimate }) => ({ table, rows: Number(estimate) })),
        ].sort((a, b) => (a.table < b.table ? -1 : 1));
    });
}

/** As entries of a fingerprint's form, so that `differences` compares them. Without digests only the counts count. */
export function contentEntries(content: TableContent[], { digests }: { digests: boolean }): Entry[] {
    return content.map(({ table, rows, digest }) => ({
        kind: rowsOf,
        name: table,
        definition: [
            digest === undefined ? `about ${rows} rows, too many to compare` : `${rows} ${rows === 1 ? "row" : "rows"}`,
            ...(digests && digest !== undefined ? [`digest ${digest.slice(0, 16)}`] : []),
        ].join(", "),
        of: `table ${table}`,
    }));
}

// A table that never had a row has no pages, and most tables of a throwaway database never have one: the file's size
// spares reading them.
const nonEmptyTables = `
    SELECT ${qualified("n.nspname", "c.relname")} AS table, pg_relation_size(c.oid) AS bytes,
        greatest(c.reltuples, 0)::bigint AS estimate
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0 AND ${userRelation()}`;

// As JSON a row names its columns, so their order does not count; the sum of hashes does not depend on the order of
// the rows either, and counts each of several equal rows. `r.*` is the row even where a column is called r.
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
