import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DbPipeline } from "../../components/dbPipeline";
import {
    approvalDefaults,
    type DbPipelineArgs,
    dbPipelineDefaults,
    deploymentWindowDefaults,
} from "../../components/pipeline/args";
import type { BuildRef } from "../../components/references";
import { nameLimits } from "../../components/shared/names";
import { documentedDefaults } from "../support/documentation";
import { promiseOf, record } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import {
    build,
    plan,
    deploy,
    rollback,
    rollbackPlan,
    deployPlan,
    github,
    recordPipeline,
    pipeline,
    stageNames,
    granted,
} from "./dbPipelineSupport";

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

    describe("with a deployment window and alarms to watch", () => {
        const deploymentWindow = { cron: "* * 9-16 ? * MON-THU", timeZone: "Europe/Berlin" };
        const bake = { minutes: 15, alarmNames: ["api-errors", pulumi.output("api-latency")] };
        const stage = (recording: Awaited<ReturnType<typeof recordPipeline>>, name: string) =>
            (pipeline(recording).inputs.stages as { name: string; beforeEntry?: Entry; onSuccess?: Entry }[]).find(
                (candidate) => candidate.name === name,
            )!;
        interface Entry {
            condition: { result: string; rules: { name: string; configuration: object; timeoutInMinutes?: number }[] };
        }

        it("waits before the stage Deploy, which no rollback and no empty plan does", async () => {
            const recording = await recordPipeline({ deploymentWindow });
            assert.deepEqual(stageNames(recording), ["Source", "Plan", "Rollback", "Window", "Deploy"]);
            const { beforeEntry, onSuccess } = stage(recording, "Window");
            assert.equal(beforeEntry?.condition.result, "SKIP");
            assert.deepEqual(
                beforeEntry.condition.rules.map(({ name }) => name),
                ["NoRollbackAskedFor", "ChangesArePlanned"],
            );
            assert.deepEqual(onSuccess?.condition, {
                result: "FAIL",
                rules: [
                    {
                        name: "WindowIsOpen",
                        ruleTypeId: { category: "Rule", owner: "AWS", provider: "DeploymentWindow", version: "1" },
                        configuration: { Cron: "* * 9-16 ? * MON-THU", TimeZone: "Europe/Berlin" },
                        timeoutInMinutes: 86400,
                    },
                ],
            });
        });

        it("stores the plan that waits among the pipeline's own artifacts", async () => {
            const recording = await recordPipeline({ deploymentWindow });
            const { actions } = stage(recording, "Window") as unknown as { actions: object[] };
            assert.deepEqual(actions, [
                {
                    ...{ name: "Store", category: "Deploy", owner: "AWS", provider: "S3", version: "1" },
                    inputArtifacts: ["Plan"],
                    configuration: {
                        BucketName: "orders-artifacts-id",
                        Extract: "false",
                        ObjectKey: "orders/Waiting/#{codepipeline.PipelineExecutionId}.zip",
                        KMSEncryptionKeyARN: "arn:aws:kms:eu-central-1:123456789012:orders-artifacts",
                    },
                },
            ]);
            assert.ok(
                granted(recording, "orders-role").UseArtifacts!.some((resource) => resource.endsWith("/orders/*")),
            );
        });

        it("watches each alarm after the deployment, and may read alarms for that only", async () => {
            const recording = await recordPipeline({ bake });
            assert.deepEqual(stage(recording, "Deploy").onSuccess?.condition, {
                result: "FAIL",
                rules: ["api-errors", "api-latency"].map((AlarmName, index) => ({
                    name: `AlarmIsQuiet${index + 1}`,
                    ruleTypeId: { category: "Rule", owner: "AWS", provider: "CloudWatchAlarm", version: "1" },
                    configuration: { AlarmName, AlarmStates: "ALARM", WaitTime: "15" },
                    timeoutInMinutes: 75,
                })),
            });
            assert.deepEqual(granted(recording, "orders-role").ReadAlarms, [
                "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*",
            ]);
            assert.equal(granted(await recordPipeline(), "orders-role").ReadAlarms, undefined);
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
            assert.deepEqual(documentedDefaults("pipeline/args.ts", "DeploymentWindowArgs"), deploymentWindowDefaults);
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
