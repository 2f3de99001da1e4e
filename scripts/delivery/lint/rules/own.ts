import type { RuleText } from "../../engines/linter";

/** The rules about the history and the text of changesets that are the same for every engine and tool. */
export const ownRules = {
    "applied-elsewhere": {
        group: "failing",
        why: "Another deployment of the same source, with other settings, has recorded it there: it would run a second time.",
        instead:
            "Before the first deployment, copy that history into the table that this pipeline uses. If the names are the same by chance, waive the rule.",
    },
    "unreadable-history": {
        group: "failing",
        why: "What is pending may have run in this database already, according to that history: it would run a second time.",
        instead:
            "Let the user of plans read it: as its owner, GRANT USAGE on its schema and SELECT on it. If it belongs to another application, allow it with `unreadable-history: warning` in lint.yaml.",
    },
    "out-of-order": {
        group: "ordering",
        why: "The database has already run later changesets: a new database would run them in a different order and may end up different.",
        instead:
            "Move the changeset after the newest applied one: to a file whose name sorts last, or to the end of its file.",
    },
    "undecodable-text": {
        group: "failing",
        why: "U+FFFD replaces bytes that are not UTF-8: the deployment would store it instead of the original text.",
        instead: "Save the file as UTF-8. Waive it if the character itself is intended.",
    },
} as const satisfies Record<string, RuleText>;
