import { type ChangesetName, count, keyOf } from "../../delivery/changesets";
import { changesOf, type HistoryRow, rowsAfter } from "../../delivery/history";
import type { ChangelogVersion } from "./changelog";

/** The inputs that decide which applied changesets are undone. */
export interface Versions {
    /** What has run in the database, in order. */
    history: HistoryRow[];
    /** The changelog that the database last ran: only its changesets can be undone. */
    deployed: ChangelogVersion;
    /** The changelog of the last commit: its changesets are never undone. */
    committed: ChangelogVersion;
}

/** Changesets that were applied while pending and are no longer in any file. */
export function removed({ history, deployed, committed }: Versions, worktree: ChangelogVersion): HistoryRow[] {
    // A file that is temporarily broken has not lost its changesets.
    if (!isKnownBeside(worktree, deployed) || !isKnownBeside(committed, deployed)) return [];
    return changesOf(history).filter((row) => {
        const key = keyOf(row);
        return deployed.changesets.has(key) && !worktree.changesets.has(key) && !committed.changesets.has(key);
    });
}

/** Whether there are pending changesets that are not in the last commit. */
export function isPending({ history, committed }: Versions, worktree: ChangelogVersion): boolean {
    const applied = new Set(history.map(keyOf));
    return [...worktree.changesets].some((key) => !committed.changesets.has(key) && !applied.has(key));
}

/** Whether the last commit has changesets that have not run in the database. */
export function isBehind({ history, committed }: Versions): boolean {
    const applied = new Set(history.map(keyOf));
    return [...committed.changesets].some((key) => !applied.has(key));
}

export type Undo =
    | { kind: "undo"; tag: string; changesets: ChangesetName[] }
    /** Why it must not be undone, as the end of a sentence. */
    | { kind: "refusal"; committed: boolean; why: string };

/**
 * How to undo changesets: roll back the newest release that contains all of them, with everything after it. Changesets
 * of the last commit are never undone, except those that have run again since (runOnChange, runAlways): they run once
 * more with the next deployment.
 */
export function undoOf({ history, deployed, committed }: Versions, wanted: readonly ChangesetName[]): Undo {
    const keys = new Set(wanted.map(keyOf));
    const inCommit = wanted.filter((changeset) => isCommitted(committed, deployed, changeset));
    if (inCommit.length > 0) return refusal(`the last commit contains ${names(inCommit)}`, true);
    const first = history.findIndex((row) => keys.has(keyOf(row)));
    const tag = history.slice(0, Math.max(first, 0)).findLast((row) => row.tag !== null)?.tag;
    if (!tag) return refusal("there is no earlier release tag in the database's history");
    const after = changesOf(rowsAfter(tag, history));
    const kept = after.filter((row) => row.outcome !== "RERAN" && isCommitted(committed, deployed, row));
    if (kept.length > 0) return refusal(`${names(kept)} would be undone too, which the last commit contains`);
    const strange = after.filter((row) => !deployed.changesets.has(keyOf(row)));
    if (strange.length > 0) return refusal(`no local run has recorded the rollback of ${names(strange)}`);
    const lacking = after.filter((row) => deployed.irreversible.has(keyOf(row)));
    if (lacking.length > 0) return refusal(`${names(lacking)} has no rollback`);
    return { kind: "undo", tag, changesets: after };
}

/** Whether a commit contains a changeset. If its changelog cannot be read, it may contain any. */
function isCommitted(committed: ChangelogVersion, deployed: ChangelogVersion, changeset: ChangesetName): boolean {
    return committed.changesets.has(keyOf(changeset)) || !isKnownBeside(committed, deployed);
}

/** Whether one version is as completely known as another. */
function isKnownBeside(version: ChangelogVersion, other: ChangelogVersion): boolean {
    return [...version.unread].every((file) => other.unread.has(file));
}

function refusal(why: string, committed = false): Undo {
    return { kind: "refusal", committed, why };
}

/** The first of them, and the number of the others. */
function names(changesets: readonly ChangesetName[]): string {
    const [first, ...others] = changesets;
    const more = others.length === 0 ? "" : ` and ${count(others.length, "other changeset")}`;
    return `${keyOf(first!)}${more}`;
}
