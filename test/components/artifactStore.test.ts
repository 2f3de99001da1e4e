import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { artifactStore, type ArtifactStoreArgs } from "../../components/artifactStore";
import { locationOf } from "../../components/location";
import { promiseOf, record, type Recorded, type Recording } from "../support/mocks";

const name = "orders";

function recordStore(args: Partial<ArtifactStoreArgs> = {}): Promise<Recording<ReturnType<typeof artifactStore>>> {
    return record(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        return artifactStore(
            name,
            {
                at: locationOf(parent),
                pipelineName: "orders-production-pipeline",
                kmsKeyArn: undefined,
                retentionDays: 90,
                accessLogBucket: undefined,
                forceDestroy: false,
                tags: { team: "orders" },
                ...args,
            },
            parent,
        );
    });
}

function inputs(recording: Recording<unknown>, type: string): Recorded["inputs"] {
    return recording.one(type, "orders-artifacts").inputs;
}

describe("artifactStore", () => {
    it("makes nothing public, and no ACL work (S3.1, S3.8, S3.12)", async () => {
        const recording = await recordStore();
        assert.deepEqual(inputs(recording, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"), {
            bucket: "orders-artifacts-id",
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        assert.deepEqual(inputs(recording, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").rule, {
            objectOwnership: "BucketOwnerEnforced",
        });
    });

    it("refuses what is not TLS (S3.5)", async () => {
        const recording = await recordStore();
        const policy = JSON.parse(inputs(recording, "aws:s3/bucketPolicy:BucketPolicy").policy as string) as object;
        assert.deepEqual(policy, {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "DenyPlainHttp",
                    Effect: "Deny",
                    Principal: "*",
                    Action: ["s3:*"],
                    Resource: [
                        "arn:aws:s3:eu-central-1:123456789012:orders-artifacts",
                        "arn:aws:s3:eu-central-1:123456789012:orders-artifacts/*",
                    ],
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ],
        });
    });

    it("encrypts with a key of its own, which rotates (S3.17, KMS.4)", async () => {
        const recording = await recordStore();
        const key = inputs(recording, "aws:kms/key:Key");
        assert.equal(key.enableKeyRotation, true);
        assert.equal(key.deletionWindowInDays, 30);
        assert.deepEqual(key.tags, { team: "orders" });
        const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
        const keyArn = await promiseOf(recording.result.kmsKeyArn);
        assert.equal(keyArn, "arn:aws:kms:eu-central-1:123456789012:orders-artifacts");
        assert.deepEqual(inputs(recording, encryption).rules, [
            {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
                bucketKeyEnabled: true,
            },
        ]);
    });

    it("encrypts with the given key, and makes none", async () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/given";
        const recording = await recordStore({ kmsKeyArn });
        assert.deepEqual(recording.all("aws:kms/key:Key"), []);
        assert.equal(await promiseOf(recording.result.kmsKeyArn), kmsKeyArn);
    });

    it("keeps versions, and empties itself but for the toolchain (S3.10, S3.13, S3.14)", async () => {
        const recording = await recordStore({ retentionDays: 30 });
        assert.deepEqual(inputs(recording, "aws:s3/bucketVersioning:BucketVersioning").versioningConfiguration, {
            status: "Enabled",
        });
        assert.deepEqual(inputs(recording, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules, [
            {
                id: "expire-artifacts",
                status: "Enabled",
                filter: { prefix: "orders-production-pi/" },
                expiration: { days: 30 },
            },
            {
                id: "expire-old-versions",
                status: "Enabled",
                filter: { prefix: "" },
                noncurrentVersionExpiration: { noncurrentDays: 30 },
                abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
        ]);
    });

    it("logs access only where it is told to (S3.9)", async () => {
        const logging = "aws:s3/bucketLogging:BucketLogging";
        assert.deepEqual((await recordStore()).all(logging), []);
        assert.deepEqual(inputs(await recordStore({ accessLogBucket: "logs" }), logging), {
            bucket: "orders-artifacts-id",
            targetBucket: "logs",
            targetPrefix: "orders-production-pipeline-artifacts/",
        });
    });

    it("is kept when destroyed, unless told otherwise", async () => {
        assert.equal(inputs(await recordStore(), "aws:s3/bucket:Bucket").forceDestroy, false);
        const disposable = await recordStore({ forceDestroy: true });
        assert.equal(inputs(disposable, "aws:s3/bucket:Bucket").forceDestroy, true);
        assert.equal(inputs(disposable, "aws:kms/key:Key").deletionWindowInDays, 7);
    });

    it("is ready once every rule about its objects is there", async () => {
        const recording = await recordStore();
        const ready = await Promise.all(recording.result.ready.map((resource) => promiseOf(resource.urn)));
        const rules = recording.resources.filter(({ type }) => /^aws:s3\/bucket[A-Z]/.test(type));
        assert.deepEqual(ready.sort(), rules.map(({ urn }) => urn).sort());
    });
});
