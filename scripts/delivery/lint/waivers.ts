import { closest } from "fastest-levenshtein";
import { canBeWaived, isRule, RuleName, ruleNames } from "./catalogue";
import { isFixed } from "./rules/fixed";
import type { SourceChangeset } from "./source/changeset";

/** A waiver in a changelog, or something that wants to be one. */
export type Waiver =
    { valid: true; rule: RuleName; reason: string; line: number } | { valid: false; problem: string; line: number };

const waiver = /^\s*lint-waive\b\s*([^\s:]*)\s*:?\s*(.*)$/i;

/** The waivers of a changeset: `lint-waive <rule>: <reason>` in its comments. */
export function waiversOf({ remarks }: SourceChangeset): Waiver[] {
    return remarks.flatMap(({ text, line }): Waiver[] => {
        if (/^\s*squawk-ignore/i.test(text)) {
            return [{ valid: false, line, problem: "A `squawk-ignore` comment gives no reason and is not honoured." }];
        }
        const [matched, rule = "", reason = ""] = waiver.exec(text) ?? [];
        return matched === undefined ? [] : [{ ...judge(rule, reason), line }];
    });
}

type Judged = { valid: true; rule: RuleName; reason: string } | { valid: false; problem: string };

function judge(rule: string, reason: string): Judged {
    if (rule === "") {
        return { valid: false, problem: "The waiver names no rule." };
    }
    if (isFixed(rule)) {
        return { valid: false, problem: `${rule} cannot be waived.` };
    }
    if (!isRule(rule)) {
        return {
            valid: false,
            problem: `The waiver names an unknown rule, ${rule}. Did you mean ${nearestRule(rule)}?`,
        };
    }
    if (!canBeWaived(rule)) {
        return { valid: false, problem: `${rule} cannot be waived.` };
    }
    return /\p{L}/u.test(reason)
        ? { valid: true, rule, reason: reason.trim() }
        : { valid: false, problem: `The waiver of ${rule} gives no reason.` };
}

export function nearestRule(name: string): RuleName {
    return closest(name.toLowerCase(), ruleNames) as RuleName;
}
