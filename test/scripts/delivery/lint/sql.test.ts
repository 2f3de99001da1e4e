import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe as describeStatement, refusedInTransaction } from "../../../../scripts/delivery/lint/sql/describe";
import { lineAt, splitStatements } from "../../../../scripts/delivery/lint/sql/statements";
import { asOneText } from "../../../../scripts/delivery/lint/text";
import { dollarBody, identifier, tokens } from "../../../../scripts/delivery/lint/sql/tokens";
import { anyText } from "../../../support/text";

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

/** Pieces that hide a semicolon from whoever does not know SQL. */
const piece = fc.oneof(
    fc.constantFrom("SELECT", "a", '"odd ; name"', "''", "'it''s; fine'", "E'\\';'", "$$ ; $$", "$tag$ $$ ; $$ $tag$"),
    fc.constantFrom("/* ; /* nested ; */ ; */", "-- ; to the end\n", "(1; 2)", "1.5", "$1", "a$b", "::text", "é", "😀"),
);
const statement = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => ["SELECT", ...pieces].join(" "));

describe("SQL", () => {
    describe("tokens", () => {
        it("cover the text in order, and leave out white space and comments only", () => {
            fc.assert(
                fc.property(fc.oneof(fc.string(), anyText(), statement), (sql) => {
                    let end = 0;
                    for (const token of tokens(sql)) {
                        assert.ok(token.start >= end && token.end > token.start);
                        assert.equal(sql.slice(token.start, token.end), token.text);
                        assert.match(sql.slice(end, token.start), /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*(\*\/|$))*$/);
                        end = token.end;
                    }
                }),
            );
        });

        it("know quotes of every kind, and which have no end", () => {
            const kinds = (sql: string) => tokens(sql).map(({ kind, text }) => `${kind} ${text}`);
            assert.deepEqual(kinds(`a "B ""c""" 'it''s' E'\\'' $q$ $$ ; $q$`), [
                "word a",
                'quoted "B ""c"""',
                "text 'it''s'",
                "text E'\\''",
                "dollar $q$ $$ ; $q$",
            ]);
            assert.equal(tokens("$$ never closed").at(0)?.unterminated, true);
            assert.equal(tokens("'never closed").at(0)?.unterminated, true);
            assert.equal(dollarBody(tokens("$q$ a; b $q$")[0]!), " a; b ");
        });

        it("fold plain names and keep quoted ones", () => {
            assert.deepEqual(tokens('Orders "Orders" "a""b" 1').map(identifier), [
                "orders",
                "Orders",
                'a"b',
                undefined,
            ]);
        });
    });

    describe("statements", () => {
        it("come back from their text, whatever is quoted in them", () => {
            fc.assert(
                fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
                    const joined = statements.map((sql) => `${sql}\n;`).join("\n");
                    const split = splitStatements(joined);
                    assert.equal(split.length, statements.length);
                    split.forEach((found, index) => {
                        assert.deepEqual(texts(found.text), [found.text]);
                        assert.deepEqual(
                            found.tokens.map(({ text }) => text),
                            tokens(statements[index]!).map(({ text }) => text),
                        );
                    });
                }),
            );
        });

        it("are as many in the one text that squawk reads, whatever ends them", () => {
            const ending = fc.constantFrom("", ";", " ;", " -- why", "; -- why", " /* why */", ";\n-- why\n");
            fc.assert(
                fc.property(fc.array(fc.tuple(statement, ending), { maxLength: 5 }), (parts) => {
                    const given = parts.map(([sql, end]) => `${sql}${end}`);
                    assert.equal(splitStatements(asOneText(given)).length, given.length);
                }),
            );
        });

        it("never lose a token, whatever the text", () => {
            fc.assert(
                fc.property(fc.string(), (sql) => {
                    const kept = splitStatements(sql).flatMap((found) => found.tokens);
                    assert.equal(kept.length, tokens(sql).length - endings(sql, kept.length));
                    kept.forEach(({ start, text }) => assert.equal(sql.slice(start, start + text.length), text));
                }),
            );
        });

        it("keep the body of an SQL-standard function together, with the CASE in it", () => {
            const body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
            assert.deepEqual(texts(`${body}; SELECT 3`), [body, "SELECT 3"]);
            assert.deepEqual(texts("BEGIN; SELECT 1; END;"), ["BEGIN", "SELECT 1", "END"]);
        });

        it("know their line", () => {
            const sql = "-- a comment\n\nSELECT 1;\n  SELECT\n2";
            assert.deepEqual(
                splitStatements(sql).map(({ start }) => lineAt(sql, start)),
                [3, 4],
            );
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
            ["CREATE MATERIALIZED VIEW v AS SELECT 1", { kind: "createTable", name: "v", filled: true }],
            [
                "ALTER TABLE IF EXISTS ONLY s.a ADD COLUMN b numeric(1, 2), DROP c",
                { kind: "alterTable", name: "a", clauses: 2 },
            ],
            [
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY a (b)",
                { kind: "createIndex", name: "a", index: "i", concurrently: true },
            ],
            ["CREATE INDEX ON a USING gin (b)", { kind: "createIndex", name: "a", concurrently: false }],
            [
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()",
                { kind: "createTrigger", name: "a" },
            ],
            [
                "CREATE OR REPLACE FUNCTION s.f(a int) RETURNS int",
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
            ["SET LOCAL lock_timeout = '1s'", { kind: "setting" }],
            ["SELECT 1", { kind: "other" }],
            ["", { kind: "other" }],
        ];
        for (const [sql, expected] of cases) {
            it(sql || "(nothing)", () => assert.deepEqual(pick(summary(sql), expected), expected));
        }

        it("is said of any text", () => {
            fc.assert(
                fc.property(
                    fc.string(),
                    statement,
                    fc.constantFrom("ALTER TABLE", "CREATE", "DROP", "UPDATE"),
                    (a, b, verb) => {
                        for (const sql of [a, `${verb} ${a}`, `${verb} ${b}`]) {
                            splitStatements(sql).forEach((found) =>
                                assert.equal(typeof describeStatement(found).kind, "string"),
                            );
                        }
                    },
                ),
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
        refused.forEach((sql) => it(sql, () => assert.ok(refusedInTransaction(splitStatements(sql)[0]!))));
        allowed.forEach((sql) =>
            it(`not ${sql}`, () => assert.equal(refusedInTransaction(splitStatements(sql)[0]!), undefined)),
        );
    });
});

/** Semicolons that end statements are the only tokens that no statement has. */
function endings(sql: string, kept: number): number {
    const all = tokens(sql);
    const semicolons = all.filter(({ text }) => text === ";").length;
    assert.ok(all.length - kept <= semicolons);
    return all.length - kept;
}

function summary(sql: string): Record<string, unknown> {
    const deed = describeStatement(splitStatements(sql)[0] ?? { text: "", start: 0, end: 0, tokens: [] }) as Record<
        string,
        unknown
    >;
    const list = (names: unknown) => (names as { name: string }[] | undefined)?.map(({ name }) => name).join(",");
    const name = (deed.table ?? deed.name) as { schema?: string; name: string } | undefined;
    return {
        ...deed,
        ...name,
        index: (deed.index as { name: string } | undefined)?.name,
        names: list(deed.names ?? deed.tables),
        partOf: list(deed.partOf),
        clauses: (deed.clauses as unknown[] | undefined)?.length,
    };
}

function pick(actual: Record<string, unknown>, expected: unknown): unknown {
    return Object.fromEntries(Object.keys(expected as object).map((key) => [key, actual[key]]));
}
