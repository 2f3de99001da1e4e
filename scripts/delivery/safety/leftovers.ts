import { type ChangesetName, count } from "../changesets";
import { Context } from "../context";
import { releaseIn } from "../engines/lockOwner";
import type { LockSession, PendingSql } from "../engines/session";
import { changesOf } from "../history";
import { readHistory } from "./history";

/** Removes what dead or failed runs left of the pending changesets; returns those that they completed, now recorded. */
export async function clearLeftovers(
    context: Context,
    { lock, leftovers }: LockSession,
    pending: PendingSql[],
): Promise<ChangesetName[]> {
    const { dead } = lock;
    if (dead !== undefined) {
        const release = releaseIn(dead.lockedBy);
        const history = await readHistory(context);
        const tagged = history.findLastIndex(({ tag }) => tag === release);
        const applied = release === undefined || tagged === -1 ? [] : changesOf(history.slice(tagged + 1));
        if (applied.length > 0) {
            context.log(
                `${release} was interrupted after it applied ${count(applied.length, "changeset")}, which are kept.`,
            );
        }
    }
    return leftovers.clear(pending);
}
