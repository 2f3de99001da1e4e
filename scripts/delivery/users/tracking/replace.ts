import { type ClientBase, escapeIdentifier as quoted } from "pg";
import { columnDefinition, identifyingColumns, type TrackingColumn, trackingColumns } from "../../database/tracking";
import { messageOf } from "../../errors";
import { lostColumns } from "./columns";
import type { ColumnState, Readers, TrackingState } from "./model";
import { isTable } from "./structure";

// What `ALTER TABLE` refuses: another type for a column that a view, a function, a policy or a trigger uses, or a column more
// where the table's 1,600 numbers are used up, those of dropped columns included
// (https://www.postgresql.org/docs/current/limits.html). Nothing that somebody made is dropped for it: it stays with the old
// table, under another name, and the pipeline goes on in a new one.

type Client = Pick<ClientBase, "query">;

/** Whether a new table can take the place of this one: nothing that says which changesets have run would be lost. */
export function isReplaceable(table: TrackingState): boolean {
    return isTable(table) && lostColumns(table).length === 0;
}

/** Puts a new table in its place, with its rows. Returns what was done; throws what the server refuses, and nothing is done. */
export async function replaceTable(client: Client, readers: Readers, table: TrackingState): Promise<string> {
    const aside = await freeName(client, readers.schema, `${table.name}_replaced`);
    try {
        await inTransaction(client, swap(readers, table, aside, converted));
    } catch {
        // Some value has no form in its column's type. What the history cannot do without is copied as it is, or not at all.
        await inTransaction(client, swap(readers, table, aside, unconverted));
    }
    return `built the table ${table.name} anew, with its rows, since it could not be altered; what was there, with all that uses it, is now ${aside}: drop that once nothing needs it`;
}

/** The value of a column in the old table, or nothing where the new one starts without. */
type Copy = (column: ColumnState, want: TrackingColumn) => string | undefined;

function swap({ schema, planner }: Readers, table: TrackingState, aside: string, copy: Copy): string[] {
    const name = `${quoted(schema)}.${quoted(table.name)}`;
    const old = `${quoted(schema)}.${quoted(aside)}`;
    const wanted = trackingColumns(table.name);
    const copied = wanted.flatMap((want) => {
        const column = table.columns.find((candidate) => candidate.name === want.name);
        const value = column && copy(column, want);
        return value === undefined ? [] : [{ name: want.name, value }];
    });
    // NOT NULL and the key come when the rows are right.
    const columns = wanted.map((want) => columnDefinition({ ...want, notNull: undefined }));
    return [
        `ALTER TABLE ${name} RENAME TO ${quoted(aside)}`,
        `CREATE TABLE ${name} (${columns.join(", ")})`,
        `INSERT INTO ${name} (${copied.map((column) => column.name).join(", ")})
         SELECT ${copied.map(({ value }) => value).join(", ")} FROM ONLY ${old}`,
        // It reads the tracking tables, and no others.
        `REVOKE ALL ON TABLE ${old} FROM ${quoted(planner)}`,
    ];
}

/** By way of text, which every type can become. Only texts that nobody compares are cut. */
function converted({ type, collated }: ColumnState, { name, type: wanted }: TrackingColumn): string {
    if (type === wanted && !collated) {
        return name;
    }
    const length = /^character varying\((\d+)\)$/.exec(wanted)?.[1];
    if (length === undefined) {
        return `${name}::pg_catalog.text::${wanted}`;
    }
    return identifyingColumns.includes(name)
        ? `${name}::pg_catalog.text`
        : `pg_catalog.left(${name}::pg_catalog.text, ${length})`;
}

function unconverted(column: ColumnState, want: TrackingColumn): string | undefined {
    const text = want.type.startsWith("character varying");
    return text || column.type === want.type ? converted(column, want) : undefined;
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
        throw new Error(messageOf(error), { cause: error });
    }
}

/** Of relations and of types: each table has one of its name. */
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
