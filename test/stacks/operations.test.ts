import assert from "node:assert/strict";
import { type Properties, type Recorded, type Recording, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { evaluateStack } from "../support/stack";

const project = "aurora-pipeline";
const projectType = "aws:codebuild/project:Project";
const compositeType = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("the operation of prod", () => {
    let prod: Recording<unknown>;
    before(async () => {
        prod = await evaluateStack({ environment: "prod", config: { rehearsal: "true" } });
    });
    const alarmsOn = (metric: string) => prod.all(alarmType).filter(({ inputs }) => inputs.metricName === metric);

    it("has an alarm for each secret whose rotation fails", () => {
        const functions = prod
            .all("aws:serverlessrepository/cloudFormationStack:CloudFormationStack")
            .map(({ inputs }) => (inputs.parameters as Properties).functionName as string);
        assert.equal(functions.length, prod.all("aws:secretsmanager/secret:Secret").length);
        assert.deepEqual(
            prod
                .all(alarmType)
                .filter(({ inputs }) => inputs.namespace === "AuroraPipeline/Rotation")
                .map(({ inputs }) => inputs.metricName as string)
                .sort(),
            functions.sort(),
        );
    });

    it("has an alarm for manual changes of the database", () => {
        const [drift, ...others] = alarmsOn("FailedBuilds");
        assert.equal(drift?.name, `${project}-prod-drift-measured`);
        assert.ok(prod.one(compositeType, `${project}-prod-drift`).inputs.alarmActions);
        assert.deepEqual(others, []);
        assert.deepEqual(drift?.inputs.dimensions, {
            ProjectName: prod.one(projectType, `${project}-prod-drift`).name,
        });
    });

    it("completes its first `up` without an alarm", () => {
        // What fails then, as long as the connection waits for its handshake and nobody has made the users of the builds:
        // the pipeline's first run, the tests of the rotations, the look for drift. Nothing else is expected to have data.
        const expected = ["FailedPipelineExecutions", "FailedBuilds", "Errors"];
        const red = prod.all(alarmType).filter(({ inputs }) => expected.includes(inputs.metricName as string));
        assert.ok(red.length > 0);
        for (const { name, inputs } of nonEmpty(red)) assert.equal(inputs.alarmActions, undefined, name);
        const firstBuild = prod.one(alarmType, `${project}-prod-first-build`).inputs;
        assert.deepEqual(firstBuild.dimensions, { ProjectName: `${project}-prod-bootstrap` });
        for (const { name, inputs } of nonEmpty(prod.all(compositeType))) {
            assert.match(inputs.alarmRule as string, /AND OK\("aurora-pipeline-prod-first-build"\)$/, name);
        }
        // No data is bad news of one alarm only, and that begins to count when the stack is made.
        const breaching = prod.all(alarmType).filter(({ inputs }) => inputs.treatMissingData === "breaching");
        assert.deepEqual(
            breaching.map(({ name }) => name),
            [`${project}-prod-missing-backup`],
        );
    });

    it("has an alarm for failed deliveries, and a stuck delivery fails", () => {
        const pipeline = prod.one("aws:codepipeline/pipeline:Pipeline");
        assert.deepEqual(
            alarmsOn("FailedPipelineExecutions").map(({ inputs }) => inputs.dimensions as Properties),
            [{ PipelineName: pipeline.name }],
        );
        const actions = (pipeline.inputs.stages as { actions: Properties[] }[]).flatMap((stage) => stage.actions);
        // A day for what a machine does, a week for a person.
        const longest: Record<string, number> = { CodeBuild: 24 * 60, Manual: 7 * 24 * 60 };
        const kinds = new Set<string>();
        for (const action of nonEmpty(actions)) {
            const { provider, category } = action as { provider: string; category: string };
            kinds.add(category);
            if (category === "Source") {
                // AWS ends these by itself, within an hour.
                continue;
            }
            const limit = limitOf(action, prod.all(projectType));
            assert.ok(limit > 0 && limit <= (longest[provider] ?? 0), `${action.name as string}: ${limit} minutes`);
        }
        assert.deepEqual([...kinds].sort(), ["Approval", "Build", "Source"]);
    });
});

/** Minutes after which an action of the pipeline has ended, one way or the other; NaN where nothing ends it. */
function limitOf({ provider, configuration, timeoutInMinutes }: Properties, projects: Recorded[]): number {
    if (provider === "Manual") {
        return Number(timeoutInMinutes);
    }
    const name = reveal<Properties>(configuration).ProjectName as string;
    const inputs: Properties = projects.find((candidate) => candidate.name === name)?.inputs ?? {};
    return Number(inputs.queuedTimeout) + Number(inputs.buildTimeout);
}
