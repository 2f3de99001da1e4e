import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { changelog, changeset, Scene } from "../../integration/localSupport";
import { Queue, type Run } from "../../integration/queueSupport";
import type { Random } from "../random";

// Executions of one pipeline that overlap, by chance. Nothing may be lost, refused or applied twice.

const table = (name: string, seconds: number) =>
    changeset(name, `CREATE TABLE ${name} (id bigint); SELECT pg_sleep(${seconds.toFixed(1)})`, `DROP TABLE ${name}`);
const file = (number: number) => `migrations/changesets/n${String(number).padStart(3, "0")}.sql`;

/** What became of a number of executions. */
class Tally {
    private most = 0;
    private beside = 0;

    constructor(private readonly queue: Queue) {}

    /** Right after an execution began. */
    look(): void {
        const running = this.queue.runs.filter(({ execution }) => execution === undefined).length;
        this.most = Math.max(this.most, running);
        if (running > 1) this.beside += 1;
    }

    summary(words: string[]): string {
        const { length } = this.queue.runs;
        assert.ok(this.beside >= Math.min(10, length / 2), `only ${this.beside} of ${length} began beside another one`);
        return `${length} executions, ${this.beside} begun beside another one, up to ${this.most} at once: ${words.join(", ")}`;
    }
}

/** In dev, where nobody approves: pushes, failing ones among them, and rollbacks, begun at any moment. */
export async function pushesWithoutApproval(random: Random, executions: number): Promise<string> {
    const scene = new Scene();
    const queue = await Queue.open(scene, "dev");
    try {
        const tally = new Tally(queue);
        const base = await queue.start();
        await base.succeed();
        const { releaseId } = base.deployment!;
        const [pushes, failing, rollbacks]: Run[][] = [[], [], []] as const;
        let broken: string | undefined;
        while (queue.runs.length < executions) {
            const number = queue.runs.length;
            const last = number === executions - 1;
            // What a rollback undoes must exist: some release since the last one has ended.
            const sinceRollback = queue.runs.slice(queue.runs.lastIndexOf(rollbacks.at(-1)!) + 1);
            const undoes = sinceRollback.some((run) => run !== base && run.deployment?.status === "Succeeded");
            if (!last && undoes && random.next() < 0.25) {
                rollbacks.push(await queue.start(releaseId));
            } else {
                const fails = !last && random.next() < 0.2;
                const own = table(`n${number}`, random.between(0, 1.5));
                const wrong = changeset(`wrong${number}`, "SELECT 1 / 0", "empty");
                const files = { [file(number)]: changelog(own, ...(fails ? [wrong] : [])) };
                // Whoever pushes next takes the mistake back.
                if (broken !== undefined)
                    files[broken] = changelog(table(broken.slice(-8, -4).replace(/^n0*/, "n"), 0));
                const run = await queue.push(files);
                (fails ? failing : pushes).push(run);
                broken = fails ? file(number) : undefined;
            }
            tally.look();
            await sleep(random.between(0, 4000));
        }
        for (const run of [...pushes, ...rollbacks]) await run.succeed();
        for (const run of failing) {
            const { record } = await run.end();
            assert.equal(record.status, "Failed", run.output);
            assert.match(run.output, /The database is as it was before/);
        }
        assertInOrder([...queue.runs].filter((run) => !rollbacks.includes(run)));
        const history = (await queue.history()).filter((id) => !id.startsWith("["));
        const expected = [...pushes, ...failing].map((run) => `n${queue.runs.indexOf(run)}`);
        assert.deepEqual([...history].sort(), ["items", "prices", ...expected].sort());
        await assertFree(queue);
        const again = pushes.filter((run) => run.deployment?.replaces !== undefined).length;
        return tally.summary([
            `${pushes.length + 1} pushes that arrived`,
            `${failing.length} that failed and were undone`,
            `${rollbacks.length} rollbacks`,
            `${again} planned again`,
        ]);
    } finally {
        await queue.close();
    }
}

/** In prod: approvers take their time, and some say no. */
export async function pushesWithApproval(random: Random, executions: number): Promise<string> {
    const scene = new Scene();
    const queue = await Queue.open(scene, "prod");
    try {
        const tally = new Tally(queue);
        const deployed: Run[] = [];
        const rejected: Run[] = [];
        const answering: Promise<void>[] = [];
        /** Answers after a while; what is approved is what was planned when the one before had ended. */
        const answer = async (run: Run) => {
            await run.untilItAsks();
            const planned = run.planned("DeployPlan");
            await sleep(random.between(0, 3000));
            if (random.next() < 0.2) {
                rejected.push(run);
                run.reject();
                assert.equal((await run.end()).record.status, "Failed");
                return;
            }
            run.approve();
            await run.succeed();
            assert.deepEqual(
                run.deployment!.changesets.map(({ id }) => id),
                planned,
            );
            assert.equal(run.deployment!.digest, run.plan("DeployPlan").digest);
            deployed.push(run);
        };
        while (queue.runs.length < executions) {
            const number = queue.runs.length;
            const run = await queue.push({ [file(number)]: changelog(table(`n${number}`, random.between(0, 1))) });
            answering.push(answer(run));
            tally.look();
            await sleep(random.between(0, 3000));
        }
        await Promise.all(answering);
        // One more, approved, brings what was rejected.
        const last = await queue.push({ [file(executions)]: changelog(table(`n${executions}`, 0)) });
        await last.untilItAsks();
        last.approve();
        await last.succeed();
        assertInOrder(queue.runs);
        for (const run of queue.runs) assert.doesNotMatch(run.output, /This is not the plan that was approved/);
        const history = (await queue.history()).filter((id) => !id.startsWith("["));
        const expected = queue.runs.map((_, number) => `n${number}`);
        assert.deepEqual([...history].sort(), ["items", "prices", ...expected].sort());
        await assertFree(queue);
        return tally.summary([
            `${deployed.length + 1} approved and deployed`,
            `${rejected.length} rejected`,
            "0 refused as stale",
        ]);
    } finally {
        await queue.close();
    }
}

/** Never two in the stage Deploy, and in the order of the pushes. */
function assertInOrder(runs: Run[]): void {
    const inStage = runs.map((run) => {
        const first = run.progress.begins.has("Deploy/Plan") ? "Deploy/Plan" : "Deploy/Deploy";
        const last = run.progress.ends.has("Deploy/Deploy") ? "Deploy/Deploy" : "Deploy/Approve";
        return { from: run.began(first), to: run.finished(last) };
    });
    for (const [index, { from }] of inStage.entries()) {
        if (index > 0) assert.ok(inStage[index - 1]!.to <= from, `execution ${index} overlaps the one before`);
    }
}

async function assertFree(queue: Queue): Promise<void> {
    const rows = await queue.ask(
        async (client) => (await client.query<object>("SELECT FROM databasechangeloglock WHERE locked")).rows,
    );
    assert.deepEqual(rows, [], "the lock table");
}
