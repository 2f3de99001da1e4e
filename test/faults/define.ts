import type { ThrowawayServer } from "../../scripts/check/throwaway";
import { Delivery } from "../support/delivery";
import { FailoverPair } from "../support/failover";
import { Bench } from "./bench";
import type { Changelog } from "./changelogs/changelog";
import { flowable } from "./changelogs/flowable";
import { own } from "./changelogs/own";
import { sample } from "./changelogs/sample";
import { Random } from "./random";
import { cutAnywhere, killedAnywhere, restartedAnywhere } from "./scenarios/anywhere";
import { failedReleases, killedAtTheRecord, leftIndexes } from "./scenarios/changes";
import { cutConnections, killedDeployments, killedRollbacks } from "./scenarios/clients";
import { heldLock, oldSnapshot, twoDeployers } from "./scenarios/locks";
import { fullDisk, restartedServer } from "./scenarios/server";
import { failovers } from "./scenarios/failover";
import { holesAnywhere } from "./scenarios/holes";
import { blackHoles, goneWithinAMinute, halfOpen, lateAnswers } from "./scenarios/vanished";

/** How often each fault strikes the changelog that was written for it, at chosen moments. */
export interface Rounds {
    kills: number;
    rollbackKills: number;
    leftIndexes: number;
    cuts: number;
    restarts: number;
    heldLocks: number;
    deployers: number;
    snapshots: number;
    fullDisks: number;
    failures: number;
    recordKills: number;
    blackHoles: number;
    /** In a build of any action, at any moment. */
    holesAnywhere: number;
    halfOpen: number;
    lateAnswers: number;
    gone: number;
}

/** How often the writer fails over, under the changelog that was written for faults. */
export interface FailoverRounds {
    failovers: number;
}

/** How often each fault strikes a changelog that was not, at any moment. */
export interface RoundsAnywhere {
    kills: number;
    cuts: number;
    restarts: number;
    heldLocks: number;
    deployers: number;
    failures: number;
}

export interface FaultRounds {
    own: Rounds;
    sample: RoundsAnywhere;
    flowable: RoundsAnywhere;
    pair: FailoverRounds;
}

type Scenario = (bench: Bench, times: number) => Promise<string>;

/**
 * Faults for real, each at moments that a seed decides. After every one: nothing lost, nothing applied twice, the lock
 * free, and the next run succeeds; and the database is what a deployment leaves that nothing disturbs.
 */
export function defineFaults(rounds: FaultRounds): void {
    const random = Random.fromEnvironment();
    describe(`a deployment (FAULT_SEED=${random.seed})`, () => {
        let delivery: Delivery;
        const told: string[] = [];
        before(async () => {
            delivery = await Delivery.start();
        });
        after(async () => {
            await delivery?.dispose();
            console.log(told.map((line) => `      ${line}`).join("\n"));
        });

        function group(
            title: string,
            changelog: () => Changelog | Promise<Changelog>,
            define: (fault: Fault) => void,
            startServer?: () => Promise<ThrowawayServer>,
        ) {
            describe(title, () => {
                let bench: Bench;
                let itsOwn: Delivery | undefined;
                before(async () => {
                    itsOwn = startServer && (await Delivery.start({ startServer }));
                    bench = await Bench.start(itsOwn ?? delivery, random, await changelog());
                    told.push(`${title} (${bench.size} changesets)`);
                });
                after(() => itsOwn?.dispose());
                define((fault, times, run) => {
                    // Not at all with no rounds.
                    if (times === 0) return;
                    it(fault, async function () {
                        const started = Date.now();
                        const result = await run(bench, times);
                        if (typeof result !== "string") {
                            told.push(`  ${fault}: skipped (${result.skipped})`);
                            this.skip();
                        }
                        told.push(`  ${fault}: ${result} (${Math.round((Date.now() - started) / 1000)} s)`);
                    });
                });
            });
        }

        group(
            "of a changelog for faults survives",
            () => own,
            (fault) => defineOwn(fault, rounds.own),
        );
        group(
            "of the sample schema survives",
            () => sample,
            (fault) => defineAnywhere(fault, rounds.sample),
        );
        group("of Flowable's changelog survives", flowable, (fault) => defineAnywhere(fault, rounds.flowable));
        group(
            "to two servers in replication survives",
            () => own,
            (fault) => fault("a failover", rounds.pair.failovers, failovers),
            () => FailoverPair.start(),
        );
    });
}

type Fault = (
    title: string,
    times: number,
    run: (bench: Bench, times: number) => Promise<string | { skipped: string }>,
) => void;

function defineOwn(fault: Fault, rounds: Rounds): void {
    fault("the death of its client in the midst of a statement", rounds.kills, killedDeployments);
    fault("the death of its client between a change and its record", rounds.recordKills, killedAtTheRecord);
    fault("the death of a rollback in the midst of a statement", rounds.rollbackKills, killedRollbacks);
    fault("an index that a dead run left", rounds.leftIndexes, leftIndexes);
    fault("a connection that is cut", rounds.cuts, cutConnections);
    fault("a server that restarts", rounds.restarts, restartedServer);
    fault("a lock that somebody else holds", rounds.heldLocks, heldLock);
    fault("another deployer at the same time", rounds.deployers, twoDeployers);
    fault("an old snapshot beside a concurrent index build", rounds.snapshots, oldSnapshot);
    fault("a last changeset that fails", rounds.failures, failsAtTheChangeset);
    fault("a verification that fails although the data is correct", rounds.failures, (bench, times) =>
        failedReleases(bench, times, "check"),
    );
    fault("a network that swallows everything", rounds.blackHoles, blackHoles);
    fault("a network that swallows something in any action", rounds.holesAnywhere, holesAnywhere);
    fault("connections that are half-open", rounds.halfOpen, halfOpen);
    fault("a server that answers after 40 s", rounds.lateAnswers, lateAnswers);
    fault("a server that is gone, and ends within a minute", rounds.gone, goneWithinAMinute);
    fault("a disk that is full", rounds.fullDisks, fullDisk);
}

function defineAnywhere(fault: Fault, rounds: RoundsAnywhere): void {
    fault("the death of its client at any moment", rounds.kills, killedAnywhere);
    fault("connections that are cut at any moment", rounds.cuts, cutAnywhere);
    fault("a server that restarts at any moment", rounds.restarts, restartedAnywhere);
    fault("a lock that somebody else holds", rounds.heldLocks, heldLock);
    fault("another deployer at the same time", rounds.deployers, twoDeployers);
    fault("a last changeset that fails", rounds.failures, failsAtTheChangeset);
}

const failsAtTheChangeset: Scenario = (bench, times) => failedReleases(bench, times, "changeset");
