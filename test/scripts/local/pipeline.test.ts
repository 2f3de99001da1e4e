import assert from "node:assert/strict";
import { cronAllowed } from "../../../components/cronWindow";
import { startErrors } from "../../../scripts/local/errors";
import { failureOf } from "../../../scripts/local/pipeline/conditions";
import {
    type ActionContext,
    type ActionResult,
    type ActionRunner,
    execute,
} from "../../../scripts/local/pipeline/execution";
import type { Operator } from "../../../scripts/local/pipeline/model";
import { readPipeline } from "../../../scripts/local/pipeline/read";
import { Variables } from "../../../scripts/local/pipeline/variables";
import { PlainProgress } from "../../../scripts/local/progress/plain";
import { buildStage, entry, pipelineResource, sourceStage } from "./support";

describe("local run: reading the recorded pipeline", () => {
    it("keeps the fields that it uses", () => {
        const check = entry("SKIP", "#{variables.ROLLBACK_TO}", "EQ", "none");
        assert.deepEqual(readPipeline([pipelineResource([sourceStage, buildStage("Deploy", check)])]), {
            name: "pipeline",
            arn: "arn:aws:codepipeline:us-east-1:000000000000:pipeline",
            variables: [{ name: "ROLLBACK_TO", defaultValue: "none" }],
            stages: [
                {
                    name: "Source",
                    entry: undefined,
                    success: undefined,
                    actions: [
                        {
                            name: "Source",
                            provider: "CodeCommit",
                            runOrder: 1,
                            configuration: sourceStage.actions[0]!.configuration,
                            inputs: [],
                            outputs: ["Source"],
                            namespace: "SourceVariables",
                        },
                    ],
                },
                {
                    name: "Deploy",
                    entry: {
                        result: "SKIP",
                        rules: [
                            {
                                provider: "VariableCheck",
                                ...{
                                    name: "Check",
                                    variable: "#{variables.ROLLBACK_TO}",
                                    operator: "EQ",
                                    value: "none",
                                },
                            },
                        ],
                    },
                    success: undefined,
                    actions: [
                        {
                            name: "Deploy",
                            provider: "CodeBuild",
                            runOrder: 1,
                            configuration: { ProjectName: "Deploy", EnvironmentVariables: "[]" },
                            inputs: ["Source"],
                            outputs: ["Deploy"],
                            namespace: undefined,
                        },
                    ],
                },
            ],
        });
    });

    it("rejects every unsupported feature, all at once and by name", () => {
        const window = (Cron: string) => ({
            name: "Window",
            ruleTypeId: { category: "Rule", owner: "AWS", provider: "DeploymentWindow", version: "1" },
            configuration: { Cron, TimeZone: "UTC" },
        });
        const lambda = { category: "Rule", owner: "AWS", provider: "LambdaInvoke", version: "1" };
        const stages = [
            buildStage("Ship", {}, { category: "Deploy", provider: "CodeDeploy" }),
            buildStage("Unpack", {}, { category: "Deploy", provider: "S3", configuration: { Extract: "true" } }),
            buildStage("Replay", { onSuccess: { condition: { result: "ROLLBACK", rules: [window("* * * ? * *")] } } }),
            buildStage("Late", { onSuccess: { condition: { result: "FAIL", rules: [window("0 0 9 L * ?")] } } }),
            buildStage("Quiet", { beforeEntry: { condition: { result: "SKIP", rules: [window("* * * ? * *")] } } }),
            buildStage("Batch", {}, { configuration: { ProjectName: "Batch", CombineArtifacts: "true" } }),
            buildStage("Retry", { onFailure: { result: "RETRY" } }),
            buildStage("Hook", {
                beforeEntry: { condition: { result: "ROLLBACK", rules: [{ name: "Ask", ruleTypeId: lambda }] } },
            }),
            buildStage("Compare", entry("FAIL", "#{a.b}", "GT", "1")),
        ];
        assert.throws(
            () => readPipeline([pipelineResource(stages, { pipelineType: "V1", executionMode: "PARALLEL" })]),
            (error) => {
                assert(error instanceof startErrors.FeaturesUnsupported);
                assert.deepEqual(error.facts.features, [
                    'pipeline.pipelineType: "V1"; it has V2',
                    'pipeline.executionMode: "PARALLEL"; it has QUEUED',
                    "stage Ship, action Ship: the provider Deploy/AWS/CodeDeploy version 1",
                    'stage Unpack, action Unpack, configuration.Extract: "true"; it has false',
                    'stage Replay, onSuccess, result: "ROLLBACK"; it has FAIL',
                    `stage Late, onSuccess, rule Window, Cron: "0 0 9 L * ?"; it has ${cronAllowed}`,
                    'stage Quiet, beforeEntry, rule Window, provider: "DeploymentWindow"; it has VariableCheck',
                    'stage Batch, action Batch, configuration: "CombineArtifacts"',
                    'stage Retry: "onFailure"',
                    'stage Hook, beforeEntry, result: "ROLLBACK"; it has SKIP, FAIL',
                    'stage Hook, beforeEntry, rule Ask, provider: "LambdaInvoke"; it has VariableCheck, DeploymentWindow, CloudWatchAlarm',
                    "stage Hook, beforeEntry, rule Ask, Operator: undefined; it has EQ, NE, CONTAINS, MATCHES",
                    'stage Compare, beforeEntry, rule Check, Operator: "GT"; it has EQ, NE, CONTAINS, MATCHES',
                ]);
                return true;
            },
        );
    });

    it("refuses a mode in which executions overtake or replace each other, CodePipeline's default too", () => {
        for (const executionMode of ["SUPERSEDED", undefined]) {
            assert.throws(
                () => readPipeline([pipelineResource([sourceStage], { executionMode })]),
                /pipeline\.executionMode: "SUPERSEDED"; it has QUEUED/,
            );
        }
    });

    it("needs exactly one pipeline", () => {
        assert.throws(() => readPipeline([]), /a program with 0 pipelines; it needs exactly one/);
    });
});

