import { type ChangesetName, keyOf } from "../changesets";
import type { HistoryRow } from "../history";
import type { HistoryRecord, HistoryTable } from "../tracking";

/**
 * Of the rows that later deployments have noted, the earliest of each changeset that was undone, if it ran before the release
 * of the tag: undoing that release restores its earlier form. What was created after the tag is gone.
 */
export function rowsBefore(
    tag: string,
    noted: HistoryRecord[],
    { history, undone, holds }: { history: HistoryRow[]; undone: ChangesetName[] } & Pick<HistoryTable, "holds">,
): HistoryRecord[] {
    const tagged = history.findLast((row) => row.tag?.toLowerCase() === tag.toLowerCase());
    const keys = new Set(undone.map(keyOf));
    const found = new Map<string, HistoryRecord>();
    for (const row of noted) {
        const [id, author, file] = [holds.id, holds.author, holds.file].map((column) => String(row[column]));
        const key = keyOf({ id: id!, author: author!, file: file! });
        if (keys.has(key) && !found.has(key) && tagged !== undefined && Number(row[holds.order]) < tagged.order) {
            found.set(key, row);
        }
    }
    return [...found.values()];
}
