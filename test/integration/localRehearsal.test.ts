import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rehearsal } from "../../scripts/delivery/safety/rehearsal/model";
import { actionsOf, assertDelivered, changelog, changeset, type Outcome, Scene } from "./localSupport";

const rehearsing = { config: { "aurora-pipeline:rehearsal": true } };

// The build calls RDS by the AWS SDK, as on AWS; the local run answers with a second server that has the same data.
describe("the local run with a rehearsal", function () {
    this.timeout(280_000);

    function rehearsalOf(scene: Scene, { lastRun }: Outcome): Rehearsal {
        const artifact = join(scene.local.runs, lastRun.executionId!, "artifacts", "Rehearsal", "rehearsal.json");
        return JSON.parse(readFileSync(artifact, "utf8")) as Rehearsal;
    }
    const clonesOf = (scene: Scene) => readdirSync(scene.local.postgres).filter((name) => name.includes("-rehearsal-"));

    let scene: Scene;
    before(() => {
        scene = new Scene();
        scene.commit({
            "migrations/changesets/2.sql": changelog(
                changeset("fill", "INSERT INTO items SELECT generate_series(1, 500)", "DELETE FROM items"),
            ),
        });
    });

    it("rehearses on a clone, deletes it, and deploys", async () => {
        const outcome = await scene.run(rehearsing);
        assertDelivered(outcome);
        assert.deepEqual(actionsOf(outcome).slice(-3), [
            "Deploy/Plan Succeeded",
            "Deploy/Rehearse Succeeded",
            "Deploy/Deploy Succeeded",
        ]);
        const rehearsal = rehearsalOf(scene, outcome);
        assert.equal(rehearsal.status, "Passed");
        assert.equal(rehearsal.rollback.result, "Proven");
        assert.deepEqual(
            rehearsal.changesets.map(({ id, status }) => `${id} ${status}`),
            ["items Applied", "prices Applied", "fill Applied"],
        );
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["items", "prices", "fill"],
        );
        assert.deepEqual(clonesOf(scene), []);

        // The clone has the data: what a changeset does to rows that are there is seen on it, and not in the database.
        scene.commit({
            "migrations/changesets/3.sql": changelog(
                changeset("lie", "ALTER TABLE items ADD COLUMN name text DEFAULT md5(random()::text)", "SELECT 1"),
            ),
        });
        const refused = await scene.run(rehearsing);
        assert.equal(refused.exit, 1);
        assert.deepEqual(actionsOf(refused).slice(-2), ["Deploy/Plan Succeeded", "Deploy/Rehearse Failed"]);
        const lie = rehearsalOf(scene, refused);
        assert.equal(lie.rollback.result, "Failed");
        const [figures] = lie.changesets.map(({ figures }) => figures);
        assert.deepEqual(
            figures!.rewrites.map(({ table }) => table),
            ["public.items"],
        );
        assert.deepEqual(refused.lastRun.changesets, []);
        assert.deepEqual(clonesOf(scene), []);
    });

    it("leaves no clone when it is interrupted", async () => {
        scene.commit({
            "migrations/changesets/3.sql": changelog(
                changeset("quick", "CREATE TABLE quick (id int)", "DROP TABLE quick"),
                changeset("long", "SELECT pg_sleep(120)", "empty"),
            ),
        });
        const controller = new AbortController();
        let cloned = 0;
        const outcome = await scene.run({
            ...rehearsing,
            signal: controller.signal,
            onLine: (line) => {
                // The last one before the long one.
                if (/Applied \S*::quick::/.test(line)) {
                    cloned = clonesOf(scene).length;
                    controller.abort();
                }
            },
        });
        assert.equal(cloned, 1, outcome.output);
        assert.equal(outcome.exit, 130, outcome.output);
        assert.deepEqual(clonesOf(scene), []);
    });
});
