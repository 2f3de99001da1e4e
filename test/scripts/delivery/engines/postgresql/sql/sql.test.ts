import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Effect } from "../../../../../../scripts/delivery/engines/postgresql/sql/effect";
import { parse, Unreadable } from "../../../../../../scripts/delivery/engines/postgresql/sql/grammar";
import { lineAt } from "../../../../../../scripts/delivery/positions";
import { readSql, statementsOf } from "../../../../../../scripts/delivery/engines/postgresql/sql/read";
import { asOneText, startsInOneText } from "../../../../../../scripts/delivery/engines/postgresql/lint/text";
import { anyText } from "../../../../../support/text";

const texts = async (sql: string) => (await statementsOf(sql)).map(({ text }) => text);

/** Expressions that hide a semicolon from whoever does not know SQL. */
const expression = fc.constantFrom(
    ...[
        "a",
        '"odd ; name"',
        "''",
        "'it''s; fine'",
        "E'\\';'",
        "$$ ; $$",
        "$tag$ $$ ; $$ $tag$",
        "/* ; /* nested ; */ ; */ 1",
    ],
    ...[
        "1 -- ; to the end\n",
        "(SELECT 1)",
        "1.5",
        "$1",
        "a$b",
        "b::text",
        "'é'",
        "'😀'",
        "CASE WHEN a THEN 1 END",
        "U&'\\0041;'",
    ],
);
const statement = fc
    .array(expression, { minLength: 1, maxLength: 8 })
    .map((expressions) => `SELECT ${expressions.join(", ")}`);

