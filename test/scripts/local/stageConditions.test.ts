import assert from "node:assert/strict";
import { execute, type ExecutionOptions } from "../../../scripts/local/pipeline/execution";
import { readPipeline } from "../../../scripts/local/pipeline/read";
import { Variables } from "../../../scripts/local/pipeline/variables";
import { PlainProgress } from "../../../scripts/local/progress/plain";
import { buildStage, pipelineResource, sourceStage } from "./support";

describe("local run: what must hold to leave a stage", () => {
    /** Runs stages with actions that succeed; tells what ran, and the record. */
    async function runStages(stages: unknown[], options: Partial<ExecutionOptions>) {
        const ran: string[] = [];
        const record = await execute(readPipeline([pipelineResource(stages)]), {
            id: "one",
            variables: Variables.of({}),
            runAction: ({ action }) => {
                ran.push(action.name);
                return Promise.resolve({ status: "Succeeded" });
            },
            progress: new PlainProgress(() => undefined),
            signal: new AbortController().signal,
            ...options,
        });
        const ended = record.stages.map(({ name, status }) => `${name} ${status}`);
        return { ran, record, status: record.status, stages: ended };
    }

    /** A stage that is left by one rule. */
    const leftBy = (provider: string, configuration: Record<string, string>) =>
        buildStage("Deploy", {
            onSuccess: {
                condition: {
                    result: "FAIL",
                    rules: [
                        {
                            name: "Rule",
                            ruleTypeId: { category: "Rule", owner: "AWS", provider, version: "1" },
                            configuration,
                        },
                    ],
                },
            },
        });

    it("fails a stage after its actions when an alarm that it watches goes off", async () => {
        const stages = [
            sourceStage,
            leftBy("CloudWatchAlarm", { AlarmName: "api-errors", AlarmStates: "ALARM", WaitTime: "15" }),
            buildStage("Last"),
        ];
        const quiet = await runStages(stages, { alarms: new Set(["another"]) });
        assert.deepEqual(quiet.stages, ["Source Succeeded", "Deploy Succeeded", "Last Succeeded"]);
        const { stages: ended, ran, record } = await runStages(stages, { alarms: new Set(["api-errors"]) });
        assert.deepEqual(ended, ["Source Succeeded", "Deploy Failed"]);
        assert.deepEqual(ran, ["Source", "Deploy"]);
        assert.match(
            record.stages[1]!.message!,
            /^AP3320: .* rule Rule: the alarm api-errors went off within 15 minutes\./,
        );
    });

    it("leaves a stage when the deployment window opens, or when the run is stopped", async () => {
        const stages = [
            leftBy("DeploymentWindow", { Cron: "* * 9-16 ? * MON-THU", TimeZone: "Europe/Berlin" }),
            buildStage("Last"),
        ];
        const lines: string[] = [];
        const progress = new PlainProgress((line) => lines.push(line));
        // 8:59 in Berlin; a second later, which the clock shows when it is looked at again, it is 9:00.
        let looks = 0;
        const now = () => new Date(looks++ < 2 ? "2026-03-02T07:59:59Z" : "2026-03-02T08:00:00Z");
        assert.deepEqual((await runStages(stages, { now, progress })).stages, ["Deploy Succeeded", "Last Succeeded"]);
        assert.ok(
            lines.includes(
                "Waiting for the deployment window * * 9-16 ? * MON-THU (Europe/Berlin), which opens at 2026-03-02T08:00:00.000Z.",
            ),
            lines.join("\n"),
        );
        const stop = new AbortController();
        const closed = () => {
            setImmediate(() => stop.abort());
            return new Date("2026-03-06T12:00:00Z");
        };
        const stopped = await runStages(stages, { now: closed, signal: stop.signal });
        assert.deepEqual([stopped.status, stopped.stages], ["Stopped", ["Deploy Stopped"]]);
    });
});
