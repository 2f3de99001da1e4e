import type { Level } from "./finding";
import { ownRules } from "./rules/own";
import { squawkRules } from "./rules/squawk";

/** What a rule protects from; levels that the configuration does not set follow from it. */
export type Group =
    /** It fails, or does something else than what is written. */
    | "fails"
    /** It blocks the application while it runs. */
    | "locks"
    /** It cannot be undone. */
    | "loses"
    /** It breaks code that runs. */
    | "breaks"
    /** It makes databases differ. */
    | "order"
    /** It is unwise. */
    | "style"
    /** It does not apply to this pipeline, or is a matter of taste. */
    | "off";

export interface RuleText {
    group: Group;
    /** Why it hurts, as sentences. */
    why: string;
    /** How to write it instead, as sentences. */
    instead: string;
}

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
