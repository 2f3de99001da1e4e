import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { evaluatePolicies } from "../policy/evaluate";
import { record, type Recording } from "./support/mocks";
import { loadAnew } from "./support/program";

const directory = path.join(__dirname, "..", "examples");
// The others are migrations of other people, for the local run.
const examples = readdirSync(directory).filter((name) => existsSync(path.join(directory, name, "Pulumi.yaml")));

describe("examples", () => {
    it("are there", () => {
        assert.deepEqual(examples, ["existing-vpc"]);
    });

    for (const name of examples) {
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

        before(async function () {
            // The first program of a process loads the AWS SDK.
            this.timeout(20_000);
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

        it("makes no network and uses the one that it is given", () => {
            assert.deepEqual(recording.all("aws:ec2/vpc:Vpc"), []);
            for (const project of recording.all("aws:codebuild/project:Project")) {
                const { subnets } = project.inputs.vpcConfig as { subnets: string[] };
                assert.deepEqual(subnets, ["subnet-0123456789abcdef0"]);
            }
            assert.deepEqual(recording.one("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds, [
                "subnet-0123456789abcdef1",
                "subnet-0123456789abcdef2",
            ]);
        });

        it("has builds that are no administrators", () => {
            const found = evaluatePolicies(recording.resources, { environment: "dev" }).map(({ rule }) => rule);
            assert.deepEqual(
                found.filter((rule) => /^(codebuild-no-administrator|codebuild-own-secrets)$/.test(rule)),
                [],
            );
        });

        it("makes the four other components", () => {
            for (const [component, count] of [
                ["AuroraCluster", 1],
                ["DbSecret", 3],
                ["MigrationBuild", 4],
                ["DbPipeline", 1],
            ] as const) {
                assert.equal(recording.all(`aurora-pipeline:index:${component}`).length, count, component);
            }
        });
    });
});
