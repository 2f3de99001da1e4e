import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { locationOf } from "../../components/location";
import { notify, topic } from "../../components/notifications";
import { record, type Recording } from "../support/mocks";

const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";

function recordTopic(emails: string[]): Promise<Recording<void>> {
    return record(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        topic(
            "orders-approval",
            { at: locationOf(parent), kmsKeyArn, emails, publisher: "codepipeline.amazonaws.com", tags: { a: "b" } },
            parent,
        );
    });
}

describe("notifications", () => {
    it("go to an encrypted topic (SNS.1)", async () => {
        const recording = await recordTopic([]);
        assert.deepEqual(recording.one("aws:sns/topic:Topic", "orders-approval").inputs, {
            kmsMasterKeyId: kmsKeyArn,
            tags: { a: "b" },
        });
        assert.deepEqual(recording.all("aws:sns/topicSubscription:TopicSubscription"), []);
    });

    it("come over TLS, from one service on behalf of this account (SNS.4)", async () => {
        const topicArn = "arn:aws:sns:eu-central-1:123456789012:orders-approval";
        const { inputs } = (await recordTopic([])).one("aws:sns/topicPolicy:TopicPolicy");
        assert.equal(inputs.arn, topicArn);
        assert.deepEqual(JSON.parse(inputs.policy as string), {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "DenyPlainHttp",
                    Effect: "Deny",
                    Principal: "*",
                    Action: ["sns:Publish"],
                    Resource: [topicArn],
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
                {
                    Sid: "AllowPublish",
                    Effect: "Allow",
                    Principal: { Service: "codepipeline.amazonaws.com" },
                    Action: ["sns:Publish"],
                    Resource: [topicArn],
                    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
                },
            ],
        });
    });

    it("reach each address by a subscription named after it", async () => {
        const subscriptions = (await recordTopic(["a@example.com", "b@example.com"])).all(
            "aws:sns/topicSubscription:TopicSubscription",
        );
        assert.deepEqual(
            subscriptions.map(({ name, inputs }): unknown[] => [name, inputs.protocol, inputs.endpoint]),
            [
                ["orders-approval-a@example.com", "email", "a@example.com"],
                ["orders-approval-b@example.com", "email", "b@example.com"],
            ],
        );
    });

    it("tell of failures and of what waits", async () => {
        const recording = await record(() => {
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
            notify("orders", { pipelineArn: "pipeline", topicArn: "topic", tags: undefined }, parent);
        });
        assert.deepEqual(recording.one("aws:codestarnotifications/notificationRule:NotificationRule").inputs, {
            resource: "pipeline",
            detailType: "FULL",
            eventTypeIds: [
                "codepipeline-pipeline-pipeline-execution-failed",
                "codepipeline-pipeline-pipeline-execution-canceled",
                "codepipeline-pipeline-manual-approval-needed",
                "codepipeline-pipeline-manual-approval-failed",
            ],
            targets: [{ address: "topic", type: "SNS" }],
        });
    });
});
