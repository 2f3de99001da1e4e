import * as assert from "node:assert/strict";
import { type Bench, changesetsIn, killAll } from "../bench";
import { crashServer } from "./server";

// Faults at any moment of a deployment whose statements are as quick as they are in real life: whether they strike in one,
// between two or after the last, chance decides.

/** How many changesets were in the database when a fault struck, and how often. */
class Moments {
    private readonly applied: number[] = [];

    constructor(private readonly size: number) {}

    note(applied: number): void {
        this.applied.push(applied);
    }

    summary(): string {
        const part = this.applied.filter((applied) => applied > 0 && applied < this.size).length;
        const none = this.applied.filter((applied) => applied === 0).length;
        const all = this.applied.length - part - none;
        return `${none} before the first of ${this.size} changesets, ${part} between, ${all} after the last`;
    }
}

/** Kills deployments, until it was done often enough; the next run must make it whole. */
export async function killedAnywhere(bench: Bench, kills: number): Promise<string> {
    const moments = new Moments(bench.size);
    let [rounds, struck, released] = [0, 0, 0];
    while (struck < kills) {
        rounds += 1;
        assert.ok(rounds <= 3 * kills + 10, `${struck} kills in ${rounds} rounds: the deployment is too short`);
        const project = await bench.project();
        const wholeMachine = bench.random.next() < 0.5;
        const killed = await bench.strikeAnywhere(project, (child) =>
            wholeMachine ? killAll(child) : void child.kill("SIGKILL"),
        );
        if (killed.signal === "SIGKILL") {
            struck += 1;
            moments.note((await changesetsIn(project)).length);
        }
        if (bench.random.next() < 0.7) project.nextExecution();
        const { output } = await bench.succeed(project, "deploy");
        released += /Released the lock of a run that ended without releasing it/.test(output) ? 1 : 0;
        await bench.assertWhole(project);
    }
    return `${struck} kills in ${rounds} rounds (${moments.summary()}); ${released} locks released`;
}

/** Cuts all connections of a deployment; it must go back or be through, and the next run must make it whole. */
export async function cutAnywhere(bench: Bench, rounds: number): Promise<string> {
    const { delivery } = bench;
    return disturb(bench, rounds, async (database) => {
        const administrator = await delivery.server.administrate();
        await administrator.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
            [database],
        );
        await administrator.end();
    });
}

/** Restarts the server under a deployment, in order or by a crash. */
export async function restartedAnywhere(bench: Bench, rounds: number): Promise<string> {
    const { random, delivery } = bench;
    return disturb(bench, rounds, (database) =>
        random.next() < 0.5 ? crashServer(bench, database) : delivery.server.restart(random.between(0, 1500)),
    );
}

async function disturb(bench: Bench, rounds: number, fault: (database: string) => Promise<void>): Promise<string> {
    let [struck, undone, through] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
        const project = await bench.project();
        const result = await bench.strikeAnywhere(project, () => fault(project.database));
        struck += result.struck ? 1 : 0;
        if (result.code === 0) {
            through += 1;
            await bench.assertWhole(project);
        } else {
            assert.match(result.output, /The database is as it was before/, result.output);
            assert.deepEqual(await changesetsIn(project), []);
            undone += 1;
        }
        await bench.assertFree(project);
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
    }
    return `${struck} of ${rounds} struck; ${undone} undone by themselves, ${through} came through`;
}
