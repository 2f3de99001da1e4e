import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Scene } from "./localSupport";

// The pipeline substitutes variables as text into the JSON of an action's environment, here as on AWS.
describe("the local run, started with a text that is no release", function () {
    this.timeout(280_000);

    it("fails before the first build, so that no build receives the text", async () => {
        const scene = new Scene();
        const mark = join(scene.local.root, "forged");
        const script = join(scene.repository, "forged.cjs");
        scene.commit({ "forged.cjs": `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");` });
        const outcome = await scene.run({
            rollbackTo: `none","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--require ${script}`,
        });
        assert.equal(outcome.exit, 1, outcome.output);
        const [source, first, ...later] = outcome.lastRun.stages;
        assert.deepEqual([source!.status, first!.status, later], ["Succeeded", "Failed", []]);
        assert.match(
            first!.message!,
            /^AP3314: The stage \w+ is not entered: rule RollbackToIsATag: #\{variables\.ROLLBACK_TO\} is .* not MATCHES /,
        );
        assert.deepEqual(first!.actions, []);
        // Where builds keep their log.
        assert.equal(readdirSync(join(scene.local.runs, outcome.lastRun.executionId!)).includes(first!.name), false);
        assert.equal(existsSync(mark), false);
    });
});
