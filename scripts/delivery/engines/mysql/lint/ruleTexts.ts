import type { RuleText } from "../../linter";

const online =
    "Measure it on a copy first. For a large table: add a new column or table, fill it in batches, switch over in a later release.";

export const ruleTexts = {
    "one-ddl-statement": {
        group: "failing",
        why: "MySQL commits each schema change separately: if a later statement fails, the changeset is applied in part and not recorded, and every next attempt fails at what is already there.",
        instead: "Write one changeset for each of these statements, each with its rollback.",
    },
    "definer-given": {
        group: "failing",
        why: "A definer other than the migrator is refused (error 1227); what names another account would run with its rights.",
        instead: "Leave DEFINER out: it is the migrator. SQL SECURITY INVOKER where the caller's rights should count.",
    },
    "administrator-statement": {
        group: "failing",
        why: "The migrator may change its schema only, and the server refuses the statement.",
        instead: "Run it as the administrator, or set it in the cluster's parameter group.",
    },
    "explicit-transaction": {
        group: "failing",
        why: "A change would be committed before it is recorded: a build that dies then leaves it unrecorded. Every schema change commits by itself anyway.",
        instead: "Leave it out: a changeset without schema changes is one transaction, with its record.",
    },
    "zero-date": {
        group: "failing",
        why: "The server refuses it in strict mode (error 1067), in which changesets run.",
        instead: "Write NULL, or a real date.",
    },
    "large-type-default": {
        group: "failing",
        why: "TEXT, BLOB, JSON and GEOMETRY have no literal default (error 1101).",
        instead: "Write an expression in parentheses, DEFAULT ('…'), or a VARCHAR.",
    },
    "instant-with-lock": {
        group: "failing",
        why: "The server refuses LOCK beside ALGORITHM=INSTANT (error 1221).",
        instead: "Leave LOCK out: an instant change takes no lock for its duration.",
    },
    "reserved-word": {
        group: "failing",
        why: "The server reads it as a keyword, and refuses the statement (error 1064); some words are reserved since 8.0 only.",
        instead: "Choose another name, or write it in backticks everywhere.",
    },
    "key-without-length": {
        group: "failing",
        why: "A key on a TEXT or BLOB needs the number of characters or bytes that it covers (error 1170).",
        instead: "Write the length, body(100), or make the column a VARCHAR.",
    },
    "float-auto-increment": {
        group: "failing",
        why: "MySQL 8.4 refuses AUTO_INCREMENT for FLOAT and DOUBLE, so the table cannot be made again after an upgrade.",
        instead: "BIGINT UNSIGNED AUTO_INCREMENT.",
    },
    "checks-off": {
        group: "guards",
        why: "Rows that violate a foreign key or a unique key are stored, and nothing finds them later.",
        instead: "Write the rows in an order that satisfies the keys.",
    },
    "sql-mode-set": {
        group: "guards",
        why: "Without strict mode the server shortens and changes values instead of refusing them; a routine or trigger keeps the mode in which it was created.",
        instead: "Leave sql_mode as the database has it.",
    },
    "errors-ignored": {
        group: "guards",
        why: "Rows that are refused are left out or changed, with a warning that nobody sees.",
        instead: "Name the rows with WHERE NOT EXISTS, or write ON DUPLICATE KEY UPDATE.",
    },
    "check-not-enforced": {
        group: "guards",
        why: "The server accepts rows that violate it.",
        instead: "Correct the rows first, then add the check enforced.",
    },
    "not-innodb": {
        group: "guards",
        why: "The table has no transactions: a failed changeset leaves its rows, and a crash may lose them. Aurora changes or refuses it.",
        instead: "Leave ENGINE out: it is InnoDB.",
    },
    "replace-deletes": {
        group: "destructive",
        why: "The row that is there is deleted first, with its other columns and whatever refers to it by ON DELETE CASCADE.",
        instead: "INSERT … ON DUPLICATE KEY UPDATE.",
    },
    "column-dropped": {
        group: "destructive",
        why: "No rollback restores the values, and code that runs fails at the column.",
        instead:
            "Release code that does not use it; make it INVISIBLE first; save what is needed; drop it in a later release.",
    },
    "rows-dropped": {
        group: "destructive",
        why: "No rollback restores the rows, and TRUNCATE cannot be undone in a transaction either.",
        instead: "Rename the table, or save its rows, and drop it in a later release.",
    },
    "renamed-in-use": {
        group: "breaking",
        why: "Code that runs fails at the old name from then on; views that use it become invalid.",
        instead:
            "Add the new name, write both, and drop the old one in a later release; a view can keep a table's old name.",
    },
    "implicit-default": {
        group: "failing",
        why: "MySQL fills the column with 0, '' or another value that nobody wrote.",
        instead: "Write the default, or three steps: add it NULL, fill it, MODIFY it to NOT NULL.",
    },
    "type-change-copies": {
        group: "locking",
        why: "The server copies the table, and nobody can write to it until that is done.",
        instead: online,
    },
    "enum-values-moved": {
        group: "locking",
        why: "The server stores the position: the table is copied, and nobody can write to it until that is done. Values that are left out are lost.",
        instead: "Add new values at the end.",
    },
    "charset-conversion": {
        group: "locking",
        why: "To another character set, the server copies the table, and nobody can write to it until that is done; keys on long columns may become too long.",
        instead: online,
    },
    "foreign-key-copies": {
        group: "locking",
        why: "The server copies the table to check it, and nobody can write to it until that is done. Both tables need a free metadata lock.",
        instead:
            "Add it while the table is small, or in a window; create the index on its columns in an earlier changeset.",
    },
    "check-copies": {
        group: "locking",
        why: "The server copies the table to check it, and nobody can write to it until that is done.",
        instead: "Add the check with the table, or in a window.",
    },
    "stored-column": {
        group: "locking",
        why: "The server copies the table, and nobody can write to it until that is done.",
        instead: "A VIRTUAL column is instant, and can have an index.",
    },
    "partition-change": {
        group: "locking",
        why: "The server copies the table, and nobody can write to it until that is done.",
        instead: "Create a new partitioned table, fill it in batches, and rename both in one statement.",
    },
    "primary-key-dropped": {
        group: "locking",
        why: "The server copies the table, and nobody can write to it until that is done.",
        instead: "DROP PRIMARY KEY, ADD PRIMARY KEY in one statement rebuilds it without blocking writes.",
    },
    "fulltext-blocks-writes": {
        group: "locking",
        why: "Nobody can write to the table until the index is built, and no column can be added instantly from then on.",
        instead: "Create it with the table, or in a window.",
    },
    "algorithm-copy": {
        group: "locking",
        why: "Nobody can write to the table until the statement ends.",
        instead: "ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE: the server refuses what it cannot do that way.",
    },
    "algorithm-not-given": {
        group: "style",
        why: "What the server cannot do in place it copies without asking, and nobody can write to the table meanwhile.",
        instead:
            "Add ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE: a change that would block fails at once instead.",
    },
    "every-row": {
        group: "locking",
        why: "Every row stays locked until the end, replicas fall behind, and an undo takes longer than the statement.",
        instead: "Batches with WHERE and LIMIT, each in a changeset or in a job of the application.",
    },
    "primary-key-missing": {
        group: "style",
        why: "Replication and online changes look rows up by it; without one each row's change reads the whole table.",
        instead: "Give the table a primary key; id BIGINT UNSIGNED AUTO_INCREMENT if nothing else is one.",
    },
    "three-byte-charset": {
        group: "style",
        why: "It stores three bytes of a character: the server refuses emoji and rare scripts (error 1366). MySQL will remove it.",
        instead: "utf8mb4.",
    },
    "timestamp-ends-2038": {
        group: "style",
        why: "TIMESTAMP ends on 2038-01-19, and the server refuses later values (error 1292).",
        instead: "DATETIME(6), in UTC.",
    },
    "display-width": {
        group: "style",
        why: "It limits nothing, and the server drops it with a warning: the catalog differs from the source.",
        instead: "The type alone; LPAD where zeros are shown.",
    },
    "create-as-select": {
        group: "style",
        why: "The table gets no primary key, no indexes and no generated columns, and the rows that are read stay locked.",
        instead: "CREATE TABLE … LIKE, then INSERT … SELECT in another changeset.",
    },
} as const satisfies Record<string, RuleText>;
