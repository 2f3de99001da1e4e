import assert from "node:assert/strict";
import { variablesOf } from "../support/builds";
import { promiseOf } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { existingVpc, environment, actions } from "./environmentSupport";

describe("environment", () => {
    it("passes the guards of the config to the builds that change the database", async () => {
        const recording = await environment({ lockTimeoutMilliseconds: "250", deploymentWaitSeconds: "60" });
        for (const action of ["deploy", "rollback"]) {
            assert.deepEqual(
                variablesOf(recording.one("aws:codebuild/project:Project", `orders-${action}`))
                    .filter(({ name }) => /TIMEOUT|BUDGET|WAIT/.test(name))
                    .map(({ name, value }) => `${name}=${value}`),
                [
                    "LOCK_TIMEOUT_MILLISECONDS=250",
                    "STATEMENT_TIMEOUT_MILLISECONDS=0",
                    "LOCK_RETRY_BUDGET_SECONDS=120",
                    "DEPLOYMENT_WAIT_SECONDS=60",
                ],
            );
        }
    });

    it("tells plans how long to wait for a deployment, and no other guard", async () => {
        const recording = await environment({
            environment: "prod",
            lockTimeoutMilliseconds: "250",
            deploymentWaitSeconds: "60",
        });
        for (const build of ["plan", "rollback-plan", "deploy-plan"]) {
            assert.deepEqual(
                variablesOf(recording.one("aws:codebuild/project:Project", `orders-${build}`))
                    .filter(({ name }) => /TIMEOUT|BUDGET|WAIT/.test(name))
                    .map(({ name, value }) => `${name}=${value}`),
                ["DEPLOYMENT_WAIT_SECONDS=60"],
            );
        }
    });

    describe("the linter's floor", () => {
        const floors = async (config: Record<string, string>) => {
            const recording = await environment(config);
            return ["plan", "rollback", "deploy"].map(
                (action) =>
                    variablesOf(recording.one("aws:codebuild/project:Project", `orders-${action}`)).find(
                        ({ name }) => name === "LINT_FLOOR",
                    )?.value,
            );
        };

        it("is the same for every plan", async () => {
            const recording = await environment({ environment: "prod" });
            const [first, ...others] = ["plan", "rollback-plan", "deploy-plan"].map((build) =>
                recording.one("aws:codebuild/project:Project", `orders-${build}`),
            );
            for (const other of nonEmpty(others)) {
                assert.deepEqual(variablesOf(other), variablesOf(first!));
                assert.deepEqual(other.inputs.source, first!.inputs.source);
                assert.notEqual(other.inputs.serviceRole, first!.inputs.serviceRole);
            }
        });

        it("is none in dev; in prod what destroys data or locks stays visible", async () => {
            const prod =
                '{"destructive":"warning","failing":"warning","guards":"warning","locking":"warning","misread-strings":"error","shadows-builtin":"error","tracking-tables":"error"}';
            assert.deepEqual(await floors({}), [undefined, undefined, undefined]);
            assert.deepEqual(await floors({ environment: "prod" }), [prod, undefined, prod]);
        });

        it("is the config's if it has one", async () => {
            const own = '{"ban-drop-table":"error","drift":"error"}';
            assert.deepEqual(await floors({ lintFloor: own }), [own, undefined, own]);
            assert.deepEqual(await floors({ environment: "prod", lintFloor: own }), [own, undefined, own]);
        });
    });

    it("allows code in changelogs only if its config does, and tells every build that reads them", async () => {
        const told = async (given: Record<string, string>) =>
            (await environment({ rehearsal: "true", driftSchedule: "rate(1 day)", ...given }))
                .all("aws:codebuild/project:Project")
                .filter((project) =>
                    variablesOf(project).some(({ name, value }) => name === "ALLOW_CODE" && value === "true"),
                )
                .map(({ name }) => name)
                .sort();
        assert.deepEqual(await told({}), []);
        assert.deepEqual(await told({ allowCode: "false" }), []);
        const builds = ["orders-deploy", "orders-deploy-plan", "orders-plan", "orders-rehearse", "orders-rollback"];
        assert.deepEqual(await told({ allowCode: "true" }), builds);
    });

    describe("with a rehearsal", () => {
        it("has its build, its stage and the reaper of its clones", async () => {
            const recording = await environment({ rehearsal: "true", lockBudgetMilliseconds: "250" });
            assert.deepEqual(
                actions(recording).map(({ name }) => name as string),
                ["Source", "Toolchain", "Bootstrap", "Plan", "Rollback", "Plan", "Rehearse", "Deploy"],
            );
            const variables = variablesOf(recording.one("aws:codebuild/project:Project", "orders-rehearse"));
            assert.deepEqual(
                variables.filter(({ name }) => /REHEARSAL|BUDGET/.test(name)),
                [
                    { name: "REHEARSAL_SOURCE_CLUSTER", value: "orders", type: "PLAINTEXT" },
                    { name: "REHEARSAL_COPY", value: "AuroraClone", type: "PLAINTEXT" },
                    { name: "REHEARSAL_SECURITY_GROUP", value: "orders-rehearse-clones-id", type: "PLAINTEXT" },
                    { name: "REHEARSAL_CLONE_LIFETIME_MINUTES", value: "120", type: "PLAINTEXT" },
                    { name: "LOCK_BUDGET_MILLISECONDS", value: "250", type: "PLAINTEXT" },
                ],
            );
            recording.one("aws:codebuild/project:Project", "orders-reaper");
        });

        it("has none of it by default", async () => {
            const names = (await environment({})).all("aws:codebuild/project:Project").map(({ name }) => name);
            assert.deepEqual(names.sort(), ["orders-bootstrap", "orders-deploy", "orders-plan", "orders-rollback"]);
        });
    });

    describe("in an existing VPC", () => {
        it("creates no network", async () => {
            const recording = await environment(existingVpc);
            assert.deepEqual(recording.all("aws:ec2/vpc:Vpc"), []);
            assert.deepEqual(recording.all("aws:ec2/subnet:Subnet"), []);
            assert.deepEqual(recording.all("aurora-pipeline:index:Network"), []);
            assert.deepEqual(recording.one("aws:codebuild/project:Project", "orders-deploy").inputs.vpcConfig, {
                vpcId: "vpc-0123456789abcdef0",
                subnets: ["subnet-0123456789abcdef0"],
                securityGroupIds: ["orders-deploy-id"],
            });
            assert.deepEqual(recording.one("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds, [
                "subnet-0123456789abcdef1",
                "subnet-0123456789abcdef2",
            ]);
        });

        it("lets builds reach its endpoints and S3, and not the internet", async () => {
            const prefixList = (token: string) =>
                token === "aws:ec2/getPrefixList:getPrefixList" ? { id: "pl-0123456789" } : undefined;
            const config = { ...existingVpc, egress: "Endpoints", endpointSecurityGroupId: "sg-0123456789abcdef0" };
            const { all } = await environment(config, prefixList);
            const egress = all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").filter(({ name }) =>
                name.startsWith("orders-plan-"),
            );
            assert.deepEqual(
                Object.fromEntries(
                    egress.map(({ name, inputs }) => [
                        name,
                        inputs.prefixListId ?? inputs.referencedSecurityGroupId ?? inputs.cidrIpv4,
                    ]),
                ),
                {
                    "orders-plan-to-endpoints": "sg-0123456789abcdef0",
                    "orders-plan-to-s3": "pl-0123456789",
                    "orders-plan-to-database": "orders-id",
                },
            );
        });
    });

    describe("from another source", () => {
        it("takes an archive in S3, with its default key", async () => {
            const recording = await environment({ repository: "", sourceProvider: "S3", sourceBucket: "my-bucket" });
            const [source] = actions(recording);
            assert.equal(source?.provider, "S3");
            assert.deepEqual(source?.configuration, {
                S3Bucket: "my-bucket",
                S3ObjectKey: "source.zip",
                PollForSourceChanges: "false",
            });
            assert.equal(recording.result.connectionArn, undefined);
            assert.equal(recording.result.connectionStatus, undefined);
        });

        it("accepts an existing connection, whose status is unknown", async () => {
            const connectionArn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/abc";
            const recording = await environment({ connectionArn, branch: "release" });
            assert.deepEqual(recording.all("aws:codeconnections/connection:Connection"), []);
            const [source] = actions(recording);
            const { ConnectionArn, BranchName } = source?.configuration as Record<string, string>;
            assert.deepEqual([ConnectionArn, BranchName], [connectionArn, "release"]);
            assert.equal(await promiseOf(recording.result.connectionArn), connectionArn);
            assert.equal(recording.result.connectionStatus, undefined);
        });
    });

    it("sends approval requests to the configured addresses", async () => {
        const { all } = await environment({ approval: "true", approvalEmails: '["dba@example.com"]' });
        const asked = all("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs.endpoint as string);
        assert.deepEqual(asked, ["dba@example.com"]);
    });

    it("gives a provisioned class no capacity", async () => {
        const { one } = await environment({ instanceClass: "db.r7g.large" });
        assert.equal(one("aws:rds/cluster:Cluster").inputs.serverlessv2ScalingConfiguration, undefined);
        assert.equal(one("aws:rds/clusterInstance:ClusterInstance").inputs.instanceClass, "db.r7g.large");
    });

    it("passes the rest of the config to the components", async () => {
        const { one, all } = await environment({
            engineVersion: "16.8",
            databaseName: "orders",
            instances: "3",
            backupRetentionDays: "14",
            availabilityZones: "3",
            cidrBlock: "10.1.0.0/16",
            rotationDays: "60",
            migrationsDirectory: "database/changes",
            tags: '{"team":"payments"}',
        });
        const cluster = one("aws:rds/cluster:Cluster").inputs;
        assert.equal(cluster.engineVersion, "16.8");
        assert.equal(cluster.databaseName, "orders");
        assert.equal(cluster.backupRetentionPeriod, 14);
        assert.deepEqual(cluster.tags, { Project: "project", Stack: "stack", team: "payments" });
        assert.equal(all("aws:rds/clusterInstance:ClusterInstance").length, 3);
        assert.equal(one("aws:ec2/vpc:Vpc").inputs.cidrBlock, "10.1.0.0/16");
        const zones = all("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZone as string);
        assert.equal(new Set(zones).size, 3);
        for (const { inputs } of nonEmpty(all("aws:secretsmanager/secretRotation:SecretRotation"))) {
            assert.deepEqual(inputs.rotationRules, { automaticallyAfterDays: 60 });
        }
        const environments = all("aws:codebuild/project:Project").map(variablesOf);
        for (const variables of nonEmpty(environments)) {
            const directory = variables.find(({ name }) => name === "MIGRATIONS_DIRECTORY");
            assert.equal(directory?.value, "database/changes");
        }
    });
});
