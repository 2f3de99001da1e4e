import type { LintRule } from "../../../components/lintRules";
import type { Group, Level, RuleText } from "./rule";
import { ownRules } from "./rules/own";
import { squawkRules } from "./rules/squawk";

export type RuleName = LintRule;
export const rules: Record<RuleName, RuleText> = { ...ownRules, ...squawkRules };
export const ruleNames = Object.keys(rules) as RuleName[];

/** `lenient` for environments where people try things out, `strict` for all others. */
export type Profile = "lenient" | "strict";

/** The profile of an environment for which nobody chooses another. */
export function profileOf(environment: string): Profile {
    return environment === "dev" ? "lenient" : "strict";
}

export const groupLevels: Record<Profile, Record<Group, Level>> = {
    lenient: {
        failing: "error",
        locking: "warning",
        destructive: "warning",
        guards: "warning",
        irreversible: "warning",
        breaking: "warning",
        ordering: "warning",
        style: "warning",
        optional: "off",
    },
    strict: {
        failing: "error",
        locking: "error",
        destructive: "error",
        guards: "error",
        irreversible: "error",
        breaking: "error",
        ordering: "error",
        style: "warning",
        optional: "off",
    },
};

export function isRule(name: string): name is RuleName {
    return Object.hasOwn(rules, name);
}

/** Rules that no reason excuses: Liquibase or the server refuses, or the waiver is what is wrong. */
const inexcusable = new Set<RuleName>(["edited-changeset", "invalid-waiver", "too-long", "unstorable-text"]);
/** What the database refuses whatever anybody says: errors everywhere, also for `lint.yaml`. */
const refusedByDatabase = new Set<RuleName>(["too-long", "unstorable-text"]);

export function canBeWaived(rule: RuleName): boolean {
    return !inexcusable.has(rule);
}

export function canBeLowered(rule: RuleName): boolean {
    return !refusedByDatabase.has(rule);
}
