import * as assert from "node:assert/strict";
import { undoInspector } from "../../../../../../scripts/delivery/engines/postgresql/undo/inspect";

const catalog = [
    ["schema", "sales"],
    ["table", "public.customers"],
    ["column", "public.customers.id"],
    ["column", "public.customers.name"],
    ["constraint", "public.customers.customers_pkey"],
    ["index", "public.customers_name"],
    ["trigger", "public.customers.touched"],
    ["view", "public.names"],
    ["materialized view", "public.totals"],
    ["function", "public.touch()"],
    ["sequence", "public.numbers"],
    ["enum", "public.mood"],
    ["table", 'public."Odd.Name"'],
    ["table", "sales.orders"],
] as const;

/** What undoing one changeset would drop that was there before. */
async function dropsOf(ran: string | undefined, undo: string): Promise<string[]> {
    const drops = await undoInspector.earlierDrops(
        [{ id: "1", author: "me", file: "a.sql", ran: ran === undefined ? undefined : [ran], sql: [undo] }],
        { entries: catalog.map(([kind, name]) => ({ kind, name })), schema: "public" },
    );
    return drops.map(({ object }) => object);
}

describe("what an undo would drop that was there before", () => {
    const cases: [what: string, ran: string | undefined, undo: string, dropped: string[]][] = [
        [
            "a table that IF NOT EXISTS left as it was",
            "CREATE TABLE IF NOT EXISTS customers (id int)",
            "DROP TABLE customers",
            ["table public.customers"],
        ],
        ["a table of the release", "CREATE TABLE orders (id int)", "DROP TABLE orders", []],
        [
            "a table whose name was taken over",
            "ALTER TABLE customers RENAME TO old; CREATE TABLE customers (id int)",
            "DROP TABLE customers; ALTER TABLE old RENAME TO customers",
            [],
        ],
        [
            "the renamed table itself",
            "ALTER TABLE customers RENAME TO old; CREATE TABLE customers (id int)",
            "DROP TABLE old",
            ["table public.customers"],
        ],
        [
            "a table that the release replaced",
            "DROP TABLE customers; CREATE TABLE customers (x int)",
            "DROP TABLE customers",
            [],
        ],
        ["a table, if it is unknown what ran", undefined, "DROP TABLE customers", ["table public.customers"]],
        ["a quoted name", "SELECT 1", 'DROP TABLE "Odd.Name"', ['table public."Odd.Name"']],
        ["in a block", "SELECT 1", "DO $$ BEGIN DROP TABLE customers; END $$", ["table public.customers"]],
        [
            "a column that was there",
            "ALTER TABLE customers ADD COLUMN IF NOT EXISTS name text",
            "ALTER TABLE customers DROP COLUMN name",
            ["column public.customers.name"],
        ],
        [
            "a column of the release",
            "ALTER TABLE customers ADD COLUMN tax text",
            "ALTER TABLE customers DROP COLUMN tax",
            [],
        ],
        [
            "a renamed column",
            "ALTER TABLE customers RENAME COLUMN name TO label",
            "ALTER TABLE customers DROP COLUMN label",
            ["column public.customers.name"],
        ],
        [
            "a column under the name of an earlier one",
            "ALTER TABLE customers RENAME name TO old; ALTER TABLE customers ADD name int",
            "ALTER TABLE customers DROP COLUMN name; ALTER TABLE customers RENAME old TO name",
            [],
        ],
        [
            "a column of a renamed table",
            "ALTER TABLE customers RENAME TO people",
            "ALTER TABLE people DROP COLUMN name",
            ["column public.customers.name"],
        ],
        [
            "an index for good",
            "CREATE INDEX IF NOT EXISTS customers_name ON customers (name)",
            "DROP INDEX customers_name",
            ["index public.customers_name"],
        ],
        [
            "an index that comes back",
            "SELECT 1",
            "DROP INDEX customers_name; CREATE INDEX customers_name ON customers (name)",
            [],
        ],
        ["a trigger", "SELECT 1", "DROP TRIGGER touched ON customers", ["trigger public.customers.touched"]],
        ["a view, which can be restored", "CREATE OR REPLACE VIEW names AS SELECT 1", "DROP VIEW names", []],
        [
            "a function, which can be restored",
            "CREATE OR REPLACE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP FUNCTION touch()",
            [],
        ],
        ["a function with all that uses it", "SELECT 1", "DROP FUNCTION touch() CASCADE", ["function public.touch()"]],
        ["a materialized view", "SELECT 1", "DROP MATERIALIZED VIEW totals", ["materialized view public.totals"]],
        ["a sequence", "CREATE SEQUENCE IF NOT EXISTS numbers", "DROP SEQUENCE numbers", ["sequence public.numbers"]],
        ["a type", "SELECT 1", "DROP TYPE mood", ["enum public.mood"]],
        [
            "a schema with what is in it",
            "CREATE SCHEMA IF NOT EXISTS sales",
            "DROP SCHEMA sales CASCADE",
            ["schema sales", "table sales.orders"],
        ],
        [
            "what was moved into a schema of the release",
            "CREATE SCHEMA attic; ALTER TABLE customers SET SCHEMA attic",
            "DROP SCHEMA attic CASCADE",
            ["table public.customers"],
        ],
        ["SQL that cannot be parsed", "SELECT 1", "DROP TABLE customers,", []],
    ];
    for (const [what, ran, undo, dropped] of cases) {
        it(what, async () => assert.deepEqual(await dropsOf(ran, undo), dropped));
    }

    it("is found in the order of execution, and named with its statement", async () => {
        const changeset = (id: string, ran: string, undo: string) => ({
            id,
            author: "me",
            file: "a.sql",
            ran: [ran],
            sql: [undo],
        });
        const undone = [
            changeset(
                "2",
                "ALTER TABLE people ADD COLUMN tax text",
                "ALTER TABLE people DROP COLUMN tax, DROP COLUMN name",
            ),
            changeset("1", "ALTER TABLE customers RENAME TO people", "ALTER TABLE people RENAME TO customers"),
        ];
        const entries = catalog.map(([kind, name]) => ({ kind, name }));
        assert.deepEqual(await undoInspector.earlierDrops(undone, { entries, schema: "public" }), [
            {
                id: "2",
                author: "me",
                file: "a.sql",
                object: "column public.customers.name",
                statement: "ALTER TABLE people DROP COLUMN tax, DROP COLUMN name",
            },
        ]);
    });
});
