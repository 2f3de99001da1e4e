import { type ClientBase, escapeIdentifier, type QueryResult } from "pg";

// Where the sessions of this program look for names. A migration can put operators and functions into its schemas that
// match a query better than PostgreSQL's own (CVE-2018-1058): they would run in it, or stop the build that asks. So nothing
// but `pg_catalog` is searched, except where SQL of the repository runs.

type Client = Pick<ClientBase, "query">;

/** Nobody but a superuser adds to `pg_catalog`; `pg_temp` is never searched for operators and functions. */
const pin = "SET search_path = pg_catalog, pg_temp";

/** For a transaction in which SQL of the repository runs: names are found as in a changeset. */
export const asInChangesets = "SET LOCAL search_path TO DEFAULT";

/** From here on the session finds nothing that a migration made, unless it is named in full. */
export async function pinSearchPath(client: Client): Promise<void> {
    await client.query(pin);
}

/** The schemas where a changeset's names without a schema are found, in order: those that are there. */
export async function migrationPath(client: Client): Promise<string[]> {
    const text = `SET search_path TO DEFAULT; SELECT pg_catalog.current_schemas(false)::pg_catalog.text[] AS path; ${pin}`;
    // Several statements have several results, which the types do not know.
    const results = (await client.query(text)) as unknown as QueryResult<{ path: string[] }>[];
    return results[1]?.rows[0]?.path ?? [];
}

/** Where a changeset's tables without a schema are created, and where the tracking tables are. */
export async function homeSchema(client: Client): Promise<string> {
    const [first = "public"] = await migrationPath(client);
    return first;
}

/** A tracking table's name in full, whether or not it is there. */
export function inSchema(schema: string, table: string): string {
    return `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
}

export async function tableExists(client: Client, schema: string, table: string): Promise<boolean> {
    const { rows } = await client.query<{ found: boolean }>("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS found", [
        inSchema(schema, table),
    ]);
    return rows[0]?.found ?? false;
}
