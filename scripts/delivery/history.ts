import { count } from "./changesets";
import { undoErrors } from "./errors";

/** A row of a migration tool's history. */
export interface HistoryRow {
    id: string;
    author: string;
    file: string;
    /** Distinguishes a changeset that ran again from its earlier run. */
    order: number;
    /** Its outcome, in the tool's own term. */
    outcome: string;
    tag: string | null;
    /** Date and time, as the database writes them. */
    ranAt?: string;
    /** Whether the row belongs to the tool or the pipeline, not to a user's change. */
    internal: boolean;
}

/** Rows of the user's changes. */
export function changesOf(history: HistoryRow[]): HistoryRow[] {
    return history.filter(({ internal }) => !internal);
}

/** A tag, and the changes after it until the next one. */
export interface Release {
    tag: string;
    /** Date and time, as the database writes them. */
    at?: string;
    changes: HistoryRow[];
}

/** The newest first. */
export function releasesIn(history: HistoryRow[]): Release[] {
    const releases: Release[] = [];
    for (const row of history) {
        if (!row.internal) releases.at(-1)?.changes.push(row);
        if (row.tag) releases.push({ tag: row.tag, at: row.ranAt, changes: [] });
    }
    return releases.reverse();
}

/** In a line: `release-… (2026-11-30 09:15, 3 changesets)`. */
export function releaseLine({ tag, at, changes }: Release): string {
    const facts = [...(at === undefined ? [] : [at.slice(0, 16)]), count(changes.length, "changeset")];
    return `${tag} (${facts.join(", ")})`;
}

/** The number of releases that a message lists. */
const mostReleases = 10;

/** The rows after the newest one with this tag. */
export function rowsAfter(tag: string, history: HistoryRow[]): HistoryRow[] {
    const tagged = history.findLastIndex((row) => row.tag?.toLowerCase() === tag.toLowerCase());
    if (tagged === -1) {
        const releases = releasesIn(history);
        const undoable = releases.filter(({ changes }) => changes.length > 0);
        const known = (undoable.length > 0 ? undoable : releases).slice(0, mostReleases).map(releaseLine);
        throw known.length > 0 ? new undoErrors.TagUnknown({ tag, known }) : new undoErrors.NoTag({ tag });
    }
    return history.slice(tagged + 1);
}
