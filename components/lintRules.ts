/**
 * The names of lint rules, groups and levels, which a stack's config uses to set minimum levels and the delivery
 * program uses to judge. Each name is defined once, here; the reasons for each rule are with the rules. This file
 * depends on neither Pulumi nor Node.
 */

/** Severity of a finding: an error stops the plan. */
export const lintLevels = ["off", "warning", "error"] as const;
export type LintLevel = (typeof lintLevels)[number];

/** The kinds of damage that rules prevent. Each rule belongs to one group. */
export const lintGroups = {
    failing: "It fails, or does something other than what is written.",
    locking: "It blocks the application while it runs, or its locks are not known.",
    destructive: "It deletes data permanently.",
    guards: "It disables a guard of the database, or cannot be parsed.",
    irreversible: "The pipeline cannot undo it completely.",
    breaking: "It breaks code that runs.",
    ordering: "It makes databases differ.",
    style: "Style or best practice.",
    optional: "It does not apply to this pipeline, or is a matter of taste: off by default.",
} as const;
export type LintGroup = keyof typeof lintGroups;

/** Every rule, by name. */
export const lintRules = [
    "rollback-missing",
    "rollback-empty-unexplained",
    "dollar-quote-split",
    "one-statement-without-transaction",
    "needs-no-transaction",
    "renamed-file",
    "missing-source",
    "applied-elsewhere",
    "other-history",
    "unreadable-history",
    "one-ddl-statement",
    "duplicate-id",
    "edited-changeset",
    "out-of-order",
    "schema-and-data",
    "exclusive-lock",
    "destroys-data",
    "undo-drops-existing",
    "conditional-create",
    "drop-in-use",
    "too-long",
    "unstorable-text",
    "undecodable-text",
    "invalid-waiver",
    "misspelled-word",
    "unknown-attribute",
    "outside-changeset",
    "no-changeset",
    "unknown-database",
    "misspelled-parameter",
    "undefined-parameter",
    "include-order",
    "unreadable-changelog",
    "unreadable-sql",
    "client-command",
    "question-mark",
    "unnamed-constraint",
    "needs-administrator",
    "view-columns",
    "used-by-view",
    "updates-every-row",
    "dynamic-sql",
    "misread-strings",
    "session-setting",
    "lasting-setting",
    "tracking-tables",
    "shadows-builtin",
    "cascading-drop",
    "extension-member",
    "rewrite-rule",
    "definer-search-path",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
    "require-concurrent-reindex",
    "require-concurrent-partition-detach",
    "constraint-missing-not-valid",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "changing-column-type",
    "adding-field-with-default",
    "adding-serial-primary-key-field",
    "disallowed-unique-constraint",
    "adding-required-field",
    "renaming-column",
    "renaming-table",
    "ban-drop-table",
    "ban-drop-column",
    "ban-drop-database",
    "ban-truncate-cascade",
    "ban-drop-not-null",
    "transaction-nesting",
    "ban-uncommitted-transaction",
    "syntax-error",
    "identifier-too-long",
    "prefer-bigint-over-int",
    "prefer-identity",
    "prefer-timestamp-tz",
    "ban-char-field",
    "ban-create-domain-with-constraint",
    "ban-alter-domain-with-add-constraint",
    "prefer-repack",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-bigint-over-smallint",
    "require-enum-value-ordering",
    "require-lock-timeout",
    "require-statement-timeout",
    "require-timeout-settings",
    "require-table-schema",
    "definer-given",
    "administrator-statement",
    "explicit-transaction",
    "zero-date",
    "large-type-default",
    "instant-with-lock",
    "reserved-word",
    "key-without-length",
    "float-auto-increment",
    "checks-off",
    "sql-mode-set",
    "errors-ignored",
    "check-not-enforced",
    "not-innodb",
    "replace-deletes",
    "column-dropped",
    "rows-dropped",
    "renamed-in-use",
    "implicit-default",
    "type-change-copies",
    "enum-values-moved",
    "charset-conversion",
    "foreign-key-copies",
    "check-copies",
    "stored-column",
    "partition-change",
    "primary-key-dropped",
    "fulltext-blocks-writes",
    "algorithm-copy",
    "algorithm-not-given",
    "every-row",
    "primary-key-missing",
    "three-byte-charset",
    "timestamp-ends-2038",
    "display-width",
    "create-as-select",
] as const;
export type LintRule = (typeof lintRules)[number];

/** Not a lint rule, but configured with the same levels: how changes made by hand are treated. */
export const driftKey = "drift";

/**
 * Minimum levels, which the repository cannot lower: by rule, by group, or for `drift`. A rule's own entry takes
 * precedence over its group's.
 */
export type LintFloor = Partial<Record<LintRule | LintGroup | typeof driftKey, LintLevel>>;

const keys: readonly string[] = [...Object.keys(lintGroups), ...lintRules, driftKey];

/** The allowed values of a floor, as the end of the sentence "Allowed: …". */
export const lintFloorAllowed = `a map of rules, groups (${Object.keys(lintGroups).join(", ")}) and ${driftKey} to ${lintLevels.join(", ")}`;

/** What is wrong with a floor, one sentence each; empty if it is valid. */
export function lintFloorProblems(floor: unknown): string[] {
    if (typeof floor !== "object" || floor === null || Array.isArray(floor)) {
        return ["it is not a map"];
    }
    return Object.entries(floor).flatMap(([key, level]) => [
        ...(keys.includes(key) ? [] : [`there is no rule or group ${JSON.stringify(key)}`]),
        ...((lintLevels as readonly unknown[]).includes(level)
            ? []
            : [`${JSON.stringify(key)} is ${JSON.stringify(level)}, which is not a level`]),
    ]);
}
