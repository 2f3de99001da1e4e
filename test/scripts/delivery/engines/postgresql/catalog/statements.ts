import * as fc from "fast-check";

// Few names, so that statements meet the objects of earlier ones. Many fail; that is part of it.
const table = fc.constantFrom("a", "b", "c", "s.a");
const column = fc.constantFrom("x", "y", "z");
const type = fc.constantFrom("int", "text", "numeric(8,2)", "mood", "pair", "positive", "a", "mood[]");
const view = fc.constantFrom("v", "w");
const role = fc.constantFrom("app_reader", "app_writer");

type Part = string | fc.Arbitrary<string>;

/** A statement from its parts. */
function sql(parts: TemplateStringsArray, ...values: Part[]): fc.Arbitrary<string> {
    return fc
        .tuple(...values.map((value) => (typeof value === "string" ? fc.constant(value) : value)))
        .map((given) => parts.map((part, position) => `${part}${given[position] ?? ""}`).join(""));
}

const kinds = fc.constantFrom("", "UNLOGGED ");

const tables = [
    sql`CREATE ${kinds} TABLE ${table} (x serial PRIMARY KEY, y ${type}, z text)`,
    sql`CREATE TABLE ${table} (x int REFERENCES ${table} ON DELETE CASCADE, y ${type} DEFAULT NULL, z text CHECK (z <> ''))`,
    sql`CREATE TABLE ${table} (x int, y int, z text) PARTITION BY RANGE (x)`,
    sql`CREATE TABLE ${table} PARTITION OF ${table} FOR VALUES FROM (0) TO (1000000)`,
    sql`CREATE TABLE ${table} () INHERITS (${table})`,
    sql`CREATE TABLE ${table} AS SELECT * FROM ${table}`,
    sql`DROP TABLE ${table}`,
    sql`DROP TABLE ${table} CASCADE`,
    sql`ALTER TABLE ${table} RENAME TO ${fc.constantFrom("a", "b", "c")}`,
    sql`ALTER TABLE ${table} SET SCHEMA ${fc.constantFrom("s", "public")}`,
    sql`ALTER TABLE ${table} OWNER TO ${role}`,
    sql`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`,
    sql`ALTER TABLE ${table} ADD COLUMN n ${type}, DROP COLUMN ${column}`,
    sql`ALTER TABLE ${table} DROP COLUMN ${column} CASCADE`,
    sql`ALTER TABLE ${table} RENAME COLUMN ${column} TO ${column}`,
    sql`ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING NULL`,
    sql`ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL`,
    sql`ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT ${fc.constantFrom("NULL", "'fine'", "f(1)", "nextval('q')")}`,
    sql`ALTER TABLE ${table} ADD CONSTRAINT k UNIQUE (${column})`,
    sql`ALTER TABLE ${table} ADD CONSTRAINT k FOREIGN KEY (${column}) REFERENCES ${table}`,
    sql`ALTER TABLE ${table} RENAME CONSTRAINT k TO l`,
    sql`ALTER TABLE ${table} DROP CONSTRAINT k CASCADE`,
    sql`ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    sql`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    sql`ALTER TABLE ${table} SET (fillfactor = 70, toast.autovacuum_enabled = off)`,
    sql`ALTER TABLE ${table} ATTACH PARTITION ${table} FOR VALUES FROM (1000000) TO (2000000)`,
    sql`ALTER TABLE ${table} DETACH PARTITION ${table}`,
    sql`ALTER TABLE ${table} INHERIT ${table}`,
    sql`ALTER TABLE ${table} SET LOGGED`,
    sql`CREATE INDEX i ON ${table} (${column})`,
    sql`CREATE UNIQUE INDEX CONCURRENTLY j ON ${table} (${column}) WHERE ${column} IS NOT NULL`,
    sql`DROP INDEX ${fc.constantFrom("i", "j")}`,
    sql`ALTER INDEX i RENAME TO j`,
    sql`REINDEX TABLE ${table}`,
];

const rows = [
    sql`INSERT INTO ${table} (x) SELECT generate_series(1, 3)`,
    sql`INSERT INTO ${table} (z) VALUES (repeat('long', 5000))`,
    sql`INSERT INTO ${table} (y) VALUES ('fine')`,
    sql`INSERT INTO ${table} DEFAULT VALUES`,
    sql`UPDATE ${table} SET ${column} = NULL`,
    sql`UPDATE ${table} SET z = z || 'x'`,
    sql`DELETE FROM ${table} WHERE x = 1`,
    sql`TRUNCATE ${table} CASCADE`,
    sql`BEGIN; INSERT INTO ${table} (z) VALUES ('never'); ROLLBACK`,
    sql`BEGIN; CREATE TABLE never (x int); ALTER TABLE ${table} ADD COLUMN never int; ROLLBACK`,
    sql`BEGIN; TRUNCATE ${table}; INSERT INTO ${table} (z) VALUES ('again'); COMMIT`,
    sql`VACUUM ${table}`,
    sql`VACUUM FULL ${table}`,
    sql`ANALYZE`,
    sql`VACUUM FULL ${fc.constantFrom("pg_class", "pg_attribute", "pg_depend")}`,
    sql`CHECKPOINT`,
    sql`SELECT pg_switch_wal()`,
    sql`COMMENT ON TABLE ${table} IS ${fc.constantFrom("NULL", "'one'", "'two'")}`,
    sql`COMMENT ON COLUMN ${table}.${column} IS ${fc.constantFrom("NULL", "'one'")}`,
    sql`COMMENT ON CONSTRAINT k ON ${table} IS 'kept'`,
];

