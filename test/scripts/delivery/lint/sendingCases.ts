import { type Case, many, one } from "./support";

const view = (columns: string, name = "v") => `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns} FROM t;`;
const catalog = [
    { kind: "view", name: "public.v", definition: " SELECT id,\n    a,\n    b\n   FROM t;" },
    { kind: "view", name: "public.w", definition: " SELECT a\n   FROM v;" },
];

/** Statements that the server or the driver rejects, although their SQL is correct somewhere. */
export const sendingCases: Case[] = [
    {
        rule: "client-command",
        bad: {
            "rows that a client would send": {
                ...one("COPY t (a, b) FROM stdin;"),
                line: 3,
                what: "The client would have to send the rows: COPY t (a, b) FROM stdin",
            },
            "them with the rows": one("COPY t (a, b) FROM stdin;\nFR\tFrance\n\\."),
            "a command of psql": {
                ...one("\\connect app\nSELECT 1;"),
                line: 3,
                what: "A command of psql: \\connect app",
            },
            "one in the rollback": {
                ...one("SELECT 1;"),
                changes: [{ undo: ["\\i undo.sql;"] }],
                what: "Its rollback: A command of psql: \\i undo.sql",
            },
        },
        good: { "a file of the server": one("COPY t FROM '/tmp/t.csv';") },
    },
    {
        rule: "question-mark",
        bad: {
            // A dry run shows what the driver makes of one: a parameter; of two, it shows one.
            "an operator of jsonb": { ...one("DELETE FROM t WHERE data $1 'email' AND a;"), line: 3 },
            "of a path": one("SELECT data @$1 '$.a' FROM t;"),
            // PostgreSQL's parser takes `data $1` for a value with its type.
            "any of several keys": {
                ...one("DELETE FROM t WHERE data $1| array['a'];"),
                line: 3,
                what: "A question mark that is not in quotes has become a parameter: DELETE FROM t WHERE data $1| array['a']",
            },
            "all of several keys": one("INSERT INTO u SELECT data $1& array['a'] FROM t;"),
            "before its operand": one("DELETE FROM t WHERE $1- lseg '((0,0),(1,0))';"),
            "one in the rollback": { ...one("SELECT 1;"), changes: [{ undo: ["DELETE FROM t WHERE a $1 'b';"] }] },
        },
        good: {
            "two of them": one("DELETE FROM t WHERE data ? 'email' AND a OR data ?| array['a'];"),
            "a text": one("SELECT 'why?', E'?' -- ?\n;"),
            "parameters with values": {
                ...one("SELECT 1;"),
                changes: [{ sql: ["-- $1 id: 1\n-- $2 body: NULL\nINSERT INTO t VALUES($1, $2);"] }],
            },
            "a statement that is called with values": one("PREPARE one AS INSERT INTO t VALUES($1);"),
            "the body of a function": one("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1;"),
            "a body": one("CREATE FUNCTION f(d jsonb) RETURNS bool LANGUAGE sql AS $$ SELECT d ? 'a' $$;"),
        },
    },
    {
        rule: "unnamed-constraint",
        bad: {
            "a rollback that drops null": {
                ...one("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"),
                changes: [{ undo: ["ALTER TABLE t DROP CONSTRAINT null;"] }],
                what: "Its rollback: It drops a constraint without a name: ALTER TABLE t DROP CONSTRAINT null",
            },
        },
        good: {
            "one that is called so": {
                ...one("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"),
                changes: [{ undo: ['ALTER TABLE t DROP CONSTRAINT "null";'] }],
            },
        },
    },
    {
        rule: "needs-administrator",
        bad: {
            "a role": { ...one("CREATE ROLE reporting;"), line: 3, what: "It creates a role: CREATE ROLE reporting" },
            "a user": one("CREATE USER app PASSWORD 'x';"),
            "a membership": one("GRANT reporting TO app;"),
            "one in the rollback": {
                ...one("SELECT 1;"),
                changes: [{ undo: ["DROP ROLE reporting;"] }],
                what: "Its rollback: It drops a role: DROP ROLE reporting",
            },
        },
        good: { "privileges on an object": one("GRANT SELECT ON t TO reporting;") },
    },
    {
        rule: "view-columns",
        bad: {
            "a column less, and what depends on the view": {
                ...one(view("id, a")),
                context: { catalog },
                line: 3,
                what: `The view v loses or renames b; public.w depends on it: ${view("id, a").slice(0, -1)}`,
            },
            "another name": { ...one(view("id, a, b AS c")), context: { catalog } },
            "another order": { ...one(view("a, id, b")), context: { catalog } },
            "a view of the same plan": many(view("id, a"), view("id")),
        },
        good: {
            "a column more at the end": { ...one(view("id, a, b, c")), context: { catalog } },
            "columns that only the database knows": { ...one(view("*")), context: { catalog } },
            "a view that was not there": { ...one(view("id", "x")), context: { catalog } },
        },
    },
    {
        rule: "updates-every-row",
        bad: { "an update without a condition": { ...one("UPDATE t SET a = lower(b);"), line: 3 } },
        good: {
            "a condition": one("UPDATE t SET a = lower(b) WHERE a IS NULL;"),
            "a new table": many("CREATE TABLE t (a text, b text);", "UPDATE t SET a = lower(b);"),
        },
    },
    {
        rule: "include-order",
        bad: {
            "ten before two": {
                changelog: "--changeset a:1\nSELECT 1;\n--rollback SELECT 1;",
                context: {
                    issues: [{ rule: "include-order", file: "a.yaml", line: 2, what: "`10.sql` runs before `2.sql`." }],
                },
                line: 2,
            },
        },
        good: { "no such files": one("SELECT 1;") },
    },
];
