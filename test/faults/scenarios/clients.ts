import * as assert from "node:assert/strict";
import { steps } from "../changelog";
import { type Bench, killAll } from "../bench";

/** Kills deployments in the midst of a statement, until it was done often enough; the next run must make it whole. */
export async function killedDeployments(bench: Bench, kills: number): Promise<string> {
    const { random } = bench;
    const struckIn = new Map<string, number>();
    let [rounds, struck, released] = [0, 0, 0];
    while (struck < kills) {
        rounds += 1;
        assert.ok(rounds <= 3 * kills + 10, `${struck} kills in ${rounds} rounds: the statements are too short`);
        const project = await bench.project();
        // Each index build once in so many rounds, everything else by chance.
        const step = rounds % 4 === 0 ? steps[3]! : random.pick(steps);
        const wholeMachine = random.next() < 0.5;
        const killed = await bench.strike(project, "deploy", step, (child) =>
            wholeMachine ? killAll(child) : void child.kill("SIGKILL"),
        );
        if (killed.struck) {
            struck += 1;
            struckIn.set(step.id, (struckIn.get(step.id) ?? 0) + 1);
        }
        // CodeBuild tries a build again under the same release id; a new run of the pipeline has another.
        if (random.next() < 0.7) project.nextExecution();
        const { output } = await bench.succeed(project, "deploy");
        released += /Released the lock of a run that ended without releasing it/.test(output) ? 1 : 0;
        await bench.assertWhole(project);
    }
    assert.ok(released >= struck, `${struck} killed, but only ${released} locks were released`);
    const where = [...struckIn].map(([id, times]) => `${id} ${times}`).join(", ");
    return `${struck} kills in the midst of a statement (${where}) in ${rounds} rounds; ${released} locks released`;
}

/** Kills rollbacks in the midst of a statement; the next one must undo the rest, and nothing twice. */
export async function killedRollbacks(bench: Bench, kills: number): Promise<string> {
    let [rounds, struck] = [0, 0];
    while (struck < kills) {
        rounds += 1;
        assert.ok(rounds <= 3 * kills + 10, `${struck} kills in ${rounds} rounds: the statements are too short`);
        const project = await bench.project(1);
        const before = await bench.state(project);
        const ROLLBACK_TO = project.releaseId;
        await bench.succeed(project, "deploy");
        project.nextExecution();
        const { undoMarker, id } = bench.random.pick(steps.filter(({ undoMarker }) => undoMarker !== undefined));
        const milliseconds = id === "index" || id === "fill" ? 20 : 200;
        const environment = { ROLLBACK_TO };
        const killed = await bench.strike(project, "rollback", { marker: undoMarker!, milliseconds }, killAll, {
            environment,
        });
        struck += killed.struck ? 1 : 0;
        project.nextExecution();
        if (killed.signal === "SIGKILL") {
            const again = await project.build("rollback", { environment });
            // Killed after its last changeset, it had left nothing to undo.
            assert.ok(again.code === 0 || /Nothing to undo/.test(again.output), again.output);
        }
        assert.deepEqual(
            (await project.history()).filter((row) => !row.startsWith("[")),
            ["tables"],
        );
        await bench.assertSame(project, before);
        await bench.assertFree(project);
    }
    return `${struck} kills in the midst of a statement in ${rounds} rounds`;
}

/** Cuts connections, one of the build's or all of them; it must go back, and the next run must make it whole. */
export async function cutConnections(bench: Bench, rounds: number): Promise<string> {
    const { random } = bench;
    let [struck, undone] = [0, 0];
    for (let round = 0; round < rounds; round++) {
        const project = await bench.project();
        const step = random.pick(steps);
        const all = random.next() < 0.5;
        const administrator = await bench.delivery.server.administrate();
        const cut = await bench.strike(project, "deploy", step, async () => {
            await administrator.query(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = $1 AND ($2 OR position($3 IN query) > 0)`,
                [project.database, all, step.marker],
            );
        });
        await administrator.end();
        struck += cut.struck ? 1 : 0;
        if (cut.code !== 0) {
            assert.match(cut.output, /The database is as it was before/, cut.output);
            undone += 1;
            assert.deepEqual(
                (await project.history()).filter((row) => !row.startsWith("[")),
                [],
            );
            await bench.assertFree(project);
        }
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
    }
    return `${struck} of ${rounds} cut in the midst of a statement; ${undone} undone by themselves`;
}
