import type { LintGroup, LintLevel } from "../../../components/lintRules";

export type Level = LintLevel;
export type Group = LintGroup;

/** The more severe of two levels. */
export function heavier(one: Level, other: Level): Level {
    return weight(one) >= weight(other) ? one : other;
}

export function isLighter(one: Level, other: Level): boolean {
    return weight(one) < weight(other);
}

function weight(level: Level): number {
    return { off: 0, warning: 1, error: 2 }[level];
}
