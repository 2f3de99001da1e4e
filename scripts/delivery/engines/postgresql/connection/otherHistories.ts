import { type ClientBase, escapeIdentifier } from "pg";
import type { OtherHistory } from "../../database";
import type { HistoryTable } from "../../../tracking";
import { inSchema } from "./searchPath";

type Client = Pick<ClientBase, "query">;

interface Found {
    schema: string;
    name: string;
    readable: boolean;
    inTheWay: boolean;
    /** The columns for id, author and file, as they are written there. */
    columns: (string | null)[];
}

/** More rows say nothing that the first ones do not. */
const mostRows = 50_000;

/** Tables in any schema that are named like the migration tool's history, in any case, except the one in `home`. */
export async function otherHistories(
    client: Client,
    { name, holds }: HistoryTable,
    home: string,
): Promise<OtherHistory[]> {
    const column = (parameter: string) => `(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND pg_catalog.lower(a.attname) = ${parameter} LIMIT 1)`;
    const { rows } = await client.query<Found>(
        `SELECT n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name,
                pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable,
                n.nspname = $2 AND pg_catalog.to_regclass($6) IS NULL AS "inTheWay",
                ARRAY[${["$3", "$4", "$5"].map(column).join(", ")}] AS columns
           FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND pg_catalog.lower(c.relname) = $1 AND n.nspname !~ '^pg_'
            AND NOT (n.nspname = $2 AND c.relname = $1)
          ORDER BY 1, 2`,
        [name, home, holds.id, holds.author, holds.file, inSchema(home, name)],
    );
    const found: OtherHistory[] = [];
    for (const row of rows) {
        found.push(await read(client, row));
    }
    return found;
}

async function read(client: Client, { schema, name, readable, inTheWay, columns }: Found): Promise<OtherHistory> {
    const table = inSchema(schema, name);
    const [id, author, file] = columns.map(
        (column) => column && `pg_catalog.left(${escapeIdentifier(column)}::pg_catalog.text, 1000)`,
    );
    if (!readable || !id || !author || !file) {
        return { table, inTheWay, changesets: undefined };
    }
    const { rows } = await client.query<{ id: string | null; author: string | null; file: string | null }>(
        `SELECT ${id} AS id, ${author} AS author, ${file} AS file FROM ${table} LIMIT ${mostRows}`,
    );
    return {
        table,
        inTheWay,
        changesets: rows.map((row) => ({ id: row.id ?? "", author: row.author ?? "", file: row.file ?? "" })),
    };
}
