import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { type Case, catalogue, many, one } from "./support";

const view = (columns: string, name = "v") => `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns} FROM t;`;
const catalog = [
    { kind: "view", name: "public.v", definition: " SELECT id,\n    a,\n    b\n   FROM t;" },
    { kind: "view", name: "public.w", definition: " SELECT a\n   FROM v;" },
];

/** As the catalog has it: a table `t`, an enumeration, and views of them. */
const typed = (view: string) => [
    { kind: "column", name: "public.t.id", definition: "integer NOT NULL GENERATED ALWAYS AS IDENTITY" },
    { kind: "column", name: "public.t.name", definition: "character varying(20) COLLATE \"C\" DEFAULT 'a'::text" },
    { kind: "column", name: 'public.t."At"', definition: "timestamp with time zone NOT NULL" },
    { kind: "column", name: "public.t.size", definition: "mood STORAGE EXTENDED" },
    { kind: "column order", name: "public.t", definition: 'id\nname\n"At"\nsize' },
    { kind: "view", name: "public.v", definition: ` ${view};` },
];
const retyped = (before: string, now: string, ...statements: string[]) => ({
    ...many(...statements, `CREATE OR REPLACE VIEW v AS ${now};`),
    context: { catalog: typed(before) },
});

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
            "another type": {
                ...retyped("SELECT id,\n    name\n   FROM t", "SELECT id::bigint, name FROM t"),
                line: 3,
                what: "The view v changes the type of id from int4 to int8: CREATE OR REPLACE VIEW v AS SELECT id::bigint, name FROM t",
            },
            "another size": retyped("SELECT name FROM t", "SELECT CAST(name AS varchar(40)) AS name FROM t"),
            "the type of another column": retyped("SELECT t.id AS a FROM t", 'SELECT x."At" AS a FROM public.t x'),
            "a number instead of a text": retyped("SELECT id::text AS id FROM t", "SELECT id FROM t"),
            "a type of the application": retyped("SELECT size FROM t", "SELECT 'a'::text AS size FROM t"),
            "what a function, a condition and a subquery return": {
                ...retyped(
                    "SELECT count(*) AS a, (id > 0) AS b, (SELECT t.name FROM t LIMIT 1) AS c FROM t",
                    "SELECT id AS a, id AS b, id AS c FROM t",
                ),
                what: "The view v changes the type of a from int8 to int4, b from bool to int4, c from varchar(20) to int4: CREATE OR REPLACE VIEW v AS SELECT id AS a, id AS b, id AS c FROM t",
            },
            "in a union, a WITH and a subquery": retyped(
                "SELECT id FROM t UNION SELECT 1",
                "WITH a AS (SELECT id::text FROM t) SELECT b.id FROM (SELECT * FROM a) b",
            ),
            "a column that moves because a table got one": {
                ...retyped(
                    'SELECT id, name, "At", size, 1 AS one FROM t',
                    "SELECT t.*, 1 AS one FROM t",
                    "ALTER TABLE t ADD note text;",
                ),
                line: 6,
                what: "The view v has its columns in another order: CREATE OR REPLACE VIEW v AS SELECT t.*, 1 AS one FROM t",
            },
            "a view with options": retyped("WITH (security_barrier=true)\nSELECT id FROM t", "SELECT id::text FROM t"),
            "columns with names of the view": {
                ...one("CREATE OR REPLACE VIEW v (a) AS SELECT name FROM t;"),
                context: { catalog: typed("SELECT t.id AS a FROM t") },
            },
        },
        good: {
            "a column more at the end": { ...one(view("id, a, b, c")), context: { catalog } },
            "columns that only the database knows": { ...one(view("*")), context: { catalog } },
            "the same types in other words": retyped(
                "SELECT id, name, count(*) AS n, COALESCE(id, 0) AS c, 'x'::text AS x FROM t",
                "SELECT CAST(id AS int), t.name::varchar(20), count(id) AS n, coalesce(t.id, 1) AS c, 'y' AS x FROM public.t",
            ),
            "types that only the database knows": retyped(
                "SELECT id AS a, name AS b FROM t",
                "SELECT id + 1 AS a, upper(name) AS b FROM t",
            ),
            "every column, and one more": retyped('SELECT id, name, t."At", size FROM t', "SELECT *, 1 AS one FROM t"),
            "tables that are joined by a column": retyped(
                "SELECT id, t.name FROM t JOIN t u USING (id)",
                "SELECT * FROM t JOIN t u USING (id)",
            ),
            "a table that the plan alters": retyped(
                "SELECT id, name FROM t",
                "SELECT id, name FROM t",
                "ALTER TABLE t ALTER size TYPE text;",
            ),
            "a table that the plan makes": retyped(
                "SELECT id FROM t",
                "SELECT id FROM t",
                "CREATE TABLE u.t (id text);",
            ),
            "a view that was not there": { ...one(view("id", "x")), context: { catalog } },
        },
    },
    {
        rule: "used-by-view",
        bad: {
            "a column that a view has": {
                ...one("ALTER TABLE t ADD d int, DROP b;"),
                context: { catalog },
                line: 3,
                what: "PostgreSQL refuses to drop t.b, which public.v needs: ALTER TABLE t ADD d int, DROP b",
            },
            "its type, for two views": {
                ...one("ALTER TABLE t ALTER a TYPE varchar(9);"),
                context: {
                    catalog: [...catalog, { kind: "materialized view", name: "m", definition: "SELECT x.a FROM t x" }],
                },
                what: "PostgreSQL refuses to change the type of t.a, which public.v, m need: ALTER TABLE t ALTER a TYPE varchar(9)",
            },
            "a column in a condition or a join": {
                ...one("ALTER TABLE t DROP b;"),
                context: { catalog: typed("SELECT 1 AS one FROM t JOIN u USING (b)") },
            },
            "a view of the same plan": many("CREATE VIEW x AS SELECT * FROM t;", "ALTER TABLE t DROP b;"),
        },
        good: {
            "a column that no view has": { ...one("ALTER TABLE t DROP d;"), context: { catalog } },
            "a column of another table, with its name": {
                ...one("ALTER TABLE u DROP b;"),
                context: { catalog: typed("SELECT t.b FROM t JOIN u ON t.id = u.id") },
            },
            "a view that is dropped before": {
                ...one("DROP VIEW v CASCADE; ALTER TABLE t DROP b; CREATE VIEW v AS SELECT a FROM t;"),
                context: {
                    levels: {
                        ...lintConfig(catalogue, {}, "prod").levels,
                        "cascading-drop": "off",
                        "drop-in-use": "off",
                    },
                    catalog,
                },
            },
            "a view in a block": {
                ...one("DO $$ BEGIN DROP VIEW v; END $$; ALTER TABLE t DROP b;", "splitStatements:false"),
                context: { levels: { ...lintConfig(catalogue, {}, "prod").levels, "drop-in-use": "off" }, catalog },
            },
            "a table that got the name of another one": {
                ...many("ALTER TABLE t RENAME TO old;", "CREATE TABLE t (b int);", "ALTER TABLE t DROP b;"),
                context: { levels: { ...lintConfig(catalogue, {}, "prod").levels, "renaming-table": "off" }, catalog },
            },
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
