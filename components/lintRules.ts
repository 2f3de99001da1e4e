/**
 * The linter's vocabulary, which a stack's config pins levels by and the delivery program judges by. Each name is
 * written here once; the reasons of each rule are beside the rules. Nothing here depends on Pulumi or on Node.
 */

/** How much a finding weighs: an error stops the plan. */
export const lintLevels = ["off", "warning", "error"] as const;
export type LintLevel = (typeof lintLevels)[number];

/** What a rule protects from. Each rule has one group. */
export const lintGroups = {
    failing: "It fails, or does something else than what is written.",
    locking: "It blocks the application while it runs, or its locks are not known.",
    destructive: "It deletes data for good.",
    guards: "It switches off what protects the database, or cannot be read.",
    irreversible: "The pipeline cannot undo it, or not all of it.",
    breaking: "It breaks code that runs.",
    ordering: "It makes databases differ.",
    style: "It is unwise.",
    optional: "It does not apply to this pipeline, or is a matter of taste: off unless somebody switches it on.",
} as const;
export type LintGroup = keyof typeof lintGroups;

/** Every rule, by name. */
export const lintRules = [
    "rollback-missing",
    "rollback-empty-unexplained",
    "dollar-quote-split",
    "one-statement-without-transaction",
    "needs-no-transaction",
    "duplicate-id",
    "edited-changeset",
    "out-of-order",
    "schema-and-data",
    "exclusive-lock",
    "destroys-data",
    "drop-in-use",
    "invalid-waiver",
    "unreadable-changelog",
    "too-long",
    "unstorable-text",
    "undecodable-text",
    "unreadable-sql",
    "dynamic-sql",
    "misread-strings",
    "session-setting",
    "lasting-setting",
    "tracking-tables",
    "cascading-drop",
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
] as const;
export type LintRule = (typeof lintRules)[number];

/** Not a rule of the linter, but a level like theirs: what becomes of changes that somebody made by hand. */
export const driftKey = "drift";

/** Levels that the repository cannot go below: by rule, by group, or for `drift`. A rule's own entry wins over its group's. */
export type LintFloor = Partial<Record<LintRule | LintGroup | typeof driftKey, LintLevel>>;

const keys: readonly string[] = [...Object.keys(lintGroups), ...lintRules, driftKey];

/** What a floor may say, as the end of the sentence "Allowed: …". */
export const lintFloorAllowed = `a map of rules, groups (${Object.keys(lintGroups).join(", ")}) and ${driftKey} to ${lintLevels.join(", ")}`;

/** What is wrong with a floor, a sentence each; nothing for one that will do. */
export function lintFloorProblems(floor: unknown): string[] {
    if (typeof floor !== "object" || floor === null || Array.isArray(floor)) {
        return ["it is no map"];
    }
    return Object.entries(floor).flatMap(([key, level]) => [
        ...(keys.includes(key) ? [] : [`there is no rule or group ${JSON.stringify(key)}`]),
        ...((lintLevels as readonly unknown[]).includes(level)
            ? []
            : [`${JSON.stringify(key)} is ${JSON.stringify(level)}, which is no level`]),
    ]);
}
