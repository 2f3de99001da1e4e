import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MigrationBuildArgs } from "../../components/codeBuild/args";
import { buildsForSuite, projectOf, variablesOf } from "../support/builds";
import { promiseOf } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";
import { credential } from "../support/references";

describe("MigrationBuild", () => {
    const { failures, recordBuild, toolchain } = buildsForSuite();

    it("is a project with the children that it needs, all parented to the component", async () => {
        const recording = await recordBuild();
        const component = recording.one("aurora-pipeline:index:MigrationBuild", "orders-plan");
        const children = recording.resources.filter(({ parent }) => parent === component.urn);
        assert.deepEqual(children.map(({ type, name }) => `${type.split(":")[2]} ${name}`).sort(), [
            "LogGroup orders-plan",
            "Project orders-plan",
            "ReportGroup orders-plan",
            "Role orders-plan",
            "RolePolicy orders-plan",
            "SecurityGroup orders-plan",
            "SecurityGroupEgressRule orders-plan-to-database",
            "SecurityGroupEgressRule orders-plan-to-internet",
            "SecurityGroupIngressRule orders-plan-into-database",
        ]);
        assert.equal(recording.resources.length, children.length + 1);
    });

    it("outputs what the pipeline needs", async () => {
        const { result } = await recordBuild({ migrationsDirectory: "db" });
        const { projectName, projectArn, roleName, roleArn, securityGroupId, logGroupName } = result;
        assert.deepEqual(
            await promiseOf({
                projectName,
                projectArn,
                roleName,
                roleArn,
                securityGroupId,
                logGroupName,
                toolchain: result.toolchain,
                migrationsDirectory: result.migrationsDirectory,
            }),
            {
                projectName: "orders-plan",
                projectArn: "arn:aws:codebuild:eu-central-1:123456789012:orders-plan",
                roleName: "orders-plan",
                roleArn: "arn:aws:iam:eu-central-1:123456789012:orders-plan",
                securityGroupId: "orders-plan-id",
                logGroupName: "/aws/codebuild/orders-plan",
                toolchain,
                migrationsDirectory: "db",
            },
        );
    });

    describe("with action Deploy or Rollback", () => {
        async function guards(args: Partial<MigrationBuildArgs>): Promise<string[]> {
            const names = [
                "LOCK_TIMEOUT_MILLISECONDS",
                "STATEMENT_TIMEOUT_MILLISECONDS",
                "LOCK_RETRY_BUDGET_SECONDS",
                "DEPLOYMENT_WAIT_SECONDS",
            ];
            return variablesOf(projectOf(await recordBuild(args)))
                .filter(({ name }) => names.includes(name))
                .map(({ name, value }) => `${name}=${value}`);
        }

        it("guards the database with timeouts and waits that can all be configured", async () => {
            assert.deepEqual(await guards({ action: "Deploy" }), [
                "LOCK_TIMEOUT_MILLISECONDS=5000",
                "STATEMENT_TIMEOUT_MILLISECONDS=0",
                "LOCK_RETRY_BUDGET_SECONDS=120",
                "DEPLOYMENT_WAIT_SECONDS=300",
            ]);
            const given = { lockTimeoutMilliseconds: 250, lockRetryBudgetSeconds: undefined, deploymentWaitSeconds: 0 };
            assert.deepEqual(await guards({ action: "Rollback", guards: given }), [
                "LOCK_TIMEOUT_MILLISECONDS=250",
                "STATEMENT_TIMEOUT_MILLISECONDS=0",
                "LOCK_RETRY_BUDGET_SECONDS=120",
                "DEPLOYMENT_WAIT_SECONDS=0",
            ]);
            // A plan only waits: one that is refused while another release is being deployed.
            assert.deepEqual(await guards({ action: "Plan" }), ["DEPLOYMENT_WAIT_SECONDS=300"]);
            const wait = { deploymentWaitSeconds: 60 };
            assert.deepEqual(await guards({ action: "Plan", guards: wait }), ["DEPLOYMENT_WAIT_SECONDS=60"]);
            assert.deepEqual(await guards({ action: "Deploy", tool: "Custom", customCommands: ["true"] }), []);
        });

        it("rejects guards without effect, and those out of range", () => {
            assert.deepEqual(failures({ action: "Plan", guards: {} }), [
                '  - AP2107: guards: given {}. Allowed: nothing but with action "Deploy" or "Rollback", and not with tool "Custom"; with action "Plan", deploymentWaitSeconds alone. Leave it out: no other build changes the database.',
            ]);
            assert.deepEqual(
                failures({ action: "Deploy", guards: { lockTimeoutMilliseconds: 0, deploymentWaitSeconds: 1.5 } }),
                [
                    "  - AP2103: guards.lockTimeoutMilliseconds: given 0. Allowed: a whole number from 1 to 600000 milliseconds. Leave it out for 5000.",
                    "  - AP2103: guards.deploymentWaitSeconds: given 1.5. Allowed: a whole number from 0 to 3600 seconds. Leave it out for 300.",
                ],
            );
        });
    });

    describe("with a floor for the linter", () => {
        const floor = { locking: "warning", "ban-drop-table": "error" };
        const floorOf = async (args: Partial<MigrationBuildArgs>) =>
            variablesOf(projectOf(await recordBuild(args))).find(({ name }) => name === "LINT_FLOOR")?.value;

        it("passes it to the builds that lint", async () => {
            for (const action of ["Plan", "Deploy"] as const) {
                const value = await floorOf({ action, lintFloor: floor });
                assert.deepEqual(JSON.parse(value as string), floor);
            }
            assert.equal(await floorOf({ action: "Plan" }), undefined);
            assert.equal(await floorOf({ action: "Plan", lintFloor: {} }), undefined);
        });

        it("rejects unknown names and levels, and builds that do not lint", () => {
            const allowed =
                "a map of rules, groups (failing, locking, destructive, guards, irreversible, breaking, ordering, style, optional) and drift to off, warning, error";
            assert.deepEqual(failures({ action: "Plan", lintFloor: { lock: "warning", style: "fatal" } }), [
                `  - AP2105: lintFloor: given {"lock":"warning","style":"fatal"}. Allowed: ${allowed}. For example { locking: "warning", "ban-drop-table": "error" }.`,
            ]);
            assert.deepEqual(failures({ action: "Rollback", lintFloor: {} }), [
                '  - AP2107: lintFloor: given {}. Allowed: nothing but with action "Plan" or "Deploy", and not with tool "Custom". Leave it out: no other build lints.',
            ]);
        });
    });

    describe("project", () => {
        it("builds once, within its timeout", async () => {
            const { inputs } = projectOf(await recordBuild({ timeoutMinutes: 90 }));
            assert.equal(inputs.name, "orders-plan");
            assert.equal(inputs.autoRetryLimit, 0);
            assert.equal(inputs.buildTimeout, 90);
            assert.equal(inputs.queuedTimeout, 60);
            assert.equal(inputs.badgeEnabled, false);
            assert.equal(inputs.projectVisibility, "PRIVATE");
        });

        it("has room for the stage that starts it, and for an abandoned execution's build", async () => {
            const limits = { Plan: 2, Rehearse: 2, Deploy: 2, Rollback: 2 } as const;
            for (const [action, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
                const onClone = action === "Rehearse" && { credential: undefined, username: "app_migrator" };
                const { inputs } = projectOf(await recordBuild({ action, ...onClone }));
                assert.equal(inputs.concurrentBuildLimit, limit, action);
            }
        });

        it("runs custom commands one at a time, because they take no lock", async () => {
            const { inputs } = projectOf(
                await recordBuild({ action: "Deploy", tool: "Custom", customCommands: ["flyway migrate"] }),
            );
            assert.equal(inputs.concurrentBuildLimit, 1);
        });

        it("has an inline specification, which the repository cannot change", async () => {
            for (const action of ["Plan", "Rehearse", "Deploy", "Rollback"] as const) {
                const onClone = action === "Rehearse" && { credential: undefined, username: "app_migrator" };
                const { inputs } = projectOf(await recordBuild({ action, ...onClone }));
                assert.deepEqual(inputs.artifacts, { type: "CODEPIPELINE" });
                const { type, buildspec } = inputs.source as { type: string; buildspec: string };
                assert.equal(type, "CODEPIPELINE");
                const command = `node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" ${action.toLowerCase()}`;
                const { phases } = JSON.parse(buildspec) as { phases: { build: { commands: string[] } } };
                assert.deepEqual(phases.build.commands, [command]);
            }
        });

        it("selects runtimes in CodeBuild's own images only", async () => {
            const phases = async (image?: string): Promise<string[]> => {
                const { inputs } = projectOf(await recordBuild({ image }));
                const { buildspec } = inputs.source as { buildspec: string };
                return Object.keys((JSON.parse(buildspec) as { phases: object }).phases);
            };
            assert.deepEqual(await phases(), ["install", "build"]);
            assert.deepEqual(await phases("123456789012.dkr.ecr.eu-central-1.amazonaws.com/build:1"), ["build"]);
        });

        it("pulls an image of its own with its role, also if it is known only later", async () => {
            const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/build:1";
            for (const given of [image, pulumi.output(image)]) {
                const recording = await recordBuild({ image: given });
                const { environment, source } = projectOf(recording).inputs as {
                    environment: Record<string, unknown>;
                    source: { buildspec: string };
                };
                assert.equal(environment["image"], image);
                assert.equal(environment["imagePullCredentialsType"], "SERVICE_ROLE");
                const { phases } = JSON.parse(source.buildspec) as { phases: object };
                assert.deepEqual(Object.keys(phases), ["build"]);
                const { policy } = recording.one("aws:iam/rolePolicy:RolePolicy").inputs;
                const pull = statementsOf(policy).filter(({ Action }) => [Action].flat()[0]?.startsWith("ecr:"));
                assert.deepEqual(
                    pull.map(({ Resource }) => Resource),
                    [["*"], ["arn:aws:ecr:eu-central-1:123456789012:repository/build"]],
                );
            }
        });

        it("runs unprivileged, in the private subnets", async () => {
            const { inputs } = projectOf(await recordBuild());
            const { environmentVariables: _, ...environment } = inputs.environment as Record<string, unknown>;
            assert.deepEqual(environment, {
                type: "LINUX_CONTAINER",
                computeType: "BUILD_GENERAL1_SMALL",
                image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                imagePullCredentialsType: "CODEBUILD",
                privilegedMode: false,
            });
            assert.deepEqual(inputs.vpcConfig, {
                vpcId: "vpc-1",
                subnets: ["subnet-1", "subnet-2"],
                securityGroupIds: ["orders-plan-id"],
            });
        });

        it("has the credential as references to the secret, never in plain text", async () => {
            assert.deepEqual(
                variablesOf(projectOf(await recordBuild())).map(({ name, type, value }) => `${type} ${name}=${value}`),
                [
                    "PLAINTEXT DB_ENGINE=aurora-postgresql",
                    "PLAINTEXT DB_HOST=orders.cluster-abc.eu-central-1.rds.amazonaws.com",
                    "PLAINTEXT DB_PORT=15432",
                    "PLAINTEXT DB_NAME=app",
                    "PLAINTEXT DB_AUTHENTICATION=Secret",
                    `PLAINTEXT DB_SECRET_ARN=${credential.secretArn}`,
                    `SECRETS_MANAGER DB_USERNAME=${credential.secretArn}:username::`,
                    `SECRETS_MANAGER DB_PASSWORD=${credential.secretArn}:password::`,
                    "PLAINTEXT MIGRATIONS_DIRECTORY=migrations",
                    "PLAINTEXT ENVIRONMENT_NAME=dev",
                    "PLAINTEXT MIGRATION_TOOL=Liquibase",
                    "PLAINTEXT DEPLOYMENT_WAIT_SECONDS=300",
                    "PLAINTEXT CODEBUILD_CONFIG_AUTO_DISCOVER=false",
                ],
            );
        });

        it("waits for its role's policy and its security group rules", async () => {
            const recording = await recordBuild();
            const { dependencies } = projectOf(recording);
            const awaited = recording.resources.filter(({ type }) =>
                /RolePolicy|SecurityGroup(E|In)gressRule/.test(type),
            );
            assert.equal(awaited.length, 4);
            assert.deepEqual(
                awaited.filter(({ urn }) => !dependencies.includes(urn)).map(({ name }) => name),
                [],
            );
        });

        it("logs to its own group, created beforehand", async () => {
            const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/logs";
            const recording = await recordBuild({ logRetentionInDays: 365, kmsKeyArn });
            assert.deepEqual(recording.one("aws:cloudwatch/logGroup:LogGroup").inputs, {
                name: "/aws/codebuild/orders-plan",
                retentionInDays: 365,
                kmsKeyId: kmsKeyArn,
            });
            const { inputs } = projectOf(recording);
            assert.deepEqual(inputs.logsConfig, {
                cloudwatchLogs: { status: "ENABLED", groupName: "/aws/codebuild/orders-plan" },
            });
            assert.equal(inputs.encryptionKey, kmsKeyArn);
        });

        it("has the report group that its specification names, which is deleted with it", async () => {
            const recording = await recordBuild();
            assert.deepEqual(recording.one("aws:codebuild/reportGroup:ReportGroup").inputs, {
                name: "orders-plan-liquibase",
                type: "TEST",
                exportConfig: { type: "NO_EXPORT" },
                deleteReports: true,
            });
            const { buildspec } = projectOf(recording).inputs.source as { buildspec: string };
            assert.deepEqual(Object.keys((JSON.parse(buildspec) as { reports: object }).reports), ["liquibase"]);
        });

        it("passes its tags on", async () => {
            const recording = await recordBuild({ tags: { team: "orders" } });
            const taggable = recording.resources.filter(({ custom, type }) => custom && !type.endsWith(":RolePolicy"));
            assert.ok(taggable.length > 0);
            for (const { name, type, inputs } of nonEmpty(taggable)) {
                assert.deepEqual(inputs.tags, { team: "orders" }, `${type} ${name}`);
            }
        });
    });
});
