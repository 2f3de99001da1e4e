import { count } from "../changesets";
import type { Case } from "../report/junit";
import type { Finding } from "./finding";
import type { LintReport } from "./index";

/** Whether the plan must not go on. */
export function blocks({ findings }: LintReport): boolean {
    return findings.some(isError);
}

/** One line: how many of what. */
export function lintSummary({ findings, changesets, dismissals }: LintReport): string {
    const errors = findings.filter(isError).length;
    const warnings = findings.filter(({ level, waived }) => level === "warning" && waived === undefined).length;
    const waived = findings.filter((finding) => finding.waived !== undefined).length;
    const parts = [
        count(errors, "error"),
        count(warnings, "warning"),
        ...(waived > 0 ? [`${waived} waived`] : []),
        ...(dismissals.length > 0
            ? [`${count(dismissals.length, "finding")} dismissed (the plan shows that nobody waits)`]
            : []),
    ];
    return `Lint of ${count(changesets, "changeset")}: ${parts.join(", ")}`;
}

/** Lines for the build's log: errors first, each with why it hurts and how to write it instead. */
export function lintLines(report: LintReport): string[] {
    const rank = (finding: Finding) => (finding.waived !== undefined ? 2 : finding.level === "error" ? 0 : 1);
    const sorted = [...report.findings].sort((a, b) => rank(a) - rank(b));
    return [lintSummary(report), ...sorted.flatMap(describeFinding)];
}

/** A test case for each rule that a changeset breaks; warnings and waived findings do not fail. */
export function lintCases({ findings }: LintReport): Case[] {
    if (findings.length === 0) {
        return [{ name: "lint", file: "lint", seconds: 0 }];
    }
    return findings.map((finding) => {
        const { rule, file, changeset } = finding;
        const name = changeset === undefined ? rule : `${rule}: ${changeset}`;
        const text = describeFinding(finding).join("\n");
        return { name, file, seconds: 0, ...(isError(finding) ? { failure: text } : { skipped: text }) };
    });
}

function isError({ level, waived }: Finding): boolean {
    return level === "error" && waived === undefined;
}

function describeFinding({ rule, level, file, line, changeset, what, why, instead, waived }: Finding): string[] {
    const place = line === undefined ? file : `${file}:${line}`;
    const head = `${place}: ${waived === undefined ? level : "waived"} ${rule}${changeset === undefined ? "" : ` in ${changeset}`}`;
    return waived === undefined
        ? [head, `    ${what}`, `    Why: ${why}`, `    Instead: ${instead}`]
        : [head, `    ${what}`, `    Waived: ${waived}`];
}
