import type { ClientBase } from "pg";
import type { ChangesetName } from "../../../changesets";
import type { HistoryRecord, HistoryTable } from "../../../tracking";
import { inSchema } from "../connection/searchPath";

type Client = Pick<ClientBase, "query">;

/** The rows of these changesets with all their columns. */
export async function rowsOf(
    client: Client,
    { name, holds }: HistoryTable,
    schema: string,
    changesets: ChangesetName[],
): Promise<HistoryRecord[]> {
    // The table may not be there yet.
    if (changesets.length === 0) {
        return [];
    }
    const { rows } = await client.query<{ row: HistoryRecord }>(
        `SELECT pg_catalog.to_jsonb(h) AS row FROM ${inSchema(schema, name)} h
          WHERE EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]))
                             AS c (id, author, file)
                         WHERE h.${holds.id}::text = c.id AND h.${holds.author}::text = c.author AND h.${holds.file}::text = c.file)`,
        [changesets.map(({ id }) => id), changesets.map(({ author }) => author), changesets.map(({ file }) => file)],
    );
    return rows.map(({ row }) => row);
}

/** Writes rows back, unless their changeset has one. */
export async function writeRows(
    client: Client,
    { name, holds }: HistoryTable,
    schema: string,
    rows: HistoryRecord[],
): Promise<void> {
    const table = inSchema(schema, name);
    const same = [holds.id, holds.author, holds.file].map((column) => `h.${column}::text = $1::jsonb ->> '${column}'`);
    for (const row of rows) {
        await client.query(
            `INSERT INTO ${table} SELECT r.* FROM pg_catalog.jsonb_populate_record(NULL::${table}, $1::jsonb) r
              WHERE NOT EXISTS (SELECT FROM ${table} h WHERE ${same.join(" AND ")})`,
            [JSON.stringify(row)],
        );
    }
}
