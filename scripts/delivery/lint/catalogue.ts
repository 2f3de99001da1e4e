import type { Group, Level, RuleText } from "./rule";
import { ownRules } from "./rules/own";
import { squawkRules } from "./rules/squawk";

export const rules = { ...ownRules, ...squawkRules } satisfies Record<string, RuleText>;
export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];

/** `lenient` for environments where people try things out, `strict` for all others. */
export type Profile = "lenient" | "strict";

export const groupLevels: Record<Profile, Record<Group, Level>> = {
    lenient: {
        fails: "error",
        locks: "warning",
        loses: "warning",
        breaks: "warning",
        order: "warning",
        style: "warning",
        off: "off",
    },
    strict: {
        fails: "error",
        locks: "error",
        loses: "error",
        breaks: "error",
        order: "error",
        style: "warning",
        off: "off",
    },
};

export function isRule(name: string): name is RuleName {
    return Object.hasOwn(rules, name);
}

/** Rules that no reason excuses: Liquibase itself refuses, or the waiver is what is wrong. */
export function canBeWaived(rule: RuleName): boolean {
    return rule !== "edited-changeset" && rule !== "invalid-waiver";
}
