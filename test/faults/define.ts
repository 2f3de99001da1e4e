import { Bench } from "./bench";
import { Random } from "./random";
import { failedReleases, killedAtTheRecord, leftIndexes } from "./scenarios/changes";
import { cutConnections, killedDeployments, killedRollbacks } from "./scenarios/clients";
import { heldLock, oldSnapshot, twoDeployers } from "./scenarios/locks";
import { fullDisk, restartedServer } from "./scenarios/server";

/** How often each fault strikes. */
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
}

/**
 * Faults for real, each at moments that a seed decides. After every one: nothing lost, nothing applied twice, the lock
 * free, and the next run succeeds.
 */
export function defineFaults(rounds: Rounds): void {
    const random = Random.fromEnvironment();
    describe(`a deployment survives (FAULT_SEED=${random.seed})`, () => {
        let bench: Bench;
        const told: string[] = [];
        before(async () => {
            bench = await Bench.start(random);
        });
        after(async () => {
            await bench?.dispose();
            console.log(told.map((line) => `      ${line}`).join("\n"));
        });

        /** Not at all with no rounds. */
        function fault(title: string, times: number, run: (bench: Bench, times: number) => Promise<string>): void {
            if (times === 0) return;
            it(title, async () => {
                const started = Date.now();
                told.push(`${title}: ${await run(bench, times)} (${Math.round((Date.now() - started) / 1000)} s)`);
            });
        }

        fault("the death of its client in the midst of a statement", rounds.kills, killedDeployments);
        fault("the death of its client between a change and its record", rounds.recordKills, killedAtTheRecord);
        fault("the death of a rollback in the midst of a statement", rounds.rollbackKills, killedRollbacks);
        fault("an index that a dead run left", rounds.leftIndexes, leftIndexes);
        fault("a connection that is cut", rounds.cuts, cutConnections);
        fault("a server that restarts", rounds.restarts, restartedServer);
        fault("a lock that somebody else holds", rounds.heldLocks, heldLock);
        fault("another deployer at the same time", rounds.deployers, twoDeployers);
        fault("an old snapshot beside a concurrent index build", rounds.snapshots, oldSnapshot);
        fault("a last changeset that fails", rounds.failures, (on, times) => failedReleases(on, times, "changeset"));
        fault("a verification that lies", rounds.failures, (on, times) => failedReleases(on, times, "check"));
        it("a disk that is full", async function () {
            const result = await fullDisk(bench, rounds.fullDisks);
            if (typeof result !== "string") {
                told.push(`a disk that is full: skipped, this machine mounts none (${result.skipped})`);
                this.skip();
            }
            told.push(`a disk that is full: ${result}`);
        });
    });
}
