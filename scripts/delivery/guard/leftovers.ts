import { count, keyOf } from "../changesets";
import { Context } from "../context";
import { changesOf } from "../database/history";
import { Database } from "../database/database";
import type { PlannedChange } from "../plan/model";
import type { Guarded } from "./guarded";
import { concurrentBuilds, dropIndexes, invalidIndexes, leftBehind } from "./indexes";
import { describeOwner, releaseIn } from "./owner";

/**
 * Clears away what runs that died or could not be undone left where a changeset builds an index concurrently. Nothing
 * else outlives a dead run: what runs in a transaction is there with its record, or not at all.
 */
export async function clearLeftovers(
    { settings, log }: Context,
    { keeper, lock }: Guarded,
    pending: PlannedChange[],
): Promise<void> {
    const { dead } = lock;
    if (dead !== undefined) {
        const release = releaseIn(dead.lockedBy);
        const history = await Database.with(settings, (database) => database.history());
        const tagged = history.findLastIndex(({ tag }) => tag === release);
        const applied = release === undefined || tagged === -1 ? [] : changesOf(history.slice(tagged + 1));
        if (applied.length > 0) {
            log(`${release} had applied ${count(applied.length, "changeset")} before it died; they stay.`);
        }
    }
    for (const change of pending.filter(({ runInTransaction, again }) => !runInTransaction && !again)) {
        // Of a dead run only the first one can have been built to its end without being recorded.
        const unrecorded = dead !== undefined && change === pending[0];
        const found = await leftBehind(keeper, concurrentBuilds(change), unrecorded);
        for (const { name, valid } of found) {
            const why = valid
                ? `it is whole, but ${describeOwner(dead!)} died before it was recorded`
                : "it is invalid";
            log(`Dropping the index ${name}, which ${keyOf(change)} builds anew: ${why}.`);
        }
        await dropIndexes(keeper, found);
    }
    if (dead !== undefined) {
        for (const { name } of await invalidIndexes(keeper)) {
            log(`Warning: the index ${name} is invalid; rebuild it (REINDEX INDEX CONCURRENTLY) or drop it.`);
        }
    }
}
