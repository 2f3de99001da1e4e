import assert from "node:assert/strict";
import type { RuleName } from "../../../../scripts/delivery/lint/catalogue";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { LintChangeset } from "../../../../scripts/delivery/lint/finding";
import { prod } from "../../../../stacks/prod";
import { guardEvasions } from "./guardEvasions";
import { catalogue, examinePostgres, judge, many, one, rulesOf, type Scene } from "./support";
import { nonEmpty } from "../../../support/nonEmpty";

const whole = "splitStatements:false";
const block = (statements: string) => one(`DO $$ BEGIN ${statements} END $$;`, whole);

/** A first changeset without which the release goes on. */
const unsure = (change: Partial<LintChangeset>, ...bodies: string[]) => ({ ...many(...bodies), changes: [change] });
const skipped = (attributes: Record<string, string>) => ({ preconditions: { name: "preConditions", attributes } });

/** SQL that does what a rule is there for, in a form that hides it. */
const evasions: [title: string, scene: Scene, rule: RuleName][] = [
    [
        "a string that the server reads in another way",
        many("SET standard_conforming_strings = off;", String.raw`SELECT 'a\'; TRUNCATE t; --';`),
        "misread-strings",
    ],
    ["DO … EXECUTE of a constant", block("EXECUTE 'drop table t';"), "ban-drop-table"],
    ["DO … EXECUTE of what is put together", block("EXECUTE 'drop ' || 'table t';"), "dynamic-sql"],
    ["DO in another language", one("DO LANGUAGE plperl 'spi_exec_query(\"DROP TABLE t\");';"), "dynamic-sql"],
    ["DO with its language behind", one("DO $$ BEGIN TRUNCATE t; END $$ LANGUAGE PLPGSQL;", whole), "destroys-data"],
    ["a block in a block", block("DO 'BEGIN DELETE FROM t; END';"), "destroys-data"],
    [
        "a branch of a block",
        block("IF now() > '2020-01-01' THEN NULL; ELSE FOR i IN 1..2 LOOP DELETE FROM t; END LOOP; END IF;"),
        "destroys-data",
    ],
    ["a handler of a block", block("PERFORM 1/0; EXCEPTION WHEN OTHERS THEN DELETE FROM t;"), "destroys-data"],
    [
        "a name that looks like the type of a row",
        one(
            `DO $$ DECLARE "a%rowtype" text; BEGIN TRUNCATE t; PERFORM '" := ', ';BEGIN NULL; END; --'; END $$;`,
            whole,
        ),
        "destroys-data",
    ],
    [
        "a statement between types of rows",
        one(
            `DO LANGUAGE plpgsql /* AS */ E'DECLARE a s."T"%ROWTYPE; b u % /* */ rowtype := NULL; BEGIN TRUNCATE t; PERFORM \\'$body0$\\'; END';`,
            whole,
        ),
        "destroys-data",
    ],
    [
        "a function with the types of rows",
        one(
            `CREATE FUNCTION f(a text DEFAULT CAST('x' AS text)) RETURNS void LANGUAGE 'plpgsql' AS 'DECLARE ä "ä%rowtype"%rowtype; BEGIN TRUNCATE t; END';`,
            whole,
        ),
        "destroys-data",
    ],
    ["DROP COLUMN in a block", block("ALTER TABLE t DROP COLUMN a;"), "ban-drop-column"],
    ["TRUNCATE … CASCADE in a block", block("TRUNCATE t CASCADE;"), "ban-truncate-cascade"],
    ["LOCK TABLE in a block", block("LOCK TABLE t;"), "exclusive-lock"],
    ["DROP VIEW in a block", block("DROP VIEW v;"), "drop-in-use"],
    ["COMMIT in a block", block("COMMIT;"), "transaction-nesting"],
    ["COMMIT", one("SELECT 1;\nCOMMIT;"), "transaction-nesting"],
    ["BEGIN", one("BEGIN;\nSELECT 1;"), "transaction-nesting"],
    ["END AND CHAIN", one("END AND CHAIN;"), "transaction-nesting"],
    ["WHERE true", one("DELETE FROM t WHERE true;"), "destroys-data"],
    ["WHERE 1=1", one("DELETE FROM t WHERE 1=1;"), "destroys-data"],
    ["WHERE a OR true", one("DELETE FROM t WHERE a > 5 OR 'yes'::boolean;"), "destroys-data"],
    ["WHERE NOT false", one("DELETE FROM t WHERE NOT (1 = 2);"), "destroys-data"],
    ["WHERE id = id", one("DELETE FROM t WHERE t.id >= t.id;"), "destroys-data"],
    ["WHERE ctid IS NOT NULL", one("DELETE FROM t WHERE ctid IS NOT NULL;"), "destroys-data"],
    ["WHERE name LIKE '%'", one("DELETE FROM t WHERE name LIKE '%';"), "destroys-data"],
    ["WHERE EXISTS (SELECT 1)", one("DELETE FROM t WHERE EXISTS (SELECT 1);"), "destroys-data"],
    ["WHERE random() >= 0", one("DELETE FROM t WHERE random() >= 0;"), "destroys-data"],
    [
        "DELETE in a CTE of a DELETE",
        one("WITH x AS (DELETE FROM u RETURNING a) DELETE FROM t WHERE id IN (SELECT a FROM x);"),
        "destroys-data",
    ],
    ["DELETE … USING", one("DELETE FROM t USING u;"), "destroys-data"],
    ["DELETE in a CTE", one("WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x;"), "destroys-data"],
    [
        "DELETE in a CTE of an INSERT",
        one("WITH x AS (DELETE FROM t RETURNING a) INSERT INTO u SELECT a FROM x;"),
        "destroys-data",
    ],
    ["EXPLAIN ANALYZE DELETE", one("EXPLAIN ANALYZE DELETE FROM t;"), "destroys-data"],
    ["COPY (DELETE …)", one("COPY (DELETE FROM t RETURNING a) TO STDOUT;"), "destroys-data"],
    ["a prepared DELETE", one("PREPARE x AS DELETE FROM t;\nEXECUTE x;"), "destroys-data"],
    ["MERGE … DELETE", one("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE;"), "destroys-data"],
    [
        "MERGE … AND true THEN DELETE",
        one("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED AND true THEN DELETE;"),
        "destroys-data",
    ],
    [
        "TRUNCATE through a function",
        many("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'TRUNCATE t';", "SELECT f();"),
        "destroys-data",
    ],
    [
        "TRUNCATE through a function in PL/pgSQL",
        one("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN TRUNCATE t; END';", whole),
        "destroys-data",
    ],
    [
        "DELETE through a standard function",
        one("CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; END;", whole),
        "destroys-data",
    ],
    [
        "DROP TABLE through a procedure",
        one("CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN DROP TABLE t; END';", whole),
        "ban-drop-table",
    ],
    ["DELETE through a rule", one("CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM t;"), "destroys-data"],
    ["a large object", one("SELECT lo_unlink(oid) FROM pg_largeobject_metadata;"), "destroys-data"],
    ["a temporary table of the same name", one("CREATE TEMP TABLE t (a int);\nTRUNCATE public.t;"), "destroys-data"],
    [
        "a table that takes the name of a new one",
        many("CREATE TABLE n (a int);\nALTER TABLE n RENAME TO m;\nALTER TABLE t RENAME TO n;", "TRUNCATE n;"),
        "destroys-data",
    ],
    [
        "a table that comes in place of a new one",
        many("CREATE TABLE t (a int);\nALTER TABLE t SET SCHEMA s;", "TRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a temporary table that is gone by then",
        many("CREATE TEMP TABLE t (a int) ON COMMIT DROP;", "TRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a temporary table that goes at once",
        one("CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1;\nTRUNCATE t;", "runInTransaction:false"),
        "destroys-data",
    ],
    [
        "a temporary table that is taken back",
        one("SAVEPOINT a;\nCREATE TEMP TABLE t (a int);\nROLLBACK TO a;\nTRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a table of a changeset that may fail",
        unsure({ mayFail: true }, "CREATE TABLE t (a int);", "TRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a table of a changeset that may be skipped",
        unsure(skipped({ onFail: "MARK_RAN" }), "CREATE TABLE t (a int);", "TRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a table of a changeset whose check may fail",
        unsure(skipped({ onError: "CONTINUE" }), "CREATE TABLE t (a int);", "TRUNCATE t;"),
        "destroys-data",
    ],
    [
        "a view of a changeset that may fail",
        unsure({ mayFail: true }, "CREATE VIEW v AS SELECT 1;", "DROP VIEW v CASCADE;"),
        "cascading-drop",
    ],
    [
        "a new name of a changeset that may fail",
        {
            ...many("CREATE TABLE n (a int);", "ALTER TABLE n RENAME TO t;", "TRUNCATE t;"),
            changes: [{}, { mayFail: true as const }],
        },
        "destroys-data",
    ],
    [
        "a table that is in the catalog",
        {
            ...many("CREATE TABLE T (a int);", "TRUNCATE t;"),
            context: { catalog: [{ kind: "table", name: "public.t" }] },
        },
        "destroys-data",
    ],
    [
        "a table that is in the catalog, in quotes",
        {
            ...many('CREATE TABLE "a.b"."T""" (a int);', 'TRUNCATE "a.b"."T""";'),
            context: { catalog: [{ kind: "table", name: '"a.b"."T"""' }] },
        },
        "destroys-data",
    ],
    [
        "a table that a block puts in place of a new one",
        one(
            "CREATE TABLE n (a int);\nDO 'BEGIN ALTER TABLE n RENAME TO m; ALTER TABLE t RENAME TO n; END';\nTRUNCATE n;",
            whole,
        ),
        "destroys-data",
    ],
    [
        "a table in a schema that takes the name of a new one",
        one(
            "CREATE SCHEMA n;\nCREATE TABLE n.t (a int);\nALTER SCHEMA n RENAME TO m;\nALTER SCHEMA s RENAME TO n;\nTRUNCATE n.t;",
        ),
        "destroys-data",
    ],
    [
        "a column of a changeset that may fail",
        unsure({ mayFail: true }, "ALTER TABLE t ADD COLUMN a text;", "UPDATE t SET a = NULL;"),
        "destroys-data",
    ],
    [
        "a column that takes the name of a new one",
        many(
            "ALTER TABLE t ADD COLUMN a text;",
            "ALTER TABLE t RENAME a TO c;\nALTER TABLE t RENAME b TO a;",
            "UPDATE t SET a = NULL;",
        ),
        "destroys-data",
    ],
    ["DISCARD TEMP", one("DISCARD TEMP;"), "session-setting"],
    [
        "DROP FUNCTION … CASCADE of one with other arguments",
        one("CREATE FUNCTION f(a int) RETURNS int RETURN 1;\nDROP FUNCTION f(text) CASCADE;"),
        "cascading-drop",
    ],
    [
        "a view in front of the tracking tables",
        one("CREATE VIEW v AS SELECT * FROM databasechangelog;"),
        "rewrite-rule",
    ],
    ["a part of a tracking table", one("CREATE TABLE c () INHERITS (databasechangelog);"), "tracking-tables"],
    ["a part of a tracking table, later", one("ALTER TABLE c INHERIT databasechangelog;"), "tracking-tables"],
    ...guardEvasions,
    ["the search path of a function, taken back", one("ALTER FUNCTION f() RESET ALL;"), "definer-search-path"],
    [
        "a table that a block may create",
        one("DO $$ BEGIN IF false THEN CREATE TABLE t (a int); END IF; END $$;\nTRUNCATE t;", whole),
        "destroys-data",
    ],
    ["DROP CONSTRAINT … CASCADE", one("ALTER TABLE t DROP CONSTRAINT c CASCADE;"), "cascading-drop"],
    ["DROP COLUMN … CASCADE", one("ALTER TABLE t DROP COLUMN c CASCADE;"), "cascading-drop"],
    ["DROP FUNCTION … CASCADE", one("DROP FUNCTION f(int) CASCADE;"), "cascading-drop"],
    ["DROP SCHEMA … CASCADE", one("DROP SCHEMA s CASCADE;"), "cascading-drop"],
    ["DROP TYPE … CASCADE", one("DROP TYPE s.t CASCADE;"), "cascading-drop"],
    ["DROP EXTENSION … CASCADE", one("DROP EXTENSION e CASCADE;"), "cascading-drop"],
    ...[
        "CREATE SCHEMA IF NOT EXISTS s;\nDROP SCHEMA s CASCADE;",
        "CREATE SEQUENCE IF NOT EXISTS s;\nDROP SEQUENCE s CASCADE;",
        "CREATE EXTENSION IF NOT EXISTS e;\nDROP EXTENSION e CASCADE;",
        "CREATE OR REPLACE VIEW v AS SELECT 1;\nDROP VIEW v CASCADE;",
        "CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1;\nDROP FUNCTION f CASCADE;",
        "CREATE OR REPLACE AGGREGATE f(int) (sfunc = int4pl, stype = int);\nDROP AGGREGATE f(int) CASCADE;",
        "CREATE FOREIGN TABLE IF NOT EXISTS t (a int) SERVER s;\nDROP FOREIGN TABLE t CASCADE;",
        "CREATE TABLE s ();\nDROP SCHEMA s CASCADE;",
        "CREATE TABLE s ();\nDROP EXTENSION s CASCADE;",
        "CREATE SCHEMA s;\nALTER TABLE t SET SCHEMA s;\nDROP SCHEMA s CASCADE;",
        "CREATE SCHEMA s;\nALTER VIEW v SET SCHEMA s;\nDROP SCHEMA s CASCADE;",
        "CREATE VIEW v AS SELECT 1;\nALTER VIEW v RENAME TO w;\nALTER VIEW x RENAME TO v;\nDROP VIEW v CASCADE;",
    ].map((sql): (typeof evasions)[number] => [sql.replaceAll("\n", " "), one(sql), "cascading-drop"]),
    ["a view dropped for a schema of that name", one("DROP VIEW v;\nCREATE SCHEMA v;"), "drop-in-use"],
    ["DROP ATTRIBUTE … CASCADE", one("ALTER TYPE t DROP ATTRIBUTE a CASCADE;"), "cascading-drop"],
    ["DROP CONSTRAINT … CASCADE of a domain", one("ALTER DOMAIN d DROP CONSTRAINT c CASCADE;"), "cascading-drop"],
    ["DROP OWNED BY", one("DROP OWNED BY CURRENT_USER;"), "cascading-drop"],
    [
        "CREATE TABLE … AS of what a function deletes",
        one("CREATE TABLE u AS WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x;"),
        "destroys-data",
    ],
];

describe("attempts to evade the linter", () => {
    for (const [title, scene, rule] of evasions) {
        it(`is found: ${title}`, async () => {
            const { findings } = await judge(scene);
            const found = findings.filter((finding) => finding.rule === rule);
            assert.ok(found.length > 0, rulesOf(findings).join(", "));
            assert.ok(found.every(({ level, line }) => level === "error" && line !== undefined));
        });
    }

    it("cannot be hidden in prod: not by lint.yaml, not by a waiver", async () => {
        const rules: RuleName[] = [...new Set(evasions.map(([, , rule]) => rule))].filter(
            (rule) => rule !== "drop-in-use",
        );
        const off = { rules: Object.fromEntries(rules.map((rule) => [rule, "off" as const])) };
        const { levels, pinned } = lintConfig(catalogue, off, "prod", prod.lintFloor);
        for (const [title, scene, rule] of nonEmpty(evasions.filter((evasion) => rules.includes(evasion[2])))) {
            const changelog = scene.changelog.replaceAll(
                /(--changeset .*\n)/g,
                `$1--lint-waive ${rule}: nobody sees it\n`,
            );
            const { findings } = await judge({ ...scene, changelog, context: { ...scene.context, levels, pinned } });
            const found = findings.filter((finding) => finding.rule === rule);
            assert.ok(
                found.length > 0 && found.every((finding) => finding.pinned && finding.level !== undefined),
                title,
            );
        }
    });

    const rollbacks: [sql: string, rule: RuleName][] = [
        ["SET lock_timeout = 0;", "session-setting"],
        ["SELECT set_config('role', 'x', false);", "session-setting"],
        ["SET standard_conforming_strings = off;", "misread-strings"],
        ["ALTER ROLE app SET search_path = x;", "lasting-setting"],
        ["DELETE FROM databasechangelog;", "tracking-tables"],
        ["DO $$ BEGIN EXECUTE 'DROP TABLE ' || current_user; END $$;", "dynamic-sql"],
        ["COMMIT;", "transaction-nesting"],
        ["CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING;", "rewrite-rule"],
        ["DROP TABEL t;", "unreadable-sql"],
        ["DROP INDEX CONCURRENTLY i;", "needs-no-transaction"],
    ];
    const inRollback = async (undo: string) => {
        const changeset = { id: "1", author: "a", file: "a.xml", runInTransaction: true, sql: ["SELECT 1;"] };
        const context = { levels: lintConfig(catalogue, {}, "prod").levels, sources: [], applied: [] };
        return (await examinePostgres([{ ...changeset, undo: [undo] }], context)).findings;
    };
    for (const [sql, rule] of rollbacks) {
        it(`is found in a rollback: ${sql}`, async () => {
            const findings = await inRollback(sql);
            assert.deepEqual(rulesOf(findings), [rule]);
            assert.match(findings[0]!.what, /^Its rollback: /);
        });
    }

    it("exclude the purpose of a rollback", async () => {
        for (const sql of [
            "DROP TABLE t;",
            "DELETE FROM t;",
            "TRUNCATE t CASCADE;",
            "DROP VIEW v CASCADE;",
            "ALTER TABLE t DROP COLUMN a;",
        ]) {
            assert.deepEqual(await inRollback(sql), [], sql);
        }
    });

    it("exclude harmless statements", async () => {
        const scenes = [
            one("DELETE FROM t WHERE id > 5 AND true;"),
            one("DELETE FROM t WHERE false;"),
            one("DELETE FROM t WHERE a IN (SELECT a FROM u);"),
            one("WITH x AS (DELETE FROM t WHERE id = 1 RETURNING *) SELECT * FROM x;"),
            one(
                "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED AND u.gone THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1);",
            ),
            one("SELECT 'DELETE FROM t', $$ TRUNCATE t $$ AS \"drop table t\";"),
            one("COMMENT ON TABLE t IS 'DROP TABLE t CASCADE; SET lock_timeout = 0';"),
            block("IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'x') THEN CREATE ROLE x; END IF;"),
            one("SAVEPOINT a;\nSELECT 1;\nRELEASE SAVEPOINT a;"),
            one(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id = OLD.id; NEW.a := lower(NEW.a); RETURN NEW; END $$;",
                whole,
            ),
            one("SELECT ts_rewrite('a & b'::tsquery, 'a'::tsquery, 'c'::tsquery);"),
            one("CREATE TRIGGER dblink BEFORE UPDATE OF schedule ON t FOR EACH ROW EXECUTE FUNCTION f('dblink');"),
            one("CREATE AGGREGATE a (int) (sfunc = int4pl, stype = int);"),
            one("CREATE TABLE n (LIKE databasechangelog);"),
            one("DELETE FROM t WHERE id BETWEEN a AND id;"),
            one("DELETE FROM t WHERE CASE WHEN a > 1 THEN true END;"),
            one("DELETE FROM t WHERE EXISTS (SELECT * FROM u);"),
            one("DELETE FROM t WHERE a IS NULL OR b IS NOT NULL;"),
            one("DELETE FROM t WHERE id <> id;"),
            many("ALTER TABLE t ADD COLUMN a text;", "UPDATE t SET a = 'x';"),
            many("CREATE TABLE t (a text);", "UPDATE t SET a = 'x';"),
            one("UPDATE t SET a = 'x' WHERE a IS NULL;"),
            one("UPDATE t SET a = lower(b) WHERE b LIKE 'x%';"),
            one("UPDATE t SET a = 'x' FROM u WHERE u.id = t.id;"),
            one("REVOKE SELECT ON t FROM app CASCADE;"),
            one("CREATE SCHEMA s CREATE TABLE n (a int PRIMARY KEY) CREATE VIEW v AS SELECT a FROM n;"),
            unsure(skipped({ onFail: "HALT" }), "CREATE TABLE t (a int);", "TRUNCATE t;"),
            unsure(skipped({ onFail: "MARK_RAN" }), "CREATE TABLE t (a int);\nTRUNCATE t;"),
            { ...one("CREATE TABLE t (a int);\nTRUNCATE t;"), context: { catalog: [{ kind: "table", name: "s.t" }] } },
            one("CREATE SCHEMA s;\nCREATE TABLE s.t (a int);\nDROP SCHEMA s CASCADE;"),
            one("CREATE TEMP TABLE t (a int);\nINSERT INTO t SELECT 1;\nDELETE FROM t;\nTRUNCATE t;"),
        ];
        for (const scene of scenes) {
            assert.deepEqual((await judge(scene)).findings, [], scene.changelog);
        }
    });
});
