import * as assert from "node:assert/strict";
import { DbPipeline } from "../../components/dbPipeline";
import { record, type Recording } from "../support/mocks";
import { statementsOf } from "../support/policies";
import {
    connectionArn,
    plan,
    deploy,
    rollback,
    github,
    recordPipeline,
    pipeline,
    policy,
    granted,
} from "./dbPipelineSupport";

describe("DbPipeline", () => {
    describe("roles", () => {
        it("trust CodePipeline, for this pipeline", async () => {
            const { inputs } = (await recordPipeline()).one("aws:iam/role:Role", "orders-role");
            assert.deepEqual(statementsOf(inputs.assumeRolePolicy), [
                {
                    Sid: "Trust",
                    Effect: "Allow",
                    Principal: { Service: "codepipeline.amazonaws.com" },
                    Action: ["sts:AssumeRole"],
                    Condition: {
                        StringEquals: { "aws:SourceAccount": "123456789012" },
                        ArnEquals: { "aws:SourceArn": "arn:aws:codepipeline:eu-central-1:123456789012:orders" },
                    },
                },
            ]);
        });

        it("let the pipeline read its sources, start its builds and ask for approval", async () => {
            const bucket = "arn:aws:s3:eu-central-1:123456789012:orders-artifacts";
            const key = "arn:aws:kms:eu-central-1:123456789012:orders-artifacts";
            assert.deepEqual(granted(await recordPipeline(), "orders-role"), {
                InspectArtifactBucket: [bucket],
                UseArtifacts: [`${bucket}/orders/*`],
                UseArtifactKey: [key],
                InspectToolchain: [bucket],
                ReadToolchain: [`${bucket}/toolchain/toolchain-0123456789abcdef.zip`],
                UseConnection: [connectionArn],
                StartBuilds: [
                    "arn:aws:codebuild:eu-central-1:123456789012:project/orders-plan",
                    "arn:aws:codebuild:eu-central-1:123456789012:project/orders-rollback-plan",
                    "arn:aws:codebuild:eu-central-1:123456789012:project/orders-deploy-plan",
                    "arn:aws:codebuild:eu-central-1:123456789012:project/orders-deploy",
                    "arn:aws:codebuild:eu-central-1:123456789012:project/orders-rollback",
                ],
                AskForApproval: ["arn:aws:sns:eu-central-1:123456789012:orders-approval"],
                UseTopicKey: [key],
            });
        });

        it("let each build read only its input artifacts and write only its output artifact", async () => {
            const bucket = "arn:aws:s3:eu-central-1:123456789012:orders-artifacts/orders";
            const recording = await recordPipeline();
            const { stages } = pipeline(recording).inputs as {
                stages: {
                    actions: {
                        configuration: { ProjectName?: string };
                        inputArtifacts?: string[];
                        outputArtifacts?: string[];
                    }[];
                }[];
            };
            const actions = stages.flatMap((stage) => stage.actions);
            const foldersOf = (artifacts: (string[] | undefined)[]) =>
                [...new Set(artifacts.flatMap((names) => names ?? []))].map(
                    (name) => `${bucket}/${name.slice(0, 10)}/*`,
                );
            for (const action of ["plan", "rollback-plan", "deploy-plan", "deploy", "rollback"]) {
                const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", `orders-${action}-artifacts`);
                assert.equal(inputs.role, `orders-${action}-role`);
                const own = actions.filter(({ configuration }) => configuration.ProjectName === `orders-${action}`);
                assert.ok(own.length > 0, action);
                const { ReadInputs, WriteOutputs } = granted(recording, `orders-${action}-artifacts`);
                assert.deepEqual(ReadInputs, foldersOf(own.map(({ inputArtifacts }) => inputArtifacts)));
                assert.deepEqual(WriteOutputs, foldersOf(own.map(({ outputArtifacts }) => outputArtifacts)));
                assert.ok(ReadInputs.length >= 2, action);
                assert.equal(WriteOutputs.length, 1, action);
                for (const source of ["Source", "Toolchain"]) {
                    assert.ok(ReadInputs.includes(`${bucket}/${source}/*`));
                    assert.ok(!WriteOutputs.includes(`${bucket}/${source}/*`));
                }
            }
        });
    });

    describe("the record of a release", () => {
        const arns = {
            records: "arn:aws:s3:eu-central-1:123456789012:orders-artifacts/deployments/*",
            pipeline: "arn:aws:codepipeline:eu-central-1:123456789012:orders",
        };
        const statementsOf = (recording: Recording<unknown>, action: string) =>
            policy(recording, `orders-${action}-artifacts`)
                .filter(({ Sid }) => ["KeepRecords", "ReadApproval"].includes(Sid))
                .map(({ Sid, Action, Resource }) => [Sid, Action, Resource]);

        it("is written once: S3 rejects uploads over an existing one", async () => {
            const recording = await recordPipeline();
            const kept = policy(recording, "orders-deploy-artifacts").find(({ Sid }) => Sid === "KeepRecords");
            assert.deepEqual(kept?.Condition, { Null: { "s3:if-none-match": "false" } });
        });

        it("may be written by what changes the database, which may also ask who approved", async () => {
            const recording = await recordPipeline();
            for (const action of ["deploy", "rollback"]) {
                assert.deepEqual(statementsOf(recording, action), [
                    ["KeepRecords", ["s3:PutObject"], [arns.records]],
                    ["ReadApproval", ["codepipeline:ListActionExecutions"], [arns.pipeline]],
                ]);
            }
            assert.deepEqual(statementsOf(recording, "plan"), []);
        });

        it("needs no approver without an approval", async () => {
            const recording = await recordPipeline({ builds: { plan, deploy, rollback }, approval: undefined });
            assert.deepEqual(statementsOf(recording, "deploy"), [["KeepRecords", ["s3:PutObject"], [arns.records]]]);
        });

        it("goes to the artifact bucket", async () => {
            const { stages } = pipeline(await recordPipeline()).inputs as {
                stages: { name: string; actions: { configuration: { EnvironmentVariables?: string } }[] }[];
            };
            const action = stages.find(({ name }) => name === "Deploy")!.actions.at(-1);
            const variables = JSON.parse(action!.configuration.EnvironmentVariables!) as Record<string, string>[];
            assert.deepEqual(variables.slice(3), [
                { name: "RECORD_BUCKET", value: "orders-artifacts-id", type: "PLAINTEXT" },
                { name: "APPROVAL_PIPELINE", value: "orders", type: "PLAINTEXT" },
            ]);
        });

        it("is not stored where artifacts expire", async () => {
            for (const name of ["deployments", "toolchain"]) {
                await assert.rejects(
                    record(() => new DbPipeline(name, { source: github, builds: { deploy } })),
                    /name.*a name that is not reserved in the artifact bucket/s,
                );
            }
        });
    });
});
