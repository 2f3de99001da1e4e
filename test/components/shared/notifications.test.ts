import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { locationOf } from "../../../components/shared/location";
import { type NewsArgs, notify, requireServiceRole, topic } from "../../../components/shared/notifications";
import { record, type Recording } from "../../support/mocks";
import { nonEmpty } from "../../support/nonEmpty";

const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";

function recordTopic(emails: string[]): Promise<Recording<void>> {
    return record(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        topic(
            "orders-approval",
            { at: locationOf(parent), kmsKeyArn, emails, publishers: ["codepipeline.amazonaws.com"], tags: { a: "b" } },
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

    it("come over TLS, from named services on behalf of this account (SNS.4)", async () => {
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
                    Principal: { Service: ["codepipeline.amazonaws.com"] },
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

    describe("of deliveries", () => {
        const rules = async (args: Partial<NewsArgs> = {}) => {
            const recording = await record(() => {
                const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
                const given = { pipelineArn: "pipeline", projectArns: { deploy: "project" }, topicArn: "topic" };
                notify(
                    "orders",
                    { ...given, chatChannelArn: undefined, notifySuccess: false, tags: undefined, ...args },
                    parent,
                );
            });
            const all = recording.all("aws:codestarnotifications/notificationRule:NotificationRule");
            return Object.fromEntries(all.map(({ name, inputs }) => [name, inputs]));
        };
        const waitingOrFailed = [
            "codepipeline-pipeline-pipeline-execution-failed",
            "codepipeline-pipeline-pipeline-execution-canceled",
            "codepipeline-pipeline-manual-approval-needed",
            "codepipeline-pipeline-manual-approval-failed",
        ];

        it("report failures and waits of the pipeline and of each build", async () => {
            const targets = [{ address: "topic", type: "SNS" }];
            assert.deepEqual(await rules(), {
                "orders-pipeline": {
                    resource: "pipeline",
                    detailType: "FULL",
                    eventTypeIds: waitingOrFailed,
                    targets,
                },
                "orders-deploy": {
                    resource: "project",
                    detailType: "FULL",
                    eventTypeIds: ["codebuild-project-build-state-failed", "codebuild-project-build-state-stopped"],
                    targets,
                },
            });
        });

        it("need the account's service-linked role, and say how to create it before anything is created", async () => {
            const asked: unknown[] = [];
            await record(
                () => {
                    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
                    const given = { pipelineArn: "pipeline", projectArns: {}, topicArn: "topic" };
                    notify(
                        "orders",
                        { ...given, chatChannelArn: undefined, notifySuccess: false, tags: undefined },
                        parent,
                    );
                },
                {
                    call: (token, inputs) => {
                        asked.push([token, inputs.pathPrefix]);
                        return undefined;
                    },
                },
            );
            assert.deepEqual(asked, [
                ["aws:iam/getRoles:getRoles", "/aws-service-role/codestar-notifications.amazonaws.com/"],
            ]);
            assert.throws(() => requireServiceRole([]), {
                message:
                    "AP2201: The account has no role AWSServiceRoleForCodeStarNotifications, without which AWS rejects notification rules. " +
                    "Create it, once in an account: aws iam create-service-linked-role --aws-service-name codestar-notifications.amazonaws.com",
            });
            assert.deepEqual(requireServiceRole(["AWSServiceRoleForCodeStarNotifications"]).length, 1);
        });

        it("report deliveries that succeeded, with notifySuccess", async () => {
            assert.deepEqual((await rules({ notifySuccess: true }))["orders-pipeline"]?.eventTypeIds, [
                ...waitingOrFailed,
                "codepipeline-pipeline-pipeline-execution-succeeded",
            ]);
        });

        for (const [kind, type] of [
            ["slack-channel", "AWSChatbotSlack"],
            ["microsoft-teams-channel", "AWSChatbotMicrosoftTeams"],
        ] as const) {
            it(`reach a ${kind} as well`, async () => {
                const chatChannelArn = `arn:aws:chatbot::123456789012:chat-configuration/${kind}/oncall`;
                for (const { targets } of nonEmpty(Object.values(await rules({ chatChannelArn })))) {
                    assert.deepEqual(targets, [
                        { address: "topic", type: "SNS" },
                        { address: chatChannelArn, type },
                    ]);
                }
            });
        }
    });
});
