import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { record } from "./support/mocks";
import { argProblems, hasOutput } from "./support/packageSchema";
import { loadAnew, root } from "./support/program";

// The same delivery in three languages. TypeScript is evaluated. Of YAML and Python it is proved that the package's
// schema, which Pulumi makes their SDKs from, has what they use; not that these SDKs run.

const read = (...names: string[]) => readFileSync(path.join(root, "examples", ...names), "utf8");

describe("an existing cluster", () => {
    const expected = {
        clusterIdentifier: "orders",
        network: { vpcId: "vpc-0123456789abcdef0", privateSubnetIds: ["subnet-0123456789abcdef0"] },
        source: { provider: "GitHub", repository: "my-org/my-repository" },
    };

    it("gets a whole pipeline from ten lines of TypeScript", async () => {
        assert.ok(read("existing-cluster", "index.ts").trimEnd().split("\n").length <= 10);
        let asked: unknown;
        const { one, all, result } = await record(
            () => loadAnew<{ pipeline: unknown }>("examples/existing-cluster/index.ts"),
            {
                call: (token, inputs) => {
                    if (token !== "aws:rds/getCluster:getCluster") return undefined;
                    asked = inputs.clusterIdentifier;
                    return {
                        ...{ clusterIdentifier: "orders", engine: "aurora-postgresql", databaseName: "orders" },
                        ...{ endpoint: "orders.cluster-abc.eu-central-1.rds.amazonaws.com", port: 5432 },
                        ...{
                            vpcSecurityGroupIds: ["sg-1"],
                            clusterMembers: ["orders-1"],
                            clusterResourceId: "cluster-O",
                        },
                        ...{ masterUserSecrets: [{ secretArn: "arn:aws:secretsmanager:eu-central-1:1:secret:rds!x" }] },
                    };
                },
            },
        );
        assert.equal(asked, "orders");
        assert.ok(result.pipeline !== undefined);
        const { stages } = one("aws:codepipeline/pipeline:Pipeline").inputs as { stages: { name: string }[] };
        assert.deepEqual(
            stages.map(({ name }) => name),
            ["Source", "Plan", "Rollback", "Deploy"],
        );
        assert.equal(all("aws:codebuild/project:Project").length, 7);
    });

    it("gets it from ten lines of YAML, if the schema is to be believed", () => {
        const program = parse(read("existing-cluster-yaml", "Pulumi.yaml")) as {
            runtime: string;
            resources: Record<string, { type: string; properties: Record<string, unknown> }>;
            outputs: Record<string, string>;
        };
        assert.equal(program.runtime, "yaml");
        assert.deepEqual(program.resources, {
            orders: { type: "aurora-pipeline:DatabaseDelivery", properties: expected },
        });
        assert.deepEqual(argProblems("DatabaseDelivery", program.resources.orders?.properties ?? {}), []);
        const [, output = ""] = /^\$\{orders\.(\w+)\}$/.exec(program.outputs.pipeline ?? "") ?? [];
        assert.ok(hasOutput("DatabaseDelivery", output), output);
    });

    it("gets it from ten lines of Python, if the schema is to be believed", () => {
        const program = read("existing-cluster-python", "__main__.py");
        assert.ok(program.trimEnd().split("\n").length <= 10);
        assert.match(program, /^import pulumi_aurora_pipeline as aurora$/m);
        // Pulumi's generator for Python turns the schema's names into its own: cluster_identifier.
        const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        const [, name, body] = /aurora\.DatabaseDelivery\(\s*"(\w+)",(.*?)\n\)/s.exec(program) ?? [];
        const json = `{${body}}`.replaceAll(/(\w+)=/g, '"$1":').replaceAll(/,(\s*[}\]])/g, "$1");
        const args = JSON.parse(
            json.replaceAll(/"(\w+)":/g, (_, key: string) => `"${camel(key)}":`),
        ) as typeof expected;
        assert.equal(name, "orders");
        assert.deepEqual(args, expected);
        assert.deepEqual(argProblems("DatabaseDelivery", args), []);
        const [, output = ""] = /orders\.(\w+)\)$/m.exec(program) ?? [];
        assert.ok(hasOutput("DatabaseDelivery", camel(output)), output);
    });

    it("would be told what is wrong with it", () => {
        const network = { vpcId: 5, privateSubnetIds: "subnet-1" };
        assert.deepEqual(
            argProblems("DatabaseDelivery", { network, clusterID: "x", engine: "postgres" } satisfies Record<
                string,
                unknown
            >),
            [
                "DatabaseDelivery.source is missing",
                "DatabaseDelivery.network.vpcId is no string",
                "DatabaseDelivery.network.privateSubnetIds is no list",
                "DatabaseDelivery.clusterID: none",
                "DatabaseDelivery.engine is none of the values",
            ],
        );
        assert.equal(hasOutput("DatabaseDelivery", "none"), false);
    });
});