describe("local run: variables and conditions", () => {
    const variables = Variables.of({ PlanVariables: { PLANNED_CHANGES: "12" }, variables: { ROLLBACK_TO: "none" } });

    it("replaces every reference in a text", () => {
        const text = "#{PlanVariables.PLANNED_CHANGES} to #{variables.ROLLBACK_TO}, not #{this}";
        assert.equal(variables.resolve(text), "12 to none, not #{this}");
    });

    it("fails for an unset variable", () => {
        assert.throws(() => variables.resolve("#{PlanVariables.OTHER}"), {
            code: "AP3305",
            facts: { variable: "#{PlanVariables.OTHER}" },
        });
    });

    const cases: [Operator, string, boolean][] = [
        ["EQ", "12", true],
        ["EQ", "1", false],
        ["NE", "12", false],
        ["NE", "1", true],
        ["CONTAINS", "2", true],
        ["CONTAINS", "3", false],
        // The whole text, as Java's `matches`.
        ["MATCHES", "[0-9]+", true],
        ["MATCHES", "[0-9]", false],
    ];
    for (const [operator, value, passes] of cases) {
        it(`"12" ${operator} "${value}" ${passes ? "passes" : "does not pass"}`, () => {
            const rule = {
                provider: "VariableCheck" as const,
                name: "Check",
                variable: "#{PlanVariables.PLANNED_CHANGES}",
                operator,
                value,
            };
            const failure = failureOf({ result: "SKIP", rules: [rule] }, variables);
            assert.equal(
                failure,
                passes ? undefined : `rule Check: #{PlanVariables.PLANNED_CHANGES} is "12", not ${operator} "${value}"`,
            );
        });
    }
});

