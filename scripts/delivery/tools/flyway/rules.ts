import type { RuleText } from "../../engines/linter";

/** The linter's rules about scripts: how they are named, undone and recorded. */
export const rules = {
    "rollback-missing": {
        group: "irreversible",
        why: "If this release fails or has to be rolled back, the pipeline cannot undo the script: a snapshot, or a new script that reverts it, is all that is left.",
        instead:
            "Write an undo script: `U<version>__<description>.sql` with the version of the script, for a repeatable one `U__<description>.sql`. If nothing needs to be undone, let it hold only `-- not required: <reason>`.",
    },
    "rollback-empty-unexplained": {
        group: "irreversible",
        why: "The undo script is empty: undoing the release leaves this change in place, and it is unclear whether that is intended.",
        instead: "Give the reason in it: `-- not required: <reason>`. Or write what undoes the script.",
    },
    "renamed-file": {
        group: "failing",
        why: "Flyway identifies a script by its version and compares its description: a renamed script fails its validation.",
        instead: "Give the script its old name back.",
    },
    "missing-source": {
        group: "ordering",
        why: "A new database would not get what these scripts did, and a rollback cannot undo them.",
        instead: "Put them back. If they are gone for good, allow it with `missing-source: warning` in lint.yaml.",
    },
    "other-history": {
        group: "ordering",
        why: "Something else runs migrations on this database, or did: neither history contains the scripts of the other.",
        instead:
            "Have one history per source. If the other one belongs to another application, allow it with `other-history: warning` in lint.yaml; if it is obsolete, rename or drop it.",
    },
    "duplicate-id": {
        group: "ordering",
        why: "Two scripts have the same version: Flyway refuses both.",
        instead: "Give the newer one the next version.",
    },
    "edited-changeset": {
        group: "ordering",
        why: "The script has already run in this form's predecessor: the edit never reaches this database, and Flyway's validation fails.",
        instead: "Undo the edit and write a new script.",
    },
} as const satisfies Readonly<Record<string, RuleText>>;
