import * as assert from "node:assert/strict";
import { buildsForSuite, secretKeyArn } from "../../support/builds";
import { statementsOf } from "../../support/policies";
import { credential } from "../../support/references";

describe("the role of a build", () => {
    const { recordBuild } = buildsForSuite();

    it("is CodeBuild's, for this project", async () => {
        const { inputs } = (await recordBuild()).one("aws:iam/role:Role");
        assert.deepEqual(statementsOf(inputs.assumeRolePolicy), [
            {
                Sid: "Trust",
                Effect: "Allow",
                Principal: { Service: "codebuild.amazonaws.com" },
                Action: ["sts:AssumeRole"],
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnEquals: {
                        "aws:SourceArn": "arn:aws:codebuild:eu-central-1:123456789012:project/orders-plan",
                    },
                },
            },
        ]);
    });

    it("can use its network, its log, its reports and its secret", async () => {
        const recording = await recordBuild();
        const granted = statementsOf(recording.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
        assert.deepEqual(
            granted.map(({ Sid, Resource }) => [Sid, Resource?.join(" ")]),
            [
                ["DescribeNetwork", "*"],
                [
                    "CreateNetworkInterface",
                    [
                        "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1",
                        "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-2",
                        "arn:aws:ec2:eu-central-1:123456789012:security-group/orders-plan-id",
                        "arn:aws:ec2:eu-central-1:123456789012:network-interface/*",
                    ].join(" "),
                ],
                ["DeleteNetworkInterface", "arn:aws:ec2:eu-central-1:123456789012:network-interface/*"],
                ["LendNetworkInterface", "arn:aws:ec2:eu-central-1:123456789012:network-interface/*"],
                ["WriteLogs", "arn:aws:cloudwatch:eu-central-1:123456789012:orders-plan:*"],
                ["WriteReports", "arn:aws:codebuild:eu-central-1:123456789012:report-group/orders-plan-*"],
                ["ReadSecret", credential.secretArn],
                ["DecryptSecret", secretKeyArn],
            ],
        );
    });

    it("decrypts nothing when AWS's own key encrypts the secret", async () => {
        const recording = await recordBuild({ credential });
        const granted = statementsOf(recording.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
        assert.deepEqual(
            granted.flatMap(({ Action }) => Action.filter((action) => action.startsWith("kms:"))),
            [],
        );
    });
});
