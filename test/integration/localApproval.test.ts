import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../../scripts/delivery/report/deployment";
import { removeTemporary } from "../scripts/local/support";
import { actionsOf, changelog, changeset, Scene, shop, stagesOf } from "./localSupport";

// One history: each case goes on where the one before has ended. That nobody is asked when nothing is pending is in
// localQueue.test.ts.
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

    it("approves no unread plan after a run for another source that failed before it had one", async () => {
        scene.commit({ "migrations/changelog.yaml": "databaseChangeLog:\n  - include: {file: absent.sql}\n" });
        const failed = await scene.run({ ...prod, approve: true });
        assert.equal(failed.exit, 1, failed.output);
        assert.deepEqual(stagesOf(failed), ["Source Succeeded", "Plan Failed"]);
        assert.match(failed.output, /absent\.sql/);
        scene.commit({
            "migrations/changelog.yaml": shop["migrations/changelog.yaml"],
            "migrations/changesets/2.sql": changelog(
                changeset("orders", "CREATE TABLE orders (id int)", "DROP TABLE orders"),
            ),
        });
        const outcome = await scene.run({ ...prod, approve: true });
        assert.equal(outcome.exit, 3, outcome.output);
        assert.deepEqual(await scene.tables("prod"), []);
    });

    it("goes on with the execution that waits when it is approved", async () => {
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
            ["items", "prices", "orders"],
        );
        assert.deepEqual(await scene.tables("prod"), ["items", "orders", "prices"]);
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

    it("does not take an approval for what was committed since, and takes a rollback through the same approval", async () => {
        const { releaseId } = scene.lastRun();
        const waiting = await scene.run({ ...prod, rollbackTo: releaseId });
        assert.equal(waiting.exit, 3, waiting.output);
        // With another source it is planned anew, as a rollback still, and nothing is undone.
        scene.commit({ "README.md": "another source" });
        const again = await scene.run({ ...prod, approve: true });
        assert.equal(again.exit, 3, again.output);
        assert.notEqual(again.lastRun.executionId, waiting.lastRun.executionId);
        assert.match(
            again.output,
            new RegExp(`Execution ${waiting.lastRun.executionId}, which waited for approval, is stopped`),
        );
        assert.match(
            again.output,
            /^The source changed since you read the plan: read the new one, then approve again\.\nIt waits for approval\./m,
        );
        assert.deepEqual(actionsOf(again).slice(-2), ["Rollback/Plan Succeeded", "Rollback/Approve InProgress"]);
        assert.deepEqual(await scene.tables("prod"), ["items", "orders", "prices"]);
        const outcome = await scene.run({ ...prod, approve: true });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.equal(outcome.lastRun.executionId, again.lastRun.executionId);
        assert.deepEqual(stagesOf(outcome).slice(2), ["Rollback Succeeded", "Deploy Skipped"]);
        assert.deepEqual(
            outcome.lastRun.stages[2]!.actions.map(({ name }) => name),
            ["Plan", "Approve", "Rollback"],
        );
        assert.deepEqual(
            outcome.lastRun.undone.map(({ id }) => id),
            ["orders", "prices", "items"],
        );
        assert.deepEqual(await scene.tables("prod"), []);
        const { action, rollbackTo, approval } = recordOf(scene);
        assert.deepEqual([action, rollbackTo], ["rollback", releaseId]);
        assert.match(approval!.approver, /^arn:aws:iam::000000000000:user\/./);
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
