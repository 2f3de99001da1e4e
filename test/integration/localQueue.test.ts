import assert from "node:assert/strict";
import { until } from "../../scripts/local/processes";
import { removeTemporary } from "../scripts/local/support";
import { changelog, changeset, Scene } from "./localSupport";
import { Queue, type Run } from "./queueSupport";
import { eventually } from "../support/eventually";

const file = (name: string, ...changesets: string[]) => ({
    [`migrations/changesets/${name}.sql`]: changelog(...changesets),
});
const table = (name: string, more = "") =>
    changeset(name, `CREATE TABLE ${name} (id int)${more}`, `DROP TABLE ${name}`);
const view = (column: string) =>
    `--changeset tester:names runOnChange:true\nCREATE OR REPLACE VIEW names AS SELECT ${column} AS name FROM items;\n--rollback DROP VIEW names;`;
const viewFile = (column: string) => ({ "migrations/changesets/view.sql": changelog(view(column)) });
const slow = "; SELECT pg_sleep(6)";

describe("executions that overlap in dev", () => {
    let queue: Queue;
    before(async () => {
        queue = await Queue.open(new Scene(), "dev");
        await (await queue.push(viewFile("id"))).succeed();
    });
    after(async () => {
        await queue?.close();
        removeTemporary();
    });

    it("all succeed without intervention, and plan again after each other's changes", async () => {
        const first = await queue.push(
            file("2", changeset("orders", `CREATE TABLE orders (id int)${slow}`, "DROP TABLE orders")),
        );
        const second = await queue.push(file("3", table("parts")));
        const third = await queue.push(file("4", table("stock")));
        for (const run of [first, second, third]) await run.succeed();

        // The second was planned while the first was being deployed, so that its plan had what the first one brought.
        assert.ok(second.began("Plan/Plan") < first.finished("Deploy/Deploy"));
        assert.deepEqual(second.planned("Plan"), ["orders", "parts"]);
        assert.match(
            second.output,
            /The database has changed since the stage Plan\. That plan was not approved, so it is made again:/,
        );
        assert.match(
            second.output,
            /Planned, but would not run now:\n.*Deploy \| {3}- changesets\/2\.sql::orders::tester/,
        );
        assert.equal(second.deployment!.replaces, second.plan("Plan").digest);
        assert.notEqual(second.deployment!.digest, second.plan("Plan").digest);
        assert.equal(first.deployment!.replaces, undefined);

        // Each one deployed its own change, one after the other, in the order of the pushes.
        const applied = ({ deployment }: Run) => deployment!.changesets.map(({ id }) => id);
        assert.deepEqual([first, second, third].map(applied), [["orders"], ["parts"], ["stock"]]);
        assert.ok(first.finished("Deploy/Deploy") <= second.began("Deploy/Deploy"));
        assert.ok(second.finished("Deploy/Deploy") <= third.began("Deploy/Deploy"));
        const releases = [first, second, third].map((run) => `[${run.deployment!.releaseId}]`);
        assert.deepEqual((await queue.history()).slice(-6), [
            releases[0],
            "orders",
            releases[1],
            "parts",
            releases[2],
            "stock",
        ]);
    });

    it("end at the last push, even when it reverts a change that is still being deployed", async () => {
        const [change, back] = [
            await queue.push({
                ...viewFile("id + 1"),
                ...file("5", changeset("pause", "SELECT pg_sleep(6)", "empty")),
            }),
            await queue.push(viewFile("id")),
        ];
        await change.succeed();
        await back.succeed();
        // When it was planned there was nothing to do for the view: it was as it shall be.
        assert.ok(!back.planned("Plan").includes("names"));
        assert.deepEqual(
            back.deployment!.changesets.map(({ id }) => id),
            ["names"],
        );
        const definition = await queue.ask(async (client) => {
            const { rows } = await client.query<{ text: string }>("SELECT pg_get_viewdef('names') AS text");
            return rows[0]!.text;
        });
        assert.doesNotMatch(definition, /1/);
    });

    it("roll back while another one deploys, by a plan of what that one left", async () => {
        const first = await queue.push(file("8", table("boxes", slow)));
        await until(() => first.progress.begins.has("Deploy/Deploy"), 120_000);
        const { releaseId } = queue.runs[1]!.deployment!;
        const rollback = await queue.start(releaseId);
        await first.succeed();
        await rollback.succeed();
        assert.deepEqual(rollback.stages, [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Succeeded",
            "Deploy Skipped",
        ]);
        const left = await queue.history();
        assert.ok(!left.includes("orders") && !left.includes("boxes"), left.join());
    });

    it("wait for the build of an execution that was abandoned, instead of being refused by CodeBuild", async () => {
        const abandoned = await queue.push(file("9", table("crates", slow)));
        const next = await queue.push(file("a", table("pallets")));
        await until(
            () => next.progress.ends.has("Plan/Plan") && abandoned.progress.begins.has("Deploy/Deploy"),
            120_000,
        );
        await eventually("the lock is taken", () => isLocked(queue));
        queue.abandon(abandoned, "Deploy");
        await next.succeed();
        assert.match(next.output, /Deploy \| Waiting for /);
        assert.ok(next.began("Deploy/Deploy") < abandoned.finished("Deploy/Deploy"));
        // Nothing lost, nothing twice, and in the order of the pushes.
        assert.deepEqual(
            (await queue.history()).filter((id) => ["crates", "pallets"].includes(id)),
            ["crates", "pallets"],
        );
    });
});

