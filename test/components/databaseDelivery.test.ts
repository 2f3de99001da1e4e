import assert from "node:assert/strict";
import type * as aws from "@pulumi/aws";
import { DatabaseDelivery, type DatabaseDeliveryArgs } from "../../components";
import { databaseDeliveryDefaults } from "../../components/delivery/args";
import { usableCluster } from "../../components/delivery/database";
import type { InfrastructureError } from "../../components/shared/errors";
import { prod } from "../../stacks/prod";
import { identitiesOf } from "../support/urns";
import { account, type Properties, record, type Recording, region, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { credential, database } from "../support/references";

// What it proves: what is created for a cluster as AWS describes it. What it does not: that AWS describes a cluster so.

const token = "aws:rds/getCluster:getCluster";
const clusterKey = `arn:aws:kms:${region}:${account}:key/cluster`;
const managedSecret = {
    secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:rds!cluster-1-AbCdEf`,
    kmsKeyId: `arn:aws:kms:${region}:${account}:key/secret`,
    secretStatus: "active",
};
const existing = {
    clusterIdentifier: "legacy",
    engine: "aurora-postgresql",
    endpoint: "legacy.cluster-abc.eu-central-1.rds.amazonaws.com",
    port: 5432,
    databaseName: "shop",
    vpcSecurityGroupIds: ["sg-first", "sg-second"],
    clusterResourceId: "cluster-LEGACY",
    clusterMembers: ["legacy-1", "legacy-2"],
    dbClusterParameterGroupName: "default.aurora-postgresql17",
    dbSubnetGroupName: "legacy-subnets",
    masterUsername: "postgres",
    masterUserSecrets: [managedSecret],
    kmsKeyId: clusterKey,
    iamDatabaseAuthenticationEnabled: false,
};
const least: DatabaseDeliveryArgs = {
    clusterIdentifier: "legacy",
    network: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"] },
    source: { provider: "GitHub", repository: "acme/orders" },
};

function deliver(args: Partial<DatabaseDeliveryArgs> = {}, found: Properties = {}, preview = false) {
    return record(() => new DatabaseDelivery("orders", { ...least, ...args }), {
        call: (called) => (called === token ? { ...existing, ...found } : undefined),
        preview,
    });
}

const variablesOf = ({ one }: Recording<unknown>, project: string): Record<string, string> =>
    Object.fromEntries(
        (
            one("aws:codebuild/project:Project", project).inputs.environment as {
                environmentVariables: { name: string; value: string }[];
            }
        ).environmentVariables.map(({ name, value }) => [name, value]),
    );
const policyOf = ({ one }: Recording<unknown>, role: string) =>
    JSON.stringify(JSON.parse(reveal<string>(one("aws:iam/rolePolicy:RolePolicy", role).inputs.policy)));

describe("DatabaseDelivery", () => {
    describe("of an existing cluster", () => {
        let recording: Recording<DatabaseDelivery>;
        before(async () => {
            recording = await deliver();
        });

        it("creates no network, cluster or credential of the administrator", () => {
            for (const component of ["Network", "AuroraCluster", "DatabaseProxy"]) {
                assert.deepEqual(recording.all(`aurora-pipeline:index:${component}`), [], component);
            }
            const secrets = recording.all("aurora-pipeline:index:DbSecret").map(({ name }) => name);
            assert.deepEqual(secrets, ["orders-migrator", "orders-planner"]);
        });

        it("has builds, pipeline, drift detection and operations, as prod has them", () => {
            const builds = recording.all("aurora-pipeline:index:MigrationBuild").map(({ name }) => name);
            assert.deepEqual(builds.sort(), [
                ...["orders-bootstrap", "orders-deploy", "orders-deploy-plan", "orders-drift"],
                ...["orders-plan", "orders-rollback", "orders-rollback-plan"],
            ]);
            for (const component of ["DbPipeline", "Operations"]) {
                assert.equal(recording.all(`aurora-pipeline:index:${component}`).length, 1, component);
            }
            assert.equal(recording.all("aws:sns/topic:Topic").length, 2, "one asks for approval, one notifies");
            assert.ok(recording.all("aws:cloudwatch/metricAlarm:MetricAlarm").length > 5);
        });

        it("takes the address, the database and the group of the cluster from AWS", () => {
            const variables = variablesOf(recording, "orders-deploy");
            assert.deepEqual(
                [variables.DB_ENGINE, variables.DB_HOST, variables.DB_PORT, variables.DB_NAME],
                ["aurora-postgresql", existing.endpoint, "5432", "shop"],
            );
            const { inputs } = recording.one(
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "orders-deploy-into-database",
            );
            assert.equal(inputs.securityGroupId, "sg-first");
        });

        it("creates the users as the administrator whose secret RDS manages, which no other build reads", () => {
            assert.match(policyOf(recording, "orders-bootstrap"), /rds!cluster-1-AbCdEf.*key\/secret/);
            for (const name of ["plan", "rollback-plan", "deploy-plan", "deploy", "rollback", "drift"]) {
                assert.doesNotMatch(policyOf(recording, `orders-${name}`), /rds!cluster/, name);
            }
            assert.equal(variablesOf(recording, "orders-bootstrap").BOOTSTRAP_OWNER, "shop_owner");
        });

        it("needs no subnet for the database", () => {
            for (const { inputs } of nonEmpty(recording.all("aws:codebuild/project:Project"))) {
                assert.deepEqual((inputs.vpcConfig as Properties).subnets, ["subnet-1"]);
            }
        });

        it("rehearses, and takes snapshots, with the key of the cluster", async () => {
            const rehearsed = await deliver({ rehearsal: {}, guards: { snapshotBeforeDeploy: true } });
            assert.match(policyOf(rehearsed, "orders-rehearse"), /key\/cluster/);
            assert.match(policyOf(rehearsed, "orders-deploy"), /key\/cluster/);
            assert.doesNotMatch(policyOf(recording, "orders-deploy"), /key\/cluster/);
        });

        it("takes a given secret, database and group before those of the cluster", async () => {
            const own = await deliver({
                administrator: credential,
                databaseName: "billing",
                securityGroupId: "sg-own",
            });
            assert.match(policyOf(own, "orders-bootstrap"), /secret:orders-AbCdEf/);
            assert.doesNotMatch(policyOf(own, "orders-bootstrap"), /rds!cluster/);
            assert.equal(variablesOf(own, "orders-plan").DB_NAME, "billing");
            const { inputs } = own.one(
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "orders-plan-into-database",
            );
            assert.equal(inputs.securityGroupId, "sg-own");
        });

        it("creates the users in Aurora MySQL too", async () => {
            const mysql = await deliver({ engine: "aurora-mysql" }, { engine: "aurora-mysql" });
            assert.match(policyOf(mysql, "orders-bootstrap"), /rds!cluster/);
            assert.doesNotMatch(policyOf(mysql, "orders-deploy"), /rds!cluster/);
        });

        const unfit: [string, Partial<DatabaseDeliveryArgs>, Properties, RegExp][] = [
            [
                "of another engine",
                {},
                { engine: "aurora-mysql" },
                /its engine is aurora-mysql, and engine is "aurora-p/,
            ],
            ["without a managed secret", {}, { masterUserSecrets: [] }, /RDS manages no secret.* Pass administrator/],
            ["without a database", {}, { databaseName: "" }, /no database was created with it\. Pass databaseName\./],
            ["without a group", {}, { vpcSecurityGroupIds: [] }, /no security group\. Pass securityGroupId\./],
            ["without IAM authentication", { users: { auth: "Iam" } }, {}, /does not allow IAM authentication/],
        ];
        for (const [what, args, found, message] of unfit) {
            it(`refuses a cluster ${what}`, () => {
                const given = { ...least, engine: "aurora-postgresql", clusterIdentifier: "legacy", ...args } as const;
                const cluster = { ...existing, ...found } as unknown as aws.rds.GetClusterResult;
                assert.throws(
                    () => usableCluster("orders", given, cluster),
                    (error: InfrastructureError) => {
                        assert.match(
                            error.message,
                            /AP2208: DatabaseDelivery "orders" cannot work on the cluster legacy: /,
                        );
                        assert.match(error.message, message);
                        return true;
                    },
                );
            });
        }
    });

    it("previews while the database is not known yet", async () => {
        const known = await deliver();
        const unknown = await deliver({}, {}, true);
        assert.deepEqual(
            unknown.resources.map(({ type, name }) => `${type} ${name}`).sort(),
            known.resources.map(({ type, name }) => `${type} ${name}`).sort(),
        );
    });

    it("takes a database of another stack, known by its ids", async () => {
        const { all } = await deliver({ clusterIdentifier: undefined, database, administrator: credential });
        assert.equal(all("aurora-pipeline:index:MigrationBuild").length, 7);
    });

    it("detects no drift, asks nobody and rotates nothing if told so", async () => {
        const { all } = await deliver({ driftSchedule: "never", approval: false, rotationDays: 0, alarms: false });
        assert.equal(all("aurora-pipeline:index:MigrationBuild").length, 4);
        assert.deepEqual(all("aws:serverlessrepository/cloudFormationStack:CloudFormationStack"), []);
        assert.deepEqual(all("aws:cloudwatch/metricAlarm:MetricAlarm"), []);
    });

    it("has prod's defaults", () => {
        const {
            engine: _,
            egress: __,
            migrationsDirectory: ___,
            tool: ____,
            allowCode,
            forceDestroy,
            ...defaults
        } = databaseDeliveryDefaults;
        const { logRetentionInDays, ...shared } = defaults;
        assert.deepEqual(
            shared,
            Object.fromEntries(Object.keys(shared).map((key) => [key, prod[key as keyof typeof prod]])),
        );
        assert.deepEqual(
            [logRetentionInDays, forceDestroy, allowCode],
            [prod.logRetentionDays, !prod.finalSnapshot, false],
        );
    });

    it("keeps what a program created itself before it used a delivery", async () => {
        const { resources } = await deliver();
        const within = "aurora-pipeline:index:DatabaseDelivery$";
        const delivered = identitiesOf(resources).filter(({ types }) => types.startsWith(within));
        for (const { name, types, earlier } of nonEmpty(delivered)) {
            assert.ok(earlier.includes(types.replace(within, "")), `${types} ${name}`);
        }
    });
});
