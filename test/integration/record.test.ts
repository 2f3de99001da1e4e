import * as assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { recordKey } from "../../components/contract";
import { putRecord } from "../../scripts/delivery/aws/putRecord";
import { Emulator } from "../support/aws/emulator";
import { skipWithoutPython } from "../support/aws/python";
import { type BuildOptions, Delivery } from "../support/delivery";

// Against moto, with a bucket as `DbPipeline` makes it. That the generated policies let a build do this is shown by
// iam.test.ts; that KMS does, nobody can show here.
const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const bucket = "orders-artifacts";
const kmsKey = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d";

describe("the record of a release, by an emulator of S3", function () {
    this.timeout(300_000);
    let aws: Emulator;
    let s3: S3;
    let delivery: Delivery | undefined;

    skipWithoutPython();
    before(async () => {
        aws = await Emulator.start();
        s3 = new S3({ endpoint: aws.endpoint, region, credentials, forcePathStyle: true });
        await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } });
        await s3.putBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } });
        const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey } as const;
        const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }];
        await s3.putBucketEncryption({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules } });
        delivery = await Delivery.start();
    });
    after(async () => {
        s3?.destroy();
        await aws?.stop();
        await delivery?.dispose();
    });

    const orders = "--changeset me:orders\nCREATE TABLE orders (id bigint PRIMARY KEY);\n--rollback DROP TABLE orders;";
    const environment = (further: BuildOptions["environment"] = {}) => ({
        RECORD_BUCKET: bucket,
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...further,
    });
    const kept = async (releaseId: string) => {
        const object = await s3.getObject({ Bucket: bucket, Key: recordKey(releaseId) });
        return { object, record: JSON.parse(await object.Body!.transformToString()) as Record<string, unknown> };
    };

    it("stays under the release's name, encrypted with the bucket's key: of a deployment, and of its rollback", async () => {
        const project = await delivery!.project();
        project.changelog(orders);
        const released = project.releaseId;
        const { code, output } = await project.build("deploy", { environment: environment() });
        assert.equal(code, 0, output);
        assert.ok(output.includes(`Record: s3://${bucket}/deployments/${released}.json`), output);
        const { object, record } = await kept(released);
        assert.deepEqual(record, JSON.parse(project.artifact("deployment.json")));
        assert.deepEqual(
            [object.ContentType, object.ServerSideEncryption, object.SSEKMSKeyId],
            ["application/json", "aws:kms", kmsKey],
        );

        project.nextExecution();
        const undone = await project.build("rollback", { environment: environment({ ROLLBACK_TO: released }) });
        assert.equal(undone.code, 0, undone.output);
        const rollback = await kept(project.releaseId);
        assert.deepEqual([rollback.record.action, rollback.record.rollbackTo], ["rollback", released]);
        assert.deepEqual((await kept(released)).record, record);
    });

    it("of a deployment that failed and was tried again has both, each under a name of its own, once", async () => {
        const project = await delivery!.project();
        project.nextExecution(30);
        project.changelog(orders, "--changeset me:wrong\nSELECT 1 / 0;\n--rollback empty");
        assert.equal((await project.build("deploy", { environment: environment() })).code, 1);
        project.changelog(orders);
        const { code, output } = await project.build("deploy", { environment: environment() });
        assert.equal(code, 0, output);
        const [first, second] = [1, 2].map((attempt) => recordKey(project.releaseId, attempt));
        assert.ok(
            output.includes(
                `Record: s3://${bucket}/${second}; s3://${bucket}/${first} already existed and was not changed`,
            ),
            output,
        );
        const { Versions: versions = [] } = await s3.listObjectVersions({
            Bucket: bucket,
            Prefix: `deployments/${project.releaseId}`,
        });
        const statuses = await Promise.all(
            versions.map(async ({ Key, VersionId, IsLatest }) => {
                const { Body } = await s3.getObject({ Bucket: bucket, Key, VersionId });
                const { status } = JSON.parse(await Body!.transformToString()) as { status: string };
                return `${Key} ${status} ${IsLatest ? "latest" : "older"}`;
            }),
        );
        assert.deepEqual(statuses.sort(), [`${second} Succeeded latest`, `${first} Failed latest`]);
    });

    it("is not overwritten by an upload with If-None-Match", async () => {
        const key = recordKey("release-abcdef0-once");
        const config = { endpoint: aws.endpoint, region, credentials, forcePathStyle: true };
        assert.equal(await putRecord({ bucket, key, record: '{"n":1}' }, config), true);
        assert.equal(await putRecord({ bucket, key, record: '{"n":2}' }, config), false);
        const { Body } = await s3.getObject({ Bucket: bucket, Key: key });
        assert.equal(await Body!.transformToString(), '{"n":1}');
    });

    it("that cannot be written is logged as a warning, and undoes nothing", async () => {
        const project = await delivery!.project();
        project.changelog(orders);
        const { code, output } = await project.build("deploy", {
            environment: environment({ RECORD_BUCKET: "nobodys" }),
        });
        assert.equal(code, 0, output);
        assert.match(
            output,
            /Warning: the record could not be kept as s3:\/\/nobodys\/deployments\/release-.*bucket does not exist.*the output artifact of this build contains it\./,
        );
        assert.deepEqual(await project.history(), [`[${project.releaseId}]`, "orders"]);
    });

    it("says that the approver is unknown, and why, where CodePipeline does not tell", async () => {
        const project = await delivery!.project();
        project.changelog(orders);
        const { code, output } = await project.build("deploy", {
            environment: environment({ APPROVAL_PIPELINE: "orders" }),
        });
        assert.equal(code, 0, output);
        const { approval } = project.deployment();
        assert.equal(approval?.approver, "unknown");
        assert.match(approval.reason!, /^CodePipeline rejected the request \(NotImplementedException: /);
        assert.ok(output.includes(`Approver unknown: ${approval.reason}.`), output);
        assert.match(
            project.report(),
            /<property name="approver" value="unknown"\/>[^]*<property name="approverUnknown"/,
        );
    });
});
