import type { RuleText } from "../rule";

const off = (why: string) => ({ group: "optional", why, instead: "Set its level in lint.yaml to have it." }) as const;

/**
 * Every rule of squawk 2.61 that we let speak, in our words: its own texts leave out half of the remedies.
 * `ban-concurrent-index-creation-in-transaction` is missing (`needs-no-transaction` says more), and so is
 * `unused-ignore` (`squawk-ignore` comments are not honoured: they carry no reason).
 */
export const squawkRules = {
    "require-concurrent-index-creation": {
        group: "locking",
        why: "Writes to the table wait until the index is built.",
        instead: "CREATE INDEX CONCURRENTLY, alone in a changeset with runInTransaction:false.",
    },
    "require-concurrent-index-deletion": {
        group: "locking",
        why: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: it waits for the longest query, and all others wait behind it.",
        instead: "DROP INDEX CONCURRENTLY, alone in a changeset with runInTransaction:false.",
    },
    "require-concurrent-reindex": {
        group: "locking",
        why: "Writes to the table, and reads that need the index, wait until it is rebuilt.",
        instead: "REINDEX … CONCURRENTLY, alone in a changeset with runInTransaction:false.",
    },
    "require-concurrent-partition-detach": {
        group: "locking",
        why: "The parent table is locked against reads and writes.",
        instead: "DETACH PARTITION … CONCURRENTLY, alone in a changeset with runInTransaction:false.",
    },
    "constraint-missing-not-valid": {
        group: "locking",
        why: "The whole table is read to prove the constraint, and writes wait for it.",
        instead:
            "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a changeset of its own: that one blocks nobody.",
    },
    "adding-foreign-key-constraint": {
        group: "locking",
        why: "Writes to both tables wait while every row is checked.",
        instead: "ADD CONSTRAINT … FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT in a changeset of its own.",
    },
    "adding-not-nullable-field": {
        group: "locking",
        why: "SET NOT NULL reads the whole table under an ACCESS EXCLUSIVE lock: reads and writes wait.",
        instead:
            "Three changesets: ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT; SET NOT NULL, which then takes the constraint's word for it.",
    },
    "changing-column-type": {
        group: "locking",
        why: "Unless only a length grows, the table and its indexes are rewritten under an ACCESS EXCLUSIVE lock, and code that reads the column may break.",
        instead:
            "Add a new column, keep it equal by a trigger, fill it in batches, switch the code, drop the old one in a later release. For varchar that grows, or becomes text: waive it, it is instant.",
    },
    "adding-field-with-default": {
        group: "locking",
        why: "A default that is computed for each row, or a stored generated column, rewrites the table under an ACCESS EXCLUSIVE lock.",
        instead:
            "Add the column without it, set the default in a second statement (it counts for new rows only), fill the old rows in a changeset of its own.",
    },
    "adding-serial-primary-key-field": {
        group: "locking",
        why: "The index of the primary key is built under an ACCESS EXCLUSIVE lock: reads and writes wait.",
        instead: "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … PRIMARY KEY USING INDEX.",
    },
    "disallowed-unique-constraint": {
        group: "locking",
        why: "The index of the constraint is built under an ACCESS EXCLUSIVE lock: reads and writes wait.",
        instead: "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … UNIQUE USING INDEX.",
    },
    "adding-required-field": {
        group: "breaking",
        why: "The statement fails on a table that has rows, and code that does not know the column can no longer insert.",
        instead: "Give the column a DEFAULT, or add it nullable, fill it, and make it NOT NULL in a later release.",
    },
    "renaming-column": {
        group: "breaking",
        why: "Code that is running uses the old name and fails from this moment on.",
        instead: "Add a column, keep both equal by a trigger, switch the code, drop the old one in a later release.",
    },
    "renaming-table": {
        group: "breaking",
        why: "Code that is running uses the old name and fails from this moment on.",
        instead: "Create a view with the old name in the same changeset, and drop it when no code uses it.",
    },
    "ban-drop-table": {
        group: "destructive",
        why: "The rows are gone for good, and code that still uses the table fails.",
        instead:
            "Release the code that no longer uses it first; rename it, drop it some releases later, and say in a waiver why the rows are not needed.",
    },
    "ban-drop-column": {
        group: "destructive",
        why: "The values are gone for good, and code that still names the column fails.",
        instead:
            "Release the code that no longer uses it first; then drop it, and say in a waiver why the values are not needed.",
    },
    "ban-drop-database": {
        group: "destructive",
        why: "Everything is gone.",
        instead: "Never in a migration.",
    },
    "ban-truncate-cascade": {
        group: "destructive",
        why: "CASCADE empties every table that refers to this one, and those that refer to them.",
        instead: "Name the tables that shall be emptied.",
    },
    "ban-drop-not-null": {
        group: "style",
        why: "Code that is running may not expect a NULL in the column.",
        instead: "Release the code that can read a NULL first.",
    },
    "transaction-nesting": {
        group: "failing",
        why: "Liquibase has opened a transaction for the changeset; ending it here takes its record of what ran out of it.",
        instead: "Leave BEGIN, COMMIT and ROLLBACK out; use runInTransaction:false for what cannot run in one.",
    },
    "ban-uncommitted-transaction": {
        group: "failing",
        why: "The transaction is begun and never committed: nothing of it stays.",
        instead: "Leave BEGIN out, or COMMIT.",
    },
    "syntax-error": {
        group: "locking",
        why: "squawk cannot read the SQL, so nothing is known about its locks. PostgreSQL may refuse it as well.",
        instead: "Correct it. If PostgreSQL takes it, waive this and say how its locks were judged.",
    },
    "identifier-too-long": {
        group: "style",
        why: "PostgreSQL cuts names at 63 bytes; two long ones may become one.",
        instead: "Choose a shorter name.",
    },
    "prefer-bigint-over-int": {
        group: "style",
        why: "A 32-bit number runs out at 2,147,483,647, and changing the type later rewrites the table.",
        instead: "bigint.",
    },
    "prefer-identity": {
        group: "style",
        why: "The sequence of a serial column has an owner and privileges of its own, which are forgotten.",
        instead: "GENERATED ALWAYS AS IDENTITY.",
    },
    "prefer-timestamp-tz": {
        group: "style",
        why: "A timestamp without time zone means another moment to each client.",
        instead: "timestamptz.",
    },
    "ban-char-field": {
        group: "style",
        why: "char(n) is padded with blanks.",
        instead: "text, with a CHECK on its length if it must be limited.",
    },
    "ban-create-domain-with-constraint": {
        group: "style",
        why: "Constraints of a domain are hard to change: every table that uses it is read.",
        instead: "CHECK constraints on the columns.",
    },
    "ban-alter-domain-with-add-constraint": {
        group: "style",
        why: "Every table that uses the domain is read while it is locked against writes.",
        instead: "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT; or CHECK constraints on the columns.",
    },
    "prefer-repack": off("`exclusive-lock` covers VACUUM FULL and CLUSTER."),
    "prefer-robust-stmts": off(
        "Liquibase knows what ran, and IF NOT EXISTS hides an index that a failed build left invalid.",
    ),
    "prefer-text-field": off("A limited varchar is a matter of taste while the table is new."),
    "prefer-bigint-over-smallint": off("A small number is a matter of taste."),
    "require-enum-value-ordering": off("Most enumerations have no order."),
    "require-lock-timeout": off("The pipeline sets lock_timeout for every changeset."),
    "require-statement-timeout": off("The pipeline sets statement_timeout for every changeset."),
    "require-timeout-settings": off("The pipeline sets both time-outs for every changeset."),
    "require-table-schema": off("The search path is the database user's."),
} as const satisfies Record<string, RuleText>;

export type SquawkRule = keyof typeof squawkRules;
