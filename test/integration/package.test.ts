import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { buildPackage, packageDirectory } from "../../scripts/package";

// The npm tarball as a stranger gets it: packed, installed into an empty project without TypeScript, run by plain Node
// under Pulumi's mocks. What it does not prove: that the registry takes it, or that AWS does.

const program = `
const pulumi = require("@pulumi/pulumi");
const resources = [];
const mocks = {
    newResource: ({ type, name, inputs }) => {
        resources.push({ type, name });
        return { id: name + "-id", state: { ...inputs, arn: "arn:aws:x:eu-central-1:123456789012:" + name, name: inputs.name ?? name } };
    },
    call: () => ({ accountId: "123456789012", region: "eu-central-1", partition: "aws" }),
};
async function main() {
    await pulumi.runtime.setMocks(mocks, "project", "stack", false);
    const { AuroraCluster, MigrationBuild } = require("aurora-pipeline");
    const network = { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"], isolatedSubnetIds: ["subnet-2", "subnet-3"] };
    const database = new AuroraCluster("orders", { network });
    const credential = { secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders" };
    const build = new MigrationBuild("orders-deploy", { action: "Deploy", network, database, credential, environmentName: "dev" });
    const toolchain = await new Promise((resolve) => build.toolchain.apply(resolve));
    await pulumi.runtime.disconnect(false);
    console.log(JSON.stringify({ resources, toolchain }));
}
main();
`;

describe("npm package", () => {
    let scratch: string;
    let project: string;

    before(function () {
        this.timeout(600_000);
        scratch = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-package-"));
        project = path.join(scratch, "project");
        buildPackage(() => undefined);
        run("npm", ["pack", "--pack-destination", scratch], packageDirectory);
        const [tarball] = readdirSync(scratch).filter((file) => file.endsWith(".tgz"));
        assert.ok(tarball !== undefined, "npm pack wrote no tarball");
        mkdirSync(project);
        writeFileSync(path.join(project, "package.json"), '{ "name": "scratch", "private": true }');
        run("npm", ["install", "--ignore-scripts", "--prefer-offline", path.join(scratch, tarball)], project);
        writeFileSync(path.join(project, "index.js"), program);
    });

    after(() => {
        rmSync(scratch, { recursive: true, force: true });
    });

    const installed = (...names: string[]) => path.join(project, "node_modules", "aurora-pipeline", ...names);

    it("brings what it needs and no compiler", () => {
        const manifest = JSON.parse(readFileSync(installed("package.json"), "utf8")) as {
            dependencies: Record<string, string>;
        };
        const expected = ["@pulumi/aws", "@pulumi/awsx", "@pulumi/pulumi", "@pulumi/random"];
        assert.deepEqual(Object.keys(manifest.dependencies).sort(), expected);
        for (const compiler of ["ts-node", "typescript"]) {
            assert.equal(existsSync(path.join(project, "node_modules", compiler)), false, compiler);
        }
    });

    it("holds JavaScript, declarations, license, readme and toolchain, and no sources", () => {
        for (const file of [
            "index.js",
            "index.d.ts",
            "LICENSE",
            "README.md",
            "toolchain/toolchain.json",
            "toolchain/toolchain.cdx.json",
        ]) {
            assert.ok(existsSync(installed(file)), file);
        }
        const sources = readdirSync(installed()).filter((file) => /(?<!\.d)\.ts$|\.map$/.test(file));
        assert.deepEqual(sources, []);
    });

    it("runs in plain Node and finds its own toolchain", () => {
        const { resources, toolchain } = JSON.parse(run("node", ["index.js"], project)) as {
            resources: { type: string; name: string }[];
            toolchain: string;
        };
        const types = resources.map(({ type }) => type);
        assert.ok(types.includes("aurora-pipeline:index:AuroraCluster"));
        assert.ok(types.includes("aws:rds/cluster:Cluster"));
        assert.ok(types.includes("aws:codebuild/project:Project"));
        assert.equal(path.dirname(toolchain), installed("toolchain"));
        assert.ok(existsSync(toolchain), toolchain);
    });
});

function run(command: string, args: string[], cwd: string): string {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
