import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { evaluatePolicies } from "../policy/evaluate";
import { record, type Recording } from "./support/mocks";
import { nonEmpty } from "./support/nonEmpty";
import { loadAnew } from "./support/program";

const directory = path.join(__dirname, "..", "examples");
// The others are in other languages (examplesOfOtherLanguages.test.ts), or are migrations of other people.
const examples = readdirSync(directory).filter((name) => existsSync(path.join(directory, name, "index.ts")));

describe("examples", () => {
    it("are there", () => {
        assert.deepEqual(examples, ["awsx-vpc", "existing-cluster", "existing-vpc"]);
    });

    for (const name of nonEmpty(examples)) {
        it(`${name} is a Pulumi project of its own that depends on the package`, () => {
            const read = (file: string) => readFileSync(path.join(directory, name, file), "utf8");
            const project = parse(read("Pulumi.yaml")) as { name: string; runtime: { name: string } };
            const manifest = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
            const published = JSON.parse(
                readFileSync(path.join(directory, "..", "components", "package.json"), "utf8"),
            ) as { version: string; dependencies: Record<string, string> };
            assert.equal(project.name, name);
            assert.equal(project.runtime.name, "nodejs");
            assert.equal(manifest.dependencies["aurora-pipeline"], `^${published.version}`);
            // Without them of its own Pulumi compiles with a vendored TypeScript that is too old for the settings.
            for (const shared of ["@pulumi/pulumi", "ts-node", "typescript"]) {
                assert.equal(manifest.dependencies[shared], published.dependencies[shared], shared);
            }
            assert.ok(existsSync(path.join(directory, name, "README.md")));
            assert.match(read("index.ts"), /from "aurora-pipeline"/);
            assert.doesNotMatch(read("index.ts"), /from "\.\.\//);
        });
    }

    describe("existing-vpc", () => {
        let recording: Recording<unknown>;

        before(async () => {
            recording = await record(() => loadAnew("examples/existing-vpc/index.ts"), {
                project: "existing-vpc",
                stack: "dev",
                config: {
                    "existing-vpc:vpcId": "vpc-0123456789abcdef0",
                    "existing-vpc:privateSubnetIds": '["subnet-0123456789abcdef0"]',
                    "existing-vpc:isolatedSubnetIds": '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
                    "existing-vpc:repository": "my-org/my-repository",
                },
            });
        });

        it("creates no network and uses the given one", () => {
            assert.deepEqual(recording.all("aws:ec2/vpc:Vpc"), []);
            for (const project of nonEmpty(recording.all("aws:codebuild/project:Project"))) {
                const { subnets } = project.inputs.vpcConfig as { subnets: string[] };
                assert.deepEqual(subnets, ["subnet-0123456789abcdef0"]);
            }
            assert.deepEqual(recording.one("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds, [
                "subnet-0123456789abcdef1",
                "subnet-0123456789abcdef2",
            ]);
        });

        it("has builds that do not log in as the administrator", () => {
            const found = evaluatePolicies(recording.resources, { environment: "dev" }).map(({ rule }) => rule);
            assert.deepEqual(
                found.filter((rule) => /^(codebuild-no-administrator|codebuild-own-secrets)$/.test(rule)),
                [],
            );
        });

        it("creates the four other components", () => {
            for (const [component, count] of [
                ["AuroraCluster", 1],
                ["DbSecret", 3],
                ["MigrationBuild", 6],
                ["DbPipeline", 1],
            ] as const) {
                assert.equal(recording.all(`aurora-pipeline:index:${component}`).length, count, component);
            }
        });
    });

    describe("awsx-vpc", () => {
        const digest = `sha256:${"0a".repeat(32)}`;
        const imageUri = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders-build-dev@${digest}`;
        let recording: Recording<unknown>;

        before(async () => {
            recording = await record(() => loadAnew("examples/awsx-vpc/index.ts"), {
                project: "awsx-vpc",
                stack: "dev",
                config: { "awsx-vpc:repository": "my-org/my-repository" },
                outputs: (type) =>
                    ({
                        "awsx:ec2:Vpc": {
                            vpcId: "vpc-awsx",
                            privateSubnetIds: ["subnet-p1", "subnet-p2"],
                            isolatedSubnetIds: ["subnet-i1", "subnet-i2"],
                        },
                        "awsx:ecr:Repository": { url: imageUri.split("@")[0] },
                        "awsx:ecr:Image": { imageUri },
                    })[type],
            });
        });

        it("creates its VPC with awsx and puts builds and database into it", () => {
            assert.deepEqual(recording.all("aurora-pipeline:index:Network"), []);
            const { subnetSpecs, natGateways, enableDnsHostnames } = recording.one("awsx:ec2:Vpc").inputs;
            assert.deepEqual(
                (subnetSpecs as { type: string }[]).map(({ type }) => type),
                ["Public", "Private", "Isolated"],
            );
            assert.deepEqual([natGateways, enableDnsHostnames], [{ strategy: "Single" }, true]);
            for (const { inputs } of nonEmpty(recording.all("aws:codebuild/project:Project"))) {
                const { vpcId, subnets } = inputs.vpcConfig as { vpcId: string; subnets: string[] };
                assert.deepEqual([vpcId, subnets], ["vpc-awsx", ["subnet-p1", "subnet-p2"]]);
            }
            const { subnetIds } = recording.one("aws:rds/subnetGroup:SubnetGroup").inputs;
            assert.deepEqual(subnetIds, ["subnet-i1", "subnet-i2"]);
        });

        it("runs every build in its image, which each build's role may pull", () => {
            for (const { inputs } of nonEmpty(recording.all("aws:codebuild/project:Project"))) {
                const { image, imagePullCredentialsType } = inputs.environment as Record<string, unknown>;
                assert.deepEqual([image, imagePullCredentialsType], [imageUri, "SERVICE_ROLE"]);
            }
        });
    });
});
