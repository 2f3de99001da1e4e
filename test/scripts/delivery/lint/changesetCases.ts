import { type Case, many, one, undo } from "./support";

// Rules about a changeset and its rollback.

const body = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;";

/** Changesets of the source, as the tool lists them. */
const known = (...ids: string[]) => ids.map((id) => ({ id, author: "a", file: "a.sql" }));

export const changesetCases: Case[] = [
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
        bad: {
            "a body with semicolons": { ...one(body), line: 3 },
            "one in the rollback": {
                ...one("SELECT 1;"),
                changes: [
                    { undo: ["CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1;", "END; $$ LANGUAGE plpgsql;"] },
                ],
                what: "Its rollback: the SQL is split at semicolons, and a dollar-quoted body contains one.",
            },
        },
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
        rule: "other-history",
        bad: {
            "a table that can be read": {
                ...one("SELECT 1;"),
                context: { otherHistories: [{ table: "old.log", changesets: known("2") }] },
                what: "The database has another history of changesets, old.log, with 1 row.",
            },
            "a table that cannot, with nothing pending": {
                ...one("SELECT 1;"),
                applied: 1,
                context: { otherHistories: [{ table: "old.log", changesets: undefined }] },
                what: "The database has another history of changesets, old.log, which cannot be read.",
            },
        },
        good: { "no other table": { ...one("SELECT 1;"), context: { otherHistories: [] } } },
    },
    {
        rule: "undo-drops-existing",
        bad: {
            "a table that is there": {
                ...one("CREATE TABLE IF NOT EXISTS t (id bigint);"),
                changes: [{ undo: ["DROP TABLE t;"] }],
                context: { catalog: [{ kind: "table", name: "public.t" }] },
                what: "Its rollback drops table public.t, which already exists: DROP TABLE t",
            },
            "a column that is there": {
                ...one("SELECT 1;"),
                changes: [{ undo: ["ALTER TABLE t DROP COLUMN a;"] }],
                context: { catalog: [{ kind: "column", name: "public.t.a" }] },
            },
        },
        good: {
            "a table of the changeset": {
                ...one("CREATE TABLE t (id bigint);"),
                changes: [{ undo: ["DROP TABLE t;"] }],
                context: { catalog: [{ kind: "table", name: "public.u" }] },
            },
            "an index that comes back": {
                ...one("SELECT 1;"),
                changes: [{ undo: ["DROP INDEX i;", "CREATE INDEX i ON t (a);"] }],
                context: { catalog: [{ kind: "index", name: "public.i" }] },
            },
        },
    },
    {
        rule: "conditional-create",
        bad: {
            "a table that may be there elsewhere": {
                ...one("CREATE TABLE IF NOT EXISTS t (id bigint);"),
                changes: [{ undo: ["DROP TABLE IF EXISTS t;"] }],
                what: "It creates table t only if there is none, but its rollback drops it in any case: DROP TABLE IF EXISTS t",
            },
            "a view that is there and is replaced": {
                ...one("CREATE OR REPLACE VIEW v AS SELECT 1;"),
                changes: [{ undo: ["DROP VIEW v;"] }],
                context: { catalog: [{ kind: "view", name: "public.v" }] },
            },
        },
        good: {
            "a rollback that drops nothing": {
                changelog:
                    "--changeset a:1\nCREATE TABLE IF NOT EXISTS t (id bigint);\n--rollback not required: it may have been there",
            },
            "a view that runs again, which is restored": {
                ...one("CREATE OR REPLACE VIEW v AS SELECT 1;", "runOnChange:true"),
                changes: [{ undo: ["DROP VIEW v;"], again: true }],
                context: { catalog: [{ kind: "view", name: "public.v" }] },
            },
            "a new view": {
                ...one("CREATE OR REPLACE VIEW v AS SELECT 1;"),
                changes: [{ undo: ["DROP VIEW v;"] }],
            },
        },
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
            "a name in another case, which Liquibase takes for the same": {
                changelog:
                    "--changeset a:x\nSELECT 1;\n--rollback SELECT 1;\n--changeset A:X\nSELECT 1;\n--rollback SELECT 1;",
                applied: 1,
                line: 5,
                what: "A:X differs only in case from a:x in a.sql, line 2.",
            },
        },
        good: {
            "another id": many("SELECT 1;", "SELECT 1;"),
            "another author": { changelog: `--changeset a:1\nSELECT 1;${undo}\n--changeset b:1\nSELECT 1;${undo}` },
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
            "rows of a table in use beside a new table": one(
                "CREATE TABLE t (a int);\nUPDATE u SET a = a + 1 WHERE b;",
            ),
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
            "a view": { ...one("DROP VIEW v;"), what: "It removes view v: DROP VIEW v" },
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
                what: "A `squawk-ignore` comment gives no reason and is ignored.",
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
    {
        rule: "unknown-attribute",
        bad: {
            "one that is like no other": {
                changelog: `--changeset a:1 ticket:ABC-1\nSELECT 1;${undo}`,
                line: 2,
                what: "Liquibase knows no attribute `ticket` here.",
            },
        },
        good: { "a comment": one("--comment ticket:ABC-1\nSELECT 1;") },
    },
    {
        rule: "misspelled-parameter",
        bad: {
            "a letter less": {
                ...one("SELECT '${default_curency}';"),
                context: { parameters: ["default_currency"] },
                line: 3,
                what: "No parameter defines `${default_curency}`. Did you mean `${default_currency}`?",
            },
            "in the rollback": {
                changelog: "--changeset a:1\nSELECT 1;\n--rollback SELECT '${shema}';",
                changes: [{ undo: ["SELECT '${shema}';"] }],
                context: { parameters: ["schema"] },
                line: 4,
                what: "Its rollback: No parameter defines `${shema}`. Did you mean `${schema}`?",
            },
        },
        good: {
            "what is replaced": {
                ...one("SELECT '${default_currency}';"),
                changes: [{ sql: ["SELECT 'EUR';"] }],
                context: { parameters: ["default_currency"] },
            },
        },
    },
];
