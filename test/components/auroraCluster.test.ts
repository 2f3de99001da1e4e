import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AuroraCluster } from "../../components";
import { account, isSecret, promiseOf, type Recorded, record, region, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import {
    clusterType,
    instanceType,
    logGroupType,
    clusterGroupType,
    instanceGroupType,
    ingressType,
    passwordType,
    network,
    aurora,
    mysql,
} from "./auroraClusterSupport";

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
                { name: "log_bin_trust_function_creators", value: "1", applyMethod: "immediate" },
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
