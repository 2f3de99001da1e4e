import assert from "node:assert/strict";
import { Stages } from "../../components/contract";
import type { Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { stagesOf } from "../support/program";
import { evaluateStack } from "../support/stack";

describe("stack dev", () => {
    let dev: Recording<unknown>;

    before(async () => {
        dev = await evaluateStack({ environment: "dev" });
    });

    it("scales to zero and pauses when idle, with one instance", () => {
        const { inputs } = dev.one("aws:rds/cluster:Cluster");
        assert.deepEqual(inputs.serverlessv2ScalingConfiguration, {
            minCapacity: 0,
            maxCapacity: 2,
            secondsUntilAutoPause: 600,
        });
        assert.equal(dev.all("aws:rds/clusterInstance:ClusterInstance").length, 1);
    });

    it("can be destroyed completely: no snapshot, no protection, no recovery window, no full bucket", () => {
        const cluster = dev.one("aws:rds/cluster:Cluster");
        assert.equal(cluster.inputs.skipFinalSnapshot, true);
        assert.equal(cluster.inputs.deletionProtection, false);
        assert.deepEqual(
            dev.resources.filter((resource) => resource.protect),
            [],
        );
        for (const secret of nonEmpty(dev.all("aws:secretsmanager/secret:Secret"))) {
            assert.equal(secret.inputs.recoveryWindowInDays, 0, secret.name);
        }
        assert.equal(dev.one("aws:s3/bucket:Bucket").inputs.forceDestroy, true);
    });

    it("has one NAT gateway for all zones", () => {
        assert.equal(dev.all("aws:ec2/natGateway:NatGateway").length, 1);
        const ways = dev.all("aws:ec2/route:Route").map(({ inputs }) => inputs.natGatewayId as string | undefined);
        assert.deepEqual(
            ways.filter((gateway) => gateway !== undefined),
            ["nat-aurora-pipeline-dev-1", "nat-aurora-pipeline-dev-1"],
        );
    });

    it("shows the plan and requests no approval", () => {
        const { source, plan, deploy, rollback } = Stages;
        assert.deepEqual(stagesOf(dev), [source, plan, rollback, deploy]);
    });

    it("has only the pipeline's key, and rotates no password", () => {
        assert.deepEqual(
            dev.all("aws:kms/key:Key").map(({ name }) => name),
            ["aurora-pipeline-dev-artifacts"],
        );
        assert.deepEqual(dev.all("aws:secretsmanager/secretRotation:SecretRotation"), []);
    });

    it("keeps every log for 30 days", () => {
        for (const group of nonEmpty(dev.all("aws:cloudwatch/logGroup:LogGroup"))) {
            assert.equal(group.inputs.retentionInDays, 30, group.name);
        }
    });

    it("is still encrypted and private", () => {
        const { inputs } = dev.one("aws:rds/cluster:Cluster");
        assert.equal(inputs.storageEncrypted, true);
        assert.equal(dev.one("aws:rds/clusterInstance:ClusterInstance").inputs.publiclyAccessible, false);
    });
});
