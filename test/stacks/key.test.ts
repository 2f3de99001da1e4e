import assert from "node:assert/strict";
import { settingsFrom } from "../../stacks/config";
import { createKey, keyPolicy } from "../../stacks/key";
import { account, record, region } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

const at = { partition: "aws", region, account };
const root = { AWS: `arn:aws:iam::${account}:root` };

const settings = (environment: string, own: Record<string, string> = {}) =>
    settingsFrom({
        project: "p",
        stack: environment,
        values: { "p:repository": "my-org/my-repository", ...own },
    });

describe("key of the environment", () => {
    describe("policy", () => {
        const statements = keyPolicy(at);
        const statement = (sid: string) => statements.find(({ Sid }) => Sid === sid);

        it("names every principal and every action", () => {
            for (const { Sid, Principal, Action } of nonEmpty(statements)) {
                assert.notEqual(Principal, undefined, Sid);
                assert.doesNotMatch(JSON.stringify(Principal), /\*/, Sid);
                assert.doesNotMatch(JSON.stringify(Action), /\*/, Sid);
            }
        });

        it("lets the account administer the key and not use it", () => {
            const administer = statement("Administer");
            assert.deepEqual(administer?.Principal, root);
            assert.equal(administer?.Condition, undefined);
            assert.doesNotMatch(
                JSON.stringify(administer?.Action),
                /Decrypt|Encrypt|GenerateDataKey|CreateGrant|ReEncrypt/,
            );
            // Without it nobody could ever change the policy again.
            assert.ok(administer?.Action.includes("kms:PutKeyPolicy"));
        });

        it("lets the account use it through the services that store things, in this region", () => {
            const services = ["backup", "codebuild", "rds", "s3", "secretsmanager", "sns"];
            const via = services.map((service) => `${service}.eu-central-1.amazonaws.com`);
            for (const sid of ["UseThroughServices", "LendToServices"]) {
                assert.deepEqual(statement(sid)?.Principal, root);
                assert.deepEqual(statement(sid)?.Condition?.StringEquals, { "kms:ViaService": via });
            }
            assert.deepEqual(statement("LendToServices")?.Condition?.Bool, { "kms:GrantIsForAWSResource": "true" });
        });

        it("admits CloudWatch Logs for the account's log groups", () => {
            assert.deepEqual(statement("Logs")?.Principal, { Service: "logs.eu-central-1.amazonaws.com" });
            assert.deepEqual(statement("Logs")?.Condition, {
                ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:123456789012:log-group:*" },
            });
        });

        it("admits notifications through SNS", () => {
            assert.deepEqual(statement("Notifications")?.Principal, {
                Service: "codestar-notifications.amazonaws.com",
            });
            assert.deepEqual(statement("Notifications")?.Condition, {
                StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" },
            });
        });

        it("admits alarms and the database's events of this account", () => {
            assert.deepEqual(statement("Alarms")?.Principal, {
                Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"],
            });
            assert.deepEqual(statement("Alarms")?.Condition, { StringEquals: { "aws:SourceAccount": account } });
        });

        it("is right in the other partitions", () => {
            const china = JSON.stringify(keyPolicy({ partition: "aws-cn", region: "cn-north-1", account }));
            assert.doesNotMatch(china, /arn:aws:/);
        });
    });

    it("is rotated, can be restored, and is protected with what it encrypts", async () => {
        const { one } = await record(() => createKey("orders", settings("prod")));
        const key = one("aws:kms/key:Key", "orders");
        assert.equal(key.inputs.enableKeyRotation, true);
        assert.equal(key.inputs.deletionWindowInDays, 30);
        assert.equal(key.protect, true);
        assert.deepEqual(JSON.parse(key.inputs.policy as string), { Version: "2012-10-17", Statement: keyPolicy(at) });
        const alias = one("aws:kms/alias:Alias");
        assert.deepEqual(alias.inputs, { name: "alias/orders", targetKeyId: key.id });
    });

    it("loses protection together with the cluster", async () => {
        const { one } = await record(() => createKey("orders", settings("prod", { "p:deletionProtection": "false" })));
        assert.equal(one("aws:kms/key:Key").protect, false);
    });
});
