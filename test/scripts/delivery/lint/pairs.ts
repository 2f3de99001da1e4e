import type { SquawkRule } from "../../../../scripts/delivery/engines/postgresql/lint/squawkRules";

/** SQL that the rule finds, and the same done well; of two statements in an array each is a changeset of its own. */
export interface Pair {
    bad: string;
    good: string | string[];
    /** Rules that speak of the bad one as well. */
    also?: string[];
    outside?: true;
    /** The rule that says the same, and is reported in its place. */
    told?: string;
}

export const pairs: Partial<Record<SquawkRule, Pair>> = {
    "require-concurrent-index-creation": {
        bad: "CREATE INDEX i ON t (a);",
        good: ["CREATE TABLE t (a bigint);", "CREATE INDEX i ON t (a);"],
    },
    "require-concurrent-index-deletion": { bad: "DROP INDEX i;", good: "DROP INDEX CONCURRENTLY i;", outside: true },
    "require-concurrent-reindex": { bad: "REINDEX INDEX i;", good: "REINDEX INDEX CONCURRENTLY i;", outside: true },
    "require-concurrent-partition-detach": {
        bad: "ALTER TABLE t DETACH PARTITION p;",
        good: "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;",
        outside: true,
    },
    "constraint-missing-not-valid": {
        bad: "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);",
        good: ["ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;", "ALTER TABLE t VALIDATE CONSTRAINT c;"],
    },
    "adding-foreign-key-constraint": {
        bad: "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (a);",
        good: [
            "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (a) NOT VALID;",
            "ALTER TABLE t VALIDATE CONSTRAINT c;",
        ],
    },
    "adding-not-nullable-field": {
        bad: "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
        good: [
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;",
            "ALTER TABLE t VALIDATE CONSTRAINT c;",
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
        ],
    },
    "changing-column-type": {
        bad: "ALTER TABLE t ALTER COLUMN a TYPE bigint;",
        good: "ALTER TABLE t ADD COLUMN b bigint;",
    },
    "adding-field-with-default": {
        bad: "ALTER TABLE t ADD COLUMN b uuid DEFAULT gen_random_uuid();",
        good: "ALTER TABLE t ADD COLUMN b uuid;\nALTER TABLE t ALTER COLUMN b SET DEFAULT gen_random_uuid();",
    },
    "adding-serial-primary-key-field": {
        bad: "ALTER TABLE t ADD PRIMARY KEY (a);",
        good: "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;",
    },
    "disallowed-unique-constraint": {
        bad: "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);",
        good: "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i;",
    },
    "adding-required-field": {
        bad: "ALTER TABLE t ADD COLUMN b bigint NOT NULL;",
        good: "ALTER TABLE t ADD COLUMN b bigint NOT NULL DEFAULT 0;",
    },
    "renaming-column": {
        bad: "ALTER TABLE t RENAME COLUMN a TO b;",
        good: "CREATE TABLE t (a bigint);\nALTER TABLE t RENAME COLUMN a TO b;",
    },
    "renaming-table": {
        bad: "ALTER TABLE t RENAME TO u;",
        good: "ALTER TABLE t RENAME TO u;\nCREATE VIEW t AS SELECT * FROM u;",
    },
    "ban-drop-table": { bad: "DROP TABLE t;", good: ["CREATE TABLE t (a bigint);", "DROP TABLE t;"] },
    "ban-drop-column": {
        bad: "ALTER TABLE t DROP COLUMN a;",
        good: ["CREATE TABLE t (a bigint);", "ALTER TABLE t DROP COLUMN a;"],
    },
    "ban-drop-database": { bad: "DROP DATABASE d;", good: "SELECT 1;", outside: true },
    "ban-truncate-cascade": {
        bad: "TRUNCATE t CASCADE;",
        good: ["CREATE TABLE t (a bigint);", "TRUNCATE t CASCADE;"],
        also: ["destroys-data"],
    },
    "ban-drop-not-null": {
        bad: "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;",
        good: "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;",
    },
    "transaction-nesting": { bad: "BEGIN;\nSELECT 1;\nCOMMIT;", good: "SELECT 1;" },
    "ban-uncommitted-transaction": { bad: "BEGIN;", good: "SELECT 1;", outside: true },
    "syntax-error": { bad: "SELECTED 1;", good: "SELECT 1;", told: "unreadable-sql" },
    "identifier-too-long": {
        bad: `ALTER TABLE t ADD COLUMN ${"a".repeat(64)} bigint;`,
        good: `ALTER TABLE t ADD COLUMN ${"a".repeat(63)} bigint;`,
    },
    "prefer-bigint-over-int": { bad: "CREATE TABLE t (a int);", good: "CREATE TABLE t (a bigint);" },
    "prefer-identity": {
        bad: "CREATE TABLE t (a bigserial);",
        good: "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY);",
    },
    "prefer-timestamp-tz": { bad: "CREATE TABLE t (a timestamp);", good: "CREATE TABLE t (a timestamptz);" },
    "ban-char-field": { bad: "CREATE TABLE t (a char(3));", good: "CREATE TABLE t (a text);" },
    "ban-create-domain-with-constraint": {
        bad: "CREATE DOMAIN d AS bigint CHECK (VALUE > 0);",
        good: "CREATE DOMAIN d AS bigint;",
    },
    "ban-alter-domain-with-add-constraint": {
        bad: "ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0);",
        good: "ALTER DOMAIN d SET DEFAULT 1;",
    },
};
