import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { ApplyChanges, AuroraCluster, type AuroraClusterArgs, DatabaseInsights, Engine } from "../../components";
import { backtrackSeconds } from "../../components/cluster/backtrack";
import { account, isSecret, promiseOf, type Recorded, record, region, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

const clusterType = "aws:rds/cluster:Cluster";
const instanceType = "aws:rds/clusterInstance:ClusterInstance";
const logGroupType = "aws:cloudwatch/logGroup:LogGroup";
const clusterGroupType = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const instanceGroupType = "aws:rds/parameterGroup:ParameterGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const passwordType = "random:index/randomPassword:RandomPassword";

const network = { vpcId: "vpc-1", privateSubnetIds: ["private-1"], isolatedSubnetIds: ["isolated-1", "isolated-2"] };
const key = `arn:aws:kms:${region}:${account}:key/1`;

const aurora = (args: Partial<AuroraClusterArgs> = {}, preview = false) =>
    record(() => new AuroraCluster("db", { network, ...args }), { preview });
const mysql = (args: Partial<AuroraClusterArgs> = {}) => aurora({ engine: Engine.AuroraMysql, ...args });

describe("AuroraCluster", () => {
    it("creates what it needs, and nothing else", async () => {
        const { resources } = await aurora({ instances: 2, allowedSecurityGroupIds: { api: "sg-1" } });
        assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
            "aurora-pipeline:index:AuroraCluster db",
            "aws:cloudwatch/logGroup:LogGroup db-iam-db-auth-error",
            "aws:cloudwatch/logGroup:LogGroup db-postgresql",
            "aws:ec2/securityGroup:SecurityGroup db",
            "aws:iam/role:Role db-monitoring",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment db-monitoring",
            "aws:rds/cluster:Cluster db",
            "aws:rds/clusterInstance:ClusterInstance db-1",
            "aws:rds/clusterInstance:ClusterInstance db-2",
            "aws:rds/clusterParameterGroup:ClusterParameterGroup db",
            "aws:rds/parameterGroup:ParameterGroup db",
            "aws:rds/subnetGroup:SubnetGroup db",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule db-api",
            "random:index/randomId:RandomId db-final",
            "random:index/randomPassword:RandomPassword db-master",
        ]);
        const { urn } = resources.find(({ type }) => type === "aurora-pipeline:index:AuroraCluster") as Recorded;
        for (const child of nonEmpty(resources.filter((resource) => resource.urn !== urn))) {
            assert.equal(child.parent, urn, child.name);
        }
    });

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

    describe("the master password", () => {
        it("is random, secret everywhere, and not restored after a rotation", async () => {
            const { one, resources, result } = await aurora();
            const cluster = one(clusterType);
            assert.equal(reveal(cluster.inputs.masterPassword), "password-of-db-master");
            assert.ok(cluster.ignoreChanges.includes("masterPassword"));
            assert.equal(await promiseOf(result.masterPassword), "password-of-db-master");
            assert.equal(await pulumi.isSecret(result.masterPassword), true);
            // Nothing else contains it, neither in plain text nor as a secret.
            for (const resource of nonEmpty(
                resources.filter(({ type }) => type !== clusterType && type !== passwordType),
            )) {
                assert.doesNotMatch(JSON.stringify(resource.inputs), /password-of/, resource.name);
            }
        });

        it("has characters that RDS accepts", async () => {
            const { one } = await aurora();
            assert.deepEqual(one(passwordType, "db-master").inputs, {
                length: 32,
                overrideSpecial: "!#%*-_=+:.?",
                minLower: 2,
                minUpper: 2,
                minNumeric: 2,
                minSpecial: 2,
            });
        });

        it("may be given, and is then a secret too", async () => {
            const { all, one, result } = await aurora({ masterPassword: "correct-horse" });
            assert.deepEqual(all(passwordType), []);
            assert.ok(isSecret(one(clusterType).inputs.masterPassword));
            assert.equal(reveal(one(clusterType).inputs.masterPassword), "correct-horse");
            assert.equal(await pulumi.isSecret(result.masterPassword), true);
        });
    });

    describe("the network", () => {
        it("uses the isolated subnets, behind a group without rules", async () => {
            const { one, all } = await aurora();
            assert.deepEqual(one("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds, ["isolated-1", "isolated-2"]);
            assert.deepEqual(one("aws:ec2/securityGroup:SecurityGroup").inputs, {
                vpcId: "vpc-1",
                description: "Database cluster db-stack",
            });
            assert.deepEqual(all(ingressType), []);
        });

        it("admits the given groups at the database's port, by stable names", async () => {
            const rules = async (allowedSecurityGroupIds: Record<string, string>) =>
                (await aurora({ allowedSecurityGroupIds })).all(ingressType);
            const [api] = await rules({ api: "sg-1" });
            assert.deepEqual(api?.inputs, {
                securityGroupId: "db-id",
                description: "Database connections from api",
                ipProtocol: "tcp",
                fromPort: 15432,
                toPort: 15432,
                referencedSecurityGroupId: "sg-1",
            });
            const both = await rules({ admin: "sg-2", api: "sg-1" });
            assert.deepEqual(both.find(({ name }) => name === "db-api")?.inputs, api?.inputs);
        });
    });

    describe("the parameters", () => {
        it("force TLS and write no statement into the log (PostgreSQL)", async () => {
            const { one } = await aurora();
            const { family, parameters } = one(clusterGroupType).inputs;
            assert.equal(family, "aurora-postgresql17");
            assert.deepEqual(parameters, [
                { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
                { name: "log_statement", value: "none", applyMethod: "immediate" },
                { name: "log_min_duration_statement", value: "-1", applyMethod: "immediate" },
                { name: "log_min_error_statement", value: "panic", applyMethod: "immediate" },
                { name: "pg_stat_statements.track_utility", value: "0", applyMethod: "immediate" },
            ]);
        });

        it("audit on request (PostgreSQL)", async () => {
            const { one } = await aurora({ auditLogging: true });
            assert.deepEqual((one(clusterGroupType).inputs.parameters as unknown[]).slice(5), [
                {
                    name: "shared_preload_libraries",
                    value: "pg_stat_statements,pgaudit",
                    applyMethod: "pending-reboot",
                },
                { name: "pgaudit.role", value: "rds_pgaudit", applyMethod: "pending-reboot" },
                { name: "pgaudit.log", value: "ddl,role", applyMethod: "immediate" },
            ]);
        });

        it("force TLS, log slow statements and audit on request (MySQL)", async () => {
            const { one } = await mysql({ auditLogging: true, engineVersion: "8.4" });
            assert.equal(one(clusterGroupType).inputs.family, "aurora-mysql8.4");
            assert.deepEqual(one(clusterGroupType).inputs.parameters, [
                { name: "require_secure_transport", value: "ON", applyMethod: "immediate" },
                { name: "slow_query_log", value: "1", applyMethod: "immediate" },
                { name: "long_query_time", value: "1", applyMethod: "immediate" },
                { name: "server_audit_logging", value: "1", applyMethod: "immediate" },
                { name: "server_audit_events", value: "CONNECT,QUERY_DDL", applyMethod: "immediate" },
            ]);
            assert.deepEqual(one(instanceGroupType).inputs.parameters, [
                { name: "performance_schema", value: "1", applyMethod: "pending-reboot" },
            ]);
        });
    });

    describe("the logs", () => {
        it("have groups before the cluster exists, which would create them with unlimited retention and no key", async () => {
            const { one, all } = await aurora({ logRetentionInDays: 365 });
            const groups = all(logGroupType);
            assert.deepEqual(
                groups.map(({ inputs }) => inputs),
                [
                    { name: "/aws/rds/cluster/db-stack/postgresql", retentionInDays: 365 },
                    { name: "/aws/rds/cluster/db-stack/iam-db-auth-error", retentionInDays: 365 },
                ],
            );
            for (const group of nonEmpty(groups)) {
                assert.ok(one(clusterType).dependencies.includes(group.urn), group.name);
            }
        });

        it("follow the cluster's identifier", async () => {
            const { all } = await aurora({ clusterIdentifier: "shop" });
            assert.equal(all(logGroupType)[0]?.inputs.name, "/aws/rds/cluster/shop/postgresql");
        });
    });

    describe("the instances", () => {
        it("are private, monitored and upgraded", async () => {
            const { one } = await aurora();
            assert.deepEqual(one(instanceType).inputs, {
                clusterIdentifier: "db-id",
                engine: "aurora-postgresql",
                instanceClass: "db.serverless",
                dbSubnetGroupName: "db",
                dbParameterGroupName: "db",
                publiclyAccessible: false,
                promotionTier: 0,
                autoMinorVersionUpgrade: true,
                applyImmediately: true,
                preferredMaintenanceWindow: "sun:03:00-sun:04:00",
                copyTagsToSnapshot: true,
                performanceInsightsEnabled: true,
                performanceInsightsRetentionPeriod: 7,
                monitoringInterval: 60,
                monitoringRoleArn: `arn:aws:iam:${region}:${account}:db-monitoring`,
            });
        });

        it("keep their identity when more are added, and the first becomes the writer", async () => {
            const one = (await aurora({ instances: 1 })).all(instanceType);
            const three = (await aurora({ instances: 3 })).all(instanceType);
            assert.deepEqual(
                three.map(({ name }) => name),
                ["db-1", "db-2", "db-3"],
            );
            assert.deepEqual(three[0]?.inputs, one[0]?.inputs);
            for (const reader of nonEmpty(three.slice(1))) {
                assert.ok(reader.dependencies.includes(three[0]?.urn ?? "none"), reader.name);
            }
        });

        it("send metrics with a role that only RDS can use, for this account's instances", async () => {
            const { one } = await aurora();
            assert.deepEqual(JSON.parse(one("aws:iam/role:Role").inputs.assumeRolePolicy as string), {
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "Trust",
                        Effect: "Allow",
                        Principal: { Service: "monitoring.rds.amazonaws.com" },
                        Action: ["sts:AssumeRole"],
                        Condition: {
                            StringEquals: { "aws:SourceAccount": account },
                            ArnEquals: { "aws:SourceArn": `arn:aws:rds:${region}:${account}:db:*` },
                        },
                    },
                ],
            });
            const permission = one("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
            assert.equal(
                permission.inputs.policyArn,
                "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            );
            assert.ok(one(instanceType).dependencies.includes(permission.urn));
        });

        it("need no role without metrics", async () => {
            const { one, all } = await aurora({ monitoringInterval: 0 });
            assert.equal(one(instanceType).inputs.monitoringInterval, 0);
            assert.equal(one(instanceType).inputs.monitoringRoleArn, undefined);
            assert.deepEqual(all("aws:iam/role:Role"), []);
        });
    });

    it("outputs what clients need to connect", async () => {
        const { result } = await aurora();
        const { clusterIdentifier, endpoint, readerEndpoint, port, databaseName, engine, masterUsername } = result;
        assert.deepEqual(
            await promiseOf({
                clusterIdentifier,
                endpoint,
                readerEndpoint,
                port,
                databaseName,
                engine,
                masterUsername,
            }),
            {
                clusterIdentifier: "db-stack",
                endpoint: `db.cluster-abc.${region}.rds.amazonaws.com`,
                readerEndpoint: `db.cluster-ro-abc.${region}.rds.amazonaws.com`,
                port: 15432,
                databaseName: "app",
                engine: "aurora-postgresql",
                masterUsername: "dbowner",
            },
        );
        assert.equal(await promiseOf(result.securityGroupId), "db-id");
        assert.equal(await promiseOf(result.clusterResourceId), "cluster-DB");
    });

    it("outputs its parts, for monitoring", async () => {
        const { result } = await record(() => new AuroraCluster("db", { network, instances: 2 }), {
            outputs: (type, name) =>
                type.endsWith(":ClusterInstance") ? { identifier: `${name}-0a1b2c3` } : undefined,
        });
        assert.deepEqual(await promiseOf(result.instanceIdentifiers), ["db-1-0a1b2c3", "db-2-0a1b2c3"]);
        assert.equal(await promiseOf(result.instanceParameterGroupName), "db");
    });

    it("outputs its endpoint once an instance answers there", async () => {
        const { all } = await record(() => {
            const { endpoint } = new AuroraCluster("db", { network });
            // Everything that uses the endpoint waits for the instance.
            new AuroraCluster("waiting", { network, tags: {}, masterPassword: endpoint });
        });
        const waiting = all(clusterType).find(({ name }) => name === "waiting");
        const instance = all(instanceType).find(({ name }) => name === "db-1");
        assert.ok(waiting?.dependencies.includes(instance?.urn ?? "none"));
    });

    it("tags everything that supports tags", async () => {
        const tags = { Owner: "shop" };
        const { resources } = await aurora({ tags, allowedSecurityGroupIds: { api: "sg-1" } });
        const taggable = resources.filter(({ type }) => type.startsWith("aws:") && !type.includes("PolicyAttachment"));
        for (const { type, name, inputs } of nonEmpty(taggable)) {
            assert.deepEqual(inputs.tags, tags, `${type} ${name}`);
        }
    });
});
