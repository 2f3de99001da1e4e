import * as assert from "node:assert/strict";
import { GuardVariables } from "../../components/contract";
import type { MigrationBuildArgs } from "../../components/build/args";
import { buildsForSuite, projectOf, variablesOf } from "../support/builds";
import { promiseOf } from "../support/mocks";
import { credential } from "../support/references";

describe("MigrationBuild", () => {
    const { failures, recordBuild, toolchain } = buildsForSuite();

    it("is a project with the children that it needs, all below the component", async () => {
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

    it("gives out what the pipeline needs", async () => {
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
            const names = Object.values(GuardVariables) as string[];
            return variablesOf(projectOf(await recordBuild(args)))
                .filter(({ name }) => names.includes(name))
                .map(({ name, value }) => `${name}=${value}`);
        }

        it("guards the database by time-outs and patience that each can be set", async () => {
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
            assert.deepEqual(await guards({ action: "Plan" }), []);
            assert.deepEqual(await guards({ action: "Deploy", tool: "Custom", customCommands: ["true"] }), []);
        });

        it("refuses guards that nothing would heed, and those out of range", () => {
            assert.deepEqual(failures({ action: "Plan", guards: {} }), [
                '  - guards: given {}. Allowed: nothing but with action "Deploy" or "Rollback" and tool "Liquibase". Leave it out: no other build changes the database by itself.',
            ]);
            assert.deepEqual(
                failures({ action: "Deploy", guards: { lockTimeoutMilliseconds: 0, deploymentWaitSeconds: 1.5 } }),
                [
                    "  - guards.lockTimeoutMilliseconds: given 0. Allowed: a whole number from 1 to 600000 milliseconds. Leave it out for 5000.",
                    "  - guards.deploymentWaitSeconds: given 1.5. Allowed: a whole number from 0 to 3600 seconds. Leave it out for 300.",
                ],
            );
        });
    });

    describe("with a floor for the linter", () => {
        const floor = { locking: "warning", "ban-drop-table": "error" };
        const floorOf = async (args: Partial<MigrationBuildArgs>) =>
            variablesOf(projectOf(await recordBuild(args))).find(({ name }) => name === "LINT_FLOOR")?.value;

        it("tells the builds that lint", async () => {
            for (const action of ["Plan", "Deploy"] as const) {
                const value = await floorOf({ action, lintFloor: floor });
                assert.deepEqual(JSON.parse(value as string), floor);
            }
            assert.equal(await floorOf({ action: "Plan" }), undefined);
            assert.equal(await floorOf({ action: "Plan", lintFloor: {} }), undefined);
        });

        it("refuses names and levels that there are not, and builds that do not lint", () => {
            const allowed =
                "a map of rules, groups (failing, locking, destructive, guards, irreversible, breaking, ordering, style, optional) and drift to off, warning, error";
            assert.deepEqual(failures({ action: "Plan", lintFloor: { lock: "warning", style: "fatal" } }), [
                `  - lintFloor: given {"lock":"warning","style":"fatal"}. Allowed: ${allowed}. For example { locking: "warning", "ban-drop-table": "error" }.`,
            ]);
            assert.deepEqual(failures({ action: "Rollback", lintFloor: {} }), [
                '  - lintFloor: given {}. Allowed: nothing but with action "Plan" or "Deploy" and tool "Liquibase". Leave it out: no other build lints.',
            ]);
        });
    });

    describe("project", () => {
        it("builds once, for as long as it may", async () => {
            const { inputs } = projectOf(await recordBuild({ timeoutMinutes: 90 }));
            assert.equal(inputs.name, "orders-plan");
            assert.equal(inputs.autoRetryLimit, 0);
            assert.equal(inputs.buildTimeout, 90);
            assert.equal(inputs.queuedTimeout, 60);
            assert.equal(inputs.badgeEnabled, false);
            assert.equal(inputs.projectVisibility, "PRIVATE");
        });

        it("has room for each stage that starts it, and for what an abandoned execution left running", async () => {
            // Three stages of the pipeline plan, each for another execution.
            const limits = { Plan: 4, Rehearse: 2, Deploy: 2, Rollback: 2 } as const;
            for (const [action, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
                const onClone = action === "Rehearse" && { credential: undefined, username: "app_migrator" };
                const { inputs } = projectOf(await recordBuild({ action, ...onClone }));
                assert.equal(inputs.concurrentBuildLimit, limit, action);
            }
        });

        it("builds custom commands one at a time: they take no lock that another one would wait for", async () => {
            const { inputs } = projectOf(
                await recordBuild({ action: "Deploy", tool: "Custom", customCommands: ["flyway migrate"] }),
            );
            assert.equal(inputs.concurrentBuildLimit, 1);
        });

        it("takes its specification from here, not from the repository", async () => {
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

        it("chooses runtimes on CodeBuild's own images only", async () => {
            const phases = async (image?: string): Promise<string[]> => {
                const { inputs } = projectOf(await recordBuild({ image }));
                const { buildspec } = inputs.source as { buildspec: string };
                return Object.keys((JSON.parse(buildspec) as { phases: object }).phases);
            };
            assert.deepEqual(await phases(), ["install", "build"]);
            assert.deepEqual(await phases("123456789012.dkr.ecr.eu-central-1.amazonaws.com/build:1"), ["build"]);
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

        it("has the credential as references to the secret, and nothing of it in the clear", async () => {
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
                    "PLAINTEXT CODEBUILD_CONFIG_AUTO_DISCOVER=false",
                ],
            );
        });

        it("waits for its role's policy and its ways through the network", async () => {
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

        it("logs to a group of its own, made beforehand", async () => {
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

        it("has the report group that its specification names, which goes with it", async () => {
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

        it("passes tags on", async () => {
            const recording = await recordBuild({ tags: { team: "orders" } });
            const taggable = recording.resources.filter(({ custom, type }) => custom && !type.endsWith(":RolePolicy"));
            assert.ok(taggable.length > 0);
            for (const { name, type, inputs } of taggable) {
                assert.deepEqual(inputs.tags, { team: "orders" }, `${type} ${name}`);
            }
        });
    });
});