const others = [
    sql`CREATE SCHEMA s`,
    sql`ALTER SCHEMA s RENAME TO t`,
    sql`DROP SCHEMA ${fc.constantFrom("s", "t")} CASCADE`,
    sql`CREATE TYPE mood AS ENUM ('fine', 'bad')`,
    sql`ALTER TYPE mood ADD VALUE 'new'`,
    sql`ALTER TYPE mood RENAME VALUE 'fine' TO 'good'`,
    sql`ALTER TYPE mood RENAME TO temper`,
    sql`CREATE TYPE pair AS (l int, r text)`,
    sql`ALTER TYPE pair RENAME ATTRIBUTE l TO "left" CASCADE`,
    sql`ALTER TYPE pair ADD ATTRIBUTE m int CASCADE`,
    sql`INSERT INTO ${table} (y) VALUES (ROW(1, 'r'))`,
    sql`DROP TYPE ${fc.constantFrom("mood", "pair", "positive")} CASCADE`,
    sql`CREATE DOMAIN positive AS int CHECK (VALUE > 0)`,
    sql`ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100)`,
    sql`CREATE SEQUENCE q`,
    sql`ALTER SEQUENCE q OWNED BY ${table}.x`,
    sql`DROP SEQUENCE q CASCADE`,
    sql`CREATE VIEW ${view} AS SELECT one.*, two.z AS other FROM ${table} one JOIN ${table} two USING (x)`,
    sql`CREATE VIEW ${view} AS SELECT * FROM ${fc.constantFrom("v", "w")}`,
    sql`CREATE OR REPLACE VIEW ${view} AS SELECT x FROM ${table}`,
    sql`CREATE MATERIALIZED VIEW ${view} AS SELECT x, y FROM ${table}`,
    sql`REFRESH MATERIALIZED VIEW ${view}`,
    sql`ALTER VIEW ${view} RENAME TO ${view}`,
    sql`DROP VIEW ${view} CASCADE`,
    sql`DROP MATERIALIZED VIEW ${view} CASCADE`,
    sql`CREATE FUNCTION f(${type}) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    sql`CREATE OR REPLACE FUNCTION f(${type}) RETURNS int LANGUAGE sql AS 'SELECT 2'`,
    sql`CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ${table}; END`,
    sql`CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    sql`CREATE TRIGGER h BEFORE UPDATE OF ${column} ON ${table} FOR EACH ROW EXECUTE FUNCTION h()`,
    sql`ALTER FUNCTION h RENAME TO hh`,
    sql`DROP FUNCTION ${fc.constantFrom("f", "g", "h", "hh")} CASCADE`,
    sql`CREATE RULE r AS ON DELETE TO ${table} DO INSTEAD NOTHING`,
    sql`CREATE POLICY p ON ${table} TO ${role} USING (${column} IS NOT NULL)`,
    sql`CREATE STATISTICS st ON x, y FROM ${table}`,
    sql`CREATE PUBLICATION everyone FOR ALL TABLES`,
    sql`CREATE PUBLICATION some FOR TABLE ${table} (x)`,
    sql`DROP PUBLICATION everyone`,
    sql`CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int)`,
    sql`CREATE CAST (mood AS json) WITH INOUT`,
    sql`CREATE FUNCTION as_json(mood) RETURNS json LANGUAGE sql AS 'SELECT ''1''::json'; CREATE CAST (mood AS json) WITH FUNCTION as_json`,
    sql`CREATE OR REPLACE FUNCTION as_json(mood) RETURNS json LANGUAGE sql AS 'SELECT ''2''::json'`,
    sql`CREATE EXTENSION hstore`,
    sql`ALTER EXTENSION hstore ADD TABLE ${table}`,
    sql`ALTER EXTENSION hstore DROP TABLE ${table}`,
    sql`GRANT ${fc.constantFrom("SELECT", "UPDATE (x)")} ON ${table} TO ${role}`,
    sql`REVOKE ALL ON ${table} FROM ${role}`,
    sql`GRANT USAGE ON SCHEMA s TO ${role}`,
    sql`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`,
    sql`CREATE ROLE made`,
    sql`ALTER ROLE app_writer ${fc.constantFrom("NOLOGIN", "LOGIN")}`,
    sql`GRANT app_reader TO app_writer`,
    sql`REVOKE app_reader FROM app_writer`,
];

/** Any statement that changes a catalog or the rows of a table, or that looks as if it did. */
export const statement = fc.oneof(
    { arbitrary: fc.oneof(...tables), weight: 4 },
    { arbitrary: fc.oneof(...rows), weight: 2 },
    { arbitrary: fc.oneof(...others), weight: 3 },
);
