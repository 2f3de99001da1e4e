import { Outputs } from "../../../components/contract";
import { count } from "../changesets";
import type { Case } from "../outputs";
import { type Finding, isWaived, type LintReport, placeOf } from "./finding";

/** Whether the findings block the plan. */
export function blocks({ findings }: LintReport): boolean {
    return findings.some(isError);
}

/** Why the findings block the plan, if they do. */
export function lintObjection({ findings }: LintReport): string {
    const errors = findings.filter(isError);
    const [first] = errors;
    // A build may end with this sentence alone.
    const cause = first && `: ${errors.length > 1 ? "first, " : ""}${placeOf(first)}, ${first.rule}: ${first.what}`;
    return `the linter has ${count(errors.length, "error")}${cause ?? ""}`;
}

/** The number of findings; each is counted once. */
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

/** The counts as the log, the plan page and the approval show them. */
export function countsText({ errors, warnings, waived }: LintCounts): string {
    return [count(errors, "error"), count(warnings, "warning"), `${waived} waived`].join(", ");
}

/** A one-line summary. */
export function lintSummary(report: LintReport): string {
    const { changesets, dismissals } = report;
    const parts = [
        countsText(lintCounts(report)),
        ...(dismissals.length > 0
            ? [`${count(dismissals.length, "finding")} dismissed (the plan shows that no one would wait)`]
            : []),
    ];
    return `Lint of ${count(changesets, "changeset")}: ${parts.join(", ")}`;
}

/**
 * Lines for the build's log: errors first, each with its reason and the alternative. Of a rule that many changesets violate,
 * the first ones; `file` has all.
 */
export function lintLines(report: LintReport, file: string = Outputs.planJson): string[] {
    const sorted = grouped(report.findings).sort(([a], [b]) => rank(a) - rank(b));
    const byRule = new Map<string, Group[]>();
    for (const group of sorted) {
        const key = JSON.stringify([rank(group[0]), group[0].rule]);
        byRule.set(key, [...(byRule.get(key) ?? []), group]);
    }
    return [lintSummary(report), ...[...byRule.values()].flatMap((groups) => describeRule(groups, file))];
}

/** The number of changesets that the log shows for each rule. */
const shownOfRule = 5;

function describeRule(groups: Group[], file: string): string[] {
    const shown = groups.slice(0, shownOfRule);
    const hidden = groups.slice(shownOfRule);
    return [
        ...shown.flatMap(describeGroup),
        ...hidden.slice(0, 1).map(([{ rule }]) => `… and ${hidden.length} more of ${rule}, in ${file}`),
    ];
}

/** A test case for each rule that a changeset violates; warnings and waived findings do not fail. */
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

/** The findings of one rule about one changeset, which share their reason. */
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

/** The number of occurrences that the log shows; plan.json has all. */
const shownOccurrences = 5;

function describeGroup(group: Group): string[] {
    const [first, ...others] = group;
    const { rule, level, changeset, what, why, instead, waived } = first;
    const state = isWaived(first) ? "waived" : level;
    const shown = others.slice(0, shownOccurrences - 1);
    return [
        `${placeOf(first)}: ${state} ${rule}${changeset === undefined ? "" : ` in ${changeset}`}`,
        `    ${what}`,
        ...shown.map((other) => `    ${other.line === undefined ? "" : `line ${other.line}: `}${other.what}`),
        ...(others.length > shown.length ? [`    and ${others.length - shown.length} more of these`] : []),
        ...(isWaived(first) ? [] : [`    Why: ${why}`, `    Instead: ${instead}`]),
        ...(waived === undefined ? [] : [`    Waived: ${waived}`]),
        ...(first.pinned
            ? [`    The stack's config sets a minimum for the rule: a waiver lowers it only to ${level}.`]
            : []),
    ];
}
