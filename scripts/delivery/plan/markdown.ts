import { codeTitle, type CodeUse, describeUse } from "../tools/code";
import { keyOf } from "../changesets";
import { driftLines } from "../safety/drift/compare";
import { isLoss, lintLines, type LintReport, lossLines, loweredRows, loweredTitle } from "../lint";
import { describeFile, type FileRead } from "../tools/files";
import { shortPrecondition } from "../tools/preconditions";
import { code, codeCell, fence, inline, inlineCell } from "../report/text";
import type { PlanWords } from "../tools/tool";
import { headline, hooksTitle, Plan, PlannedChange, undoVerdict } from "./model";
import { decisionText, passedOverReasons, passedOverTitle } from "./passedOver";

/** A pull request comment can have 65,536 characters. */
const limit = 60_000;
const mostWarnings = 50;
const mostLines = 80;

/** The plan as a reviewer reads it. */
export function planMarkdown(plan: Plan, tool: PlanWords): string {
    const top = `${introduction(plan, tool)}\n${plan.changes.length > 0 ? summary(plan, tool, limit / 2) : ""}`;
    const hooks = hookSections(plan, limit / 4);
    return `${top}${hooks}${details(plan, tool, limit - top.length - hooks.length)}`;
}

function introduction(plan: Plan, tool: PlanWords): string {
    const all = [...lossLines(plan.lint), ...plan.warnings];
    const { releaseId, sourceRevision, digest } = plan;
    const shown = all.slice(0, mostWarnings).map((warning) => `- ${inline(warning)}\n`);
    const hidden = all.length > mostWarnings ? [`- … and ${all.length - mostWarnings} more, in \`plan.json\`\n`] : [];
    return [
        `# ${inline(headline(plan).replace(/:$/, ""))}\n`,
        ...codeText(plan.code ?? [], tool),
        `\nRelease ${code(releaseId)} of revision ${code(sourceRevision)}. Digest ${code(digest)}: exactly this runs, or nothing.\n`,
        ...(plan.preconditions ? [`\nOnly if: ${code(shortPrecondition(plan.preconditions, tool))}\n`] : []),
        ...list("This must not run", plan.objections ?? []),
        ...(all.length > 0 ? ["\n**Look at this first**\n\n", ...shown, ...hidden] : []),
        ...(plan.lint && plan.lint.findings.length > 0 ? lintText(plan.lint) : []),
        ...(plan.lint && plan.lint.lowered.length > 0 ? loweredText(plan.lint) : []),
        ...list(passedOverTitle(plan), passedOverReasons(plan)),
        ...(plan.drift && plan.drift.result !== "None" ? driftText(driftLines(plan.drift)) : []),
    ].join("");
}

/** GitHub shows such an alert in red. */
function codeText(code: CodeUse[], tool: PlanWords): string[] {
    return code.length === 0
        ? []
        : [`\n> [!CAUTION]\n> **${codeTitle}**\n`, `\n${fencedText(code.map((use) => describeUse(use, tool)))}\n`];
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

/** The lines verbatim, as many as fit. */
function fencedText(lines: string[]): string {
    const shown = lines.slice(0, mostLines);
    return fence([...shown, ...(lines.length > shown.length ? ["… (in full in plan.json)"] : [])].join("\n"), "text");
}

function summary(plan: Plan, { capabilities }: PlanWords, room: number): string {
    const shown = {
        transaction: capabilities.transactionPerChange,
        undo: plan.kind === "deploy" && capabilities.undo,
        loses: (change: PlannedChange) => isLoss(change, plan.lint),
    };
    const columns = [
        ...["", "changeset", "what"],
        ...(shown.transaction ? ["transaction"] : []),
        ...(shown.undo ? ["can be undone"] : []),
    ];
    let text = row(columns) + row(columns.map(() => "---"));
    for (const [index, change] of plan.changes.entries()) {
        const next = row(summaryCells(change, index, shown));
        if (text.length + next.length > room) {
            return `${text}\n… and ${plan.changes.length - index} more, in \`plan.json\`.\n`;
        }
        text += next;
    }
    return text;
}

interface SummaryColumns {
    transaction: boolean;
    undo: boolean;
    loses: (change: PlannedChange) => boolean;
}

function summaryCells(change: PlannedChange, index: number, shown: SummaryColumns): string[] {
    const { comment = "", runInTransaction } = change;
    return [
        String(index + 1),
        codeCell(keyOf(change)),
        inlineCell(comment),
        ...(shown.transaction ? [runInTransaction ? "yes" : "**no**"] : []),
        ...(shown.undo ? [undoCell(change, shown.loses(change))] : []),
    ];
}

function row(cells: string[]): string {
    return `| ${cells.join(" | ")} |\n`;
}

function undoCell(change: PlannedChange, loses: boolean): string {
    const verdict = undoVerdict(change, { loses });
    return verdict === "yes" || verdict === "nothing to undo" ? verdict : `**${verdict}**`;
}

function details({ changes, kind }: Plan, tool: PlanWords, room: number): string {
    let text = "";
    for (const [index, change] of changes.entries()) {
        const section = [
            "",
            `## ${index + 1}. ${code(change.id)}`,
            "",
            ...conditionLines(change, tool),
            ...fileLines(change.files),
            tool.capabilities.sqlPreview || change.sql.length > 0
                ? fenced(change.sql)
                : "Its SQL is not known before it runs.",
            ...(kind === "deploy" && tool.capabilities.undo
                ? [
                      "",
                      "<details><summary>Rollback</summary>",
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

/** Before the changes, as their SQL is not all that runs. */
function hookSections({ hooks = [] }: Plan, room: number): string {
    let text = hooks.length === 0 ? "" : `\n## ${hooksTitle}\n`;
    for (const [index, { file, sql }] of hooks.entries()) {
        const section = `\n${code(file)}\n\n${fenced(sql)}\n`;
        if (text.length + section.length > room) {
            return `${text}\n… and ${hooks.length - index} more, in \`plan.json\`.\n`;
        }
        text += section;
    }
    return text;
}

function conditionLines({ preconditions, decision }: PlannedChange, tool: PlanWords): string[] {
    return [
        ...(decision === undefined ? [] : [`**It ${inline(decisionText(decision))}**`, ""]),
        ...(preconditions === undefined ? [] : [`Only if: ${code(shortPrecondition(preconditions, tool))}`, ""]),
    ];
}

/** Shown because the SQL may contain only the file's name. */
function fileLines(files: FileRead[] = []): string[] {
    const hidden = files.length - mostWarnings;
    const shown = files.slice(0, mostWarnings).map((file) => `- reads ${code(describeFile(file))}`);
    return files.length === 0
        ? []
        : [...shown, ...(hidden > 0 ? [`- … and ${hidden} more files, in \`plan.json\``] : []), ""];
}

function undoText({ undo = [], undoError, undoReason }: PlannedChange): string {
    if (undoError === undefined && undo.length === 0 && undoReason !== undefined) {
        return `Nothing to undo: ${inline(undoReason)}`;
    }
    return undoError !== undefined ? `Nothing: ${inline(undoError)}` : fenced(undo);
}

function fenced(statements: string[]): string {
    if (statements.length === 0) {
        return "No SQL.";
    }
    return fence(statements.join("\n\n"), "sql");
}
