import type { RuleTerms, RuleText } from "../../linter";

const off = (why: string) => ({ group: "optional", why, instead: "Set its level in lint.yaml to enable it." }) as const;

/**
 * Every rule of squawk 2.61 that is enabled, with our own texts: its own leave out half of the remedies.
 * `ban-concurrent-index-creation-in-transaction` is missing (`needs-no-transaction` says more), and so is
 * `unused-ignore` (`squawk-ignore` comments are not honoured: they carry no reason).
 */
export const squawkRules = ({ tool }: Pick<RuleTerms, "tool">) =>
    ({
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
            why: "The whole table is scanned to validate the constraint, and writes wait.",
            instead:
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a separate changeset, which does not block others.",
        },
        "adding-foreign-key-constraint": {
            group: "locking",
            why: "Writes to both tables wait while every row is checked.",
            instead: "ADD CONSTRAINT … FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT in a separate changeset.",
        },
        "adding-not-nullable-field": {
            group: "locking",
            why: "SET NOT NULL reads the whole table under an ACCESS EXCLUSIVE lock: reads and writes wait.",
            instead:
                "Three changesets: ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT; SET NOT NULL, which then relies on the constraint.",
        },
        "changing-column-type": {
            group: "locking",
            why: "Unless only a length grows, the table and its indexes are rewritten under an ACCESS EXCLUSIVE lock, and code that reads the column may break.",
            instead:
                "Add a new column, keep it in sync with a trigger, fill it in batches, switch the code, and drop the old column in a later release. If a varchar only grows or becomes text, waive it: that is instant.",
        },
        "adding-field-with-default": {
            group: "locking",
            why: "A default that is computed for each row, or a stored generated column, rewrites the table under an ACCESS EXCLUSIVE lock.",
            instead:
                "Add the column without it, set the default in a second statement (it applies to new rows only), and fill the existing rows in a separate changeset.",
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
            why: "The statement fails on a table with rows, and code that does not know the column can no longer insert rows.",
            instead: "Give the column a DEFAULT, or add it nullable, fill it, and make it NOT NULL in a later release.",
        },
        "renaming-column": {
            group: "breaking",
            why: "Running code uses the old name and fails from then on.",
            instead:
                "Add a column, keep both in sync with a trigger, switch the code, and drop the old column in a later release.",
        },
        "renaming-table": {
            group: "breaking",
            why: "Running code uses the old name and fails from then on.",
            instead:
                "Create a view with the old name in the same changeset, and drop it when no code uses it any more.",
        },
        "ban-drop-table": {
            group: "destructive",
            why: "The rows are lost permanently, and code that still uses the table fails.",
            instead:
                "First release code that no longer uses it; then rename it, drop it some releases later, and give the reason why the rows are not needed in a waiver.",
        },
        "ban-drop-column": {
            group: "destructive",
            why: "The values are lost permanently, and code that still uses the column fails.",
            instead:
                "First release code that no longer uses it; then drop it, and give the reason why the values are not needed in a waiver.",
        },
        "ban-drop-database": {
            group: "destructive",
            why: "All data is lost.",
            instead: "Do not do this in a migration.",
        },
        "ban-truncate-cascade": {
            group: "destructive",
            why: "CASCADE also empties every table with a foreign key to this one, and so on.",
            instead: "Name the tables to empty.",
        },
        "ban-drop-not-null": {
            group: "style",
            why: "Running code may not expect NULL in the column.",
            instead: "First release code that can handle NULL.",
        },
        "transaction-nesting": {
            group: "failing",
            why: `${tool} opens a transaction for the changeset; if it ends here, ${tool}'s record of the changeset is no longer part of it.`,
            instead:
                "Remove BEGIN, COMMIT and ROLLBACK; use runInTransaction:false for statements that cannot run in a transaction.",
        },
        "ban-uncommitted-transaction": {
            group: "failing",
            why: "The transaction is never committed: all its changes are lost.",
            instead: "Remove BEGIN, or add COMMIT.",
        },
        "syntax-error": {
            group: "locking",
            why: "squawk cannot parse the SQL, so its locks are unknown. PostgreSQL may reject it too.",
            instead: "Correct it. If PostgreSQL accepts it, waive this and explain how its locks were assessed.",
        },
        "identifier-too-long": {
            group: "style",
            why: "PostgreSQL truncates names to 63 bytes; two long names may become the same.",
            instead: "Choose a shorter name.",
        },
        "prefer-bigint-over-int": {
            group: "style",
            why: "A 32-bit number runs out at 2,147,483,647, and changing the type later rewrites the table.",
            instead: "bigint.",
        },
        "prefer-identity": {
            group: "style",
            why: "The sequence of a serial column has its own owner and privileges, which are easily forgotten.",
            instead: "GENERATED ALWAYS AS IDENTITY.",
        },
        "prefer-timestamp-tz": {
            group: "style",
            why: "A timestamp without time zone means a different moment to each client.",
            instead: "timestamptz.",
        },
        "ban-char-field": {
            group: "style",
            why: "char(n) is padded with blanks.",
            instead: "text, with a CHECK on its length if it must be limited.",
        },
        "ban-create-domain-with-constraint": {
            group: "style",
            why: "Constraints of a domain are hard to change: every table that uses it is scanned.",
            instead: "CHECK constraints on the columns.",
        },
        "ban-alter-domain-with-add-constraint": {
            group: "style",
            why: "Every table that uses the domain is scanned while it is locked against writes.",
            instead: "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT; or CHECK constraints on the columns.",
        },
        "prefer-repack": off("`exclusive-lock` covers VACUUM FULL and CLUSTER."),
        "prefer-robust-stmts": off(
            `${tool} records what ran, and IF NOT EXISTS hides an index that a failed build left invalid.`,
        ),
        "prefer-text-field": off("A limited varchar is a matter of taste while the table is new."),
        "prefer-bigint-over-smallint": off("A small integer is a matter of taste."),
        "require-enum-value-ordering": off("Most enumerations have no order."),
        "require-lock-timeout": off("The pipeline sets lock_timeout for every changeset."),
        "require-statement-timeout": off("The pipeline sets statement_timeout for every changeset."),
        "require-timeout-settings": off("The pipeline sets both timeouts for every changeset."),
        "require-table-schema": off("The search path is set for the database user."),
    }) as const satisfies Record<string, RuleText>;

export type SquawkRule = keyof ReturnType<typeof squawkRules>;

/** Their names, which are the same for every tool. */
export const squawkRuleNames = Object.keys(squawkRules({ tool: "" })) as SquawkRule[];
