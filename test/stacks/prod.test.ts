import assert from "node:assert/strict";
import { Stages } from "../../components/contract";
import { record, type Recording } from "../support/mocks";
import { configOf, loadAnew, stagesOf } from "../support/program";

describe("stack prod", () => {
    let prod: Recording<unknown>;

    before(async function () {
        // The first program of a process loads the AWS SDK.
        this.timeout(20_000);
        prod = await record(() => loadAnew("index.ts"), {
            project: "aurora-pipeline",
            stack: "prod",
            config: configOf("prod"),
        });
    });

    it("survives the loss of a zone: two zones, two instances, a NAT gateway each", () => {
        const vpc = prod.one("awsx:ec2:Vpc").inputs;
        assert.equal(vpc.numberOfAvailabilityZones, 2);
        assert.deepEqual(vpc.natGateways, { strategy: "OnePerAz" });
        assert.equal(prod.all("aws:rds/clusterInstance:ClusterInstance").length, 2);
    });

    it("never pauses", () => {
        const { inputs } = prod.one("aws:rds/cluster:Cluster");
        assert.deepEqual(inputs.serverlessv2ScalingConfiguration, { minCapacity: 0.5, maxCapacity: 8 });
    });

    it("survives a slip of the hand: protection, snapshot, backups, recovery window", () => {
        const cluster = prod.one("aws:rds/cluster:Cluster");
        assert.equal(cluster.inputs.deletionProtection, true);
        assert.equal(cluster.protect, true);
        assert.equal(cluster.inputs.skipFinalSnapshot, false);
        assert.equal(cluster.inputs.deleteAutomatedBackups, false);
        assert.equal(cluster.inputs.backupRetentionPeriod, 30);
        assert.equal(prod.one("aws:secretsmanager/secret:Secret").inputs.recoveryWindowInDays, 30);
        for (const bucket of prod.all("aws:s3/bucket:Bucket")) {
            assert.equal(bucket.inputs.forceDestroy, false, bucket.name);
        }
        const key = prod.one("aws:kms/key:Key");
        assert.equal(key.inputs.deletionWindowInDays, 30);
        assert.equal(key.protect, true);
    });

    it("asks a person before it deploys", () => {
        assert.deepEqual(stagesOf(prod), [Stages.source, Stages.plan, Stages.approve, Stages.deploy, Stages.rollback]);
    });

    it("encrypts all that it stores with one key of its own", () => {
        const key = prod.one("aws:kms/key:Key").outputs.arn as string;
        assert.equal(prod.one("aws:rds/cluster:Cluster").inputs.kmsKeyId, key);
        assert.equal(prod.one("aws:secretsmanager/secret:Secret").inputs.kmsKeyId, key);
        for (const group of prod.all("aws:cloudwatch/logGroup:LogGroup")) {
            assert.equal(group.inputs.kmsKeyId, key, group.name);
        }
        for (const topic of prod.all("aws:sns/topic:Topic")) {
            assert.equal(topic.inputs.kmsMasterKeyId, key, topic.name);
        }
        const [store] = prod.one("aws:codepipeline/pipeline:Pipeline").inputs.artifactStores as Store[];
        assert.deepEqual(store?.encryptionKey, { id: key, type: "KMS" });
    });

    it("is watched: all traffic, advanced insights, audit, logs for a year", () => {
        assert.equal(prod.one("aws:ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
        const { inputs } = prod.one("aws:rds/cluster:Cluster");
        assert.equal(inputs.databaseInsightsMode, "advanced");
        assert.equal(inputs.performanceInsightsRetentionPeriod, 465);
        const parameters = prod.one("aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs.parameters as Named[];
        assert.ok(parameters.some(({ name }) => name === "pgaudit.log"));
        for (const group of prod.all("aws:cloudwatch/logGroup:LogGroup")) {
            assert.equal(group.inputs.retentionInDays, 365, group.name);
        }
        const { inputs: accessLog } = prod.one("aws:s3/bucketLogging:BucketLogging");
        assert.equal(accessLog.bucket, "aurora-pipeline-prod-artifacts-id");
        assert.equal(accessLog.targetBucket, "aurora-pipeline-prod-artifacts-access-log-id");
    });

    it("rotates the password every 30 days", () => {
        assert.deepEqual(prod.one("aws:secretsmanager/secretRotation:SecretRotation").inputs.rotationRules, {
            automaticallyAfterDays: 30,
        });
    });
});

interface Store {
    encryptionKey: { id: string; type: string };
}
interface Named {
    name: string;
}
