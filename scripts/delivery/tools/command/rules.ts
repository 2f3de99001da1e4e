import type { RuleText } from "../../engines/linter";

/** The linter's rules about what commands print of migrations. */
export const rules = {
    "rollback-missing": {
        group: "irreversible",
        why: "If this release fails or has to be rolled back, the pipeline cannot undo the migration.",
        instead: "Give the command `rollback` in commands.yaml, and the migration what your tool runs to undo it.",
    },
    "rollback-empty-unexplained": {
        group: "irreversible",
        why: "The undo is empty: undoing the release leaves this change in place, and it is unclear whether that is intended.",
        instead: "Write what undoes it in the migration. If nothing has to, allow it in lint.yaml.",
    },
    "too-long": {
        group: "failing",
        why: "The history stores it in a column with 255 characters: the deployment would fail after the migration has run.",
        instead: "Give the migration a shorter name.",
    },
    "other-history": {
        group: "ordering",
        why: "Another source is delivered to this database, or was: neither history contains the migrations of the other.",
        instead:
            "Have one history per source. If the other one belongs to another application, allow it with `other-history: warning` in lint.yaml; if it is obsolete, rename or drop it.",
    },
    "missing-source": {
        group: "ordering",
        why: "A new database would not get what these migrations did, and a rollback cannot undo them.",
        instead: "Put them back. If they are gone for good, allow it with `missing-source: warning` in lint.yaml.",
    },
    "edited-changeset": {
        group: "failing",
        why: "The text is no longer what ran: databases where it has run and new databases would differ.",
        instead: "Undo the edit and write a new migration.",
    },
    "invalid-waiver": {
        group: "ordering",
        why: "The waiver has no effect.",
        instead: "Allow the rule in lint.yaml: the pipeline does not read the migrations of a command's tool.",
    },
    "undefined-parameter": {
        group: "style",
        why: "Nothing replaces it after the command has printed it.",
        instead: "Replace it in the migration.",
    },
} as const satisfies Record<string, RuleText>;
