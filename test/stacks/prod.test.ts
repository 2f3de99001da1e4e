import assert from "node:assert/strict";
import { Stages } from "../../components/contract";
import type { Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { actionsOf, stagesOf } from "../support/program";
import { evaluateStack } from "../support/stack";

describe("stack prod", () => {
    let prod: Recording<unknown>;

    before(async () => {
        prod = await evaluateStack({ environment: "prod" });
    });

    it("survives the loss of a zone: two zones, two instances, a NAT gateway each", () => {
        const subnets = prod.all("aws:ec2/subnet:Subnet");
        assert.equal(new Set(subnets.map(({ inputs }) => inputs.availabilityZone as string)).size, 2);
        assert.equal(prod.all("aws:ec2/natGateway:NatGateway").length, 2);
        assert.equal(prod.all("aws:rds/clusterInstance:ClusterInstance").length, 2);
    });

    it("never pauses", () => {
        const { inputs } = prod.one("aws:rds/cluster:Cluster");
        assert.deepEqual(inputs.serverlessv2ScalingConfiguration, { minCapacity: 0.5, maxCapacity: 8 });
    });

    it("is protected against accidental deletion: protection, snapshot, backups, recovery window", () => {
        const cluster = prod.one("aws:rds/cluster:Cluster");
        assert.equal(cluster.inputs.deletionProtection, true);
        assert.equal(cluster.protect, true);
        assert.equal(cluster.inputs.skipFinalSnapshot, false);
        assert.equal(cluster.inputs.deleteAutomatedBackups, false);
        assert.equal(cluster.inputs.backupRetentionPeriod, 30);
        for (const secret of nonEmpty(prod.all("aws:secretsmanager/secret:Secret"))) {
            assert.equal(secret.inputs.recoveryWindowInDays, 30, secret.name);
        }
        for (const bucket of nonEmpty(prod.all("aws:s3/bucket:Bucket"))) {
            assert.equal(bucket.inputs.forceDestroy, false, bucket.name);
        }
        const key = prod.one("aws:kms/key:Key");
        assert.equal(key.inputs.deletionWindowInDays, 30);
        assert.equal(key.protect, true);
    });

    it("is changed in its maintenance window, unless config says otherwise", () => {
        const resources = [prod.one("aws:rds/cluster:Cluster"), ...prod.all("aws:rds/clusterInstance:ClusterInstance")];
        for (const { name, inputs } of resources) {
            assert.equal(inputs.applyImmediately, false, name);
            assert.equal(inputs.preferredMaintenanceWindow, "sun:03:00-sun:04:00", name);
        }
    });

    it("requires an approval before it deploys", () => {
        const { source, plan, deploy, rollback } = Stages;
        assert.deepEqual(stagesOf(prod), [source, plan, rollback, deploy]);
        assert.deepEqual(actionsOf(prod), [
            ...["Source/Source", "Source/Toolchain", "Plan/Bootstrap", "Plan/Plan"],
            ...["Rollback/Plan", "Rollback/Approve", "Rollback/Rollback"],
            ...["Deploy/Plan", "Deploy/Approve", "Deploy/Deploy"],
        ]);
    });

    it("encrypts everything that it stores with its own key", () => {
        const key = prod.one("aws:kms/key:Key").outputs.arn as string;
        assert.equal(prod.one("aws:rds/cluster:Cluster").inputs.kmsKeyId, key);
        for (const secret of nonEmpty(prod.all("aws:secretsmanager/secret:Secret"))) {
            assert.equal(secret.inputs.kmsKeyId, key, secret.name);
        }
        for (const group of nonEmpty(prod.all("aws:cloudwatch/logGroup:LogGroup"))) {
            assert.equal(group.inputs.kmsKeyId, key, group.name);
        }
        for (const topic of nonEmpty(prod.all("aws:sns/topic:Topic"))) {
            assert.equal(topic.inputs.kmsMasterKeyId, key, topic.name);
        }
        const [store] = prod.one("aws:codepipeline/pipeline:Pipeline").inputs.artifactStores as Store[];
        assert.deepEqual(store?.encryptionKey, { id: key, type: "KMS" });
    });

    it("is monitored: all traffic, advanced insights, audit, logs for a year", () => {
        assert.equal(prod.one("aws:ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
        const { inputs } = prod.one("aws:rds/cluster:Cluster");
        assert.equal(inputs.databaseInsightsMode, "advanced");
        assert.equal(inputs.performanceInsightsRetentionPeriod, 465);
        const parameters = prod.one("aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs.parameters as Named[];
        assert.ok(parameters.some(({ name }) => name === "pgaudit.log"));
        for (const group of nonEmpty(prod.all("aws:cloudwatch/logGroup:LogGroup"))) {
            assert.equal(group.inputs.retentionInDays, 365, group.name);
        }
        const { inputs: accessLog } = prod.one("aws:s3/bucketLogging:BucketLogging");
        assert.equal(accessLog.bucket, "aurora-pipeline-prod-artifacts-id");
        assert.equal(accessLog.targetBucket, "aurora-pipeline-prod-artifacts-access-log-id");
    });

    it("rotates every password every 30 days", () => {
        const rotations = prod.all("aws:secretsmanager/secretRotation:SecretRotation");
        assert.equal(rotations.length, prod.all("aws:secretsmanager/secret:Secret").length);
        for (const { name, inputs } of nonEmpty(rotations)) {
            assert.deepEqual(inputs.rotationRules, { automaticallyAfterDays: 30 }, name);
        }
    });
});

interface Store {
    encryptionKey: { id: string; type: string };
}
interface Named {
    name: string;
}
