import { type KeptRow, type KeptTable, now, type RowChange } from "../engines/scripts";
import { pipelineHistory } from "../tracking";

/** How a migration came into the history. */
export const Outcome = {
    Applied: "APPLIED",
    /** By the tool itself, outside the pipeline. */
    Adopted: "ADOPTED",
    /** Its author declared that it has run. */
    Declared: "DECLARED",
} as const;

/** The pipeline's own history of a tool that keeps another one itself. */
export const ledger: KeptTable = { name: pipelineHistory.name, columns: pipelineHistory.columns };

/** A migration, as the history has it. */
export interface Recorded {
    id: string;
    file: string;
    checksum: string | null;
}

const author = "aurora-pipeline";

/** A row of it. */
export interface Entry {
    id: string;
    author: string;
    file: string;
    position: number;
    checksum: string | null;
    tag: string | null;
    /** It marks a release. */
    internal: boolean;
}

/** In its order. */
export function entriesIn(rows: Record<string, string | null>[]): Entry[] {
    const entries = rows.map((row) => ({
        ...{ id: row["id"] ?? "", author: row["author"] ?? "", file: row["file"] ?? "", tag: row["tag"] ?? null },
        position: Number(row["position"] ?? 0),
        checksum: row["checksum"] ?? null,
        internal: row["file"] === pipelineHistory.markFile,
    }));
    return entries.sort((one, other) => one.position - other.position);
}

export function nextPosition(entries: Entry[]): number {
    return Math.max(0, ...entries.map(({ position }) => position)) + 1;
}

/** The row for a migration. */
export function rowFor({ id, file, checksum }: Recorded, tool: string, position: number, outcome: string): RowChange {
    const row: KeptRow = {
        ...{ id, author: tool, file, ran_at: now, position, outcome },
        ...{ checksum, tag: null, note: null },
    };
    return { table: ledger, insert: row };
}

export function forget(id: string, tool: string): RowChange {
    return { table: ledger, remove: { id, author: tool } };
}

export function markRow(tag: string, position: number): RowChange {
    const row = {
        ...{ id: tag, author, file: pipelineHistory.markFile, ran_at: now, position },
        ...{ outcome: Outcome.Applied, checksum: null, tag, note: null },
    };
    return { table: ledger, insert: row };
}

/** Brings it in line with the tool's own history, in its order, which people may have changed with the tool itself. */
export function adoption(entries: Entry[], applied: readonly Recorded[], tool: string): RowChange[] {
    const known = new Set(entries.filter(({ internal }) => !internal).map(({ id }) => id));
    const ran = new Set(applied.map(({ id }) => id));
    const position = nextPosition(entries);
    return [
        ...[...known].filter((id) => !ran.has(id)).map((id) => forget(id, tool)),
        ...applied
            .filter(({ id }) => !known.has(id))
            .map((one, index) => rowFor(one, tool, position + index, Outcome.Adopted)),
    ];
}

/**
 * What a rollback to the tag undoes, the last one first: what ran after it, and what the tool itself has run since.
 * `applied`: ids in the order of the tool's own history.
 */
export function undoneBy(tag: string, entries: Entry[], applied: readonly string[]): { id: string; file?: string }[] {
    const tagged = entries.findLastIndex((entry) => entry.tag?.toLowerCase() === tag.toLowerCase());
    const known = new Set(entries.filter(({ internal }) => !internal).map(({ id }) => id));
    const since = applied.filter((id) => !known.has(id)).map((id) => ({ id }));
    return [...entries.slice(tagged + 1).filter(({ internal }) => !internal), ...since].reverse();
}
