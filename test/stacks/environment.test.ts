import assert from "node:assert/strict";
import { settingsFrom } from "../../stacks/config";
import { createEnvironment } from "../../stacks/environment";
import { promiseOf, type Properties, record, type Recording } from "../support/mocks";

const existingVpc = {
    vpcId: "vpc-0123456789abcdef0",
    privateSubnetIds: '["subnet-0123456789abcdef0"]',
    isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
};

/** An environment of the profile dev with this config. */
function environment(config: Record<string, string>, call?: (token: string) => Properties | undefined) {
    const given = { repository: "my-org/my-repository", ...config };
    const present = Object.entries(given).filter(([, value]) => value !== "");
    const values = Object.fromEntries(present.map(([key, value]) => [`project:${key}`, value]));
    const settings = settingsFrom({ project: "project", stack: "dev", values });
    return record(() => createEnvironment("orders", settings), { call });
}

const actions = ({ one }: Recording<unknown>) =>
    (one("aws:codepipeline/pipeline:Pipeline").inputs.stages as { actions: Properties[] }[]).flatMap(
        (stage) => stage.actions,
    );

describe("environment", function () {
    // The first program of a process loads the AWS SDK.
    this.timeout(20_000);

    it("hands the guards of config to the builds that change the database", async () => {
        const recording = await environment({ lockTimeoutMilliseconds: "250", deploymentWaitSeconds: "60" });
        for (const action of ["deploy", "rollback"]) {
            const { inputs } = recording.one("aws:codebuild/project:Project", `orders-${action}`);
            const { environmentVariables } = inputs.environment as { environmentVariables: Properties[] };
            assert.deepEqual(
                environmentVariables
                    .filter(({ name }) => /TIMEOUT|BUDGET|WAIT/.test(name as string))
                    .map(({ name, value }) => `${name as string}=${value as string}`),
                [
                    "LOCK_TIMEOUT_MILLISECONDS=250",
                    "STATEMENT_TIMEOUT_MILLISECONDS=0",
                    "LOCK_RETRY_BUDGET_SECONDS=120",
                    "DEPLOYMENT_WAIT_SECONDS=60",
                ],
            );
        }
    });

    describe("with a rehearsal", () => {
        it("has its build, its stage and the reaper of its clones", async () => {
            const recording = await environment({ rehearsal: "true", lockBudgetMilliseconds: "250" });
            assert.deepEqual(
                actions(recording).map(({ name }) => name as string),
                ["Source", "Toolchain", "Plan", "Rehearse", "Deploy", "Rollback"],
            );
            const { inputs } = recording.one("aws:codebuild/project:Project", "orders-rehearse");
            const { environmentVariables } = inputs.environment as { environmentVariables: Properties[] };
            assert.deepEqual(
                environmentVariables.filter(({ name }) => /REHEARSAL|BUDGET/.test(name as string)),
                [
                    { name: "REHEARSAL_SOURCE_CLUSTER", value: "orders", type: "PLAINTEXT" },
                    { name: "REHEARSAL_COPY", value: "AuroraClone", type: "PLAINTEXT" },
                    { name: "REHEARSAL_CLONE_LIFETIME_MINUTES", value: "120", type: "PLAINTEXT" },
                    { name: "LOCK_BUDGET_MILLISECONDS", value: "250", type: "PLAINTEXT" },
                ],
            );
            recording.one("aws:codebuild/project:Project", "orders-reaper");
        });

        it("has none of it unless it is switched on", async () => {
            const names = (await environment({})).all("aws:codebuild/project:Project").map(({ name }) => name);
            assert.deepEqual(names.sort(), ["orders-deploy", "orders-plan", "orders-rollback"]);
        });
    });

    describe("in an existing VPC", () => {
        it("makes no network", async () => {
            const recording = await environment(existingVpc);
            assert.deepEqual(recording.all("awsx:ec2:Vpc"), []);
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

        it("takes a connection that is there, whose status it does not know", async () => {
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

    it("asks whom config names", async () => {
        const { all } = await environment({ approval: "true", approvalEmails: '["dba@example.com"]' });
        const asked = all("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs.endpoint as string);
        assert.deepEqual(asked, ["dba@example.com"]);
    });

    it("gives a provisioned class no capacity", async () => {
        const { one } = await environment({ instanceClass: "db.r7g.large" });
        assert.equal(one("aws:rds/cluster:Cluster").inputs.serverlessv2ScalingConfiguration, undefined);
        assert.equal(one("aws:rds/clusterInstance:ClusterInstance").inputs.instanceClass, "db.r7g.large");
    });

    it("hands what else config decides to the components", async () => {
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
        const vpc = one("awsx:ec2:Vpc").inputs;
        assert.deepEqual([vpc.cidrBlock, vpc.numberOfAvailabilityZones], ["10.1.0.0/16", 3]);
        assert.deepEqual(one("aws:secretsmanager/secretRotation:SecretRotation").inputs.rotationRules, {
            automaticallyAfterDays: 60,
        });
        const environments = all("aws:codebuild/project:Project").map(
            ({ inputs }) => (inputs.environment as { environmentVariables: Properties[] }).environmentVariables,
        );
        for (const variables of environments) {
            const directory = variables.find(({ name }) => name === "MIGRATIONS_DIRECTORY");
            assert.equal(directory?.value, "database/changes");
        }
    });

    it("runs migrations as the owner of the database, with the very password of the cluster", async () => {
        const { all } = await environment({});
        assert.deepEqual(
            all("random:index/randomPassword:RandomPassword").map(({ name }) => name),
            ["orders-master"],
        );
    });
});
