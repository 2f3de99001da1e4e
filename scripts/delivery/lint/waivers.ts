import { canBeWaived, type Catalogue, type RuleName } from "./catalogue";
import { isFixed } from "./rules/fixed";
import type { SourceChangeset } from "../tools/sources";

/** A waiver in a source file, or a malformed one. */
export type Waiver =
    { valid: true; rule: RuleName; reason: string; line: number } | { valid: false; problem: string; line: number };

const waiver = /^\s*lint-waive\b\s*([^\s:]*)\s*:?\s*(.*)$/i;

/** The waivers of a changeset: `lint-waive <rule>: <reason>` in its comments. */
export function waiversOf({ remarks }: SourceChangeset, catalogue: Catalogue): Waiver[] {
    return remarks.flatMap(({ text, line }): Waiver[] => {
        if (catalogue.silencing?.pattern.test(text)) {
            return [{ valid: false, line, problem: catalogue.silencing.problem }];
        }
        const [matched, rule = "", reason = ""] = waiver.exec(text) ?? [];
        return matched === undefined ? [] : [{ ...judge(rule, reason, catalogue), line }];
    });
}

type Judged = { valid: true; rule: RuleName; reason: string } | { valid: false; problem: string };

function judge(rule: string, reason: string, catalogue: Catalogue): Judged {
    if (rule === "") {
        return { valid: false, problem: "The waiver names no rule." };
    }
    if (isFixed(rule)) {
        return { valid: false, problem: `${rule} cannot be waived.` };
    }
    if (!catalogue.isRule(rule)) {
        return {
            valid: false,
            problem: `The waiver names an unknown rule, ${rule}. Did you mean ${catalogue.nearest(rule)}?`,
        };
    }
    if (!canBeWaived(rule)) {
        return { valid: false, problem: `${rule} cannot be waived.` };
    }
    return /\p{L}/u.test(reason)
        ? { valid: true, rule, reason: reason.trim() }
        : { valid: false, problem: `The waiver of ${rule} gives no reason.` };
}
