import { type ClientBase, escapeIdentifier as quoted } from "pg";
import { inSchema } from "../../connection/searchPath";
import { type Column, columnDefinition, textLength } from "../../tracking";
import { InternalError, messageOf } from "../../../../errors";
import { lostColumns } from "./columns";
import type { ColumnState, Readers, TrackingState } from "./model";
import { isTable } from "./structure";

// Handles what `ALTER TABLE` refuses: changing the type of a column that a view, function, policy or trigger uses, or
// adding a column when the table's 1,600 column numbers are used up, including those of dropped columns
// (https://www.postgresql.org/docs/current/limits.html). No user object is dropped: it stays with the old table under
// another name, and the pipeline continues with a new table.

type Client = Pick<ClientBase, "query">;

/** Whether a new table can replace this one without losing which changesets have run. */
export function isReplaceable(table: TrackingState): boolean {
    return isTable(table) && lostColumns(table).length === 0;
}

/**
 * Replaces the table with a new one that has its rows. Returns what was done; throws if the server refuses, and then
 * nothing is changed.
 */
export async function replaceTable(client: Client, readers: Readers, table: TrackingState): Promise<string> {
    const aside = await freeName(client, readers.schema, `${table.name}_replaced`);
    try {
        await inTransaction(client, swap(readers, table, aside, converted));
    } catch {
        // Some value cannot be converted to its column's type. The identifying columns are copied unchanged, or the
        // replacement fails.
        await inTransaction(client, swap(readers, table, aside, unconverted));
    }
    return `rebuilt the table ${table.name} with its rows, because it could not be altered; the old table, with everything that uses it, is now ${aside}: drop it once nothing needs it`;
}

/** The value of a column in the old table; undefined if the new column starts empty. */
type Copy = (column: ColumnState, want: Column, table: TrackingState) => string | undefined;

function swap({ schema, planner }: Readers, table: TrackingState, aside: string, copy: Copy): string[] {
    const name = inSchema(schema, table.name);
    const old = inSchema(schema, aside);
    const wanted = table.wanted.columns;
    const copied = wanted.flatMap((want) => {
        const column = table.columns.find((candidate) => candidate.name === want.name);
        const value = column && copy(column, want, table);
        return value === undefined ? [] : [{ name: want.name, value }];
    });
    // NOT NULL and the key are added once the rows are correct.
    const columns = wanted.map((want) => columnDefinition({ ...want, notNull: undefined }));
    return [
        `ALTER TABLE ${name} RENAME TO ${quoted(aside)}`,
        `CREATE TABLE ${name} (${columns.join(", ")})`,
        `INSERT INTO ${name} (${copied.map((column) => column.name).join(", ")})
         SELECT ${copied.map(({ value }) => value).join(", ")} FROM ONLY ${old}`,
        // The planner reads the current tracking tables only.
        `REVOKE ALL ON TABLE ${old} FROM ${quoted(planner)}`,
    ];
}

/** Converts via text, which every type supports. Only texts that are never compared are truncated. */
function converted({ type, collated }: ColumnState, { name, type: to }: Column, { wanted }: TrackingState): string {
    if (type === to && !collated) {
        return name;
    }
    const length = textLength(to);
    if (length === undefined) {
        return `${name}::pg_catalog.text::${to}`;
    }
    return wanted.identifying.includes(name)
        ? `${name}::pg_catalog.text`
        : `pg_catalog.left(${name}::pg_catalog.text, ${length})`;
}

function unconverted(column: ColumnState, want: Column, table: TrackingState): string | undefined {
    const isText = textLength(want.type) !== undefined;
    return isText || column.type === want.type ? converted(column, want, table) : undefined;
}

async function inTransaction(client: Client, statements: string[]): Promise<void> {
    await client.query("BEGIN");
    try {
        for (const statement of statements) {
            await client.query(statement);
        }
        await client.query("COMMIT");
    } catch (error) {
        await client.query("ROLLBACK");
        throw new InternalError(messageOf(error), { cause: error });
    }
}

/** A name that is free among relations and types: each table also has a type with its name. */
async function freeName(client: Client, schema: string, wanted: string): Promise<string> {
    const { rows } = await client.query<{ name: string }>(
        `SELECT pg_catalog.concat($2::pg_catalog.text, CASE n WHEN 1 THEN '' ELSE pg_catalog.concat('_', n) END) AS name
           FROM pg_catalog.generate_series(1, 100000) n
          WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
                             WHERE s.nspname = $1 AND c.relname = pg_catalog.concat($2::pg_catalog.text, CASE n WHEN 1 THEN '' ELSE pg_catalog.concat('_', n) END)::pg_catalog.name)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace
                             WHERE s.nspname = $1 AND t.typname = pg_catalog.concat($2::pg_catalog.text, CASE n WHEN 1 THEN '' ELSE pg_catalog.concat('_', n) END)::pg_catalog.name)
          ORDER BY n LIMIT 1`,
        [schema, wanted],
    );
    return rows[0]!.name;
}
