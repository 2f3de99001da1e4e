import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../../scripts/delivery/report/deployment";
import { removeTemporary } from "../scripts/local/support";
import { actionsOf, changelog, changeset, Scene, stagesOf } from "./localSupport";

describe("local run of prod, through the approval", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    const prod = { environment: "prod" };

    it("waits for the approval, with a plan to read and nothing done", async () => {
        const outcome = await scene.run(prod);
        assert.equal(outcome.exit, 3, outcome.output);
        assert.equal(outcome.lastRun.status, "InProgress");
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Skipped",
            "Deploy InProgress",
        ]);
        assert.deepEqual(actionsOf(outcome).slice(-2), ["Deploy/Plan Succeeded", "Deploy/Approve InProgress"]);
        const plan = join(scene.local.runs, outcome.lastRun.executionId!, "artifacts/DeployPlan/plan.html");
        assert(outcome.output.includes(`It waits for approval. The plan: ${plan}`));
        assert(outcome.output.includes("To approve it: npm start -- --env prod --approve"));
        assert.match(readFileSync(plan, "utf8"), /CREATE TABLE items/);
        assert.deepEqual(await scene.tables("prod"), []);
    });

    it("goes on with that execution when it is approved", async () => {
        const { executionId, stages } = scene.lastRun();
        const outcome = await scene.run({ ...prod, approve: true });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.equal(outcome.lastRun.executionId, executionId);
        assert.deepEqual(outcome.lastRun.stages.slice(0, 3), stages.slice(0, 3));
        assert.deepEqual(actionsOf(outcome).slice(-3), [
            "Deploy/Plan Succeeded",
            "Deploy/Approve Succeeded",
            "Deploy/Deploy Succeeded",
        ]);
        // The plan that was approved is the one that was made before it.
        assert.deepEqual(outcome.lastRun.stages[3]!.actions[0], stages[3]!.actions[0]);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["items", "prices"],
        );
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
        assert.deepEqual(existsSync(join(scene.local.postgres, "dev")), false);
    });

    it("records who approved, in the build's report and under a key that stays", () => {
        const { approval, ...record } = recordOf(scene);
        assert.equal(approval?.approver, `arn:aws:iam::000000000000:user/${userInfo().username}`);
        assert.equal(approval?.comment, "approved by --approve");
        assert.ok(Math.abs(Date.now() - Date.parse(approval.approvedAt!)) < 600_000, approval.approvedAt);
        assert.deepEqual([record.action, record.status], ["deploy", "Succeeded"]);
        assert.equal(record.executionId, scene.lastRun().executionId);
        const build = join(scene.local.runs, record.executionId, "Deploy/Deploy");
        const report = readFileSync(join(build, "reports/liquibase/delivery.xml"), "utf8");
        assert.ok(report.includes(`<property name="approver" value="${approval.approver}"/>`), report);
        const log = readFileSync(join(build, "build.log"), "utf8");
        assert.ok(
            log.includes(`Approved by ${approval.approver} at ${approval.approvedAt}: approved by --approve.`),
            log,
        );
        assert.match(log, /Record: s3:\/\/aurora-pipeline-prod-artifacts-\w+\/deployments\/release-/);
        const artifact = join(scene.local.runs, record.executionId, "artifacts/Deployment/deployment.json");
        assert.deepEqual(JSON.parse(readFileSync(artifact, "utf8")), { ...record, approval });
    });

    it("requests no approval when nothing is planned", async () => {
        const outcome = await scene.run(prod);
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Skipped",
            "Deploy Skipped",
        ]);
    });

    it("does not take an approval for what was committed since", async () => {
        scene.commit({
            "migrations/changesets/2.sql": changelog(
                changeset("orders", "CREATE TABLE orders (id int)", "DROP TABLE orders"),
            ),
        });
        const first = await scene.run(prod);
        assert.equal(first.exit, 3, first.output);
        scene.commit({
            "migrations/changesets/3.sql": changelog(
                changeset("later", "CREATE TABLE later (id int)", "DROP TABLE later"),
            ),
        });
        const second = await scene.run({ ...prod, approve: true });
        assert.equal(second.exit, 3, second.output);
        assert.notEqual(second.lastRun.executionId, first.lastRun.executionId);
        assert.match(
            second.output,
            new RegExp(`Execution ${first.lastRun.executionId}, which waited for approval, is stopped`),
        );
        assert.match(
            second.output,
            /^The source changed since you read the plan: read the new one, then approve again\.\nIt waits for approval\./m,
        );
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
        const third = await scene.run({ ...prod, approve: true });
        assert.equal(third.exit, 0, third.output);
        assert.equal(third.lastRun.executionId, second.lastRun.executionId);
        assert.deepEqual(
            third.lastRun.changesets.map(({ id }) => id),
            ["orders", "later"],
        );
    });

    it("takes a rollback through the same approval", async () => {
        const { releaseId } = scene.lastRun();
        const waiting = await scene.run({ ...prod, rollbackTo: releaseId });
        assert.equal(waiting.exit, 3, waiting.output);
        assert.deepEqual(await scene.tables("prod"), ["items", "later", "orders", "prices"]);
        // With another source it is planned again, still as a rollback, and nothing is undone.
        scene.commit({ "README.md": "another source" });
        const again = await scene.run({ ...prod, approve: true });
        assert.equal(again.exit, 3, again.output);
        assert.match(again.output, /The source changed since you read the plan/);
        assert.deepEqual(actionsOf(again).slice(-2), ["Rollback/Plan Succeeded", "Rollback/Approve InProgress"]);
        assert.deepEqual(await scene.tables("prod"), ["items", "later", "orders", "prices"]);
        const outcome = await scene.run({ ...prod, approve: true });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(stagesOf(outcome).slice(2), ["Rollback Succeeded", "Deploy Skipped"]);
        assert.deepEqual(
            outcome.lastRun.stages[2]!.actions.map(({ name }) => name),
            ["Plan", "Approve", "Rollback"],
        );
        assert.deepEqual(
            outcome.lastRun.undone.map(({ id }) => id),
            ["later", "orders"],
        );
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
        const { action, rollbackTo, approval } = recordOf(scene);
        assert.deepEqual([action, rollbackTo], ["rollback", releaseId]);
        assert.match(approval!.approver, /^arn:aws:iam::000000000000:user\/./);
    });

    it("approves no unread plan after a run for another source that failed before it had one", async () => {
        const add = (id: string, sql: string) =>
            scene.commit({ "migrations/changesets/4.sql": changelog(changeset(id, sql, `DROP TABLE ${id}`)) });
        add("first", "CREATE TABLE first (id int)");
        assert.equal((await scene.run(prod)).exit, 3);
        scene.commit({ "migrations/changesets/4.sql": "--liquibase formatted sql\n\n--changeset nonsense\n" });
        const failed = await scene.run({ ...prod, approve: true });
        assert.equal(failed.exit, 1, failed.output);
        add("second", "CREATE TABLE second (id int)");
        const outcome = await scene.run({ ...prod, approve: true });
        assert.equal(outcome.exit, 3, outcome.output);
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
    });

    /** The record that the last execution left in the artifact bucket. */
    function recordOf(scene: Scene): Deployment {
        const { local } = scene;
        const { executionId: last } = scene.lastRun();
        const records = readdirSync(local.buckets, { recursive: true, encoding: "utf8" })
            .filter((file) => /^aurora-pipeline-prod-artifacts-\w+\/deployments\/release-[\w.-]+\.json$/.test(file))
            .map((file) => JSON.parse(readFileSync(join(local.buckets, file), "utf8")) as Deployment);
        const found = records.filter(({ executionId }) => executionId === last);
        assert.equal(found.length, 1);
        return found[0]!;
    }
});
