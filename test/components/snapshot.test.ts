import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { MigrationBuild } from "../../components/migrationBuild";
import type { Action, MigrationBuildArgs } from "../../components/migrationBuildArgs";
import type { Statement } from "../../components/statements";
import { record } from "../support/mocks";

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "snapshot-build-"));
const toolchain = path.join(directory, "toolchain-0123456789abcdef.zip");
const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/storage";
const at = "arn:aws:rds:eu-central-1:123456789012";

async function recordBuild(action: Action, guards: MigrationBuildArgs["guards"]) {
    const recording = await record(
        () =>
            new MigrationBuild("orders-build", {
                action,
                guards,
                network: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"], isolatedSubnetIds: ["subnet-2"] },
                database: {
                    engine: "aurora-postgresql",
                    clusterIdentifier: "orders",
                    endpoint: "orders.cluster-abc.eu-central-1.rds.amazonaws.com",
                    port: 15432,
                    databaseName: "app",
                    securityGroupId: "sg-database",
                },
                credential: { secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf" },
                environmentName: "prod",
                toolchain,
            }),
    );
    const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", "orders-build");
    const { Statement } = JSON.parse(inputs.policy as string) as { Statement: Statement[] };
    const { environmentVariables } = recording.one("aws:codebuild/project:Project").inputs.environment as {
        environmentVariables: { name: string; value: string }[];
    };
    return {
        statements: Statement.filter(({ Action: actions }) => actions.some((name) => /^(rds|kms):/.test(name))),
        cluster: environmentVariables.find(({ name }) => name === "SNAPSHOT_CLUSTER")?.value,
    };
}

describe("a build that takes a snapshot first", () => {
    before(() => fs.writeFileSync(toolchain, "archive"));
    after(() => fs.rmSync(directory, { recursive: true }));

    it("knows of which cluster, and may do that and nothing to the cluster", async () => {
        const { cluster, statements } = await recordBuild("Deploy", { snapshotBeforeDeploy: true });
        assert.equal(cluster, "orders");
        const snapshots = `${at}:cluster-snapshot:orders-release-*`;
        assert.deepEqual(
            statements.map(({ Sid, Effect, Action, Resource }) => [Sid, Effect, Action, Resource]),
            [
                ["TakeSnapshot", "Allow", ["rds:CreateDBClusterSnapshot"], [`${at}:cluster:orders`, snapshots]],
                ["TagSnapshot", "Allow", ["rds:AddTagsToResource"], [snapshots]],
                ["DescribeSnapshot", "Allow", ["rds:DescribeDBClusterSnapshots"], [`${at}:cluster:orders`, snapshots]],
                [
                    "ProtectCluster",
                    "Deny",
                    ["rds:Delete*", "rds:Failover*", "rds:Modify*", "rds:Reboot*", "rds:Stop*"],
                    [`${at}:cluster:orders`],
                ],
            ],
        );
    });

    it("may lend the key of the cluster's storage to RDS, through RDS alone", async () => {
        const { statements } = await recordBuild("Deploy", { snapshotBeforeDeploy: true, clusterKmsKeyArn: kmsKeyArn });
        const lend = statements.find(({ Sid }) => Sid === "LendStorageKey");
        assert.deepEqual(lend?.Resource, [kmsKeyArn]);
        assert.deepEqual(lend.Condition, {
            Bool: { "kms:GrantIsForAWSResource": "true" },
            StringEquals: { "kms:ViaService": "rds.eu-central-1.amazonaws.com" },
        });
    });

    it("is only one that is told to", async () => {
        for (const guards of [undefined, {}, { snapshotBeforeDeploy: false }]) {
            const { cluster, statements } = await recordBuild("Deploy", guards);
            assert.equal(cluster, undefined);
            assert.deepEqual(statements, []);
        }
        assert.deepEqual((await recordBuild("Rollback", {})).statements, []);
    });
});
