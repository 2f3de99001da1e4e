import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { Scene, stagesOf } from "./localSupport";

// One history: the first run is stopped before it changes anything.
describe("local run of dev with a deployment window and an alarm", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    const key = (name: string) => `aurora-pipeline:${name}`;
    /** Yesterday in UTC, as the expression names days: it is closed for another six days. */
    const yesterday = ((new Date().getUTCDay() + 6) % 7) + 1;

    it("waits in front of Deploy while the window is closed, with nothing done", async () => {
        const stop = new AbortController();
        const outcome = await scene.run({
            config: { [key("deploymentWindow")]: `* * * ? * ${yesterday}` },
            signal: stop.signal,
            onLine: (line) => line.includes("Waiting for the deployment window") && stop.abort(),
        });
        assert.equal(outcome.exit, 130, outcome.output);
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Skipped",
            "Window Stopped",
        ]);
        assert.match(
            outcome.output,
            /Waiting for the deployment window \* \* \* \? \* \d \(UTC\), which opens at \d{4}-/,
        );
        const [bucket = ""] = readdirSync(scene.local.buckets);
        const [pipeline = ""] = readdirSync(join(scene.local.buckets, bucket));
        assert.deepEqual(readdirSync(join(scene.local.buckets, bucket, pipeline, "Waiting")), [
            `${outcome.lastRun.executionId}.zip`,
        ]);
        assert.deepEqual(await scene.tables(), []);
    });

    it("deploys in the window, and fails after it when the alarm goes off that it watches", async () => {
        const outcome = await scene.run({
            config: {
                [key("deploymentWindow")]: "* * * ? * *",
                [key("bakeMinutes")]: "15",
                [key("bakeAlarms")]: '["api-errors"]',
            },
            alarm: ["api-errors"],
        });
        assert.equal(outcome.exit, 1, outcome.output);
        assert.deepEqual(stagesOf(outcome).slice(-2), ["Window Succeeded", "Deploy Failed"]);
        assert.match(outcome.lastRun.stages.at(-1)!.message!, /the alarm api-errors went off within 15 minutes/);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
    });
});
