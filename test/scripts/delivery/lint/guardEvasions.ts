import type { RuleName } from "../../../../scripts/delivery/lint/catalogue";
import { one, type Scene } from "./support";

/** Single statements that get round the guards without saying so, by the rule that finds them. */
const statements: Partial<Record<RuleName, string[]>> = {
    "tracking-tables": [
        "ALTER TABLE p ATTACH PARTITION databasechangelog DEFAULT;",
        "ALTER TABLE p DETACH PARTITION databasechangelog;",
        "ALTER TABLE p NO INHERIT databasechangelog;",
        "ALTER TABLE databasechangelog SET SCHEMA s;",
        "ALTER TABLE databasechangelog RENAME TO d;",
        "ALTER TABLE d RENAME TO databasechangelog;",
        "ALTER VIEW d RENAME TO databasechangelog;",
        "ALTER MATERIALIZED VIEW databasechangeloglock RENAME TO d;",
        "COPY databasechangelog FROM STDIN;",
        "DROP TRIGGER x ON databasechangelog;",
        "DROP POLICY x ON public.databasechangelog;",
        "CREATE RULE r AS ON INSERT TO databasechangelog DO INSTEAD NOTHING;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM databasechangelog WHERE id = '1';",
        "CREATE TABLE d (a int REFERENCES databasechangeloglock);",
        "ALTER TABLE d ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES databasechangeloglock NOT VALID;",
        "CREATE SCHEMA s CREATE TABLE databasechangelog (a int);",
        "CREATE SCHEMA s GRANT ALL ON databasechangelog TO app;",
        "CREATE SCHEMA s CREATE TRIGGER g BEFORE INSERT ON databasechangelog EXECUTE FUNCTION f();",
        "CREATE SCHEMA s CREATE INDEX i ON databasechangelog (id);",
    ],
    "rewrite-rule": [
        "CREATE SCHEMA s CREATE VIEW v AS SELECT * FROM databasechangelog;",
        "CREATE VIEW v AS TABLE ONLY databasechangelog;",
    ],
    "session-setting": [
        "CREATE AGGREGATE a (text, text, bool) (sfunc = pg_catalog.set_config, stype = text);",
        'CREATE AGGREGATE a (int) (stype = int, sfunc = f, finalfunc = "set_config");',
        "CREATE OR REPLACE AGGREGATE a (basetype = int, stype = bool, sfunc1 = 'pg_terminate_backend');",
        "CREATE OPERATOR !! (procedure = pg_terminate_backend, rightarg = int);",
        "CREATE OPERATOR !! (function = pg_catalog.pg_advisory_unlock, rightarg = bigint);",
        "CREATE CAST (int AS bool) WITH FUNCTION pg_cancel_backend(int) AS IMPLICIT;",
        "CREATE TYPE r AS RANGE (subtype = int, subtype_diff = set_config);",
        "CREATE TYPE b (input = set_config, output = f);",
        "CREATE OPERATOR CLASS c FOR TYPE int USING btree AS FUNCTION 1 pg_terminate_backend(int);",
        "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM set_config;",
        "CREATE DOMAIN d AS text CHECK (set_config('role', VALUE, true) <> '');",
        "CREATE TABLE n (a text, b text GENERATED ALWAYS AS (set_config('role', a, true)) STORED);",
        "CREATE SCHEMA s CREATE VIEW v AS SELECT set_config('role', 'x', false);",
    ],
    "dynamic-sql": [
        "SELECT ts_rewrite('a'::tsquery, 'SELECT set_config(''role'', ''x'', false)');",
        "SELECT * FROM ts_stat('SELECT f()');",
        "SELECT query_to_xml_and_xmlschema('SELECT f()', true, true, '');",
        "SELECT cursor_to_xml('c', 1, true, true, '');",
        "SELECT database_to_xml(true, true, '');",
        "SELECT * FROM xpath_table('id', 'x', 't', '/a', 'f()') AS t(a int);",
        "SELECT * FROM dblink('SELECT 1') AS t(a int);",
        "SELECT * FROM crosstab3('SELECT 1');",
        "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION dblink_exec();",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION dblink_exec();",
        "SELECT * FROM aws_lambda.invoke('arn', '{}');",
        "SELECT aws_s3.table_import_from_s3('t', '', '(format csv)', 'b', 'k', 'r');",
        "COPY t FROM PROGRAM 'curl x';",
        "COPY t TO PROGRAM 'sh';",
    ],
    "destroys-data": [
        "CREATE OPERATOR !! (procedure = lo_unlink, rightarg = oid);",
        "SELECT lo_truncate(lo_open(5, 131072), 0);",
    ],
};

export const guardEvasions = Object.entries(statements).flatMap(([rule, all]) =>
    all.map((sql): [title: string, scene: Scene, rule: RuleName] => [sql, one(sql), rule as RuleName]),
);
