import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { artifactStore, type ArtifactStoreArgs } from "../../../components/pipeline/artifactStore";
import { recordKey } from "../../../components/contract";
import { locationOf } from "../../../components/shared/location";
import { promiseOf, record, type Recorded, type Recording } from "../../support/mocks";
import { statementsOf } from "../../support/policies";

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
                accessLog: undefined,
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

    it("rejects requests without TLS (S3.5)", async () => {
        const recording = await recordStore();
        const [deny] = statementsOf(inputs(recording, "aws:s3/bucketPolicy:BucketPolicy").policy);
        assert.deepEqual(deny, {
            Sid: "DenyPlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:*"],
            Resource: [
                "arn:aws:s3:eu-central-1:123456789012:orders-artifacts",
                "arn:aws:s3:eu-central-1:123456789012:orders-artifacts/*",
            ],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
    });

    it("accepts each record once, whoever writes it, and grants nobody access", async () => {
        const [, once, ...others] = statementsOf(
            inputs(await recordStore(), "aws:s3/bucketPolicy:BucketPolicy").policy,
        );
        assert.deepEqual(once, {
            Sid: "WriteRecordsOnce",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:PutObject"],
            Resource: ["arn:aws:s3:eu-central-1:123456789012:orders-artifacts/deployments/*"],
            Condition: { Null: { "s3:if-none-match": "true" } },
        });
        assert.deepEqual(others, []);
    });

    it("encrypts with its own rotated key (S3.17, KMS.4)", async () => {
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

    it("encrypts with the given key, and creates none", async () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/given";
        const recording = await recordStore({ kmsKeyArn });
        assert.deepEqual(recording.all("aws:kms/key:Key"), []);
        assert.equal(await promiseOf(recording.result.kmsKeyArn), kmsKeyArn);
    });

    it("keeps versions, and empties itself but for the toolchain and the records of releases (S3.10, S3.13, S3.14)", async () => {
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
                noncurrentVersionExpiration: { noncurrentDays: 30 },
            },
            {
                id: "expire-old-toolchains",
                status: "Enabled",
                filter: { prefix: "toolchain/" },
                noncurrentVersionExpiration: { noncurrentDays: 30 },
            },
            {
                id: "abort-uploads",
                status: "Enabled",
                filter: { prefix: "" },
                abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
        ]);
    });

    it("lets no record of a release expire, nor an older version of one", async () => {
        const rules = inputs(await recordStore(), "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
            .rules as { filter: { prefix: string }; expiration?: object; noncurrentVersionExpiration?: object }[];
        const key = recordKey("release-abcdef0-01234567");
        assert.equal(key, "deployments/release-abcdef0-01234567.json");
        const matching = rules.filter(({ filter }) => key.startsWith(filter.prefix));
        assert.deepEqual(
            matching.filter(({ expiration, noncurrentVersionExpiration }) => expiration ?? noncurrentVersionExpiration),
            [],
        );
    });

    describe("the log of its access (S3.9)", () => {
        const logging = "aws:s3/bucketLogging:BucketLogging";
        const log = "orders-artifacts-access-log";

        it("is kept only on request", async () => {
            const recording = await recordStore();
            assert.deepEqual(recording.all(logging), []);
            assert.equal(recording.all("aws:s3/bucket:Bucket").length, 1);
        });

        it("goes to an existing bucket", async () => {
            const recording = await recordStore({ accessLog: { bucket: "logs", retentionDays: 365 } });
            assert.deepEqual(inputs(recording, logging), {
                bucket: "orders-artifacts-id",
                targetBucket: "logs",
                targetPrefix: "orders-production-pipeline-artifacts/",
            });
            assert.equal(recording.all("aws:s3/bucket:Bucket").length, 1);
        });

        it("goes otherwise to its own bucket, which S3's log delivery accepts: SSE-S3, and only S3 may write", async () => {
            const { one } = await recordStore({ accessLog: { bucket: undefined, retentionDays: 365 } });
            assert.equal(one(logging).inputs.targetBucket, `${log}-id`);
            const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
            assert.deepEqual(one(encryption, log).inputs.rules, [
                { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
            ]);
            const [, deliver, ...others] = statementsOf(one("aws:s3/bucketPolicy:BucketPolicy", log).inputs.policy);
            assert.deepEqual(deliver, {
                Sid: "DeliverAccessLog",
                Effect: "Allow",
                Principal: { Service: "logging.s3.amazonaws.com" },
                Action: ["s3:PutObject"],
                Resource: [`arn:aws:s3:eu-central-1:123456789012:${log}/orders-production-pipeline-artifacts/*`],
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnLike: { "aws:SourceArn": "arn:aws:s3:eu-central-1:123456789012:orders-artifacts" },
                },
            });
            assert.deepEqual(others, []);
        });

        it("is as private as the artifacts, versioned, and expires", async () => {
            const { one, all } = await recordStore({ accessLog: { bucket: undefined, retentionDays: 400 } });
            const others = [
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
                "aws:s3/bucketVersioning:BucketVersioning",
            ];
            for (const type of others) {
                const { bucket, ...settings } = one(type, log).inputs;
                assert.equal(bucket, `${log}-id`);
                const { bucket: artifacts, ...same } = one(type, "orders-artifacts").inputs;
                assert.equal(artifacts, "orders-artifacts-id");
                assert.deepEqual(settings, same);
            }
            const [rule] = one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", log).inputs
                .rules as { expiration: object }[];
            assert.deepEqual(rule?.expiration, { days: 400 });
            // A log that is turned on before S3 may deliver it is lost.
            const policy = one("aws:s3/bucketPolicy:BucketPolicy", log).urn;
            assert.ok(all(logging)[0]?.dependencies.includes(policy));
        });

        it("is deleted with the artifacts, if they may be deleted", async () => {
            const accessLog = { bucket: undefined, retentionDays: 365 };
            for (const forceDestroy of [true, false]) {
                const { one } = await recordStore({ accessLog, forceDestroy });
                assert.equal(one("aws:s3/bucket:Bucket", log).inputs.forceDestroy, forceDestroy);
            }
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
