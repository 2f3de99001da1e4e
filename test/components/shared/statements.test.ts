import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Location } from "../../../components/shared/location";
import { connectAs, denyLogins } from "../../../components/codeBuild/loginStatements";
import { useArtifacts } from "../../../components/shared/artifactStatements";
import * as statements from "../../../components/shared/statements";
import { nonEmpty } from "../../support/nonEmpty";

const at: Location = { partition: "aws", region: "eu-central-1", account: "123456789012" };
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
const secretArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-AbCdEf";
const vpc = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"], securityGroupId: "sg-1" };
const store = { bucketArn: "arn:aws:s3:::artifacts", kmsKeyArn: keyArn, pipelineName: "orders" };

/** All that roles are given, in any location and VPC. */
function roleStatements(where: Location, network: typeof vpc): statements.Statement[] {
    return [
        ...statements.networkInterfaces(where, network),
        statements.writeLogs("arn:aws:logs:eu-central-1:123456789012:log-group:/aws/codebuild/plan"),
        statements.writeReports(where, "plan"),
        ...statements.readSecrets(where, [{ secretArn, kmsKeyArn: keyArn }]),
        connectAs(where, "cluster-ABC", ["app_planner"]),
        ...useArtifacts(where, store),
        ...statements.readObject("Source", "arn:aws:s3:::source", "changes.zip"),
        statements.useConnection("arn:aws:codeconnections:eu-central-1:123456789012:connection/1"),
        statements.readRepository(where, "orders"),
        statements.startBuilds(["arn:aws:codebuild:eu-central-1:123456789012:project/plan"]),
        ...statements.publish(where, "arn:aws:sns:eu-central-1:123456789012:approval", keyArn),
        statements.startPipeline("arn:aws:codepipeline:eu-central-1:123456789012:orders"),
    ];
}

const location = fc.record({
    partition: fc.constantFrom("aws", "aws-cn", "aws-us-gov"),
    region: fc.constantFrom("eu-central-1", "cn-north-1", "us-gov-west-1"),
    account: fc.stringMatching(/^\d{12}$/),
});
const network = fc.record({
    vpcId: fc.stringMatching(/^vpc-[0-9a-f]{17}$/),
    subnetIds: fc.array(fc.stringMatching(/^subnet-[0-9a-f]{17}$/), { minLength: 1, maxLength: 4 }),
    securityGroupId: fc.stringMatching(/^sg-[0-9a-f]{17}$/),
});

