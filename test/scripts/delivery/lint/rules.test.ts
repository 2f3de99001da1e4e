import assert from "node:assert/strict";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { LintChangeset } from "../../../../scripts/delivery/lint/finding";
import { examine } from "../../../../scripts/delivery/lint/lint";
import { ownRules } from "../../../../scripts/delivery/lint/rules/own";
import { guardCases } from "./guardCases";
import { type Case, judge, many, one, rulesOf, type Scene, undo } from "./support";

const body = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;";

const cases: Case[] = [
    {
        rule: "rollback-missing",
        bad: {
            "no rollback": {
                changelog: "--changeset a:1\nSELECT 1;",
                line: 2,
                what: "Liquibase cannot undo it: No inverse to liquibase.change.core.RawSQLChange created",
            },
        },
        good: { "a rollback": one("SELECT 1;") },
    },
    {
        rule: "rollback-empty-unexplained",
        bad: {
            "an empty one": { changelog: "--changeset a:1\nSELECT 1;\n--rollback empty" },
            "one that is not required, nobody knows why": {
                changelog: "--changeset a:1\nSELECT 1;\n--rollback not required:",
            },
        },
        good: {
            "a reason in the rollback": {
                changelog: "--changeset a:1\nSELECT 1;\n--rollback not required: it reads only",
            },
            "a reason in a comment": {
                changelog:
                    "--changeset a:1\n--comment: rollback not required: it reads only\nSELECT 1;\n--rollback empty",
            },
        },
    },
    {
        rule: "dollar-quote-split",
        bad: { "a body with semicolons": { ...one(body), line: 3 } },
        good: {
            "splitStatements:false": one(body, "splitStatements:false"),
            "another delimiter": one(`${body.slice(0, -1)}\n/`, "endDelimiter:/"),
            "a body without semicolons": one("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;"),
        },
    },
    {
        rule: "one-statement-without-transaction",
        bad: {
            "two statements": {
                ...one(
                    "CREATE INDEX CONCURRENTLY i ON t (a);\nCREATE INDEX CONCURRENTLY j ON t (b);",
                    "runInTransaction:false",
                ),
                line: 4,
            },
        },
        good: {
            "one statement": one("CREATE INDEX CONCURRENTLY i ON t (a);", "runInTransaction:false"),
            "one statement and a setting": one(
                "SET maintenance_work_mem = '1GB';\nCREATE INDEX CONCURRENTLY i ON t (a);",
                "runInTransaction:false",
            ),
            "two statements in a transaction": one("SELECT 1;\nSELECT 2;"),
        },
    },
    {
        rule: "needs-no-transaction",
        bad: {
            "CREATE INDEX CONCURRENTLY": {
                ...one("SELECT 1;\n\nCREATE INDEX CONCURRENTLY i ON t (a);"),
                line: 5,
                what: "CONCURRENTLY in a transaction: CREATE INDEX CONCURRENTLY i ON t (a)",
            },
            VACUUM: one("VACUUM t;"),
        },
        good: { "runInTransaction:false": one("CREATE INDEX CONCURRENTLY i ON t (a);", "runInTransaction:false") },
    },
    {
        rule: "duplicate-id",
        bad: {
            "the same name in another file": {
                changelog:
                    "--changeset a:1\nSELECT 1;\n--rollback SELECT 1;\n--changeset a:1 logicalFilePath:b.sql\nSELECT 1;\n--rollback SELECT 1;",
                applied: 1,
                line: 5,
                what: "a:1 is also in a.sql, line 2.",
            },
        },
        good: {
            "another id": many("SELECT 1;", "SELECT 1;"),
            "another author": { changelog: `--changeset a:1\nSELECT 1;${undo}\n--changeset b:1\nSELECT 1;${undo}` },
        },
    },
    {
        rule: "edited-changeset",
        bad: {
            "what Liquibase's validation names": {
                ...many("SELECT 1;"),
                applied: 1,
                context: { edited: [{ id: "1", author: "a", file: "a.sql", was: "9:aa", now: "9:bb" }] },
                line: 2,
                what: "It ran with the checksum 9:aa, and is now 9:bb.",
            },
        },
        good: Object.fromEntries(
            ["runOnChange:true", "runAlways:true"].map((attribute): [string, Scene] => [
                attribute,
                {
                    ...one("SELECT 1;", attribute),
                    applied: 1,
                    context: { edited: [{ id: "1", author: "a", file: "a.sql", was: "9:aa", now: "9:bb" }] },
                },
            ]),
        ),
    },
    {
        rule: "out-of-order",
        bad: {
            "before an applied one": {
                ...many("SELECT 1;", "SELECT 2;"),
                context: { applied: [{ id: "2", author: "A", file: "classpath:a.sql" }] },
                line: 2,
                what: "It comes before a.sql::2::a, which the database has already run.",
            },
        },
        good: {
            "behind all applied ones": { ...many("SELECT 1;", "SELECT 2;"), applied: 1 },
            "before an applied one that follows its text": {
                changelog: `--changeset a:1\nSELECT 1;${undo}\n--changeset a:2 runOnChange:true\nSELECT 2;${undo}`,
                context: { applied: [{ id: "2", author: "a", file: "a.sql" }] },
            },
        },
    },
    {
        rule: "schema-and-data",
        bad: {
            "a column and its values": { ...one("ALTER TABLE t ADD COLUMN a int;\nUPDATE t SET a = 1;"), line: 4 },
            "an index and rows of another table": one("CREATE INDEX i ON t (a);\nINSERT INTO u SELECT * FROM t;"),
        },
        good: {
            "two changesets": many("ALTER TABLE t ADD COLUMN a int;", "UPDATE t SET a = 1;"),
            "a few rows": one("ALTER TABLE t ADD COLUMN a int;\nINSERT INTO u VALUES (1);"),
            "a table that is new": one(
                "CREATE TABLE t (a int);\nALTER TABLE t ADD COLUMN b int;\nINSERT INTO t SELECT 1;",
            ),
            "rows of a table in use beside a new table": one("CREATE TABLE t (a int);\nUPDATE u SET a = a + 1;"),
        },
    },
    {
        rule: "exclusive-lock",
        bad: {
            "VACUUM FULL": one("VACUUM FULL t;", "runInTransaction:false"),
            "LOCK TABLE": one("LOCK TABLE t;"),
            "REFRESH MATERIALIZED VIEW": one("REFRESH MATERIALIZED VIEW v;"),
            "another storage": {
                ...one("ALTER TABLE t SET TABLESPACE s;"),
                what: "ALTER TABLE … SET TABLESPACE rewrites the table: ALTER TABLE t SET TABLESPACE s",
            },
        },
        good: {
            "REFRESH CONCURRENTLY": one("REFRESH MATERIALIZED VIEW CONCURRENTLY v;"),
            "a new view": many("CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA;", "REFRESH MATERIALIZED VIEW v;"),
            "a storage parameter": one("ALTER TABLE t SET (fillfactor = 70);"),
        },
    },
    {
        rule: "destroys-data",
        bad: { TRUNCATE: one("TRUNCATE t;"), "DELETE of every row": one("DELETE FROM s.t;") },
        good: {
            "DELETE of some rows": one("DELETE FROM t WHERE a;"),
            "a new table": many("CREATE TABLE s.t (a int);", "TRUNCATE s.t;"),
        },
    },
    {
        rule: "drop-in-use",
        bad: {
            "a view": { ...one("DROP VIEW v;"), what: "It takes away view v: DROP VIEW v" },
            "a type, by another name": one("ALTER TYPE s.t RENAME TO u;"),
            "a value of an enumeration": one("ALTER TYPE t RENAME VALUE 'a' TO 'b';"),
        },
        good: {
            "a view that comes back": one("DROP VIEW v;\nCREATE VIEW v AS SELECT 1;"),
            "a function that is new": many("CREATE FUNCTION f() RETURNS int RETURN 1;", "DROP FUNCTION f();"),
            "a trigger": one("DROP TRIGGER r ON t;"),
        },
    },
    {
        rule: "invalid-waiver",
        bad: {
            "no reason": {
                ...one("--lint-waive destroys-data\nSELECT 1;"),
                line: 3,
                what: "The waiver of destroys-data gives no reason.",
            },
            "a reason without a word": one("--lint-waive destroys-data: ...\nSELECT 1;"),
            "no rule": { ...one("--lint-waive\nSELECT 1;"), what: "The waiver names no rule." },
            "an unknown rule": {
                ...one("--comment: lint-waive destroy-data: because\nSELECT 1;"),
                what: "The waiver names an unknown rule, destroy-data. Did you mean destroys-data?",
            },
            "a rule without exceptions": {
                ...one("--lint-waive edited-changeset: because\nSELECT 1;"),
                what: "edited-changeset cannot be waived.",
            },
            "a rule whose findings the database refuses": {
                ...one("--lint-waive unstorable-text: because\nSELECT 1;"),
                what: "unstorable-text cannot be waived.",
            },
            "squawk's own comment": {
                ...one("-- squawk-ignore ban-drop-table\nSELECT 1;"),
                what: "A `squawk-ignore` comment gives no reason and is not honoured.",
            },
        },
        good: { "a rule and a reason": one("--lint-waive destroys-data: it reads only\nSELECT 1;") },
    },
    {
        rule: "unreadable-changelog",
        bad: {
            "a file in a jar": {
                ...one("SELECT 1;"),
                context: { unread: [{ file: "in/a.jar.xml", reason: "it is not in the migrations directory" }] },
                what: "It was not read: it is not in the migrations directory.",
            },
        },
        good: { "nothing unread": one("SELECT 1;") },
    },
    {
        rule: "too-long",
        bad: {
            "an id": {
                changelog: `--changeset a:${"i".repeat(256)}\nSELECT 1;${undo}`,
                line: 2,
                what: `Its id has 256 characters; allowed: 255 (${"i".repeat(40)}…).`,
            },
            "an author": { changelog: `--changeset ${"a".repeat(300)}:1\nSELECT 1;${undo}` },
            "a file": { changelog: `--changeset a:1 logicalFilePath:${"f".repeat(256)}\nSELECT 1;${undo}` },
        },
        good: {
            "255 characters": { changelog: `--changeset ${"a".repeat(255)}:${"i".repeat(255)}\nSELECT 1;${undo}` },
            "255 characters that UTF-16 has two units for": {
                changelog: `--changeset a:${"😀".repeat(255)}\nSELECT 1;${undo}`,
            },
        },
    },
    {
        rule: "unstorable-text",
        bad: {
            "NUL in the SQL": {
                ...one("SELECT 'a\0b';"),
                what: 'Its SQL contains U+0000, after: "SELECT \'a".',
            },
            "NUL in the id": { changelog: `--changeset a:x\0y\nSELECT 1;${undo}` },
            "half a surrogate pair": one("SELECT 'a\ud800b';"),
        },
        good: { "other characters": one("SELECT 'ü中😀\u{10ffff}\u2028';") },
    },
    {
        rule: "undecodable-text",
        bad: {
            "bytes that were no UTF-8": {
                ...one("SELECT 'a\ufffdb'; SELECT '\ufffd';"),
                what: 'Its SQL contains U+FFFD, after: "SELECT \'a".',
            },
            "bytes that were no UTF-8, in the author": { changelog: `--changeset a\ufffd:1\nSELECT 1;${undo}` },
        },
        good: {
            "characters beyond ASCII": one("SELECT 'ü中😀';"),
        },
    },
    ...guardCases,
];

