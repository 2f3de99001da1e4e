import { count, keyOf } from "../changesets";
import { modeName } from "../locks/sample";
import type { Figures } from "../locks/watch";
import { code, codeCell, fence, inlineCell } from "../report/text";
import type { Rehearsal, RehearsedChangeset, RollbackVerdict } from "./model";

const rollbackVerdicts: Record<RollbackVerdict["result"], string> = {
    Proven: "proven: the catalog was as before",
    NotProven: "not proven: changesets that run again do not get their earlier form back",
    Impossible: "impossible: a changeset cannot be undone",
    Failed: "**failed**",
    NotTried: "not tried",
};

/** The rehearsal as an approver reads it. */
export function rehearsalMarkdown(rehearsal: Rehearsal): string {
    const { releaseId, changesets, rollback, problems, warnings, digest, lockBudgetMilliseconds } = rehearsal;
    return [
        `# Rehearsal of ${code(releaseId)}: ${rehearsal.status}`,
        "",
        `${count(changesets.length, "changeset")} on a copy of the data, ${rehearsal.seconds.toFixed(0)} s. Plan digest ${code(digest)}.`,
        `Rollback: ${rollbackVerdicts[rollback.result]}. Lock budget: ${lockBudgetMilliseconds} ms of ACCESS EXCLUSIVE.`,
        ...section("What failed", problems),
        ...section("Look at this", warnings),
        "",
        row(["", "changeset", "time", "strongest lock", "held", "rewritten", "rows", "undone in"]),
        row(Array.from({ length: 8 }, () => "---")),
        ...changesets.map((changeset, index) => row([String(index + 1), ...markdownCells(changeset)])),
        "",
        "A lock was held for at least the first figure and at most the second: between two looks at the server nobody knows.",
        "",
    ].join("\n");
}

/** A changeset in a line of the log. */
export function rehearsalLine(changeset: RehearsedChangeset): string {
    const [name, time, lock, held, rewritten, rows] = cells(changeset);
    return [`  ${name} ${time}`, lock && `${lock} ${held}`, rewritten && `rewrites ${rewritten}`, rows]
        .filter(Boolean)
        .join("; ");
}

function markdownCells(changeset: RehearsedChangeset): string[] {
    const [name = "", ...others] = cells(changeset);
    return [codeCell(name), ...others.map(inlineCell)];
}

function cells(changeset: RehearsedChangeset): string[] {
    const { figures, seconds, undo } = changeset;
    const [lock] = figures?.locks ?? [];
    return [
        keyOf(changeset),
        `${seconds.toFixed(2)} s`,
        lock ? `${modeName(lock.mode)} on ${lock.table}${lock.existedBefore ? "" : " (new)"}` : "",
        lock ? `${Math.round(lock.milliseconds)}–${Math.round(lock.atMost)} ms` : "",
        (figures?.rewrites ?? []).map(({ table, bytes }) => `${table} ${size(bytes)}`).join(", "),
        rowsOf(figures),
        undo ? `${undo.seconds.toFixed(2)} s` : "",
    ];
}

function rowsOf(figures: Figures | undefined): string {
    return (figures?.rows ?? [])
        .map(({ table, inserted, updated, deleted }) => {
            const parts = [
                ...(inserted > 0 ? [`+${inserted}`] : []),
                ...(updated > 0 ? [`~${updated}`] : []),
                ...(deleted > 0 ? [`-${deleted}`] : []),
            ];
            return `${table} ${parts.join(" ")}`;
        })
        .join(", ");
}

function section(title: string, lines: string[]): string[] {
    return lines.length === 0 ? [] : ["", `**${title}**`, "", fence(lines.join("\n"), "text")];
}

function row(columns: string[]): string {
    return `| ${columns.join(" | ")} |`;
}

function size(bytes: number): string {
    const units = ["B", "kB", "MB", "GB", "TB"];
    const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
    return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
