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
        why: "The rows are gone: no rollback brings them back.",
        instead:
            "Keep them first (CREATE TABLE … AS SELECT in a changeset before), delete what is known to be unneeded with a WHERE, or waive it saying why the rows are not needed.",
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
} as const satisfies Record<string, RuleText>;
