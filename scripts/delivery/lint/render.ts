import { count } from "../changesets";
import type { Case } from "../report/junit";
import { type Finding, isWaived, type LintReport } from "./finding";

/** Whether the plan must not go on. */
export function blocks({ findings }: LintReport): boolean {
    return findings.some(isError);
}

/** Why the plan must not go on, when it must not. */
export function lintObjection({ findings }: LintReport): string {
    const { errors } = lintCounts({ findings });
    return `the linter has ${count(errors, "error")} (see its findings): mend the changesets, or waive a rule with its reason`;
}

/** How many findings there are; each is in one of the numbers. */
export interface LintCounts {
    errors: number;
    warnings: number;
    waived: number;
}

export function lintCounts({ findings }: Pick<LintReport, "findings">): LintCounts {
    const waived = findings.filter(isWaived).length;
    const errors = findings.filter(isError).length;
    return { errors, warnings: findings.length - errors - waived, waived };
}

/** The counts as the log, the plan page and the approval have them. */
export function countsText({ errors, warnings, waived }: LintCounts): string {
    return [count(errors, "error"), count(warnings, "warning"), `${waived} waived`].join(", ");
}

/** One line: how many of what. */
export function lintSummary(report: LintReport): string {
    const { changesets, dismissals } = report;
    const parts = [
        countsText(lintCounts(report)),
        ...(dismissals.length > 0
            ? [`${count(dismissals.length, "finding")} dismissed (the plan shows that nobody waits)`]
            : []),
    ];
    return `Lint of ${count(changesets, "changeset")}: ${parts.join(", ")}`;
}

/** Lines for the build's log: errors first, each with why it hurts and how to write it instead. */
export function lintLines(report: LintReport): string[] {
    const sorted = grouped(report.findings).sort(([a], [b]) => rank(a) - rank(b));
    return [lintSummary(report), ...sorted.flatMap(describeGroup)];
}

/** A test case for each rule that a changeset breaks; warnings and waived findings do not fail. */
export function lintCases({ findings }: LintReport): Case[] {
    if (findings.length === 0) {
        return [{ name: "lint", file: "lint", seconds: 0 }];
    }
    return grouped(findings).map((group) => {
        const [{ rule, file, changeset }] = group;
        const name = changeset === undefined ? rule : `${rule}: ${changeset}`;
        const text = describeGroup(group).join("\n");
        return { name, file, seconds: 0, ...(isError(group[0]) ? { failure: text } : { skipped: text }) };
    });
}

function isError(finding: Finding): boolean {
    return finding.level === "error" && !isWaived(finding);
}

function rank(finding: Finding): number {
    return isWaived(finding) ? 2 : finding.level === "error" ? 0 : 1;
}

type Group = [Finding, ...Finding[]];

/** What one rule has against one changeset: its reasons are the same for all of it. */
function grouped(findings: Finding[]): Group[] {
    const groups = new Map<string, Group>();
    for (const finding of findings) {
        const { rule, file, changeset } = finding;
        const key = JSON.stringify([rule, file, changeset]);
        const group = groups.get(key);
        if (group) {
            group.push(finding);
        } else {
            groups.set(key, [finding]);
        }
    }
    return [...groups.values()];
}

/** Occurrences that the log shows; plan.json has all of them. */
const shownOccurrences = 5;

function describeGroup(group: Group): string[] {
    const [first, ...others] = group;
    const { rule, level, file, line, changeset, what, why, instead, waived } = first;
    const place = line === undefined ? file : `${file}:${line}`;
    const state = isWaived(first) ? "waived" : level;
    const shown = others.slice(0, shownOccurrences - 1);
    return [
        `${place}: ${state} ${rule}${changeset === undefined ? "" : ` in ${changeset}`}`,
        `    ${what}`,
        ...shown.map((other) => `    ${other.line === undefined ? "" : `line ${other.line}: `}${other.what}`),
        ...(others.length > shown.length ? [`    and ${others.length - shown.length} more like these`] : []),
        ...(isWaived(first) ? [] : [`    Why: ${why}`, `    Instead: ${instead}`]),
        ...(waived === undefined ? [] : [`    Waived: ${waived}`]),
        ...(first.pinned ? [`    The stack's config pins the rule: a waiver lowers it to ${level}, no further.`] : []),
    ];
}
