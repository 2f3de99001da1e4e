import { type Case, many, one } from "./support";

/** A function in PL/pgSQL around these statements. */
const plpgsql = (statements: string, attributes = "") =>
    one(
        `CREATE FUNCTION f(p int) RETURNS void LANGUAGE plpgsql ${attributes} AS $$ DECLARE r t%ROWTYPE; BEGIN ${statements} END $$;`,
        "splitStatements:false",
    );

/** The cases of the rules about what switches guards off, or hides. */
export const guardCases: Case[] = [
    {
        rule: "unreadable-sql",
        bad: {
            "what is no SQL": {
                ...one("SELECT 1;\nSELECT a,\n  b FRM t x y z;\nSELECT 2;"),
                line: 5,
                what: 'It cannot be read: syntax error at or near "t": SELECT a, b FRM t x y z',
            },
            "a body that is no PL/pgSQL": plpgsql("DELETE t;"),
            "nesting without end": one(`SELECT ${"(".repeat(30_000)}1${")".repeat(30_000)};`),
            "an expression without end": one(`SELECT ${"1+".repeat(30_000)}1;`),
        },
        good: {
            "what PostgreSQL reads": one(
                "SELECT JSON_ARRAY(1, 2), a -> 'b' ? 'c', '{1}'::int[] @> b[1:2] FROM t TABLESAMPLE bernoulli (1);",
            ),
            "rows of a table in PL/pgSQL": plpgsql("r.id := 1; SELECT * INTO r FROM t WHERE id = p; RETURN;"),
            "a comment": one("-- SELECT FROM WHERE\nSELECT 1;\n/* DELETE FROM */"),
        },
    },
    {
        rule: "dynamic-sql",
        bad: {
            EXECUTE: {
                ...one("DO $$ BEGIN EXECUTE 'drop table ' || chr(116); END $$;", "splitStatements:false"),
                what: "In a DO block: EXECUTE 'drop table ' || chr(116): DO $$ BEGIN EXECUTE 'drop table ' || chr(116); END $$",
            },
            "EXECUTE in a loop": plpgsql("FOR r IN EXECUTE p::text LOOP NULL; END LOOP;"),
            "RETURN QUERY EXECUTE": one(
                "CREATE FUNCTION f(p text) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE p; END $$;",
                "splitStatements:false",
            ),
            "OPEN … FOR EXECUTE": plpgsql("DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE p::text; END;"),
            "code in another language": one("CREATE FUNCTION f() RETURNS int LANGUAGE plv8 AS 'plv8.execute(\"x\")';"),
            "SQL in a text for dblink": one("SELECT dblink_exec('host=a', 'DROP TABLE t');"),
            query_to_xml: one("SELECT query_to_xml('SELECT f()', true, false, '');"),
        },
        good: {
            "EXECUTE of what is written out": plpgsql("EXECUTE 'SELECT 1'; EXECUTE 'SELECT $1' USING p;"),
            "an EXECUTE of a trigger": one(
                "CREATE TABLE t (a int);\nCREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION f();",
            ),
        },
    },
    {
        rule: "misread-strings",
        bad: {
            "standard_conforming_strings = off": {
                ...one("SELECT 1;\nSET standard_conforming_strings = off;"),
                line: 4,
                what: "SET standard_conforming_strings: SET standard_conforming_strings = off",
            },
            "by set_config": one("SELECT set_config('Standard_Conforming_Strings', 'off', false);"),
            "for good": one("ALTER ROLE CURRENT_USER SET standard_conforming_strings TO 'off';"),
            backslash_quote: one("SET backslash_quote TO on;"),
            "another encoding": one("SET NAMES 'SJIS';"),
        },
        good: {
            "what pg_dump writes": one(
                "SET standard_conforming_strings = on;\nSET client_encoding = 'UTF8';\nSET escape_string_warning = off;",
            ),
        },
    },
    {
        rule: "session-setting",
        bad: {
            lock_timeout: { ...one("SET lock_timeout = 0;"), what: "SET lock_timeout: SET lock_timeout = 0" },
            "for the transaction": one("SET LOCAL statement_timeout = '1h';"),
            search_path: one("SET search_path TO a, public;"),
            "the schema": one("SET SCHEMA 'a';"),
            "another role": one("SET ROLE administrator;"),
            "another user": one("SET SESSION AUTHORIZATION DEFAULT;"),
            "READ WRITE": one("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;"),
            default_transaction_read_only: one("SET default_transaction_read_only = off;"),
            RESET: one("RESET lock_timeout;"),
            "RESET ALL": one("RESET ALL;"),
            "RESET ROLE": one("RESET ROLE;"),
            "DISCARD ALL": one("DISCARD ALL;", "runInTransaction:false"),
            set_config: {
                ...one("SELECT pg_catalog.set_config('search_path', '', false);"),
                what: "set_config('search_path'): SELECT pg_catalog.set_config('search_path', '', false)",
            },
            "set_config by another spelling": one(`SELECT U&"\\0073et_config"('role', 'x', true);`),
            "set_config of a name that is computed": one("SELECT set_config(a || b, '0', false) FROM t;"),
            "the view of settings": one("UPDATE pg_settings SET setting = '0' WHERE name = 'lock_timeout';"),
            "in a block": one(
                "DO $$ BEGIN PERFORM set_config('lock_timeout', '0', false); END $$;",
                "splitStatements:false",
            ),
            "in an assignment": plpgsql("r.a := set_config('lock_timeout', '0', false);"),
            "in a default": one("CREATE TABLE t (a text DEFAULT set_config('lock_timeout', '0', false));"),
            "of a function": plpgsql("RETURN;", "SET lock_timeout = 0"),
            "the end of another session": one("SELECT pg_terminate_backend(pid) FROM pg_stat_activity;"),
        },
        good: {
            "memory for a build": one("SET maintenance_work_mem = '1GB';\nRESET maintenance_work_mem;"),
            "the application's own": one("SET app.tenant = 'x';\nSELECT set_config('app.user', 'x', true);"),
            "time zone": one("SET TIME ZONE 'UTC';"),
            "the search path of a function": plpgsql("RETURN;", "SET search_path = pg_catalog, pg_temp"),
            constraints: one("SET CONSTRAINTS ALL DEFERRED;"),
        },
    },
    {
        rule: "lasting-setting",
        bad: {
            "of a role": {
                ...one("ALTER ROLE app SET search_path = a;"),
                what: "ALTER ROLE … SET search_path: ALTER ROLE app SET search_path = a",
            },
            "of a database": one("ALTER DATABASE d SET default_transaction_read_only = on;"),
            "of all roles": one("ALTER ROLE ALL RESET ALL;"),
            "of the server": one("ALTER SYSTEM SET fsync = off;", "runInTransaction:false"),
        },
        good: { "an attribute of a function": one("ALTER FUNCTION f() COST 5;") },
    },
    {
        rule: "extension-member",
        bad: {
            "an operator": {
                ...one("ALTER EXTENSION citext ADD OPERATOR public.= (varchar, varchar);"),
                what: "It makes an object part of the extension citext: ALTER EXTENSION citext ADD OPERATOR public.= (varchar, varchar)",
            },
            "a table": one("ALTER EXTENSION hstore ADD TABLE t;"),
        },
        good: {
            "a new version": one("ALTER EXTENSION citext UPDATE;"),
            "an object that leaves it": one("ALTER EXTENSION citext DROP OPERATOR public.= (varchar, varchar);"),
        },
    },
    {
        rule: "shadows-builtin",
        bad: {
            "an operator": {
                ...one("CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = character varying, FUNCTION = same);"),
                what: "It makes an operator = for built-in types (varchar,varchar): CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = character varying, FUNCTION = same)",
            },
            "an operator with one operand": one("CREATE OPERATOR - (rightarg = text, procedure = f);"),
            "an operator of arrays": one(
                "CREATE OPERATOR @> (leftarg = varchar[], rightarg = pg_catalog.name[], function = f);",
            ),
            "a function": {
                ...one("CREATE FUNCTION format(text, name) RETURNS text LANGUAGE sql AS 'SELECT $1';"),
                what: "It makes a function format for built-in types (text,name): CREATE FUNCTION format(text, name) RETURNS text LANGUAGE sql AS 'SELECT $1'",
            },
            "an aggregate": one("CREATE AGGREGATE public.json_agg (record) (sfunc = f, stype = text);"),
            "a cast": {
                ...one("CREATE CAST (varchar AS integer) WITH INOUT AS IMPLICIT;"),
                what: "It makes a cast between built-in types (varchar,int4): CREATE CAST (varchar AS integer) WITH INOUT AS IMPLICIT",
            },
            "in a block": one(
                "DO $$ BEGIN CREATE OPERATOR = (leftarg = varchar, rightarg = varchar, function = f); END $$;",
                "splitStatements:false",
            ),
            "in a function": plpgsql("CREATE FUNCTION lower(name) RETURNS text LANGUAGE sql AS 'SELECT 1::text';"),
            "from another schema": one("ALTER OPERATOR app.=(varchar, varchar) SET SCHEMA public;"),
        },
        good: {
            "an operator of a type of one's own": one(
                "CREATE OPERATOR = (leftarg = ticket, rightarg = text, function = f);",
            ),
            "an operator that PostgreSQL does not have": one(
                "CREATE OPERATOR === (leftarg = text, rightarg = text, function = f);",
            ),
            "a function of a type of one's own": one(
                "CREATE FUNCTION format(ticket) RETURNS text LANGUAGE sql AS 'SELECT 1::text';",
            ),
            "a function that PostgreSQL does not have": one(
                "CREATE FUNCTION order_total(bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';",
            ),
            "a function in a schema outside the search path": one(
                "CREATE FUNCTION app.round(float8, int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
            ),
            "a cast of a type of one's own": one("CREATE CAST (ticket AS text) WITH INOUT;"),
        },
    },
    {
        rule: "tracking-tables",
        bad: {
            DELETE: {
                ...one("DELETE FROM databasechangelog WHERE id = '1';"),
                what: "It changes databasechangelog: DELETE FROM databasechangelog WHERE id = '1'",
            },
            "in another case and schema": one('UPDATE other."DATABASECHANGELOG" SET md5sum = NULL WHERE id > 1;'),
            "the lock": one("UPDATE databasechangeloglock SET locked = false WHERE id = 1;"),
            "the record of deployments": one("INSERT INTO aurora_pipeline_deployments VALUES (now());"),
            "in a CTE": one("WITH x AS (DELETE FROM databasechangelog WHERE id = '1' RETURNING 1) SELECT * FROM x;"),
            "in a function": plpgsql("DELETE FROM databasechangelog WHERE orderexecuted > p;"),
            "a right": one("GRANT DELETE ON databasechangelog TO app;"),
            "row security": one("CREATE POLICY p ON databasechangelog USING (false);"),
            "its trigger": one(
                "CREATE TRIGGER t BEFORE INSERT ON databasechangelog FOR EACH ROW EXECUTE FUNCTION f();",
            ),
        },
        good: {
            "a look": one("SELECT count(*) FROM databasechangelog;"),
            "a copy": one("CREATE TABLE history AS SELECT * FROM databasechangelog;"),
            "a view of how much there is": one("CREATE VIEW history AS SELECT DISTINCT id FROM databasechangelog;"),
        },
    },
    {
        rule: "cascading-drop",
        bad: {
            "of a constraint": {
                ...one("ALTER TABLE t DROP CONSTRAINT c CASCADE;"),
                what: "It drops what depends on a part of table t: ALTER TABLE t DROP CONSTRAINT c CASCADE",
            },
            "of all that a role owns": one("DROP OWNED BY app;"),
            "of a policy": one("DROP POLICY p ON t CASCADE;"),
        },
        good: {
            "of a function that is new": one(
                "CREATE FUNCTION f(a integer, OUT b int[]) RETURN ARRAY[1];\nDROP FUNCTION f(int4) CASCADE;",
            ),
            "of what is new": many(
                "CREATE TABLE t (a int);\nCREATE VIEW v AS SELECT a FROM t;",
                "DROP VIEW v CASCADE;",
            ),
            "without CASCADE": one("ALTER TABLE t DROP CONSTRAINT c;"),
        },
    },
    {
        rule: "rewrite-rule",
        bad: {
            INSTEAD: {
                ...one("CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING;"),
                what: "A rule on t rewrites statements: CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING",
            },
        },
        good: { "a trigger": one("CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f();") },
    },
    {
        rule: "definer-search-path",
        bad: {
            "CREATE FUNCTION": plpgsql("RETURN;", "SECURITY DEFINER"),
            "ALTER FUNCTION": {
                ...one("ALTER FUNCTION s.f() SECURITY DEFINER;"),
                what: "s.f runs with the privileges of its owner: ALTER FUNCTION s.f() SECURITY DEFINER",
            },
        },
        good: {
            "a pinned search path": plpgsql("RETURN;", "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"),
            "SECURITY INVOKER": plpgsql("RETURN;", "SECURITY INVOKER"),
        },
    },
];
