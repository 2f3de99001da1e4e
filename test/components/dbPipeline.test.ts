import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DbPipeline } from "../../components/dbPipeline";
import { approvalDefaults, type DbPipelineArgs, dbPipelineDefaults } from "../../components/pipeline/args";
import type { SourceProvider } from "../../components/pipeline/source";
import type { BuildRef } from "../../components/references";
import { nameLimits } from "../../components/shared/names";
import type { Statement } from "../../components/shared/statements";
import { documentedDefaults } from "../support/documentation";
import { promiseOf, record, type Recorded, type RecordOptions, type Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";

// Builds by their ids: the pipeline does not require a MigrationBuild.
function build(action: string): BuildRef {
    return {
        projectName: pulumi.output(`orders-${action}`),
        projectArn: pulumi.output(`arn:aws:codebuild:eu-central-1:123456789012:project/orders-${action}`),
        roleName: pulumi.output(`orders-${action}-role`),
        toolchain: pulumi.output("/toolchains/toolchain-0123456789abcdef.zip"),
    };
}

const connectionArn = "arn:aws:codeconnections:eu-central-1:123456789012:connection/1";
const [plan, deploy, rollback] = [build("plan"), build("deploy"), build("rollback")];
const [rollbackPlan, deployPlan] = [build("rollback-plan"), build("deploy-plan")];
const github = { provider: "GitHub", repository: "acme/orders", connectionArn } as const;

function recordPipeline(
    args: Partial<DbPipelineArgs> = {},
    options: RecordOptions = {},
): Promise<Recording<DbPipeline>> {
    return record(
        () =>
            new DbPipeline("orders", {
                source: github,
                builds: { plan, rollbackPlan, deployPlan, deploy, rollback },
                approval: {},
                ...args,
            }),
        options,
    );
}

function pipeline(recording: Recording<unknown>): Recorded {
    return recording.one("aws:codepipeline/pipeline:Pipeline", "orders");
}

function stageNames(recording: Recording<unknown>): string[] {
    return (pipeline(recording).inputs.stages as { name: string }[]).map(({ name }) => name);
}

function policy(recording: Recording<unknown>, name: string): Statement[] {
    const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", name);
    return statementsOf(inputs.policy);
}

/** A statement's actions and resources, by its id. */
function granted(recording: Recording<unknown>, name: string): Record<string, string[]> {
    const statements = policy(recording, name);
    return Object.fromEntries(statements.map(({ Sid, Resource }) => [Sid, Resource ?? []]));
}

describe("DbPipeline", () => {
    it("is a V2 pipeline that queues executions, encrypted with its key", async () => {
        const { inputs } = pipeline(await recordPipeline());
        assert.equal(inputs.name, "orders");
        assert.equal(inputs.pipelineType, "V2");
        assert.equal(inputs.executionMode, "QUEUED");
        assert.deepEqual(inputs.artifactStores, [
            {
                type: "S3",
                location: "orders-artifacts-id",
                encryptionKey: { type: "KMS", id: "arn:aws:kms:eu-central-1:123456789012:orders-artifacts" },
            },
        ]);
    });

    describe("with a rehearsal that clones", () => {
        const rehearse: BuildRef = { ...build("rehearse"), clonesOf: pulumi.output("orders") };
        const builds = { plan, rollbackPlan, deployPlan, rehearse, deploy, rollback };

        it("has its stage, and starts its build", async () => {
            const recording = await recordPipeline({ builds });
            assert.deepEqual(stageNames(recording), ["Source", "Plan", "Rollback", "Deploy"]);
            assert.ok(granted(recording, "orders-role").StartBuilds!.some((arn) => arn.endsWith("orders-rehearse")));
            recording.one("aws:iam/rolePolicy:RolePolicy", "orders-rehearse-artifacts");
        });

        it("has a reaper that runs the toolchain once an hour", async () => {
            const recording = await recordPipeline({ builds, logRetentionInDays: 365 });
            const inputs = recording.one("aws:codebuild/project:Project", "orders-reaper").inputs as {
                source: Record<string, string>;
                environment: { environmentVariables: object[] };
                vpcConfig?: object;
            };
            assert.equal(inputs.source.type, "S3");
            assert.equal(inputs.source.location, "orders-artifacts-id/toolchain/toolchain-0123456789abcdef.zip");
            assert.match(inputs.source.buildspec!, /node delivery\.cjs reap/);
            assert.deepEqual(inputs.environment.environmentVariables[0], {
                name: "REHEARSAL_SOURCE_CLUSTER",
                value: "orders",
                type: "PLAINTEXT",
            });
            assert.equal(inputs.vpcConfig, undefined);
            assert.equal(recording.one("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 365);
            const rule = recording.one("aws:cloudwatch/eventRule:EventRule", "orders-reaper-schedule");
            assert.equal(rule.inputs.scheduleExpression, "rate(1 hour)");
            const target = recording.one("aws:cloudwatch/eventTarget:EventTarget", "orders-reaper-schedule");
            assert.equal(target.inputs.arn, "arn:aws:codebuild:eu-central-1:123456789012:orders-reaper");
        });

        it("lets the reaper delete clones by their names, and nothing else", async () => {
            const recording = await recordPipeline({ builds });
            const at = "arn:aws:rds:eu-central-1:123456789012";
            const resources = granted(recording, "orders-reaper");
            assert.deepEqual(Object.keys(resources), [
                "WriteLogs",
                "ReadToolchain",
                "InspectToolchainBucket",
                "DecryptToolchain",
                "DescribeClusters",
                "DeleteClone",
                "ProtectSource",
            ]);
            assert.deepEqual(resources.DeleteClone, [
                `${at}:cluster:orders-rehearsal-*`,
                `${at}:db:orders-rehearsal-*`,
            ]);
            assert.deepEqual(resources.ProtectSource, [`${at}:cluster:orders`]);
            assert.deepEqual(granted(recording, "orders-reaper-schedule").StartBuild, [
                "arn:aws:codebuild:eu-central-1:123456789012:orders-reaper",
            ]);
        });

        it("needs a plan to rehearse", () => {
            assert.throws(
                () => new DbPipeline("orders", { source: github, builds: { deploy, rehearse } }),
                /builds\.rehearse: given "a build"\. Allowed: nothing without builds\.plan\./,
            );
        });

        it("has no build left over, and none missing", () => {
            const refused = (given: Partial<DbPipelineArgs>) => {
                try {
                    new DbPipeline("orders", { source: github, builds: { deploy }, ...given });
                    return [];
                } catch (error) {
                    return (error as Error).message.split("\n").filter((line) => line.includes("builds"));
                }
            };
            const missing = (plan: string) =>
                `  - AP2101: builds.${plan}: given nothing. Allowed: a build that plans, with its own project and role. Add a MigrationBuild with action Plan.`;
            assert.deepEqual(refused({ builds: { plan, deploy, rollback }, approval: {} }), [
                missing("rollbackPlan"),
                missing("deployPlan"),
            ]);
            assert.deepEqual(refused({ builds: { plan, deploy, rehearse } }), [missing("deployPlan")]);
            assert.deepEqual(refused({ builds: { plan, rollbackPlan, deployPlan, deploy, rollback } }), [
                '  - AP2107: builds.rollbackPlan: given "a build". Allowed: nothing without builds.plan, builds.rollback and approval. Leave it out.',
                '  - AP2107: builds.deployPlan: given "a build". Allowed: nothing without builds.plan, and approval or builds.rehearse. Leave it out.',
            ]);
            const shared =
                '  - AP2107: builds: given "one project for plan and deploy-plan". Allowed: a project for each build: its role may write only the artifact of its own action. Make a MigrationBuild for each.';
            assert.deepEqual(refused({ builds: { plan, deployPlan: plan, deploy }, approval: {} }), [shared]);
            const named = (projectName: string) => ({ ...build("plan"), projectName });
            assert.deepEqual(refused({ builds: { plan: named("p"), deployPlan: named("p"), deploy }, approval: {} }), [
                shared,
            ]);
        });

        it("has no reaper for a rehearsal without clones", async () => {
            const recording = await recordPipeline({ builds: { ...builds, rehearse: build("rehearse") } });
            assert.deepEqual(recording.all("aws:codebuild/project:Project"), []);
        });
    });

    describe("stages", () => {
        it("are all four with plan, approval and rollback", async () => {
            const recording = await recordPipeline();
            assert.deepEqual(stageNames(recording), ["Source", "Plan", "Rollback", "Deploy"]);
        });

        it("are Source and Deploy without", async () => {
            const recording = await recordPipeline({ builds: { deploy }, approval: undefined });
            assert.deepEqual(stageNames(recording), ["Source", "Deploy"]);
            assert.equal(recording.result.approvalTopicArn, undefined);
            assert.deepEqual(
                recording
                    .all("aws:iam/rolePolicy:RolePolicy")
                    .map(({ name }) => name)
                    .sort(),
                ["orders-deploy-artifacts", "orders-role"],
            );
        });

        it("have roles with policies whose names IAM accepts, also in a pipeline with the longest name", async () => {
            const recording = await record(
                () =>
                    new DbPipeline("x".repeat(nameLimits.pipeline), {
                        source: github,
                        builds: { plan, rollbackPlan, deployPlan, deploy, rollback },
                        approval: {},
                    }),
            );
            const names = recording.all("aws:iam/rolePolicy:RolePolicy").map(({ name }) => `${name}-0a1b2c3`);
            assert.equal(new Set(names).size, 6);
            assert.deepEqual(
                names.filter(({ length }) => length > nameLimits.rolePolicy),
                [],
            );
        });

        it("start the given projects", async () => {
            const stages = pipeline(await recordPipeline()).inputs.stages as {
                actions: { configuration: { ProjectName?: string } }[];
            }[];
            const projects = stages.flatMap(({ actions }) =>
                actions.map(({ configuration }) => configuration.ProjectName),
            );
            assert.deepEqual(
                projects.filter((project) => project !== undefined),
                ["orders-plan", "orders-rollback-plan", "orders-rollback", "orders-deploy-plan", "orders-deploy"],
            );
        });
    });

    describe("toolchain", () => {
        it("is uploaded under the archive's name, which contains its hash", async () => {
            const { inputs } = (await recordPipeline()).one("aws:s3/bucketObjectv2:BucketObjectv2");
            assert.equal(inputs.bucket, "orders-artifacts-id");
            assert.equal(inputs.key, "toolchain/toolchain-0123456789abcdef.zip");
            const source = (await inputs.source) as pulumi.asset.FileAsset;
            assert.ok(source instanceof pulumi.asset.FileAsset);
            assert.equal(await source.path, "/toolchains/toolchain-0123456789abcdef.zip");
        });

        it("is the second source", async () => {
            const recording = await recordPipeline();
            const [source] = pipeline(recording).inputs.stages as {
                actions: { name: string; configuration: object }[];
            }[];
            assert.deepEqual(source?.actions[1]?.configuration, {
                S3Bucket: "orders-artifacts-id",
                S3ObjectKey: "toolchain/toolchain-0123456789abcdef.zip",
                PollForSourceChanges: "false",
            });
        });
    });

    it("is created after everything that its first execution needs, because CodePipeline starts at once", async () => {
        const recording = await recordPipeline();
        const needed = recording.resources
            .filter(({ type }) => /^aws:s3\/|RolePolicy$/.test(type))
            // The bucket's logging waits for these in turn.
            .filter(({ name }) => !name.endsWith("-access-log"));
        const { dependencies } = pipeline(recording);
        assert.equal(needed.length, 15);
        assert.deepEqual(
            needed.filter(({ urn }) => !dependencies.includes(urn)).map(({ type }) => type),
            [],
        );
    });

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

    describe("source", () => {
        it("starts the pipeline on pushes that touch the deploy build's migrations", async () => {
            const elsewhere = { ...deploy, migrationsDirectory: pulumi.output("db/changes") };
            for (const [given, path] of [
                [deploy, "migrations/**"],
                [elsewhere, "db/changes/**"],
            ] as const) {
                const { triggers } = pipeline(await recordPipeline({ builds: { deploy: given } })).inputs;
                assert.deepEqual(triggers, [
                    {
                        providerType: "CodeStarSourceConnection",
                        gitConfiguration: {
                            sourceActionName: "Source",
                            pushes: [{ branches: { includes: ["main"] }, filePaths: { includes: [path] } }],
                        },
                    },
                ]);
            }
        });

        it("uses the given connection and creates none", async () => {
            const recording = await recordPipeline();
            assert.deepEqual(recording.all("aws:codeconnections/connection:Connection"), []);
            assert.equal(await promiseOf(recording.result.connectionArn!), connectionArn);
            assert.equal(recording.result.connectionStatus, undefined);
        });

        describe("without a connection", () => {
            const warnings: string[] = [];
            const { warn } = pulumi.log;
            const log = pulumi.log as { warn: typeof warn };
            before(() => (log.warn = (message) => Promise.resolve(void warnings.push(message))));
            after(() => (log.warn = warn));
            beforeEach(() => warnings.splice(0));

            const type = "aws:codeconnections/connection:Connection";
            const recordStatus = (provider: SourceProvider, connectionStatus: string): Promise<Recording<DbPipeline>> =>
                recordPipeline(
                    { source: { provider, repository: "acme/orders" } },
                    { outputs: (created) => (created === type ? { connectionStatus } : undefined) },
                );

            for (const provider of ["GitHub", "GitLab", "Bitbucket"] as const) {
                it(`creates one to ${provider}, and says what a person has to do`, async () => {
                    const recording = await recordStatus(provider, "PENDING");
                    assert.deepEqual(recording.one(type).inputs, { name: "orders", providerType: provider });
                    assert.equal(await promiseOf(recording.result.connectionStatus!), "PENDING");
                    const made = await promiseOf(recording.result.connectionArn!);
                    assert.deepEqual(granted(recording, "orders-role").UseConnection, [made]);
                    assert.deepEqual(warnings, [
                        `The connection to ${provider} waits for its handshake: AWS console, Developer Tools, Settings, ` +
                            'Connections, "orders", Update pending connection. The pipeline\'s source fails until then.',
                    ]);
                });
            }

            it("says nothing once that is done", async () => {
                await recordStatus("GitHub", "AVAILABLE");
                assert.deepEqual(warnings, []);
            });
        });

        it("in CodeCommit starts it with an event, and is all that the role can read there", async () => {
            const recording = await recordPipeline({ source: { provider: "CodeCommit", repository: "orders-db" } });
            assert.equal(recording.all("aws:cloudwatch/eventRule:EventRule").length, 1);
            assert.deepEqual(pipeline(recording).inputs.triggers, []);
            assert.equal(recording.result.connectionArn, undefined);
            const { ReadRepository, UseConnection } = granted(recording, "orders-role");
            assert.deepEqual(ReadRepository, ["arn:aws:codecommit:eu-central-1:123456789012:orders-db"]);
            assert.equal(UseConnection, undefined);
        });

        it("in S3 starts it with an event, and is the only object that the role can read there", async () => {
            const source = { provider: "S3", bucket: "changes", objectKey: "orders.zip" } as const;
            const recording = await recordPipeline({ source });
            assert.equal(recording.all("aws:cloudwatch/eventRule:EventRule").length, 1);
            const { ReadSource, InspectSource } = granted(recording, "orders-role");
            assert.deepEqual(ReadSource, ["arn:aws:s3:::changes/orders.zip"]);
            assert.deepEqual(InspectSource, ["arn:aws:s3:::changes"]);
        });

        it("behind a connection needs no events", async () => {
            const recording = await recordPipeline();
            assert.deepEqual(recording.all("aws:cloudwatch/eventRule:EventRule"), []);
        });
    });

    describe("people", () => {
        it("are asked through the topic that they subscribe to", async () => {
            const recording = await recordPipeline({
                approval: { emails: ["dba@example.com"], timeoutMinutes: 60 },
            });
            assert.deepEqual(
                recording
                    .all("aws:sns/topicSubscription:TopicSubscription")
                    .map(({ inputs }) => `${inputs.topic}: ${inputs.endpoint}`)
                    .sort(),
                ["arn:aws:sns:eu-central-1:123456789012:orders-approval: dba@example.com"],
            );
            const stages = pipeline(recording).inputs.stages as { actions: Record<string, unknown>[] }[];
            const approvals = stages.flatMap(({ actions }) => actions.filter(({ name }) => name === "Approve"));
            assert.equal(approvals.length, 2);
            for (const { timeoutInMinutes, configuration } of nonEmpty(approvals)) {
                assert.equal(timeoutInMinutes, 60);
                const { NotificationArn } = configuration as Record<string, string>;
                assert.equal(NotificationArn, await promiseOf(recording.result.approvalTopicArn!));
            }
        });
    });

    it("encrypts everything with the given key", async () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/given";
        const recording = await recordPipeline({ kmsKeyArn });
        assert.deepEqual(recording.all("aws:kms/key:Key"), []);
        for (const { inputs } of nonEmpty(recording.all("aws:sns/topic:Topic"))) {
            assert.equal(inputs.kmsMasterKeyId, kmsKeyArn);
        }
        assert.equal(await promiseOf(recording.result.kmsKeyArn), kmsKeyArn);
        const { UseArtifactKey, UseTopicKey } = granted(recording, "orders-role");
        assert.deepEqual([UseArtifactKey, UseTopicKey], [[kmsKeyArn], [kmsKeyArn]]);
    });

    it("can be previewed with unknown values", async () => {
        const recording = await recordPipeline({}, { preview: true });
        assert.deepEqual(stageNames(recording), ["Source", "Plan", "Rollback", "Deploy"]);
    });

    describe("arguments", () => {
        it("have the documented defaults", () => {
            assert.deepEqual(documentedDefaults("pipeline/args.ts", "DbPipelineArgs"), dbPipelineDefaults);
            assert.deepEqual(documentedDefaults("pipeline/args.ts", "ApprovalArgs"), approvalDefaults);
        });

        it("are all rejected at once, before anything is registered", async () => {
            const args: DbPipelineArgs = {
                source: { provider: "GitHub", repository: "orders" },
                builds: { deploy },
                approval: { emails: ["dba", "a@example.com", "a@example.com"], timeoutMinutes: 1 },
                artifactRetentionDays: 0,
                kmsKeyArn: "alias/orders",
            };
            const recording = await record(() =>
                assert.throws(() => new DbPipeline("orders.prod", args), {
                    message: [
                        'AP2002: DbPipeline "orders.prod" has 7 invalid arguments; nothing of it was created:',
                        '  - AP2105: name: given "orders.prod". Allowed: 1 to 100 letters, digits and hyphens. Change it.',
                        '  - AP2105: source.repository: given "orders". Allowed: owner/name. Set the name only, not a URL.',
                        "  - AP2103: approval.timeoutMinutes: given 1. Allowed: a whole number from 5 to 86400 minutes. " +
                            "Leave it out for a week.",
                        '  - AP2105: approval.emails[0]: given "dba". Allowed: an e-mail address. Correct it.',
                        '  - AP2106: approval.emails: given ["a@example.com"]. Allowed: each address once. ' +
                            "Take the duplicates out.",
                        "  - AP2103: artifactRetentionDays: given 0. Allowed: a whole number from 1 to 3650 days. " +
                            "Leave it out for 90 days.",
                        '  - AP2105: kmsKeyArn: given "alias/orders". Allowed: the ARN of a KMS key ' +
                            "(arn:aws:kms:<region>:<account>:key/<id>). Give the key's ARN, not its id or alias.",
                        "Correct the program, and run the command again.",
                    ].join("\n"),
                }),
            );
            assert.deepEqual(recording.resources, []);
        });
    });
});
