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

// Two executions at a time, and the third one where it matters. Twenty of them, begun at any moment, are in
// test/faults/queue.test.ts; in which order a stage lets them in is in test/scripts/local/stageLocks.test.ts.
describe("executions that overlap in dev", () => {
    let queue: Queue;
    let first: Run;
    let second: Run;
    before(async () => {
        queue = await Queue.open(new Scene(), "dev");
        await (await queue.push(viewFile("id"))).succeed();
        first = await queue.push({
            ...file("2", changeset("orders", `CREATE TABLE orders (id int)${slow}`, "DROP TABLE orders")),
            ...viewFile("id + 1"),
        });
        second = await queue.push({ ...file("3", table("parts")), ...viewFile("id") });
        for (const run of [first, second]) await run.succeed();
    });
    after(async () => {
        await queue?.close();
        removeTemporary();
    });

    it("all arrive, with nobody's help, and what the one before changed is planned again", async () => {
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
        assert.deepEqual([first, second].map(applied), [
            ["orders", "names"],
            ["parts", "names"],
        ]);
        assert.ok(first.finished("Deploy/Deploy") <= second.began("Deploy/Deploy"));
        const releases = [first, second].map((run) => `[${run.deployment!.releaseId}]`);
        assert.deepEqual((await queue.history()).slice(-5), [releases[0], "orders", releases[1], "parts", "names"]);
    });

    it("end at the last push, even when it reverts a change that is still being deployed", async () => {
        // When it was planned there was nothing to do for the view: it was up to date.
        assert.ok(!second.planned("Plan").includes("names"));
        assert.ok(second.deployment!.changesets.some(({ id }) => id === "names"));
        const definition = await queue.ask(async (client) => {
            const { rows } = await client.query<{ text: string }>("SELECT pg_get_viewdef('names') AS text");
            return rows[0]!.text;
        });
        assert.doesNotMatch(definition, /1/);
    });

    it("roll back while another one deploys, by a plan of what that one left", async () => {
        const other = await queue.push(file("8", table("boxes", slow)));
        await until(() => other.progress.begins.has("Deploy/Deploy"), 120_000);
        const rollback = await queue.start(first.deployment!.releaseId);
        await other.succeed();
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
    before(async () => {
        queue = await Queue.open(new Scene(), "prod");
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

    it("give the stage to the next one when an approver says no, and are each approved by a plan that was made when the one before had ended", async () => {
        const rejected = await queue.push(file("2", table("mistake")));
        await rejected.untilItAsks();
        const second = await queue.push(file("2", table("orders")));
        const third = await queue.push(file("3", table("parts"), table("stock")));
        await untilInFrontOf(second, "Deploy");
        await untilInFrontOf(third, "Deploy");
        // Each was planned with what the one before is to bring, and nobody is asked to approve that.
        assert.deepEqual(second.planned("Plan"), ["items", "prices", "orders"]);
        assert.deepEqual(third.planned("Plan"), ["items", "prices", "orders", "parts", "stock"]);
        assert.ok(!second.asks && !third.asks);
        rejected.reject();
        assert.equal((await rejected.end()).record.status, "Failed");

        const own = new Map([
            [second, ["items", "prices", "orders"]],
            [third, ["parts", "stock"]],
        ]);
        let before = rejected;
        for (const [run, changes] of own) {
            await run.untilItAsks();
            assert.deepEqual(run.planned("DeployPlan"), changes);
            assert.ok(
                before.finished(before === rejected ? "Deploy/Approve" : "Deploy/Deploy") <= run.began("Deploy/Plan"),
            );
            run.approve();
            await run.succeed();
            const { changesets, digest, replaces } = run.deployment!;
            assert.deepEqual(
                changesets.map(({ id }) => id),
                changes,
            );
            assert.equal(digest, run.plan("DeployPlan").digest);
            assert.equal(replaces, undefined);
            before = run;
        }
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
    });

    it("request no approval when nothing is pending", async () => {
        const run = await queue.start();
        await run.succeed();
        assert.deepEqual(run.stages, ["Source Succeeded", "Plan Succeeded", "Rollback Skipped", "Deploy Skipped"]);
    });
});
