import type { RuleText } from "../../engines/linter";

/** The linter's rules about folders of SQL: how migrations are undone and recorded. */
export const rules = {
    "rollback-missing": {
        group: "irreversible",
        why: "If this release fails or has to be rolled back, the pipeline cannot undo the migration.",
        instead:
            "Write what undoes it: the .down.sql of golang-migrate, `-- migrate:down` of dbmate, a down.sql beside Prisma's migration.sql, <tag>.down.sql beside Drizzle's file. If nothing has to undo it, write `-- undo not required: <reason>` there.",
    },
    "rollback-empty-unexplained": {
        group: "irreversible",
        why: "The undo is empty: undoing the release leaves this change in place, and it is unclear whether that is intended.",
        instead: "Give the reason as a comment in it: `-- undo not required: <reason>`. Or write what undoes it.",
    },
    "renamed-file": {
        group: "failing",
        why: "A migration is known by its version: with another one it runs a second time.",
        instead: "Give the file its old name back.",
    },
    "missing-source": {
        group: "ordering",
        why: "A new database would not get what these migrations did, and a rollback cannot undo them.",
        instead: "Put them back. If they are gone for good, allow it with `missing-source: warning` in lint.yaml.",
    },
    "other-history": {
        group: "ordering",
        why: "Another source is delivered to this database, or was: neither history contains the migrations of the other.",
        instead:
            "Have one history per source. If the other one belongs to another application, allow it with `other-history: warning` in lint.yaml; if it is obsolete, rename or drop it.",
    },
    "duplicate-id": {
        group: "ordering",
        why: "Another migration has the same version.",
        instead: "Give the migration a version of its own.",
    },
    "edited-changeset": {
        group: "failing",
        why: "The text is no longer what ran: databases where it has run and new databases would differ.",
        instead: "Undo the edit and write a new migration.",
    },
    "too-long": {
        group: "failing",
        why: "The history stores it in a column with 255 characters: the deployment would fail after the migration has run.",
        instead: "Write a shorter file name.",
    },
    "invalid-waiver": {
        group: "ordering",
        why: "The waiver has no effect.",
        instead: "Write `-- lint-waive <rule>: <reason>` in the migration.",
    },
    "undefined-parameter": {
        group: "style",
        why: "Folders of SQL have no parameters: the text itself runs, with its dollar sign and braces.",
        instead: "Write the value. If the text is meant as it is, waive the rule.",
    },
    "unreadable-changelog": {
        group: "style",
        why: "The linter cannot read the file.",
        instead: "Correct the cause that is given.",
    },
} as const satisfies Record<string, RuleText>;
