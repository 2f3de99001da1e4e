import { count, keyOf } from "../changesets";
import { Context } from "../context";
import { changesOf } from "../database/history";
import { Database } from "../database/database";
import type { PlannedChange } from "../plan/model";
import type { Guarded } from "./guarded";
import { concurrentBuilds, dropIndexes, indexesBefore, invalidIndexes, leftBehind } from "./indexes";
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
        const lookForWhole = dead !== undefined && change === pending[0];
        const found = await leftBehind(keeper, await concurrentBuilds(change), lookForWhole);
        const whole = found.filter(({ valid }) => valid);
        const release = dead && releaseIn(dead.lockedBy);
        const before = whole.length > 0 && release ? await indexesBefore(keeper, release) : undefined;
        const kept = whole.filter(({ name }) => before === undefined || before.includes(name));
        for (const { name } of kept) {
            log(
                `The index ${name} stays: nothing shows that ${describeOwner(dead!)} built it. ${keyOf(change)} builds one of that name. If it is that index, guard the changeset with a precondition that marks it as run (onFail:MARK_RAN); otherwise drop it: DROP INDEX CONCURRENTLY ${name}.`,
            );
        }
        const dropped = found.filter((index) => !kept.includes(index));
        for (const { name, valid } of dropped) {
            const why = valid
                ? `it is whole, but ${describeOwner(dead!)} built it and died before it was recorded`
                : "it is invalid";
            log(`Dropping the index ${name}, which ${keyOf(change)} builds anew: ${why}.`);
        }
        await dropIndexes(keeper, dropped);
    }
    if (dead !== undefined) {
        for (const { name } of await invalidIndexes(keeper)) {
            log(`Warning: the index ${name} is invalid; rebuild it (REINDEX INDEX CONCURRENTLY) or drop it.`);
        }
    }
}
