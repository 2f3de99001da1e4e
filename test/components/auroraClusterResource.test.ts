import assert from "node:assert/strict";
import { mock } from "node:test";
import { ApplyChanges, AuroraCluster, type AuroraClusterArgs, DatabaseInsights } from "../../components";
import { backtrackSeconds } from "../../components/cluster/backtrack";
import { isSecret, record } from "../support/mocks";
import {
    clusterType,
    instanceType,
    logGroupType,
    clusterGroupType,
    instanceGroupType,
    network,
    key,
    aurora,
    mysql,
} from "./auroraClusterSupport";

describe("AuroraCluster", () => {
    describe("the cluster", () => {
        it("is safe by default", async () => {
            const { one } = await aurora();
            const { masterPassword, ...inputs } = one(clusterType).inputs;
            assert.ok(isSecret(masterPassword));
            assert.deepEqual(inputs, {
                clusterIdentifier: "db-stack",
                engine: "aurora-postgresql",
                engineMode: "provisioned",
                engineVersion: "17.4",
                engineLifecycleSupport: "open-source-rds-extended-support-disabled",
                autoMinorVersionUpgrade: true,
                allowMajorVersionUpgrade: false,
                applyImmediately: true,
                preferredMaintenanceWindow: "sun:03:00-sun:04:00",
                preferredBackupWindow: "02:00-03:00",
                databaseName: "app",
                masterUsername: "dbowner",
                iamDatabaseAuthenticationEnabled: true,
                port: 15432,
                dbSubnetGroupName: "db",
                vpcSecurityGroupIds: ["db-id"],
                dbClusterParameterGroupName: "db",
                storageEncrypted: true,
                enabledCloudwatchLogsExports: ["postgresql", "iam-db-auth-error"],
                serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 2 },
                databaseInsightsMode: "standard",
                performanceInsightsEnabled: true,
                performanceInsightsRetentionPeriod: 7,
                backupRetentionPeriod: 7,
                copyTagsToSnapshot: true,
                deletionProtection: false,
                skipFinalSnapshot: false,
                finalSnapshotIdentifier: "db-stack-final-0a1b2c3d",
                deleteAutomatedBackups: false,
            });
        });

        it("applies changes at once or in the window, like its instances", async () => {
            const late = await aurora({
                instances: 2,
                applyChanges: ApplyChanges.InMaintenanceWindow,
                preferredMaintenanceWindow: "sat:22:00-sat:23:30",
                preferredBackupWindow: "00:00-00:30",
            });
            for (const { name, inputs } of [late.one(clusterType), ...late.all(instanceType)]) {
                assert.equal(inputs.applyImmediately, false, name);
                assert.equal(inputs.preferredMaintenanceWindow, "sat:22:00-sat:23:30", name);
            }
            assert.equal(late.one(clusterType).inputs.preferredBackupWindow, "00:00-00:30");
            // "This setting doesn't apply to Amazon Aurora DB instances" (CreateDBInstance).
            assert.ok(late.all(instanceType).every(({ inputs }) => !("preferredBackupWindow" in inputs)));
        });

        it("never names zones: RDS adds some, and the difference would replace the cluster", async () => {
            const { one } = await aurora({ instances: 3 });
            assert.ok(!("availabilityZones" in one(clusterType).inputs));
        });

        it("is MySQL on request", async () => {
            const { one } = await mysql({ backtrackHours: 24 });
            const { inputs } = one(clusterType);
            assert.equal(inputs.engine, "aurora-mysql");
            assert.equal(inputs.engineVersion, "8.0.4");
            assert.equal(inputs.port, 13306);
            assert.deepEqual(inputs.enabledCloudwatchLogsExports, ["audit", "error", "slowquery"]);
            assert.equal(inputs.backtrackWindow, 86400);
        });

        it("rejects backtrack in a region without it, by name", async () => {
            assert.throws(() => backtrackSeconds("db", "eu-north-1", 24), {
                code: "AP2206",
                facts: { name: "db", region: "eu-north-1", hours: 24 },
                message:
                    'AP2206: AuroraCluster "db" cannot be backtracked: Aurora MySQL has no backtrack in eu-north-1, and backtrackHours is 24. ' +
                    "Set 0, and restore a backup to a point in time instead; or choose another region.",
            });
            assert.equal(backtrackSeconds("db", "eu-north-1", 0), 0);
            assert.equal(backtrackSeconds("db", "eu-west-1", 24), 86_400);
            const { one } = await mysql();
            assert.equal(one(clusterType).inputs.backtrackWindow, 0);
        });

        it("pauses only with a minimum capacity of 0", async () => {
            const scaling = async (args: Partial<AuroraClusterArgs>) =>
                (await aurora(args)).one(clusterType).inputs.serverlessv2ScalingConfiguration as unknown;
            assert.deepEqual(await scaling({ minCapacity: 0 }), {
                minCapacity: 0,
                maxCapacity: 2,
                secondsUntilAutoPause: 300,
            });
            assert.deepEqual(await scaling({ minCapacity: 0, maxCapacity: 8, secondsUntilAutoPause: 600 }), {
                minCapacity: 0,
                maxCapacity: 8,
                secondsUntilAutoPause: 600,
            });
            assert.deepEqual(await scaling({ minCapacity: 1 }), { minCapacity: 1, maxCapacity: 2 });
            assert.equal(await scaling({ instanceClass: "db.r7g.large" }), undefined);
        });

        it("is protected by RDS and by Pulumi", async () => {
            const unprotected = (await aurora()).one(clusterType);
            assert.equal(unprotected.protect, false);
            const { protect, inputs } = (await aurora({ deletionProtection: true })).one(clusterType);
            assert.equal(protect, true);
            assert.equal(inputs.deletionProtection, true);
        });

        it("gives its final snapshot a new name whenever it is replaced", async () => {
            const { one } = await aurora({ kmsKeyArn: key });
            assert.deepEqual(one("random:index/randomId:RandomId").inputs.keepers, {
                clusterIdentifier: "db-stack",
                engine: "aurora-postgresql",
                databaseName: "app",
                masterUsername: "dbowner",
                kmsKey: key,
                subnetGroup: one("aws:rds/subnetGroup:SubnetGroup").outputs.name as string,
            });
        });

        it("starts from a snapshot, and the replaced cluster's final snapshot has another name", async () => {
            const empty = await aurora();
            const restored = await aurora({ restoreFrom: "orders-2026-01-01" });
            assert.equal(empty.one(clusterType).inputs.snapshotIdentifier, undefined);
            assert.equal(restored.one(clusterType).inputs.snapshotIdentifier, "orders-2026-01-01");
            const keepers = ({ one }: typeof empty) => one("random:index/randomId:RandomId").inputs.keepers as object;
            assert.deepEqual(keepers(restored), { ...keepers(empty), restoreFrom: "orders-2026-01-01" });
        });

        it("says after a restore without IAM authentication how to turn it on before the first delivery", async () => {
            const warnings = async (enabled: boolean, restoreFrom?: string) => {
                const warn = mock.method(console, "warn", () => undefined);
                await record(() => new AuroraCluster("db", { network, restoreFrom }), {
                    outputs: (type) =>
                        type === clusterType ? { iamDatabaseAuthenticationEnabled: enabled } : undefined,
                });
                warn.mock.restore();
                return warn.mock.calls.map(({ arguments: [text] }) => `${text as string}`);
            };
            const [warning, ...others] = await warnings(false, "orders-2026-01-01");
            assert.match(warning ?? "", /"db" was restored without IAM authentication .*run: pulumi up --refresh$/);
            assert.deepEqual(others, []);
            assert.deepEqual(await warnings(true, "orders-2026-01-01"), []);
            assert.deepEqual(await warnings(false), []);
        });

        it("leaves nothing behind without a final snapshot", async () => {
            const { one, all } = await aurora({ finalSnapshot: false });
            const { inputs } = one(clusterType);
            assert.equal(inputs.skipFinalSnapshot, true);
            assert.equal(inputs.finalSnapshotIdentifier, undefined);
            assert.equal(inputs.deleteAutomatedBackups, true);
            assert.deepEqual(all("random:index/randomId:RandomId"), []);
        });

        it("upgrades its major version on request only, with the instances' parameters", async () => {
            const { one } = await aurora({ allowMajorVersionUpgrade: true });
            assert.equal(one(clusterType).inputs.allowMajorVersionUpgrade, true);
            assert.equal(one(clusterType).inputs.dbInstanceParameterGroupName, "db");
            assert.equal((await aurora()).one(clusterType).inputs.dbInstanceParameterGroupName, undefined);
        });

        it("upgrades from parameter groups that live until the upgrade is over", async () => {
            const before = await aurora({ engineVersion: "16" });
            const after = await aurora({ engineVersion: "17", allowMajorVersionUpgrade: true });
            for (const type of [clusterGroupType, instanceGroupType]) {
                const group = after.one(type);
                assert.deepEqual(
                    [before.one(type).inputs.family, group.inputs.family],
                    ["aurora-postgresql16", "aurora-postgresql17"],
                );
                // Another family replaces the group. With a different name, the new one can exist before the old one is
                // deleted.
                assert.equal(group.inputs.name, undefined);
                assert.equal(group.deleteBeforeReplace, false);
                assert.ok(after.one(clusterType).dependencies.includes(group.urn));
            }
            assert.equal(after.one(clusterType).inputs.applyImmediately, true);
        });

        it("encrypts storage, performance data and logs with the key it is given", async () => {
            const { one, all } = await aurora({ kmsKeyArn: key, databaseInsights: DatabaseInsights.Advanced });
            const { inputs } = one(clusterType);
            assert.equal(inputs.kmsKeyId, key);
            assert.equal(inputs.performanceInsightsKmsKeyId, key);
            assert.equal(inputs.databaseInsightsMode, "advanced");
            assert.equal(inputs.performanceInsightsRetentionPeriod, 465);
            assert.deepEqual(
                all(logGroupType).map((group) => group.inputs.kmsKeyId as string),
                [key, key],
            );
        });

        it("is deleted before it is replaced: its identifier is fixed", async () => {
            const { one } = await aurora();
            assert.equal(one(clusterType).deleteBeforeReplace, true);
        });
    });
});
