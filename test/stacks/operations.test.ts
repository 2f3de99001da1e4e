import assert from "node:assert/strict";
import { type Properties, record, type Recorded, type Recording, reveal } from "../support/mocks";
import { configOf, loadAnew } from "../support/program";

const project = "aurora-pipeline";
const projectType = "aws:codebuild/project:Project";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("the operation of prod", function () {
    // The first program of a process loads the AWS SDK.
    this.timeout(20_000);

    let prod: Recording<unknown>;
    before(async () => {
        const config = { ...configOf("prod"), [`${project}:rehearsal`]: "true" };
        prod = await record(() => loadAnew("index.ts"), { project, stack: "prod", config });
    });
    const alarmsOn = (metric: string) => prod.all(alarmType).filter(({ inputs }) => inputs.metricName === metric);

    it("sounds an alarm for each secret whose rotation fails", () => {
        const functions = prod
            .all("aws:serverlessrepository/cloudFormationStack:CloudFormationStack")
            .map(({ inputs }) => (inputs.parameters as Properties).functionName as string);
        assert.equal(functions.length, prod.all("aws:secretsmanager/secret:Secret").length);
        assert.deepEqual(
            alarmsOn("Errors")
                .map(({ inputs }) => (inputs.dimensions as Properties).FunctionName as string)
                .sort(),
            functions.sort(),
        );
    });

    it("sounds an alarm when somebody changed the database by hand", () => {
        const [drift, ...others] = alarmsOn("FailedBuilds");
        assert.deepEqual(others, []);
        assert.deepEqual(drift?.inputs.dimensions, {
            ProjectName: prod.one(projectType, `${project}-prod-drift`).name,
        });
    });

    it("sounds an alarm when a delivery fails, and a delivery that is stuck fails", () => {
        const pipeline = prod.one("aws:codepipeline/pipeline:Pipeline");
        assert.deepEqual(
            alarmsOn("FailedPipelineExecutions").map(({ inputs }) => inputs.dimensions as Properties),
            [{ PipelineName: pipeline.name }],
        );
        const actions = (pipeline.inputs.stages as { actions: Properties[] }[]).flatMap((stage) => stage.actions);
        // A day for what a machine does, a week for a person.
        const longest: Record<string, number> = { CodeBuild: 24 * 60, Manual: 7 * 24 * 60 };
        const kinds = new Set<string>();
        for (const action of actions) {
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
