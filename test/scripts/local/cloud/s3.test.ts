import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { writeRecordsOnce } from "../../../../components/pipeline/recordStatements";
import { denyPlainHttp, policyDocument } from "../../../../components/shared/statements";
import { putRecord } from "../../../../scripts/delivery/aws/putRecord";
import { AccessKeys } from "../../../../scripts/local/cloud/accessKeys";
import type { Service } from "../../../../scripts/local/cloud/http";
import { Permissions } from "../../../../scripts/local/cloud/permissions";
import { serveS3 } from "../../../../scripts/local/cloud/s3/api";
import { removeTemporary, temporaryDirectory } from "../support";

const role = "arn:aws:iam::000000000000:role/orders-deploy";
const bucketArn = "arn:aws:s3:::artifacts";

/** AWS's own SDK, as the builds use it, against the recorded buckets of the local run. */
describe("the buckets of the local run", () => {
    const directory = temporaryDirectory();
    const keys = new AccessKeys();
    let service: Service;
    before(async () => {
        const Resource = [`${bucketArn}/deployments/*`];
        const Statement = [
            {
                ...{ Effect: "Allow", Action: ["s3:PutObject"], Resource },
                Condition: { Null: { "s3:if-none-match": "false" } },
            },
        ];
        const everything = [{ Effect: "Allow", Action: ["s3:*"], Resource: ["*"] }];
        const resources = [
            {
                ...{ type: "aws:s3/bucket:Bucket", name: "artifacts", id: "artifacts", custom: true, inputs: {} },
                outputs: { bucket: "artifacts", arn: bucketArn },
            },
            {
                ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "policy", id: "policy", custom: true, outputs: {} },
                inputs: { role: "orders-deploy", policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
            },
            {
                ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "all", id: "all", custom: true, outputs: {} },
                inputs: { role: "administrator", policy: JSON.stringify({ Statement: everything }) },
            },
            {
                ...{ type: "aws:s3/bucketPolicy:BucketPolicy", name: "once", id: "once", custom: true, outputs: {} },
                inputs: {
                    bucket: "artifacts",
                    policy: policyDocument([denyPlainHttp(bucketArn), writeRecordsOnce(bucketArn)]),
                },
            },
        ];
        service = await serveS3(resources, directory, keys, Permissions.of(resources));
    });
    after(async () => {
        await service.close();
        removeTemporary();
    });

    const configOf = (caller: string) => {
        const { id, secret } = keys.of(caller);
        const credentials = { accessKeyId: id, secretAccessKey: secret };
        return { endpoint: service.url, region: "eu-central-1", credentials, maxAttempts: 1 };
    };
    const put = (key: string, bucket = "artifacts", caller = role) => {
        const config = configOf(caller);
        return putRecord({ bucket, key, record: '{"approver":"Zoë & <co>"}\n' }, config);
    };

    it("store what a role may write", async () => {
        await put("deployments/release-1.json");
        const file = join(directory, "artifacts/deployments/release-1.json");
        assert.equal(readFileSync(file, "utf8"), '{"approver":"Zoë & <co>"}\n');
    });

    it("accept a record once: a second one is rejected, and the first is unchanged", async () => {
        assert.equal(await put("deployments/release-2.json"), true);
        assert.equal(await put("deployments/release-2.json"), false);
        const file = join(directory, "artifacts/deployments/release-2.json");
        assert.equal(readFileSync(file, "utf8"), '{"approver":"Zoë & <co>"}\n');
    });

    it("reject a record without If-None-Match, whoever writes it", async () => {
        for (const caller of [role, "arn:aws:iam::000000000000:role/administrator"]) {
            const client = new S3({ ...configOf(caller), forcePathStyle: true });
            const forged = { Bucket: "artifacts", Key: "deployments/release-1.json", Body: "forged" };
            await assert.rejects(client.putObject(forged), { name: "AccessDenied" });
            client.destroy();
        }
        const file = join(directory, "artifacts/deployments/release-1.json");
        assert.equal(readFileSync(file, "utf8"), '{"approver":"Zoë & <co>"}\n');
    });

    it("refuse everything else, as S3 does", async () => {
        await assert.rejects(put("Plan/1"), { name: "AccessDenied", message: /s3:PutObject on resource: .*Plan\/1$/ });
        await assert.rejects(put("deployments/2.json", "another"), { name: "NoSuchBucket" });
        await assert.rejects(put("deployments/2.json", "artifacts", `${role}-other`), { name: "AccessDenied" });
        await assert.rejects(put("deployments/../../../2.json"));
        assert.ok(!existsSync(join(directory, "artifacts/Plan")) && !existsSync(join(directory, "../2.json")));
    });
});