/** Whether some build holds the lock in the database. */
function isLocked(queue: Queue): Promise<boolean> {
    return queue.ask(async (client) => {
        const { rows } = await client.query<{ locked: boolean }>("SELECT locked FROM databasechangeloglock");
        return rows[0]?.locked ?? false;
    });
}

describe("executions that overlap in prod", () => {
    let queue: Queue;
    let base: string;
    before(async () => {
        queue = await Queue.open(new Scene(), "prod");
        const first = await queue.start();
        await first.untilItAsks();
        first.approve();
        await first.succeed();
        base = first.deployment!.releaseId;
    });
    after(async () => {
        await queue?.close();
        removeTemporary();
    });

    /** Resolves when the execution waits in front of the stage. */
    async function untilInFrontOf(run: Run, stage: string): Promise<void> {
        const waits = `Execution ${run.id} waits for the stage ${stage}`;
        assert.ok(await until(() => run.lines.some((line) => line.startsWith(waits)), 120_000), run.output);
    }

    it("are each approved by a plan that was made when the one before had ended", async () => {
        const first = await queue.push(file("2", table("orders")));
        await first.untilItAsks();
        const second = await queue.push(file("3", table("parts")));
        const third = await queue.push(file("4", table("stock")));
        await untilInFrontOf(second, "Deploy");
        await untilInFrontOf(third, "Deploy");
        // Both were planned with what the first one is to bring, and nobody is asked to approve that.
        assert.deepEqual(second.planned("Plan"), ["orders", "parts"]);
        assert.deepEqual(third.planned("Plan"), ["orders", "parts", "stock"]);
        assert.ok(!second.asks && !third.asks);

        const own = new Map([
            [first, "orders"],
            [second, "parts"],
            [third, "stock"],
        ]);
        let before: Run | undefined;
        for (const [run, change] of own) {
            await run.untilItAsks();
            assert.deepEqual(run.planned("DeployPlan"), [change]);
            if (before) assert.ok(before.finished("Deploy/Deploy") <= run.began("Deploy/Plan"));
            run.approve();
            await run.succeed();
            const { changesets, digest, replaces } = run.deployment!;
            assert.deepEqual(
                changesets.map(({ id }) => id),
                [change],
            );
            assert.equal(digest, run.plan("DeployPlan").digest);
            assert.equal(replaces, undefined);
            before = run;
        }
        assert.deepEqual(
            queue.runs.map(({ execution }) => execution!.record.status),
            queue.runs.map(() => "Succeeded"),
        );
        assert.deepEqual(
            (await queue.history()).filter((id) => !id.startsWith("[")),
            ["items", "prices", "orders", "parts", "stock"],
        );
    });

    it("roll back while another one waits for its approval, which then is of no use: the next push is planned again", async () => {
        const waiting = await queue.push(file("5", table("boxes")));
        await waiting.untilItAsks();
        const rollback = await queue.start(queue.runs[2]!.deployment!.releaseId);
        await rollback.untilItAsks();
        assert.ok(waiting.asks, "the release still waits");
        assert.deepEqual(rollback.planned("RollbackPlan"), ["stock", "parts"]);
        rollback.approve();
        await untilInFrontOf(rollback, "Deploy");
        assert.equal(rollback.progress.ends.has("Rollback/Rollback"), true);
        assert.ok(!(await queue.history()).includes("stock"));

        const behind = await queue.push(file("6", table("lids")));
        waiting.approve();
        assert.equal((await waiting.end()).record.status, "Failed");
        assert.match(waiting.output, /This is not the plan that was approved/);
        assert.match(waiting.output, /Would run now, but not approved:/);
        await rollback.succeed();
        // It lost nothing: what was refused is in the plan that the next approver reads.
        await behind.untilItAsks();
        assert.deepEqual(behind.planned("DeployPlan"), ["parts", "stock", "boxes", "lids"]);
        behind.approve();
        await behind.succeed();
        assert.ok(base.startsWith("release-"));
    });

    it("give the stage to the next one when an approver says no", async () => {
        const first = await queue.push(file("7", table("mistake")));
        await first.untilItAsks();
        const second = await queue.push(file("7", table("better")));
        await untilInFrontOf(second, "Deploy");
        first.reject();
        assert.equal((await first.end()).record.status, "Failed");
        await second.untilItAsks();
        assert.deepEqual(second.planned("DeployPlan"), ["better"]);
        second.approve();
        await second.succeed();
    });

    it("request no approval when nothing is pending", async () => {
        const run = await queue.start();
        await run.succeed();
        assert.deepEqual(run.stages, ["Source Succeeded", "Plan Succeeded", "Rollback Skipped", "Deploy Skipped"]);
    });
});