describe("local run: execution", () => {
    const silent = new PlainProgress(() => undefined);
    const never = new AbortController().signal;

    /** Runs stages with actions whose results are given by name; tells what ran, and the record. */
    async function runStages(
        stages: unknown[],
        results: Record<string, Awaited<ReturnType<ActionRunner>>>,
        progress = silent,
    ) {
        const ran: string[] = [];
        const record = await execute(readPipeline([pipelineResource(stages)]), {
            id: "one",
            variables: Variables.of({ variables: { ROLLBACK_TO: "none" } }),
            runAction: ({ action, configuration }) => {
                ran.push(`${action.name} ${configuration["EnvironmentVariables"] ?? ""}`.trim());
                return Promise.resolve(results[action.name] ?? { status: "Succeeded" });
            },
            progress,
            signal: never,
        });
        return {
            ran,
            status: record.status,
            stages: record.stages.map(({ name, status }) => `${name} ${status}`),
            record,
        };
    }

    it("passes an action's variables to later configurations", async () => {
        const use = { configuration: { ProjectName: "Use", EnvironmentVariables: "#{SourceVariables.CommitId}" } };
        const { ran } = await runStages([sourceStage, buildStage("Use", {}, use)], {
            Source: { status: "Succeeded", variables: { CommitId: "abc" } },
        });
        assert.deepEqual(ran, ["Source", "Use abc"]);
    });

    it("skips a stage whose condition says so, and goes on", async () => {
        const skip = entry("SKIP", "#{variables.ROLLBACK_TO}", "NE", "none");
        const { stages, ran } = await runStages([sourceStage, buildStage("Rollback", skip), buildStage("Last")], {});
        assert.deepEqual(stages, ["Source Succeeded", "Rollback Skipped", "Last Succeeded"]);
        assert.deepEqual(ran, ["Source", "Last []"]);
    });

    it("says in words why a stage of DbPipeline is skipped, and by its rule why any other is", async () => {
        const skip = (name: string) => {
            const stage = entry("SKIP", "#{variables.ROLLBACK_TO}", "NE", "none");
            stage.beforeEntry.condition.rules[0]!.name = name;
            return stage;
        };
        const lines: string[] = [];
        const { record } = await runStages(
            [sourceStage, buildStage("Rollback", skip("RollbackAskedFor")), buildStage("Other", skip("Mine"))],
            {},
            new PlainProgress((line) => lines.push(line)),
        );
        assert.deepEqual(
            record.stages.map(({ message }) => message),
            [undefined, "none was requested", 'rule Mine: #{variables.ROLLBACK_TO} is "none", not NE "none"'],
        );
        assert(lines.includes("Stage Rollback: skipped, none was requested"), lines.join("\n"));
    });

    it("fails a stage whose condition stops the execution, with a code", async () => {
        const stop = entry("FAIL", "#{variables.ROLLBACK_TO}", "NE", "none");
        const { record } = await runStages([sourceStage, buildStage("Plan", stop)], {});
        assert.equal(
            record.stages.at(-1)?.message,
            'AP3314: The stage Plan is not entered: rule Check: #{variables.ROLLBACK_TO} is "none", not NE "none". ' +
                "Start an execution with variables that satisfy the rule.",
        );
    });

    it("fails a stage whose condition says so, and stops", async () => {
        const fail = entry("FAIL", "#{variables.ROLLBACK_TO}", "NE", "none");
        const { status, stages } = await runStages([sourceStage, buildStage("Guarded", fail), buildStage("Last")], {});
        assert.equal(status, "Failed");
        assert.deepEqual(stages, ["Source Succeeded", "Guarded Failed"]);
    });

    it("fails a stage whose condition names an unset variable", async () => {
        const { status, record } = await runStages([buildStage("Guarded", entry("SKIP", "#{a.b}", "EQ", "1"))], {});
        assert.equal(status, "Failed");
        assert.match(record.stages[0]!.message!, /The variable #\{a\.b\} is not set/);
    });

    it("runs nothing after a failed action", async () => {
        const { status, stages, record } = await runStages([buildStage("Deploy"), buildStage("Last")], {
            Deploy: { status: "Failed", message: "exit status 1" },
        });
        assert.equal(status, "Failed");
        assert.deepEqual(stages, ["Deploy Failed"]);
        assert.deepEqual(
            record.stages[0]!.actions.map(({ name, status, message }) => ({ name, status, message })),
            [{ name: "Deploy", status: "Failed", message: "exit status 1" }],
        );
    });

    it("waits where an action does", async () => {
        const { status, stages } = await runStages([buildStage("Approve"), buildStage("Deploy")], {
            Approve: { status: "InProgress" },
        });
        assert.equal(status, "InProgress");
        assert.deepEqual(stages, ["Approve InProgress"]);
    });

    it("runs actions in the order of their runOrder, those of the same number side by side", async () => {
        const action = (name: string, runOrder: number) => ({ ...buildStage(name).actions[0]!, name, runOrder });
        const stage = { name: "Build", actions: [action("Second", 2), action("First", 1), action("AlsoFirst", 1)] };
        const { ran } = await runStages([stage], {});
        assert.deepEqual(ran, ["First []", "AlsoFirst []", "Second []"]);
    });

    it("continues in the stage in which it waited, and repeats no action", async () => {
        const action = (name: string, runOrder: number) => ({ ...buildStage(name).actions[0]!, name, runOrder });
        const stage = { name: "Deploy", actions: [action("Plan", 1), action("Approve", 2), action("Deploy", 3)] };
        const pipeline = readPipeline([pipelineResource([sourceStage, stage])]);
        const ran: string[] = [];
        let approve: "InProgress" | "Succeeded" = "InProgress";
        const options = {
            id: "one",
            variables: Variables.of({}),
            runAction: ({ action: { name } }: ActionContext): Promise<ActionResult> => {
                ran.push(name);
                return Promise.resolve({ status: name === "Approve" ? approve : "Succeeded" });
            },
            progress: silent,
            signal: never,
        };
        const { status, stages: done } = await execute(pipeline, options);
        assert.equal(status, "InProgress");
        assert.deepEqual(ran, ["Source", "Plan", "Approve"]);
        approve = "Succeeded";
        const record = await execute(pipeline, { ...options, done });
        assert.deepEqual(ran, ["Source", "Plan", "Approve", "Approve", "Deploy"]);
        assert.deepEqual(
            record.stages.map(({ name, actions }) => [name, ...actions.map((each) => `${each.name} ${each.status}`)]),
            [
                ["Source", "Source Succeeded"],
                ["Deploy", "Plan Succeeded", "Approve Succeeded", "Deploy Succeeded"],
            ],
        );
    });

    it("stops on request", async () => {
        const controller = new AbortController();
        const record = await execute(readPipeline([pipelineResource([buildStage("Deploy"), buildStage("Last")])]), {
            id: "one",
            variables: Variables.of({}),
            runAction: () => {
                controller.abort();
                return Promise.reject(new Error("aborted"));
            },
            progress: silent,
            signal: controller.signal,
        });
        assert.equal(record.status, "Stopped");
        assert.deepEqual(
            record.stages.map(({ name, status, actions }) => [name, status, actions[0]?.status]),
            [["Deploy", "Stopped", "Abandoned"]],
        );
    });
});
