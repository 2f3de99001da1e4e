import assert from "node:assert/strict";
import { removeTemporary } from "../scripts/local/support";
import { changelog, changeset, Scene, stagesOf } from "./localSupport";

// One history: each case goes on where the one before has ended.
describe("local run of prod with approval by risk", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    const prod = {
        environment: "prod",
        config: { "aurora-pipeline:approvalFor": '["destructive","locking","irreversible","code"]' },
    };

    it("deploys a plan without a risk at once, with its record", async () => {
        const outcome = await scene.run(prod);
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(stagesOf(outcome).slice(-3), ["Rollback Skipped", "Deploy Skipped", "Unattended Succeeded"]);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["items", "prices"],
        );
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
    });

    it("waits for a person where a table is dropped, also with a waiver", async () => {
        scene.commit({
            "migrations/changesets/2.sql": changelog(
                changeset(
                    "no-prices",
                    "--lint-waive ban-drop-table: nothing reads it\nDROP TABLE prices",
                    "CREATE TABLE prices (item int, cents int)",
                ),
            ),
        });
        const outcome = await scene.run(prod);
        assert.equal(outcome.exit, 3, outcome.output);
        assert.deepEqual(stagesOf(outcome).slice(-2), ["Rollback Skipped", "Deploy InProgress"]);
        assert.deepEqual(await scene.tables("prod"), ["items", "prices"]);
    });
});