describe("statements", () => {
    describe("of every role", () => {
        it("name each action, and each resource but for ec2:Describe*", () => {
            fc.assert(
                fc.property(location, network, (where, vpcOf) => {
                    for (const { Sid, Effect, Action, Resource } of nonEmpty(roleStatements(where, vpcOf))) {
                        assert.equal(Effect, "Allow", Sid);
                        assert.deepEqual(
                            Action.filter((action) => action.includes("*")),
                            [],
                            Sid,
                        );
                        if (Resource?.includes("*")) {
                            assert.ok(
                                Action.every((action) => action.startsWith("ec2:Describe")),
                                Sid,
                            );
                        }
                    }
                }),
            );
        });

        it("have distinct ids: IAM refuses a policy with two alike", () => {
            const ids = roleStatements(at, vpc).map(({ Sid }) => Sid);
            assert.deepEqual(ids, [...new Set(ids)]);
            assert.ok(ids.every((id) => /^[A-Za-z0-9]+$/.test(id)));
        });

        it("fit into an inline policy of 10,240 characters, in four zones", () => {
            fc.assert(
                fc.property(location, network, (where, vpcOf) => {
                    assert.ok(statements.policyDocument(roleStatements(where, vpcOf)).length <= 10_240);
                }),
            );
        });

        it("use a key through one service only", () => {
            for (const { Sid, Action, Condition } of nonEmpty(roleStatements(at, vpc))) {
                if (Action.some((action) => action.startsWith("kms:"))) {
                    assert.match(Condition?.StringEquals?.["kms:ViaService"] as string, /^\w+\.eu-central-1\./, Sid);
                }
            }
        });
    });

    it("trust one service, for one resource in one account", () => {
        assert.deepEqual(statements.trust(at, "codebuild", statements.arn(at, "codebuild", "project/plan")), {
            Sid: "Trust",
            Effect: "Allow",
            Principal: { Service: "codebuild.amazonaws.com" },
            Action: ["sts:AssumeRole"],
            Condition: {
                StringEquals: { "aws:SourceAccount": "123456789012" },
                ArnEquals: { "aws:SourceArn": "arn:aws:codebuild:eu-central-1:123456789012:project/plan" },
            },
        });
    });

    it("let CodeBuild use a network interface in the build's subnets only", () => {
        assert.deepEqual(statements.networkInterfaces(at, vpc).slice(1), [
            {
                Sid: "CreateNetworkInterface",
                Effect: "Allow",
                Action: ["ec2:CreateNetworkInterface"],
                Resource: [
                    "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1",
                    "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-2",
                    "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1",
                    "arn:aws:ec2:eu-central-1:123456789012:network-interface/*",
                ],
            },
            {
                Sid: "DeleteNetworkInterface",
                Effect: "Allow",
                Action: ["ec2:DeleteNetworkInterface"],
                Resource: ["arn:aws:ec2:eu-central-1:123456789012:network-interface/*"],
                Condition: { ArnEquals: { "ec2:Vpc": "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1" } },
            },
            {
                Sid: "LendNetworkInterface",
                Effect: "Allow",
                Action: ["ec2:CreateNetworkInterfacePermission"],
                Resource: ["arn:aws:ec2:eu-central-1:123456789012:network-interface/*"],
                Condition: {
                    StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
                    ArnEquals: {
                        "ec2:Subnet": [
                            "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1",
                            "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-2",
                        ],
                    },
                },
            },
        ]);
    });

    describe("of a secret", () => {
        it("read it, and decrypt nothing else with its key", () => {
            assert.deepEqual(statements.readSecrets(at, [{ secretArn, kmsKeyArn: keyArn }]), [
                {
                    Sid: "ReadSecret",
                    Effect: "Allow",
                    Action: ["secretsmanager:GetSecretValue"],
                    Resource: [secretArn],
                },
                {
                    Sid: "DecryptSecret",
                    Effect: "Allow",
                    Action: ["kms:Decrypt"],
                    Resource: [keyArn],
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
                            "kms:EncryptionContext:SecretARN": secretArn,
                        },
                    },
                },
            ]);
        });

        it("need no key if AWS's own key encrypts it", () => {
            assert.deepEqual(
                statements.readSecrets(at, [{ secretArn }]).map(({ Sid }) => Sid),
                ["ReadSecret"],
            );
        });

        it("read several, and decrypt each with its own key only", () => {
            const other = { secretArn: `${secretArn}-2`, kmsKeyArn: `${keyArn}-2` };
            const third = { secretArn: `${secretArn}-3`, kmsKeyArn: keyArn };
            const [read, ...decrypt] = statements.readSecrets(at, [{ secretArn, kmsKeyArn: keyArn }, other, third]);
            assert.deepEqual(read?.Resource, [secretArn, other.secretArn, third.secretArn]);
            assert.deepEqual(
                decrypt.map(({ Sid, Resource, Condition }) => [
                    Sid,
                    Resource,
                    Condition?.StringEquals?.["kms:EncryptionContext:SecretARN"],
                ]),
                [
                    ["DecryptSecret", [keyArn], [secretArn, third.secretArn]],
                    ["DecryptSecret2", [other.kmsKeyArn], other.secretArn],
                ],
            );
        });

        it("are none for a build that reads none", () => {
            assert.deepEqual(statements.readSecrets(at, []), []);
        });
    });

    describe("of IAM authentication", () => {
        const users = "arn:aws:rds-db:eu-central-1:123456789012:dbuser";

        it("log in as one user of one cluster", () => {
            assert.deepEqual(connectAs(at, "cluster-ABC", ["app_planner"]), {
                Sid: "ConnectAsUser",
                Effect: "Allow",
                Action: ["rds-db:connect"],
                Resource: [`${users}:cluster-ABC/app_planner`],
            });
        });

        it("log in nowhere and read no password, whatever else is allowed", () => {
            const { Effect, Action, Resource } = denyLogins();
            assert.deepEqual(
                [Effect, Action, Resource],
                [
                    "Deny",
                    ["rds-db:connect", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
                    ["*"],
                ],
            );
        });
    });

    describe("of the artifact bucket", () => {
        it("deny requests without TLS, to everyone, for every action", () => {
            assert.deepEqual(statements.denyPlainHttp("arn:aws:s3:::artifacts"), {
                Sid: "DenyPlainHttp",
                Effect: "Deny",
                Principal: "*",
                Action: ["s3:*"],
                Resource: ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*"],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            });
        });
    });

    describe("of a key", () => {
        it("admit the account and the services that publish messages, by named actions", () => {
            const [account, notifications, alarms, ...others] = statements.keyPolicy(at);
            assert.deepEqual(others, []);
            assert.deepEqual(account?.Principal, { AWS: "arn:aws:iam::123456789012:root" });
            assert.deepEqual(
                account?.Action.filter((action) => action.includes("*")),
                [],
            );
            // Without these the account could never change or delete the key again.
            assert.ok(
                account?.Action.includes("kms:PutKeyPolicy") && account.Action.includes("kms:ScheduleKeyDeletion"),
            );
            assert.deepEqual(notifications, {
                Sid: "Notifications",
                Effect: "Allow",
                Principal: { Service: "codestar-notifications.amazonaws.com" },
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Resource: ["*"],
                Condition: { StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" } },
            });
            assert.deepEqual(alarms, {
                Sid: "Alarms",
                Effect: "Allow",
                Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Resource: ["*"],
                Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
            });
        });

        it("cover every use that a role is granted: the account cannot delegate permissions that it lacks", () => {
            const [account] = statements.keyPolicy(at);
            const granted = roleStatements(at, vpc).flatMap(({ Action }) => Action.filter((a) => a.startsWith("kms:")));
            assert.deepEqual(
                granted.filter((action) => !account?.Action.includes(action)),
                [],
            );
        });
    });
});
