import type { RuleText } from "../../engines/linter";

/** The linter's rules about changelogs: how changesets are written, named, undone and recorded. */
export const rules = {
    "rollback-missing": {
        group: "irreversible",
        why: "If this release fails or has to be rolled back, the pipeline cannot undo the changeset.",
        instead:
            "Write a rollback (`--rollback …`, or `rollback` in XML, YAML and JSON), or declare that it needs none: `--rollback not required: <reason>`.",
        insteadIn: {
            xml: "Write `<rollback>…</rollback>`. If nothing needs to be undone: `<rollback/>`, and beside it `<!-- rollback not required: <reason> -->`.",
            yaml: "Write `rollback`, with changes as in `changes`. If nothing needs to be undone: `rollback: [{empty: {}}]`, and in the changeset a line `# rollback not required: <reason>`.",
            json: 'Write "rollback", with changes as in "changes". If nothing needs to be undone: "rollback": [{"empty": {}}] and "comment": "rollback not required: <reason>".',
        },
    },
    "rollback-empty-unexplained": {
        group: "irreversible",
        why: "The rollback is empty: undoing the release leaves this change in place, and it is unclear whether that is intended.",
        instead:
            "Give the reason: `--rollback not required: <reason>` in SQL, a comment line `rollback not required: <reason>` in XML, YAML and JSON. Or write a rollback.",
        insteadIn: {
            sql: "Give the reason: `--rollback not required: <reason>`. Or write a rollback.",
            xml: "Give the reason in the changeset: `<!-- rollback not required: <reason> -->`. Or write a rollback.",
            yaml: "Give the reason in the changeset: `# rollback not required: <reason>`. Or write a rollback.",
            json: 'Give the reason in the changeset: "comment": "rollback not required: <reason>". Or write a rollback.',
        },
    },
    "renamed-file": {
        group: "failing",
        why: "Liquibase identifies a changeset by its file's path as well: after a renaming or a move it runs a second time.",
        instead:
            "Give the file its old path back, or tell Liquibase the old one: `--liquibase formatted sql logicalFilePath:<old path>` in SQL, `logicalFilePath` of the changelog or of the changeset in XML, YAML and JSON.",
    },
    "missing-source": {
        group: "ordering",
        why: "A new database would not get what these changesets did, and a rollback cannot undo them.",
        instead:
            "Put them back. If their file was renamed or moved, set its `logicalFilePath` to the old path. If they are gone for good, allow it with `missing-source: warning` in lint.yaml.",
    },
    "other-history": {
        group: "ordering",
        why: "Something else runs Liquibase on this database, or did: neither history contains the changesets of the other.",
        instead:
            "Have one history per source. If the other one belongs to another application, allow it with `other-history: warning` in lint.yaml; if it is obsolete, rename or drop it.",
    },
    "duplicate-id": {
        group: "ordering",
        why: "Another changeset has the same author and id. Only their files distinguish them for Liquibase: if one is renamed or moved, it runs again.",
        instead: "Give the changeset a unique id, for example one that begins with the number of its file.",
    },
    "edited-changeset": {
        group: "failing",
        why: "The text is no longer what ran: databases where it has run and new databases would differ.",
        instead:
            "Undo the edit and write a new changeset. For views and functions that should be replaced after each edit, use runOnChange:true.",
    },
    "too-long": {
        group: "failing",
        why: "Liquibase stores it in a column of DATABASECHANGELOG with 255 characters: the deployment would fail after the changeset has run.",
        instead: "Write a shorter one; describe the changeset in its comment, which Liquibase truncates.",
    },
    "invalid-waiver": {
        group: "ordering",
        why: "The waiver has no effect.",
        instead:
            "Write `--lint-waive <rule>: <reason>` below the changeset's first line; in XML, YAML and JSON a comment line `lint-waive <rule>: <reason>`.",
    },
    "misspelled-word": {
        group: "failing",
        why: "Liquibase ignores it without a message: it reads the directive as a comment, or drops the attribute.",
        instead: "Write it as the finding suggests. If it is a comment, word it differently.",
    },
    "unknown-attribute": {
        group: "style",
        why: "Liquibase does not know it and ignores it without a message.",
        instead: "Remove it, or look up in Liquibase's documentation how it is written.",
    },
    "outside-changeset": {
        group: "failing",
        why: "Liquibase runs only what belongs to a changeset: it drops the rest of the file without a message.",
        instead: "Write `--changeset <author>:<id>` above it, or delete it.",
    },
    "no-changeset": {
        group: "style",
        why: "Nothing in the file ever runs, and Liquibase gives no message.",
        instead: "Write a changeset into it, or delete the file.",
    },
    "unknown-database": {
        group: "failing",
        why: "Liquibase knows no database of this name, so it never runs this, and gives no message.",
        instead: "Write the short name of the database, without quotes, or leave the attribute out.",
    },
    "misspelled-parameter": {
        group: "failing",
        why: "No parameter has this name, so the text itself runs, with its dollar sign and braces.",
        instead: "Write the parameter's name as `liquibase.properties` or a `property` declares it.",
    },
    "undefined-parameter": {
        group: "style",
        why: "No parameter has this name, so the text itself runs, with its dollar sign and braces. Environment variables and Java's system properties are not parameters.",
        instead: "Declare `parameter.<name>` in `liquibase.properties`. If the text is meant as it is, waive the rule.",
    },
    "include-order": {
        group: "style",
        why: "Liquibase runs the files of `includeAll` in the order of their names as texts, where 10 comes before 2.",
        instead:
            "Number the files with leading zeros (`002-…`, `010-…`) before they run anywhere; of a file that ran, keep the old path as `logicalFilePath`.",
    },
    "unreadable-changelog": {
        group: "style",
        why: "The linter cannot read the file, so it checks only the SQL of its changesets, without line numbers, waivers and order.",
        instead:
            "Nothing to do if Liquibase can read it (from a jar, for example). Otherwise correct the cause that is given.",
    },
} as const satisfies Record<string, RuleText>;
