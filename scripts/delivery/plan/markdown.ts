import { codeTitle, type CodeUse, describeUse } from "../code/model";
import { keyOf } from "../changesets";
import { driftLines } from "../drift/compare";
import { lintLines, type LintReport, loweredRows, loweredTitle } from "../lint";
import { describeFile, type FileRead } from "../liquibase/files";
import { type Precondition, shortPrecondition } from "../liquibase/preconditions";
import { code, codeCell, fence, inline, inlineCell } from "../report/text";
import { headline, Plan, PlannedChange, undoVerdict } from "./model";

/** A pull request comment holds 65,536 characters. */
const limit = 60_000;
const mostWarnings = 50;
const mostLines = 80;

/** The plan as a reviewer reads it. */
export function planMarkdown(plan: Plan): string {
    const top = `${introduction(plan)}\n${plan.changes.length > 0 ? summary(plan, limit / 2) : ""}`;
    return `${top}${details(plan, limit - top.length)}`;
}

function introduction(plan: Plan): string {
    const { warnings, releaseId, sourceRevision, digest } = plan;
    const shown = warnings.slice(0, mostWarnings).map((warning) => `- ${inline(warning)}\n`);
    const hidden =
        warnings.length > mostWarnings ? [`- … and ${warnings.length - mostWarnings} more, in \`plan.json\`\n`] : [];
    return [
        `# ${inline(headline(plan).replace(/:$/, ""))}\n`,
        ...codeText(plan.code ?? []),
        `\nRelease ${code(releaseId)} of revision ${code(sourceRevision)}. Digest ${code(digest)}: what runs is this, or nothing.\n`,
        ...(plan.preconditions ? [`\nOnly if: ${code(shortPrecondition(plan.preconditions))}\n`] : []),
        ...list("This must not run", plan.objections ?? []),
        ...(warnings.length > 0 ? ["\n**Look at this first**\n\n", ...shown, ...hidden] : []),
        ...(plan.lint && plan.lint.findings.length > 0 ? lintText(plan.lint) : []),
        ...(plan.lint && plan.lint.lowered.length > 0 ? loweredText(plan.lint) : []),
        ...(plan.drift && plan.drift.result !== "None" ? driftText(driftLines(plan.drift)) : []),
    ].join("");
}

/** GitHub shows such an alert in red. */
function codeText(code: CodeUse[]): string[] {
    return code.length === 0
        ? []
        : [`\n> [!CAUTION]\n> **${codeTitle}**\n`, `\n${fencedText(code.map(describeUse))}\n`];
}

function list(title: string, lines: string[]): string[] {
    return lines.length === 0 ? [] : [`\n**${title}**\n\n`, ...lines.map((line) => `- ${inline(line)}\n`)];
}

function lintText(report: LintReport): string[] {
    const [summary = "", ...lines] = lintLines(report);
    return [`\n**${summary}**\n\n`, `${fencedText(lines)}\n`];
}

function loweredText({ lowered }: LintReport): string[] {
    const rows = loweredRows(lowered);
    return [
        `\n**${loweredTitle}**\n\n`,
        row(["rule", "from", "to", "by", "reason"]),
        row(Array.from({ length: 5 }, () => "---")),
        ...rows
            .slice(0, mostWarnings)
            .map(({ rules, from, to, where, reason }) =>
                row([rules.join(", "), from, inlineCell(to), codeCell(where), inlineCell(reason)]),
            ),
        ...(rows.length > mostWarnings ? [`\n… and ${rows.length - mostWarnings} more, in \`plan.json\`\n`] : []),
    ];
}

function driftText([summary = "", ...lines]: string[]): string[] {
    return [`\n**${inline(summary)}**\n`, ...(lines.length > 0 ? [`\n${fencedText(lines)}\n`] : [])];
}

/** Lines as they are, as many as there is room for. */
function fencedText(lines: string[]): string {
    const shown = lines.slice(0, mostLines);
    return fence([...shown, ...(lines.length > shown.length ? ["…, all of it in plan.json"] : [])].join("\n"), "text");
}

function summary(plan: Plan, room: number): string {
    const columns = ["", "changeset", "what", "transaction", ...(plan.kind === "deploy" ? ["can be undone"] : [])];
    let text = row(columns) + row(columns.map(() => "---"));
    for (const [index, change] of plan.changes.entries()) {
        const next = row(summaryCells(change, index, plan.kind));
        if (text.length + next.length > room) {
            return `${text}\n… and ${plan.changes.length - index} more, in \`plan.json\`.\n`;
        }
        text += next;
    }
    return text;
}

function summaryCells(change: PlannedChange, index: number, kind: Plan["kind"]): string[] {
    const { comment = "", runInTransaction } = change;
    return [
        String(index + 1),
        codeCell(keyOf(change)),
        inlineCell(comment),
        runInTransaction ? "yes" : "**no**",
        ...(kind === "deploy" ? [undoCell(change)] : []),
    ];
}

function row(cells: string[]): string {
    return `| ${cells.join(" | ")} |\n`;
}

function undoCell(change: PlannedChange): string {
    const verdict = undoVerdict(change);
    return verdict === "no" || verdict === "not to its earlier form" ? `**${verdict}**` : verdict;
}

function details({ changes, kind }: Plan, room: number): string {
    let text = "";
    for (const [index, change] of changes.entries()) {
        const section = [
            "",
            `## ${index + 1}. ${code(change.id)}`,
            "",
            ...conditionLines(change.preconditions),
            ...fileLines(change.files),
            fenced(change.sql),
            ...(kind === "deploy"
                ? [
                      "",
                      "<details><summary>What undoes it</summary>",
                      "",
                      ...fileLines(change.undoFiles),
                      undoText(change),
                      "",
                      "</details>",
                  ]
                : []),
            "",
        ].join("\n");
        if (text.length + section.length > room) {
            return `${text}\nThe SQL of the ${changes.length - index} changes from ${index + 1} on is in \`plan.json\`.\n`;
        }
        text += section;
    }
    return text;
}

function conditionLines(precondition: Precondition | undefined): string[] {
    return precondition === undefined ? [] : [`Only if: ${code(shortPrecondition(precondition))}`, ""];
}

/** The SQL may show no more of a file than its name. */
function fileLines(files: FileRead[] = []): string[] {
    const hidden = files.length - mostWarnings;
    const shown = files.slice(0, mostWarnings).map((file) => `- reads ${code(describeFile(file))}`);
    return files.length === 0
        ? []
        : [...shown, ...(hidden > 0 ? [`- … and ${hidden} more files, in \`plan.json\``] : []), ""];
}

function undoText({ undo, undoError }: PlannedChange): string {
    return undoError !== undefined ? `Nothing: ${inline(undoError)}` : fenced(undo ?? []);
}

function fenced(statements: string[]): string {
    if (statements.length === 0) {
        return "No SQL.";
    }
    return fence(statements.join("\n\n"), "sql");
}
