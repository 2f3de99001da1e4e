import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { Scene, stagesOf } from "./localSupport";

const migrations = join(__dirname, "../../examples/flowable-changelog");

describe("local run of a public changelog, in jars that its pom.xml names", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    it("applies it to an empty database", async () => {
        const outcome = await scene.run({ migrations });
        assert.equal(outcome.exit, 0, outcome.output);
        const { changesets } = outcome.lastRun;
        assert(changesets.length >= 10);
        assert(changesets.every(({ author, file }) => author === "flowable" && file.startsWith("org/flowable/")));
        const [server] = readdirSync(scene.local.postgres);
        assert((await scene.tables(server)).includes("act_cmmn_casedef"));
        assert(outcome.output.includes("Jars of the changelog (Maven) …"));
        const [jars] = readdirSync(scene.local.jars);
        assert(readdirSync(join(scene.local.jars, jars!)).some((jar) => jar.startsWith("flowable-")));
    });

    it("has nothing to do the second time", async () => {
        const outcome = await scene.run({ migrations });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Bootstrap Succeeded",
            "Plan Succeeded",
            "Deploy Skipped",
            "Rollback Skipped",
        ]);
    });
});
