import * as assert from "node:assert/strict";
import { MigrationBuild } from "../../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../../components/codeBuild/args";
import type { Action } from "../../../components/contract";
import { variablesOf } from "../../support/builds";
import { record } from "../../support/mocks";
import { statementsOf } from "../../support/policies";
import { credential, database, network } from "../../support/references";
import { archiveForSuite } from "../../support/toolchain";

const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/storage";
const at = "arn:aws:rds:eu-central-1:123456789012";

describe("a build that takes a snapshot first", () => {
    const toolchain = archiveForSuite();

    async function recordBuild(action: Action, guards: MigrationBuildArgs["guards"]) {
        const recording = await record(
            () =>
                new MigrationBuild("orders-build", {
                    ...{ action, guards, network, database, credential, environmentName: "prod", toolchain },
                }),
        );
        const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", "orders-build");
        const variables = variablesOf(recording.one("aws:codebuild/project:Project"));
        return {
            statements: statementsOf(inputs.policy).filter(({ Action: actions }) =>
                actions.some((name) => /^(rds|kms):/.test(name)),
            ),
            cluster: variables.find(({ name }) => name === "SNAPSHOT_CLUSTER")?.value,
        };
    }

    it("knows the cluster, and may take snapshots of it but not change it", async () => {
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

    it("may grant RDS the use of the storage key, only through RDS", async () => {
        const { statements } = await recordBuild("Deploy", { snapshotBeforeDeploy: true, clusterKmsKeyArn: kmsKeyArn });
        const lend = statements.find(({ Sid }) => Sid === "LendStorageKey");
        assert.deepEqual(lend?.Resource, [kmsKeyArn]);
        assert.deepEqual(lend.Condition, {
            Bool: { "kms:GrantIsForAWSResource": "true" },
            StringEquals: { "kms:ViaService": "rds.eu-central-1.amazonaws.com" },
        });
    });

    it("is only the one that is configured to", async () => {
        for (const guards of [undefined, {}, { snapshotBeforeDeploy: false }]) {
            const { cluster, statements } = await recordBuild("Deploy", guards);
            assert.equal(cluster, undefined);
            assert.deepEqual(statements, []);
        }
        assert.deepEqual((await recordBuild("Rollback", {})).statements, []);
    });
});
