import { keyOf } from "../../../changesets";
import { messageOf } from "../../../errors";
import type { Settings } from "../../../settings";
import { describeOwner, releaseIn } from "../../lockOwner";
import type { DeploymentLock, Leftovers, PendingSql, ReleaseLeftovers } from "../../session";
import { isTransient } from "../errors";
import { countStatements } from "../sql/read";
import { BuildWatch } from "./buildWatch";
import {
    builtBy,
    type ConcurrentBuild,
    concurrentBuilds,
    dropIndexes,
    invalidIndexes,
    leftBehind,
    noteBuilding,
} from "./indexes";
import type { Keeper } from "./keeper";

type Log = (line: string) => void;

/**
 * What dead or failed runs left behind where a changeset builds an index concurrently. Nothing else survives a dead
 * run: transactional changes exist together with their record, or not at all.
 */
export class IndexLeftovers implements Leftovers {
    constructor(
        private readonly settings: Settings,
        private readonly keeper: Keeper,
        private readonly lock: Pick<DeploymentLock, "dead">,
        private readonly log: Log,
    ) {}

    /** What is not transactional is followed while it runs: {@link ReleaseIndexes.follow}. */
    note(): Promise<void> {
        return Promise.resolve();
    }

    /** An undo is one transaction with its record. */
    finishUndo(): Promise<undefined> {
        return Promise.resolve(undefined);
    }

    async clear(pending: PendingSql[]): Promise<[]> {
        const { keeper, log } = this;
        const { dead } = this.lock;
        const { tool, markUnmet } = keeper.tracking;
        for (const change of pending.filter(({ runInTransaction, again }) => !runInTransaction && !again)) {
            // In a dead run, only the first pending changeset can have been completed without being recorded.
            const lookForWhole = dead !== undefined && change === pending[0];
            const found = await leftBehind(keeper, await concurrentBuilds(change), lookForWhole);
            const whole = found.filter(({ valid }) => valid);
            const release = dead && releaseIn(dead.lockedBy);
            const built = whole.length > 0 && release ? await builtBy(keeper, release) : [];
            // Others may have built it before that release, or after it: their work is never dropped.
            const kept = whole.filter(({ oid }) => !built.includes(oid));
            for (const { name } of kept) {
                log(
                    `The index ${name} is kept: there is no evidence that ${describeOwner(dead!, tool)} built it. ${keyOf(change)} builds an index with this name. If it is the same index, guard the changeset with a precondition that marks it as run (${markUnmet}); otherwise drop it: DROP INDEX CONCURRENTLY ${name}.`,
                );
            }
            const dropped = found.filter((index) => !kept.includes(index));
            for (const { name, valid } of dropped) {
                const why = valid
                    ? `it is complete, but ${describeOwner(dead!, tool)} built it and ended before recording it`
                    : "it is invalid";
                log(`Dropping the index ${name}, which ${keyOf(change)} rebuilds: ${why}.`);
            }
            await dropIndexes(keeper, dropped);
        }
        if (dead !== undefined) {
            for (const { name } of await invalidIndexes(keeper)) {
                log(`Warning: the index ${name} is invalid; rebuild it (REINDEX INDEX CONCURRENTLY) or drop it.`);
            }
        }
        return [];
    }

    async watch(): Promise<ReleaseLeftovers> {
        return new ReleaseIndexes(this.settings, this.keeper, await invalidIndexes(this.keeper), this.log);
    }

    /** They do nothing but build indexes concurrently: once those are dropped, nothing is left. */
    async clears({ sql }: PendingSql): Promise<boolean> {
        const all = await countStatements(sql);
        const named = (await concurrentBuilds({ sql })).filter(({ index }) => index !== undefined);
        return all > 0 && named.length === all;
    }
}

/** Indexes that a release built and left, as opposed to those that existed before. */
class ReleaseIndexes implements ReleaseLeftovers {
    /** OIDs of indexes that are not the release's. */
    private readonly theirs: Set<string>;
    private tag = "";
    private builds: ConcurrentBuild[] = [];
    private watch: BuildWatch | undefined;
    /** What is done for {@link follow}, one after the other. */
    private following: Promise<void> = Promise.resolve();
    private building = false;

    constructor(
        private readonly settings: Settings,
        private readonly keeper: Keeper,
        invalidBefore: { oid: string }[],
        private readonly log: Log,
    ) {
        this.theirs = new Set(invalidBefore.map(({ oid }) => oid));
    }

    async begin(tag: string, changes: PendingSql[]): Promise<void> {
        this.tag = tag;
        this.builds = (await Promise.all(changes.map(concurrentBuilds))).flat();
        const before = await leftBehind(this.keeper, this.builds, true);
        before.filter(({ valid }) => valid).forEach(({ oid }) => this.theirs.add(oid));
        await this.watchBuilds().catch((error) => this.warn(error));
    }

    follow(change?: PendingSql): void {
        // Without a connection nothing can be noted, and then nothing will be dropped.
        this.following = this.following.then(() => this.note(change)).catch(() => undefined);
    }

    private async note(change?: PendingSql): Promise<void> {
        const builds = change !== undefined && !change.runInTransaction && (await concurrentBuilds(change)).length > 0;
        if (builds === this.building) return;
        this.building = builds;
        await noteBuilding(this.keeper, this.tag, builds);
        // The server may have been away since the last one.
        if (builds) await this.watchBuilds();
    }

    private async watchBuilds(): Promise<void> {
        const { settings, keeper, tag, builds, theirs } = this;
        if (this.watch !== undefined || !builds.some(({ index }) => index !== undefined)) return;
        const watch = await BuildWatch.start(settings, keeper, { tag, builds, theirs: [...theirs] });
        this.watch = watch;
        watch.onceOver((error) => {
            if (this.watch !== watch) return;
            this.watch = undefined;
            // Others report a server that went away.
            if (!isTransient(error)) this.warn(error);
        });
    }

    private warn(error: unknown): void {
        this.log(
            `Warning: it is no longer noted which indexes this release builds concurrently: ${messageOf(error)}. If it dies, a complete index is not recognized as its own.`,
        );
    }

    async end(): Promise<void> {
        this.follow();
        await this.following;
        const { watch } = this;
        this.watch = undefined;
        await watch?.stop();
    }

    async drop(change: PendingSql, { whole = false } = {}): Promise<[]> {
        const found = await leftBehind(this.keeper, await concurrentBuilds(change), whole);
        const own = found.filter(({ oid }) => !this.theirs.has(oid));
        own.forEach(({ name, valid }) =>
            this.log(`  Dropping the ${valid ? "unrecorded" : "invalid"} index ${name} left by the failed attempt.`),
        );
        // For example on a full disk. The comparison after the undo names what stayed; the next run drops it.
        await dropIndexes(this.keeper, own).catch((error) =>
            this.log(`  It could not be dropped: ${messageOf(error)}`),
        );
        return [];
    }
}