describe("SQL", () => {
    describe("statements", () => {
        it("come back from their text, whatever is quoted in them", async () => {
            await fc.assert(
                fc.asyncProperty(fc.array(statement, { maxLength: 6 }), async (statements) => {
                    const joined = statements.map((sql) => `${sql}\n;`).join("\n");
                    const found = await statementsOf(joined);
                    assert.deepEqual(
                        found.map(({ text }) => text),
                        statements.map((sql) => sql.trimEnd()),
                    );
                    found.forEach(({ text, start, end }) => assert.equal(joined.slice(start, end), text));
                }),
            );
        });

        it("are as many in the one text that squawk reads, whatever ends them, and begin where it says", async () => {
            const ending = fc.constantFrom(
                "",
                ";",
                " ;",
                " -- why",
                "; -- why",
                " /* why */",
                ";\n-- why\n",
                "; /* a\nb */",
            );
            await fc.assert(
                fc.asyncProperty(fc.array(fc.tuple(statement, ending), { maxLength: 5 }), async (parts) => {
                    const given = parts.map(([sql, end]) => `${sql}${end}`);
                    const one = asOneText(given);
                    assert.equal((await statementsOf(one)).length, given.length);
                    startsInOneText(given).forEach((start, index) =>
                        assert.equal(one.slice(start, start + given[index]!.length), given[index]),
                    );
                }),
            );
        });

        it("are returned for any text, or the reason and position of the error", async () => {
            await fc.assert(
                fc.asyncProperty(fc.oneof(fc.string(), anyText(), statement), async (sql) => {
                    const { statements, problem } = await readSql(sql);
                    if (problem) {
                        assert.deepEqual(statements, []);
                        assert.ok(problem.reason.length > 0 && problem.position >= 0 && problem.position <= sql.length);
                    }
                    statements.forEach(({ text, start }) => assert.equal(sql.slice(start, start + text.length), text));
                }),
            );
        });

        it("keep the body of an SQL-standard function together, with the CASE in it", async () => {
            const body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
            assert.deepEqual(await texts(`${body}; SELECT 3`), [body, "SELECT 3"]);
            assert.deepEqual(await texts("BEGIN; SELECT 1; END;"), ["BEGIN", "SELECT 1", "END"]);
        });

        it("know their line", async () => {
            const sql = "-- a comment\n\nSELECT 'é😀';\n  SELECT\n2";
            assert.deepEqual(
                (await statementsOf(sql)).map(({ start }) => lineAt(sql, start)),
                [3, 4],
            );
        });
    });

    describe("what cannot be read", () => {
        it("is reported with its position, in JavaScript's characters", async () => {
            const sql = "SELECT 'é😀'; SELEC 1";
            const { problem } = await readSql(sql);
            assert.deepEqual(problem, { reason: 'syntax error at or near "SELEC"', position: sql.indexOf("SELEC 1") });
        });

        it("does not affect the statements after it and beside it", async () => {
            const deep = `SELECT ${"1+".repeat(50_000)}1`;
            const scripts = await Promise.all(
                Array.from({ length: 6 }, (_, index) => readSql(index % 2 === 0 ? deep : "DELETE FROM t; SELECT 2")),
            );
            scripts.forEach(({ statements, problem }, index) => {
                assert.equal(statements.length, index % 2 === 0 ? 0 : 2);
                assert.match(problem?.reason ?? "", index % 2 === 0 ? /^it is too deeply nested or too large/ : /^$/);
            });
        });

        it("ends at U+0000, as a C string does", async () => {
            await assert.rejects(parse("SELECT 1;\0 DROP TABLE t"), new Unreadable("it contains U+0000", 9));
        });

        it("includes text that would need gigabytes", async () => {
            const { problem } = await readSql(`SELECT '${"x".repeat(16_000_000)}'`);
            assert.equal(problem?.reason, "it has 16000009 characters; at most 16000000 can be parsed");
        });
    });

    describe("what a statement does", () => {
        const cases: [string, unknown][] = [
            ["CREATE TABLE a (b int)", { kind: "createTable", name: "a", filled: false, ifNotExists: false }],
            [
                "CREATE TABLE IF NOT EXISTS s.a (b int)",
                { kind: "createTable", schema: "s", name: "a", ifNotExists: true },
            ],
            ["create unlogged table A as select 1", { kind: "createTable", name: "a", filled: true }],
            ['CREATE TABLE "A" PARTITION OF p DEFAULT', { kind: "createTable", name: "A", partOf: "p" }],
            ["CREATE TABLE a (b int) INHERITS (p, q)", { kind: "createTable", name: "a", partOf: "p,q" }],
            ["SELECT 1 AS a INTO t", { kind: "createTable", name: "t", filled: true }],
            ["CREATE TABLE t AS EXECUTE x", { kind: "createTable", name: "t", filled: true }],
            ["CREATE TEMP TABLE t (a int)", { kind: "createTable", schema: "pg_temp", name: "t" }],
            ["CREATE MATERIALIZED VIEW v AS SELECT 1", { kind: "createTable", name: "v", filled: true }],
            [
                "ALTER TABLE IF EXISTS ONLY s.a ADD COLUMN b numeric(1, 2), DROP c",
                { kind: "alterTable", name: "a", actions: 2 },
            ],
            [
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY a (b)",
                { kind: "createIndex", name: "a", index: "i", concurrently: true },
            ],
            ["CREATE INDEX ON a USING gin (b)", { kind: "createIndex", name: "a", concurrently: false }],
            [
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
                { kind: "createTrigger", name: "a" },
            ],
            [
                "CREATE OR REPLACE FUNCTION s.f(a int) RETURNS int RETURN 1",
                { kind: "create", object: "function", schema: "s", name: "f" },
            ],
            ["DROP TABLE IF EXISTS a, s.b CASCADE", { kind: "drop", object: "table", names: "a,b" }],
            ["DROP INDEX CONCURRENTLY i", { kind: "drop", object: "index", names: "i", concurrently: true }],
            ["DROP FUNCTION f(int, text), g()", { kind: "drop", object: "function", names: "f,g" }],
            ["ALTER VIEW v RENAME TO w", { kind: "rename", object: "view", name: "v" }],
            ["ALTER TYPE t RENAME VALUE 'a' TO 'b'", { kind: "rename", object: "type", name: "t" }],
            ["ALTER TYPE t ADD VALUE 'a'", { kind: "other" }],
            ["INSERT INTO a VALUES (1)", { kind: "data", verb: "insert", name: "a", bulk: false }],
            ["INSERT INTO a (b) SELECT 1", { kind: "data", verb: "insert", name: "a", bulk: true }],
            ["UPDATE ONLY a SET b = 1", { kind: "data", verb: "update", name: "a", bulk: true }],
            ["DELETE FROM a", { kind: "data", verb: "delete", name: "a", all: true }],
            ["DELETE FROM a WHERE b", { kind: "data", verb: "delete", name: "a", all: false }],
            ["COPY a (b) FROM STDIN", { kind: "data", verb: "copy", name: "a", bulk: true }],
            [
                "WITH x AS (SELECT 1 FOR UPDATE) INSERT INTO a SELECT 1 ON CONFLICT DO UPDATE SET b = 1",
                { kind: "data", verb: "insert", name: "a" },
            ],
            ["WITH x AS (SELECT 1) SELECT * FROM x FOR UPDATE", { kind: "other" }],
            ["TRUNCATE TABLE a, ONLY b", { kind: "truncate", names: "a,b" }],
            ["VACUUM (FULL, ANALYZE) a", { kind: "exclusive", names: "a" }],
            ["VACUUM FULL VERBOSE a", { kind: "exclusive", names: "a" }],
            ["VACUUM ANALYZE a", { kind: "other" }],
            ["LOCK TABLE a IN SHARE MODE", { kind: "exclusive", names: "a" }],
            ["CLUSTER a USING i", { kind: "exclusive", names: "a" }],
            ["REFRESH MATERIALIZED VIEW v", { kind: "exclusive", names: "v" }],
            ["REFRESH MATERIALIZED VIEW CONCURRENTLY v", { kind: "other" }],
            ["SET LOCAL lock_timeout = '1s'", { kind: "setting", by: "SET LOCAL lock_timeout", value: "1s" }],
            [
                "ALTER TABLE a RENAME b TO c",
                { kind: "alterTable", name: "a", renames: "column", renamed: { from: "b", to: "c" } },
            ],
            [
                "ALTER TABLE s.a SET SCHEMA r",
                { kind: "alterTable", schema: "s", name: "a", movedTo: { schema: "r", name: "a" } },
            ],
            ["DROP OWNED BY a", { kind: "drop", object: "owned", cascade: true }],
            ["CREATE RULE r AS ON INSERT TO s.a DO NOTHING", { kind: "rule", schema: "s", name: "a" }],
            ["ROLLBACK", { kind: "transaction", what: "ROLLBACK" }],
            ["SELECT 1", { kind: "other" }],
        ];
        for (const [sql, expected] of cases) {
            it(sql, async () => assert.deepEqual(pick(await summary(sql), expected), expected));
        }

        it("knows which part of an ALTER TABLE stands where", async () => {
            const sql =
                "ALTER TABLE é ADD a numeric(1, 2) DEFAULT 1, DROP b, ADD CHECK (c IN (1, 2) AND d = ARRAY[1, 2])";
            const [found] = await statementsOf(sql);
            assert.ok(found?.effect.kind === "alterTable");
            assert.deepEqual(
                found.effect.actions.map(({ start, end }) => sql.slice(start, end)),
                [
                    "ALTER TABLE é ADD a numeric(1, 2) DEFAULT 1",
                    ", DROP b",
                    ", ADD CHECK (c IN (1, 2) AND d = ARRAY[1, 2])",
                ],
            );
        });
    });

    describe("what PostgreSQL refuses in a transaction", () => {
        const refused = [
            "CREATE INDEX CONCURRENTLY i ON a (b)",
            "create unique index concurrently on a (b)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY a",
            "REINDEX (VERBOSE) SCHEMA s",
            "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
            "VACUUM a",
            "CLUSTER",
            "CREATE DATABASE d",
            "ALTER SYSTEM SET work_mem = '1MB'",
        ];
        const allowed = [
            "CREATE INDEX i ON a (b)",
            'CREATE INDEX "concurrently" ON a (b)',
            "COMMENT ON TABLE a IS 'built CONCURRENTLY'",
            "REINDEX TABLE a",
            "CLUSTER a",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "ALTER TYPE t ADD VALUE 'a'",
        ];
        const reason = async (sql: string) => (await statementsOf(sql))[0]?.refusedInTransaction;
        refused.forEach((sql) => it(sql, async () => assert.ok(await reason(sql))));
        allowed.forEach((sql) => it(`not ${sql}`, async () => assert.equal(await reason(sql), undefined)));
    });
});

async function summary(sql: string): Promise<Record<string, unknown>> {
    const [found] = await statementsOf(sql);
    const effect = found!.effect as Effect & Record<string, unknown>;
    const list = (names: unknown) => (names as { name: string }[] | undefined)?.map(({ name }) => name).join(",");
    const name = (effect.table ?? effect.name) as { schema?: string; name: string } | undefined;
    return {
        ...effect,
        ...(typeof name === "object" ? name : {}),
        index: (effect.index as { name: string } | undefined)?.name,
        names: list(effect.names ?? effect.tables),
        partOf: list(effect.partOf),
        actions: (effect.actions as unknown[] | undefined)?.length,
    };
}

function pick(actual: Record<string, unknown>, expected: unknown): unknown {
    return Object.fromEntries(Object.keys(expected as object).map((key) => [key, actual[key]]));
}
