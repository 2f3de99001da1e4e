import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { steps } from "../changelog";
import { type Bench, changesetsIn } from "../bench";

const impatient = { LOCK_TIMEOUT_MILLISECONDS: "150" };

/** Another session locks a table for a while, shorter or longer than the deployment tries. */
export async function heldLock(bench: Bench, rounds: number): Promise<string> {
    const { random, delivery } = bench;
    let [retried, retries, gaveUp] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
        const { parts, tables, modes } = bench.changelog.contended;
        const project = await bench.project(parts);
        const before = await bench.state(project);

        const tooLong = round % 3 === 2;
        const other = await delivery.server.administrate(project.database);
        await other.query("BEGIN");
        await other.query(`LOCK TABLE ${random.pick(tables)} IN ${random.pick(modes)} MODE`);
        let failed = () => {};
        const firstFailure = new Promise<void>((resolve) => (failed = resolve));
        const building = project.build("deploy", {
            environment: { ...impatient, LOCK_RETRY_BUDGET_SECONDS: tooLong ? "1" : "60" },
            onStart: (child, output) => {
                const watch = setInterval(() => {
                    if (/did not get its locks/.test(output())) {
                        clearInterval(watch);
                        failed();
                    }
                }, 20);
                child.on("close", () => clearInterval(watch));
            },
        });
        if (!tooLong) {
            // It was refused at least once; from then on it waits as long as chance has it.
            await Promise.race([firstFailure, building]);
            await sleep(random.between(0, 2000));
            await other.query("ROLLBACK");
        }
        const { code, output } = await building;
        assert.equal(code, tooLong ? 1 : 0, output);
        const { retries: recorded } = project.deployment();
        if (tooLong) {
            await other.query("ROLLBACK");
            assert.match(output, /did not get its locks in \d+ attempts; giving up/);
            assert.match(output, /lock timeout/);
            await bench.assertSame(project, before);
            await bench.assertFree(project);
            gaveUp += 1;
            project.nextExecution();
            await bench.succeed(project, "deploy");
        } else {
            retried += 1;
        }
        assert.ok(recorded.length > 0 && recorded.every(({ sqlState }) => sqlState === "55P03"), output);
        retries += recorded.length;
        await other.end();
        await bench.assertWhole(project);
    }
    return `${retried} waited for the lock, ${gaveUp} gave up and were undone; ${retries} attempts made again`;
}

/** Two deployers of the same changelog at once, one a little later than the other, to a new database or a used one. */
export async function twoDeployers(bench: Bench, rounds: number): Promise<string> {
    const { random, delivery } = bench;
    let waited = 0;
    for (let round = 0; round < rounds; round++) {
        const there = round % 2 === 0 ? 0 : random.pick(bench.changelog.beginnings);
        const one = await bench.project(there);
        const before = there === 0 ? [] : await changesetsIn(one);
        const other = delivery.source(one.database, `${one.database}-other`);
        bench.changelog.write(other);
        other.nextExecution(50);
        const first = bench.succeed(one, "deploy");
        await sleep(random.between(0, 1500));
        const results = await Promise.all([first, bench.succeed(other, "deploy")]);
        waited += results.filter(({ output }) => /Waiting for release-/.test(output)).length;
        const applied = [one, other].flatMap((project) => project.deployment().changesets.map(({ id }) => id));
        await bench.assertWhole(one);
        assert.deepEqual(applied, (await changesetsIn(one)).slice(before.length), "applied by both together");
    }
    return `${rounds} rounds, one waited for the other in ${waited}`;
}

/**
 * An index is built concurrently while an old snapshot is open, which makes the build wait; and a second deployment
 * waits for that one, without a snapshot of its own, or the two would wait for each other.
 */
export async function oldSnapshot(bench: Bench, rounds: number): Promise<string> {
    const { random, delivery } = bench;
    const enough = 10;
    let looks = 0;
    for (let round = 0; round < rounds; round++) {
        const project = await bench.project(2);
        const reader = await delivery.server.administrate(project.database);
        await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        await reader.query("SELECT count(*) FROM counter");

        const building = bench.succeed(project, "deploy", { environment: impatient });
        const observer = await delivery.server.administrate();
        const waits = async () =>
            (
                await observer.query(
                    `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'virtualxid'
                        AND query LIKE 'CREATE INDEX CONCURRENTLY%'`,
                    [project.database],
                )
            ).rowCount === 1;
        for (const deadline = Date.now() + 30_000; !(await waits()); await sleep(20)) {
            assert.ok(Date.now() < deadline, "the index build does not wait for the snapshot");
        }
        const second = delivery.source(project.database, `${project.database}-second`);
        second.changelog(...steps.map(({ text }) => text));
        const secondRelease = second.nextExecution(50);
        const waiting = bench.succeed(second, "deploy");
        const until = Date.now() + random.between(2500, 4000);
        // On a busy machine the second one takes its time to come.
        while (Date.now() < until || (looks < enough * (round + 1) && Date.now() < until + 30_000)) {
            const { rows } = await observer.query<{ state: string; xmin: string | null; xid: string | null }>(
                `SELECT state, backend_xmin::text AS xmin, backend_xid::text AS xid FROM pg_stat_activity
                  WHERE datname = $1 AND application_name = $2 AND state <> 'active'`,
                [project.database, secondRelease],
            );
            for (const { state, xmin, xid } of rows) {
                assert.deepEqual({ state, xmin, xid }, { state: "idle", xmin: null, xid: null });
                looks += 1;
            }
            await sleep(25);
        }
        assert.ok(await waits(), "the index build was cut off");
        await reader.query("COMMIT");
        await reader.end();
        const [first, later] = await Promise.all([building, waiting]);
        await observer.end();
        assert.doesNotMatch(first.output, /did not get its locks/);
        assert.match(later.output, /Waiting for release-[\s\S]*Nothing pending/);
        await bench.assertWhole(project);
    }
    assert.ok(looks >= enough * rounds, `the waiting deployment was seen ${looks} times only`);
    return `${rounds} builds waited and came through; the waiting deployment was looked at ${looks} times and never held a snapshot`;
}
