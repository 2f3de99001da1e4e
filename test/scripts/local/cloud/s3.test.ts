import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { putRecord } from "../../../../scripts/delivery/record/putRecord";
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
        const Statement = [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: [`${bucketArn}/deployments/*`] }];
        const resources = [
            {
                ...{ type: "aws:s3/bucket:Bucket", name: "artifacts", id: "artifacts", custom: true, inputs: {} },
                outputs: { bucket: "artifacts", arn: bucketArn },
            },
            {
                ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "policy", id: "policy", custom: true, outputs: {} },
                inputs: { role: "orders-deploy", policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
            },
        ];
        service = await serveS3(resources, directory, keys, Permissions.of(resources));
    });
    after(async () => {
        await service.close();
        removeTemporary();
    });

    const put = (key: string, bucket = "artifacts", caller = role) => {
        const { id, secret } = keys.of(caller);
        const credentials = { accessKeyId: id, secretAccessKey: secret };
        const config = { endpoint: service.url, region: "eu-central-1", credentials, maxAttempts: 1 };
        return putRecord({ bucket, key, record: '{"approver":"Zoë & <co>"}\n' }, config);
    };

    it("keep what a role may put there", async () => {
        await put("deployments/release-1.json");
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
