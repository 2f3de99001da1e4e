import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { elsewhere } from "../../policy/elsewhere";
import { rules } from "../../policy/rules";
import { controlsDocument, controlsFile } from "../../scripts/controls";

/** Every row of the table that the stack was designed by; a rule or a reason stands for each. */
const controls = `
    RDS.27 CKV_AWS_96 RDS2, CKV_AWS_327, RDS.7 CKV_AWS_139 RDS10, RDS.50 CKV_AWS_133, CKV2_AWS_8 Backup.1, data, RDS.16,
    RDS.12 RDS6, RDS.34 RDS.37 RDS16, RDS.45, CKV2_AWS_27, CKV2_AWS_69, RDS.14, RDS.23 RDS11, RDS.24, RDS.15,
    RDS.2 CKV_AWS_17, RDS.6, CKV_AWS_353 CKV_AWS_354, RDS.13 RDS.35, CKV_AWS_250 CKV_AWS_388, RDS.19, RDS.20, RDS.21,
    RDS.22, SecretsManager.1 SecretsManager.4 CKV2_AWS_57, CKV_AWS_149, secret policy, SecretsManager.3, CodeBuild.1,
    CodeBuild.2, CodeBuild.3, CodeBuild.4, CodeBuild.5, CodeBuild.7 CB4, buildspec, build safety, CKV_AWS_219,
    change control, S3.1 S3.5 S3.8 S3.10 S3.12 S3.13 S3.14 S3.17, S3.9, KMS.1 KMS.2 KMS.3 KMS.4 KMS.5, SNS.1 SNS.4,
    CKV_AWS_66 CKV_AWS_338 CKV_AWS_158, CKV_AWS_319, least privilege, IAM.1 IAM.21 IAM5, CKV_AWS_60 CKV_AWS_61, EC2.2, EC2.6,
    EC2.15 CKV_AWS_130, EC2.18 EC2.19 CKV_AWS_382, CKV_AWS_23, internet-gateway-authorized-vpc-only,
    no-unrestricted-route-to-igw, data perimeter, no passwords in logs`
    .split(",")
    .map((row) => row.trim())
    .flatMap((row) => (/^[a-z ]+$/.test(row) ? [row] : row.split(" ")));

describe("the controls", () => {
    it("are each enforced by a rule, or listed as impossible to check", () => {
        const covered = new Set([
            ...rules.flatMap((rule) => rule.controls),
            ...elsewhere.map(({ control }) => control),
        ]);
        assert.deepEqual(
            controls.filter((control) => !covered.has(control)),
            [],
        );
        assert.deepEqual(
            [...covered].filter((control) => !controls.includes(control)),
            [],
        );
    });

    it("are documented up to date (npm run controls)", async () => {
        assert.equal(readFileSync(controlsFile, "utf8"), await controlsDocument());
    }).timeout(20_000);
});
