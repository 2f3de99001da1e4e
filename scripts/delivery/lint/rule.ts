import type { LintGroup, LintLevel } from "../../../components/lintRules";

export type Level = LintLevel;
export type Group = LintGroup;

export interface RuleText {
    /** What it protects from; levels that nobody sets follow from it, and a stack pins levels by it. */
    group: Group;
    /** Why it hurts, as sentences. */
    why: string;
    /** How to write it instead, as sentences. */
    instead: string;
}

/** The heavier of two levels. */
export function heavier(one: Level, other: Level): Level {
    return weight(one) >= weight(other) ? one : other;
}

export function isLighter(one: Level, other: Level): boolean {
    return weight(one) < weight(other);
}

function weight(level: Level): number {
    return { off: 0, warning: 1, error: 2 }[level];
}
