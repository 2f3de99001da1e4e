import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { steps } from "../changelog";
import { asRoot } from "../../support/asRoot";
import type { Project } from "../../support/delivery";
import type { Bench, State } from "../bench";

/** Restarts the server in the midst of an update, in order or by a crash. */
export async function restartedServer(bench: Bench, rounds: number): Promise<string> {
    const { random, delivery } = bench;
    let [struck, undone, crashes] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
        const project = await bench.project();
        const step = random.pick(steps);
        const crash = random.next() < 0.5;
        const pause = random.between(0, 1500);
        const result = await bench.strike(project, "deploy", step, () =>
            crash ? crashServer(bench, project.database) : delivery.server.restart(pause),
        );
        struck += result.struck ? 1 : 0;
        crashes += crash ? 1 : 0;
        if (result.code !== 0) {
            undone += /The database is as it was before/.test(result.output) ? 1 : 0;
            assert.match(result.output, /The database is as it was before/, result.output);
            await bench.assertFree(project);
        }
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
    }
    return `${struck} of ${rounds} in the midst of a statement (${crashes} of them crashes); ${undone} undone once the server was back`;
}

/** A backend that dies of a signal makes the server end all others and restart. */
export async function crashServer({ delivery }: Bench, database: string): Promise<void> {
    const administrator = await delivery.server.administrate();
    const { rows } = await administrator.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND pid <> pg_backend_pid()",
        [database],
    );
    for (const { pid } of rows.slice(0, 1)) {
        process.kill(pid, "SIGKILL");
    }
    await administrator.end().catch(() => {});
}

/** Fills the disk under a database; returns why not where this machine does not let one be mounted. */
export async function fullDisk(bench: Bench, rounds: number): Promise<{ skipped: string } | string> {
    const { random, delivery } = bench;
    const disk = fs.mkdtempSync(path.join(os.tmpdir(), "aurora-pipeline-disk-"));
    const administrator = await delivery.server.administrate();
    try {
        const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`;
        asRoot("mount", "-t", "tmpfs", "-o", `size=64m,mode=755,${owner}`, "tmpfs", disk);
    } catch (error) {
        fs.rmSync(disk, { recursive: true });
        await administrator.end();
        return { skipped: (error as { stderr?: Buffer }).stderr?.toString().trim() || (error as Error).message };
    }
    try {
        const space = path.join(disk, "space");
        const { rows } = await administrator.query<{ data: string }>("SHOW data_directory");
        const { uid, gid } = fs.statSync(Object.values(rows[0]!)[0]!);
        fs.mkdirSync(space, { mode: 0o700 });
        fs.chownSync(space, uid, gid);
        await administrator.query(`CREATE TABLESPACE small LOCATION '${space}'`);
        const struckIn = new Map<string, number>();
        let undone = 0;
        for (let round = 0; round < rounds; round++) {
            const project = await bench.project(2);
            await administrator.query(`ALTER DATABASE ${project.database} SET TABLESPACE small`);
            const before = await bench.state(project);
            const free = fs.statfsSync(disk);
            const ballast = path.join(disk, "ballast");
            // What is left is too little for the whole of it: the disk is full somewhere in between.
            const left = random.between(100_000, 9_000_000);
            fs.writeFileSync(ballast, Buffer.alloc(Math.floor(free.bavail * free.bsize - left)));
            const { code, output } = await project.build("deploy");
            if (code !== 0) {
                assert.match(output, /No space left on device|could not extend file/, output);
                const [, where = "?"] = /Failed changelog\.sql::(\w+)::/.exec(output) ?? [];
                struckIn.set(where, (struckIn.get(where) ?? 0) + 1);
                undone += await judgeUndo(bench, project, before, output);
            }
            fs.rmSync(ballast);
            project.nextExecution();
            await bench.succeed(project, "deploy");
            await bench.assertWhole(project);
            await bench.settle(project);
            await administrator.query(`DROP DATABASE ${project.database}`);
        }
        const full = [...struckIn.values()].reduce((sum, times) => sum + times, 0);
        assert.ok(full >= rounds / 2, `the disk was full in ${full} of ${rounds} rounds only`);
        const where = [...struckIn].map(([id, times]) => `${id} ${times}`).join(", ");
        return `full in ${full} of ${rounds} rounds (${where}); ${undone} undone with what space was left, the others said what remained`;
    } finally {
        await administrator.query("DROP TABLESPACE IF EXISTS small").catch(() => {});
        await administrator.end();
        asRoot("umount", "-l", disk);
        fs.rmSync(disk, { recursive: true });
    }
}

/** To undo takes space too: where there was none, the report names what remained, and the next run goes on from there. */
async function judgeUndo(bench: Bench, project: Project, before: State, output: string): Promise<number> {
    const applied = (await project.history()).filter((row) => !row.startsWith("[")).slice(2);
    const { remaining } = project.deployment();
    assert.deepEqual(
        remaining.map(({ id }) => id),
        applied,
        output,
    );
    if (!/The lock could not be released/.test(output)) {
        await bench.assertFree(project);
    }
    if (!/The database is as it was before/.test(output)) {
        assert.match(output, /NOT undone|NOT as it was|could not run/, output);
        return 0;
    }
    await bench.assertSame(project, before);
    return 1;
}
