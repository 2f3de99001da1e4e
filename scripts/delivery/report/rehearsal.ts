import { Outputs } from "../../../components/contract";
import { count, keyOf, mostListed } from "../changesets";
import type { EngineCapabilities } from "../engines/engine";
import { modeName } from "../engines/locks/budget";
import type { Figures, LockModes } from "../engines/locks/figures";
import { code, codeCell, fence, inlineCell } from "./text";
import type { Rehearsal, RehearsedChangeset, RollbackVerdict } from "../safety/rehearsal/model";

/** Of a large release. */
const slowestShown = 10;

const rollbackVerdicts: Record<RollbackVerdict["result"], string> = {
    Proven: "proven: the catalog was the same as before",
    NotProven: "not proven: the earlier form of changesets that run again is not restored",
    Impossible: "impossible: a changeset cannot be undone",
    Failed: "**failed**",
    NotTried: "not tried",
};

/** The rehearsal as an approver reads it. */
export function rehearsalMarkdown(rehearsal: Rehearsal, { lockModes, lockSampling }: EngineCapabilities): string {
    const { releaseId, changesets, rollback, problems, warnings, digest, lockBudgetMilliseconds } = rehearsal;
    return [
        `# Rehearsal of ${code(releaseId)}: ${rehearsal.status}`,
        "",
        `${count(changesets.length, "changeset")} on a copy of the data, ${rehearsal.seconds.toFixed(0)} s. Plan digest ${code(digest)}.`,
        `Rollback: ${rollbackVerdicts[rollback.result]}. Lock budget: ${lockBudgetMilliseconds} ms of ${modeName(lockModes.exclusive, lockModes)}.`,
        ...section("What failed", problems),
        ...section("Look at this first", warnings),
        "",
        row(["", "changeset", "time", "strongest lock", "held", "rewritten", "rows", "undone in"]),
        row(Array.from({ length: 8 }, () => "---")),
        ...changesets.map((changeset, index) => row([String(index + 1), ...markdownCells(changeset, lockModes)])),
        "",
        ...(lockSampling === "Interval"
            ? [
                  "A lock was held for at least the first and at most the second duration; the server is sampled at intervals.",
                  "",
              ]
            : []),
    ].join("\n");
}

/** A line for each changeset of a small release; of a large one, for those that took the most time. */
export function rehearsalLines({ changesets }: Pick<Rehearsal, "changesets">, modes: LockModes): string[] {
    if (changesets.length <= mostListed) return changesets.map((changeset) => rehearsalLine(changeset, modes));
    const slowest = [...changesets].sort((a, b) => b.seconds - a.seconds).slice(0, slowestShown);
    return [
        `The ${slowest.length} slowest of ${count(changesets.length, "changeset")}; all are in ${Outputs.rehearsalJson}:`,
        ...slowest.map((changeset) => rehearsalLine(changeset, modes)),
    ];
}

/** A changeset as a log line. */
function rehearsalLine(changeset: RehearsedChangeset, modes: LockModes): string {
    const [name, time, lock, held, rewritten, rows] = cells(changeset, modes);
    return [`  ${name} ${time}`, lock && `${lock} ${held}`, rewritten && `rewrites ${rewritten}`, rows]
        .filter(Boolean)
        .join("; ");
}

function markdownCells(changeset: RehearsedChangeset, modes: LockModes): string[] {
    const [name = "", ...others] = cells(changeset, modes);
    return [codeCell(name), ...others.map(inlineCell)];
}

function cells(changeset: RehearsedChangeset, modes: LockModes): string[] {
    const { figures, seconds, undo } = changeset;
    const [lock] = figures?.locks ?? [];
    return [
        keyOf(changeset),
        `${seconds.toFixed(2)} s`,
        lock ? `${modeName(lock.mode, modes)} on ${lock.table}${lock.existedBefore ? "" : " (new)"}` : "",
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
