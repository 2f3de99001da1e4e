import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { locationOf } from "../../../components/shared/location";
import type { SourceArgs } from "../../../components/pipeline/source";
import { sourceEvents } from "../../../components/pipeline/sourceEvents";
import { record, type Recording } from "../../support/mocks";
import { statementsOf } from "../../support/policies";

const pipelineArn = "arn:aws:codepipeline:eu-central-1:123456789012:orders";

function recordEvents(source: SourceArgs): Promise<Recording<void>> {
    return record(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        const at = locationOf(parent);
        sourceEvents("orders", { at, source, pipelineArn: pulumi.output(pipelineArn), tags: { a: "b" } }, parent);
    });
}

describe("sourceEvents", () => {
    it("start the pipeline with their own role, which can do nothing else", async () => {
        const recording = await recordEvents({ provider: "CodeCommit", repository: "orders" });
        const role = recording.one("aws:iam/role:Role", "orders-source");
        assert.deepEqual(statementsOf(role.inputs.assumeRolePolicy), [
            {
                Sid: "Trust",
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: ["sts:AssumeRole"],
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/orders-source" },
                },
            },
        ]);
        const policy = recording.one("aws:iam/rolePolicy:RolePolicy", "orders-source");
        assert.deepEqual(statementsOf(policy.inputs.policy), [
            {
                Sid: "StartPipeline",
                Effect: "Allow",
                Action: ["codepipeline:StartPipelineExecution"],
                Resource: [pipelineArn],
            },
        ]);
        const target = recording.one("aws:cloudwatch/eventTarget:EventTarget", "orders-source");
        assert.equal(target.inputs.rule, "orders-source");
        assert.equal(target.inputs.arn, pipelineArn);
        assert.equal(target.inputs.roleArn, "arn:aws:iam:eu-central-1:123456789012:orders-source");
        assert.ok(target.dependencies.includes(policy.urn));
    });

    it("match CodeCommit's branch", async () => {
        const recording = await recordEvents({ provider: "CodeCommit", repository: "orders", branch: "trunk" });
        const { inputs } = recording.one("aws:cloudwatch/eventRule:EventRule", "orders-source");
        // The name is what the role trusts.
        assert.equal(inputs.name, "orders-source");
        assert.deepEqual(JSON.parse(inputs.eventPattern as string), {
            source: ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            resources: ["arn:aws:codecommit:eu-central-1:123456789012:orders"],
            detail: {
                event: ["referenceCreated", "referenceUpdated"],
                referenceType: ["branch"],
                referenceName: ["trunk"],
            },
        });
    });

    it("match S3's object", async () => {
        const recording = await recordEvents({
            provider: "S3",
            bucket: pulumi.output("changes"),
            objectKey: "orders.zip",
        });
        const { inputs } = recording.one("aws:cloudwatch/eventRule:EventRule", "orders-source");
        assert.deepEqual(JSON.parse(inputs.eventPattern as string), {
            source: ["aws.s3"],
            "detail-type": ["Object Created"],
            detail: { bucket: { name: ["changes"] }, object: { key: ["orders.zip"] } },
        });
    });
});
