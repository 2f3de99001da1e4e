import type { RuleText } from "../rule";

/** The rules that squawk does not have: most need to know the changeset, the changelog or the database. */
export const ownRules = {
    "rollback-missing": {
        group: "irreversible",
        why: "When this release fails or must be taken back, the pipeline cannot undo the changeset.",
        instead:
            "Write what undoes it (`--rollback …`, or `rollback` in XML, YAML and JSON), or say that nothing does and why: `--rollback not required: <reason>`.",
    },
    "rollback-empty-unexplained": {
        group: "irreversible",
        why: "The rollback is empty: undoing the release leaves this change in place, and nobody can tell whether that is meant.",
        instead:
            "Give the reason: `--rollback not required: <reason>` in SQL, a comment line `rollback not required: <reason>` in XML, YAML and JSON. Or write what undoes it.",
    },
    "dollar-quote-split": {
        group: "failing",
        why: "Liquibase cuts the SQL at every semicolon, those inside $$ … $$ too, and runs the pieces.",
        instead: "Add `splitStatements:false` to the changeset (in XML, YAML and JSON to the `sql` change).",
    },
    "one-statement-without-transaction": {
        group: "irreversible",
        why: "Outside a transaction each statement stands by itself: when a later one fails, the earlier ones stay, and the next run repeats them.",
        instead:
            "One statement in a changeset with runInTransaction:false; give each of the others a changeset of its own.",
    },
    "needs-no-transaction": {
        group: "failing",
        why: "PostgreSQL refuses the statement in a transaction, and Liquibase opens one for every changeset.",
        instead: "Add `runInTransaction:false` to the changeset, and leave nothing else in it.",
    },
    "duplicate-id": {
        group: "style",
        why: "Another changeset has the same author and id. Liquibase tells them apart by their files only: rename or move one, and it runs again.",
        instead: "Give the changeset an id that no other one has, for example with the number of its file in front.",
    },
    "edited-changeset": {
        group: "failing",
        why: "What is written is no longer what ran: databases that have it and databases that do not would differ.",
        instead:
            "Undo the edit and write a new changeset. Views and functions that shall follow their text take runOnChange:true.",
    },
    "out-of-order": {
        group: "ordering",
        why: "The database has run changesets that come after it: a new database would run them in another order than this one did, and may end up different.",
        instead:
            "Move the changeset behind the newest applied one: a file whose name sorts last, or the end of its file.",
    },
    "schema-and-data": {
        group: "locking",
        why: "The lock that the schema change takes is held until the last row is written: whoever uses the table waits.",
        instead: "Two changesets: the schema change in one, the rows in the next.",
    },
    "exclusive-lock": {
        group: "locking",
        why: "Nobody reads or writes the table until the statement is done, and it takes as long as the table is large.",
        instead:
            "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index); pg_repack instead of VACUUM FULL, CLUSTER or a change of storage; no LOCK TABLE.",
    },
    "destroys-data": {
        group: "destructive",
        why: "The rows, or the values of a column, are gone: no rollback brings them back.",
        instead:
            "Keep them first (CREATE TABLE … AS SELECT in a changeset before), delete or overwrite with a WHERE what is known to be unneeded, or waive it saying why the rows are not needed.",
    },
    "drop-in-use": {
        group: "breaking",
        why: "Code that is running may still use it, and fails from this moment on.",
        instead:
            "Release the code that no longer uses it first and drop or rename it in a later release; put the new name beside the old one in between.",
    },
    "too-long": {
        group: "failing",
        why: "Liquibase keeps it in a column of DATABASECHANGELOG that holds 255 characters: the deployment fails after the changeset has run.",
        instead: "Write a shorter one; what the changeset is for belongs into its comment, which Liquibase cuts.",
    },
    "unstorable-text": {
        group: "failing",
        why: "PostgreSQL's text holds neither U+0000 nor half a surrogate pair: the deployment fails, or stores something else than what is written.",
        instead: "Take the character out; for binary data, write '\\\\x…' as bytea.",
    },
    "undecodable-text": {
        group: "failing",
        why: "U+FFFD stands for bytes that are not UTF-8: the deployment would store it in place of what is written.",
        instead: "Save the file as UTF-8. Waive it if the character itself is meant.",
    },
    "invalid-waiver": {
        group: "ordering",
        why: "The waiver has no effect.",
        instead:
            "Write `--lint-waive <rule>: <reason>` below the changeset's first line; in XML, YAML and JSON a comment line `lint-waive <rule>: <reason>`.",
    },
    "unreadable-changelog": {
        group: "style",
        why: "The linter cannot read the file, so its changesets are judged by their SQL only, without lines, waivers and order.",
        instead:
            "Nothing to do if Liquibase reads it (from a jar, for example). Otherwise write it as the reason says.",
    },
    "unreadable-sql": {
        group: "guards",
        why: "PostgreSQL's grammar does not take it, or nobody could follow it: what it does to the database is not known.",
        instead:
            "Correct it. If the server takes it all the same, waive this and say what it does and how its locks were judged.",
    },
    "dynamic-sql": {
        group: "guards",
        why: "The SQL is made when it runs, or the code is in another language: no rule can judge it, and no reviewer sees what will run.",
        instead:
            "Write the statements out. Where names must be computed, generate the changeset and commit the result; or waive this and say what can run.",
    },
    "misread-strings": {
        group: "failing",
        why: "From here on the server cuts strings in another way than everybody who reads the SQL: what looks like a string may be a statement.",
        instead: "Leave the setting alone; write backslashes as E'\\\\…'.",
    },
    "session-setting": {
        group: "guards",
        why: "The pipeline sets lock_timeout, statement_timeout, role and search_path as guards of the database. The setting switches a guard off, for the changesets after this one as well, or lets names mean something else.",
        instead:
            "Set lockTimeoutMilliseconds and statementTimeoutMilliseconds in the stack's config; write names with their schema. work_mem, maintenance_work_mem and the application's own settings (with a dot) are free.",
    },
    "lasting-setting": {
        group: "guards",
        why: "It holds for every session to come, the pipeline's and the application's, and no review of infrastructure has seen it.",
        instead: "Set it in the cluster's parameter group, where the stack's config has it.",
    },
    "tracking-tables": {
        group: "failing",
        why: "The pipeline and Liquibase know by these tables what ran: changed by hand, changesets run twice, or never, and a rollback undoes the wrong ones.",
        instead:
            "Write a changeset that does what is missing; guard it with a precondition (onFail:MARK_RAN) where some databases have it already.",
    },
    "cascading-drop": {
        group: "destructive",
        why: "CASCADE drops whatever depends on it, unnamed and unseen: views, foreign keys, columns of a type with their values, all tables of a schema.",
        instead: "Drop what depends on it by name, each in its own statement, and leave CASCADE out.",
    },
    "rewrite-rule": {
        group: "guards",
        why: "A rule replaces statements by others before they run: from then on no statement on the table does what it says.",
        instead: "A trigger, or a view with INSTEAD OF triggers.",
    },
    "definer-search-path": {
        group: "guards",
        why: "It runs with the rights of its owner and finds its names by the search path of its caller, who can put functions and tables of his own in front.",
        instead:
            "SET search_path = pg_catalog, pg_temp (and the schemas it needs) on the function, or SECURITY INVOKER.",
    },
} as const satisfies Record<string, RuleText>;