describe("the rules of our own", () => {
    it("all have their cases here", () => {
        assert.deepEqual(cases.map(({ rule }) => rule).sort(), Object.keys(ownRules).sort());
    });

    for (const { rule, bad, good } of cases) {
        describe(rule, () => {
            for (const [title, { line, what, ...scene }] of Object.entries(bad)) {
                it(`finds ${title}`, async () => {
                    const { findings } = await judge(scene);
                    assert.deepEqual(rulesOf(findings), [rule]);
                    const [finding] = findings;
                    assert.ok(finding!.why.length > 0 && finding!.instead.length > 0);
                    assert.equal(finding!.line, line ?? finding!.line);
                    assert.equal(finding!.what, what ?? finding!.what);
                });
            }
            for (const [title, scene] of Object.entries(good)) {
                it(`takes ${title}`, async () => assert.deepEqual((await judge(scene)).findings, []));
            }
        });
    }
});

describe("a plan without its source, as from a jar", () => {
    const changeset = { id: "1", author: "a", file: "jar.xml", runInTransaction: true, sql: ["SELECT 1;"] };
    const lint = async (change: Partial<LintChangeset>) => {
        const context = { levels: lintConfig({}, "prod").levels, changelog: [], applied: [] };
        return (await examine([{ ...changeset, ...change }], context)).findings;
    };

    it("is judged by what will run", async () => {
        assert.deepEqual(rulesOf(await lint({ undoError: "no" })), ["rollback-missing"]);
        assert.deepEqual(rulesOf(await lint({ undo: [] })), ["rollback-empty-unexplained"]);
        assert.deepEqual(rulesOf(await lint({ undo: ["SELECT 1;"] })), []);
        const torn = ["CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1;", "END; $$ LANGUAGE plpgsql;"];
        assert.deepEqual(rulesOf(await lint({ sql: torn, undo: ["SELECT 1"] })), ["dollar-quote-split"]);
    });

    it("names the file that Liquibase names, and no line", async () => {
        const [finding] = await lint({ undoError: "no" });
        assert.deepEqual([finding?.file, finding?.line, finding?.changeset], ["jar.xml", undefined, "jar.xml::1::a"]);
    });

    it("has nothing to undo where nothing runs", async () => {
        assert.deepEqual(await lint({ sql: [], undoError: "no" }), []);
    });
});
