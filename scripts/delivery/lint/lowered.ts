import { type Finding, type Levels, type Lowering, placeOf } from "./finding";
import { isFixed } from "./rules/fixed";

/** What the waivers of these findings lower, once per changeset and rule. */
export function waivedRules(findings: Finding[], levels: Levels): Lowering[] {
    const waivers = new Map<string, Lowering>();
    for (const { rule, level, file, line, changeset, waived: reason, pinned } of findings) {
        const key = JSON.stringify([rule, file, changeset]);
        if (reason !== undefined && !isFixed(rule) && !waivers.has(key)) {
            const result = pinned ? { to: level, asked: "waived" as const } : { to: "waived" as const };
            waivers.set(key, { rule, from: levels[rule], ...result, file, line, changeset, reason });
        }
    }
    return [...waivers.values()];
}

/** A row for readers: rules that one line of the repository lowers in the same way are combined. */
export interface LoweredRow {
    rules: string[];
    from: string;
    /** The effective level, and what limits it. */
    to: string;
    where: string;
    reason: string;
}

export const loweredTitle = "Lowered or waived by the repository";

export function loweredRows(lowered: Lowering[]): LoweredRow[] {
    const rows = new Map<string, LoweredRow>();
    for (const { rule, from, to, asked, reason = "", ...place } of lowered) {
        const pinned = asked === undefined ? "" : ` (the minimum set by the stack; the repository asks for ${asked})`;
        const row = { from, to: `${to}${pinned}`, where: whereIs(place), reason };
        const key = JSON.stringify(row);
        rows.set(key, { ...row, rules: [...(rows.get(key)?.rules ?? []), rule] });
    }
    return [...rows.values()];
}

function whereIs({ file, line, key, changeset }: Pick<Lowering, "file" | "line" | "key" | "changeset">): string {
    return [
        placeOf({ file, line }),
        ...(key === undefined ? [] : [key]),
        ...(changeset === undefined ? [] : [changeset]),
    ].join(" ");
}

/** Lines for the build's log; empty if nothing is lowered. */
export function loweredLines(lowered: Lowering[]): string[] {
    return lowered.length === 0
        ? []
        : [
              `${loweredTitle}: ${lowered.length}`,
              ...loweredRows(lowered).map(
                  ({ rules, from, to, where, reason }) =>
                      `    ${rules.join(", ")}: ${from} → ${to}, by ${where}${reason === "" ? "" : `: ${reason}`}`,
              ),
          ];
}
