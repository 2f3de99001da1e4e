import assert from "node:assert/strict";
import { type Environment, environments } from "../policy/rule";
import { isSecret, promiseOf, type Recorded, type Recording } from "./support/mocks";
import { nonEmpty } from "./support/nonEmpty";
import { evaluateStack, type Exports } from "./support/stack";

const evaluate = (environment: Environment, connectionStatus = "PENDING") =>
    evaluateStack({
        environment,
        outputs: (type) => (type === "aws:codeconnections/connection:Connection" ? { connectionStatus } : undefined),
    });

/** Only prod has one. */
const dashboards: Record<string, string | undefined> = {
    prod: "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/aurora-pipeline-prod",
};

describe("program", () => {
    for (const stack of environments) {
        describe(stack, () => {
            let program: Recording<Exports>;
            let outputs: Record<string, string>;

            before(async () => {
                program = await evaluate(stack);
                const values = Object.entries(program.result).map(async ([name, output]) => [
                    name,
                    (await promiseOf(output)) as string,
                ]);
                outputs = Object.fromEntries(await Promise.all(values)) as Record<string, string>;
            });

            it("outputs what an operator needs", () => {
                const name = `aurora-pipeline-${stack}`;
                const console = "https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines";
                assert.deepEqual(outputs, {
                    pipelineName: name,
                    pipelineConsoleUrl: `${console}/${name}/view?region=eu-central-1`,
                    connectionArn: program.one("aws:codeconnections/connection:Connection").outputs.arn as string,
                    connectionStatus:
                        "PENDING: complete its handshake once (AWS console, Developer Tools, Settings, Connections, Update pending connection)",
                    clusterEndpoint: `${name}.cluster-abc.eu-central-1.rds.amazonaws.com`,
                    clusterReaderEndpoint: `${name}.cluster-ro-abc.eu-central-1.rds.amazonaws.com`,
                    secretArn: program.one("aws:secretsmanager/secret:Secret", name).outputs.arn as string,
                    howToRollBack: `aws codepipeline start-pipeline-execution --name ${name} --variables name=ROLLBACK_TO,value=<release id>`,
                    notificationTopicArn: `arn:aws:sns:eu-central-1:123456789012:${name}-notifications`,
                    ...(stack in dashboards && { dashboardUrl: dashboards[stack] }),
                });
            });

            it("creates one of each component, and a build for each action", () => {
                const components = program.resources.filter(({ type }) => type.startsWith("aurora-pipeline:index:"));
                assert.deepEqual(components.map(({ type, name }) => `${type.split(":")[2]} ${name}`).sort(), [
                    `AuroraCluster aurora-pipeline-${stack}`,
                    `DatabaseDelivery aurora-pipeline-${stack}`,
                    `DbPipeline aurora-pipeline-${stack}`,
                    `DbSecret aurora-pipeline-${stack}`,
                    `DbSecret aurora-pipeline-${stack}-migrator`,
                    `DbSecret aurora-pipeline-${stack}-planner`,
                    `MigrationBuild aurora-pipeline-${stack}-bootstrap`,
                    `MigrationBuild aurora-pipeline-${stack}-deploy`,
                    ...(stack === "prod" ? ["deploy-plan", "drift"] : []).map(
                        (build) => `MigrationBuild aurora-pipeline-prod-${build}`,
                    ),
                    `MigrationBuild aurora-pipeline-${stack}-plan`,
                    `MigrationBuild aurora-pipeline-${stack}-rollback`,
                    ...(stack === "prod" ? ["MigrationBuild aurora-pipeline-prod-rollback-plan"] : []),
                    `Network aurora-pipeline-${stack}`,
                    `Operations aurora-pipeline-${stack}`,
                ]);
            });

            it("names and tags every resource", () => {
                const urns = program.resources.map(({ urn }) => urn);
                assert.equal(new Set(urns).size, urns.length);
                for (const { inputs, name } of nonEmpty(program.resources.filter(({ inputs }) => "tags" in inputs))) {
                    const { Name, ...tags } = inputs.tags as Record<string, string>;
                    assert.deepEqual(tags, { Project: "aurora-pipeline", Stack: stack }, name);
                    // What has no name in AWS has one in its tags.
                    assert.ok(Name === undefined || Name === name, name);
                }
            });

            it("keeps every secret one: no input and no stack output holds a password in the clear", () => {
                const passwords = program.all("random:index/randomPassword:RandomPassword");
                assert.ok(passwords.length > 0);
                for (const { name } of nonEmpty(passwords)) {
                    const password = `password-of-${name}`;
                    assert.deepEqual(
                        program.resources.flatMap((resource) => clear(resource, password)),
                        [],
                    );
                    assert.ok(!JSON.stringify(outputs).includes(password));
                }
                // The search would find one: it does where the value is a secret.
                const versions = program.all("aws:secretsmanager/secretVersion:SecretVersion");
                assert.equal(versions.length, 3);
                for (const { inputs } of nonEmpty(versions)) {
                    assert.ok(isSecret(inputs.secretString));
                    assert.match(JSON.stringify(inputs), /password-of-/);
                }
                assert.ok(isSecret(program.one("aws:rds/cluster:Cluster").inputs.masterPassword));
            });

            it("evaluates to the same result a second time", async () => {
                const again = await evaluate(stack);
                assert.deepEqual(byUrn(again), byUrn(program));
            });
        });
    }

    it("stops asking for the handshake once it is complete", async () => {
        const { result } = await evaluate("dev", "AVAILABLE");
        assert.equal(await promiseOf(result.connectionStatus), "AVAILABLE");
    });
});

/** The inputs of a resource that hold a text outside any secret. */
function clear({ type, name, inputs }: Recorded, text: string): string[] {
    return Object.entries(inputs)
        .filter(([, value]) => holds(value, text))
        .map(([property]) => `${type} ${name} ${property}`);
}

function holds(value: unknown, text: string): boolean {
    if (isSecret(value)) {
        return false;
    }
    if (typeof value === "object" && value !== null) {
        return Object.values(value).some((part) => holds(part, text));
    }
    return typeof value === "string" && value.includes(text);
}

function byUrn({ resources }: Recording<unknown>): Record<string, unknown> {
    const options = resources.map(({ urn, outputs: _outputs, dependencies, ...rest }): [string, unknown] => [
        urn,
        { ...rest, dependencies: [...dependencies].sort() },
    ]);
    return Object.fromEntries(options.sort(([one], [other]) => one.localeCompare(other)));
}
