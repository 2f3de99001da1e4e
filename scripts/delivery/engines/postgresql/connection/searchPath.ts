import { type ClientBase, escapeIdentifier, type QueryResult } from "pg";
import type { SchemaAdvice } from "../../engine";

// Where this program's sessions look for names. A migration can create operators and functions in its schemas that
// match a query better than PostgreSQL's own (CVE-2018-1058): they would run in the session, or stop the build. So only
// `pg_catalog` is searched, except while SQL of the repository runs.

type Client = Pick<ClientBase, "query">;

/** Only a superuser can add to `pg_catalog`; `pg_temp` is never searched for operators and functions. */
const pin = "SET search_path = pg_catalog, pg_temp";

/** Where names of a changeset are found. */
export const schemas: SchemaAdvice = {
    unqualified: "the first schema of the database's search path",
    choose: "as the administrator, ALTER DATABASE <name> SET search_path = <schema>, public, before the next run",
    move: (name) => `ALTER TABLE <schema>.<table> SET SCHEMA <first schema>, and RENAME TO ${name}`,
};

/** For a transaction in which SQL of the repository runs: names resolve as in a changeset. */
export const asInChangesets = "SET LOCAL search_path TO DEFAULT";

/** From here on, the session finds nothing that a migration created unless it is qualified. */
export async function pinSearchPath(client: Client): Promise<void> {
    await client.query(pin);
}

/** The existing schemas in which a changeset's unqualified names are found, in order. */
export async function migrationPath(client: Client): Promise<string[]> {
    const text = `SET search_path TO DEFAULT; SELECT pg_catalog.current_schemas(false)::pg_catalog.text[] AS path; ${pin}`;
    // Several statements return several results, which the types do not express.
    const results = (await client.query(text)) as unknown as QueryResult<{ path: string[] }>[];
    return results[1]?.rows[0]?.path ?? [];
}

/** The schema where a changeset's unqualified tables are created, and where the tracking tables are. */
export async function homeSchema(client: Client): Promise<string> {
    const [first = "public"] = await migrationPath(client);
    return first;
}

/** A tracking table's qualified name, whether or not it exists. */
export function inSchema(schema: string, table: string): string {
    return `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
}

export async function tableExists(client: Client, schema: string, table: string): Promise<boolean> {
    const { rows } = await client.query<{ found: boolean }>("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS found", [
        inSchema(schema, table),
    ]);
    return rows[0]?.found ?? false;
}
