import { type ClientBase, escapeIdentifier as quoted } from "pg";
import { inSchema } from "../../connection/searchPath";
import type { Readers } from "./model";

/**
 * Lets the planner read the histories that the tool itself keeps, where they are there and the owner's: the tool may have made
 * them before the pipeline came. Returns what was done.
 */
export async function letPlannerReadKept(
    client: Pick<ClientBase, "query">,
    { tracking, schema: home, planner }: Readers,
): Promise<string[]> {
    const done: string[] = [];
    for (const { schema, name } of tracking.kept ?? []) {
        const table = inSchema(schema ?? home, name);
        const { rows } = await client.query<{ reads: boolean; enters: boolean }>(
            `SELECT pg_catalog.has_table_privilege($2, c.oid, 'SELECT') AS reads,
                    pg_catalog.has_schema_privilege($2, c.relnamespace, 'USAGE') AS enters
               FROM pg_catalog.pg_class c
              WHERE c.oid = pg_catalog.to_regclass($1) AND pg_catalog.pg_has_role(c.relowner, 'USAGE')`,
            [table, planner],
        );
        const [found] = rows;
        if (found === undefined || (found.reads && found.enters)) continue;
        if (schema !== undefined && !found.enters) {
            await client.query(`GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${quoted(planner)}`);
        }
        await client.query(`GRANT SELECT ON TABLE ${table} TO ${quoted(planner)}`);
        done.push(`granted SELECT on ${name} to ${planner}`);
    }
    return done;
}
