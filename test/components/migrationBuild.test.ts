import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { GuardVariables } from "../../components/contract";
import { MigrationBuild } from "../../components/migrationBuild";
import { type MigrationBuildArgs, migrationBuildDefaults } from "../../components/migrationBuildArgs";
import type { Statement } from "../../components/statements";
import { documentedDefaults } from "../support/documentation";
import { promiseOf, record, type Recording } from "../support/mocks";

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "migration-build-"));
const toolchain = path.join(directory, "toolchain-0123456789abcdef.zip");

const secretArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf";
const secretKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/secret";

function argsWith(args: Partial<MigrationBuildArgs>): MigrationBuildArgs {
    return {
        action: "Plan",
        network: {
            vpcId: "vpc-1",
            privateSubnetIds: ["subnet-1", "subnet-2"],
            isolatedSubnetIds: ["subnet-3", "subnet-4"],
            endpointSecurityGroupId: "sg-endpoints",
            s3PrefixListId: "pl-s3",
        },
        database: {
            engine: "aurora-postgresql",
            clusterIdentifier: "orders",
            endpoint: pulumi.output("orders.cluster-abc.eu-central-1.rds.amazonaws.com"),
            port: pulumi.output(15432),
            databaseName: "app",
            securityGroupId: "sg-database",
        },
        credential: { secretArn: pulumi.output(secretArn), kmsKeyArn: secretKeyArn },
        environmentName: "dev",
        toolchain,
        ...args,
    };
}

function recordBuild(args: Partial<MigrationBuildArgs> = {}): Promise<Recording<MigrationBuild>> {
    return record(() => new MigrationBuild("orders-plan", argsWith(args)));
}

/** The failures of the args, one a line, without the first line of the message. */
function failures(args: Partial<MigrationBuildArgs>, name = "orders-plan"): string[] {
    try {
        new MigrationBuild(name, argsWith(args));
    } catch (error) {
        return (error as Error).message.split("\n").slice(1);
    }
    throw new Error("The args were accepted.");
}

function project(recording: Recording<unknown>): ReturnType<Recording<unknown>["one"]> {
    return recording.one("aws:codebuild/project:Project", "orders-plan");
}

function policy(text: unknown): Statement[] {
    return (JSON.parse(text as string) as { Statement: Statement[] }).Statement;
}

/** Security group rules as text: name, port and target. */
function ruleTexts(recording: Recording<unknown>, direction: "Egress" | "Ingress"): string[] {
    const type = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
    return recording
        .all(type)
        .map(({ name, inputs }) => {
            const { securityGroupId, ipProtocol, fromPort, toPort } = inputs as Record<string, string | number>;
            const target = (inputs.referencedSecurityGroupId ?? inputs.prefixListId ?? inputs.cidrIpv4) as string;
            assert.equal(fromPort, toPort);
            assert.ok((inputs.description as string).length > 0);
            return `${name}: ${ipProtocol} ${fromPort} of ${securityGroupId}, ${target}`;
        })
        .sort();
}

describe("MigrationBuild", () => {
    before(() => fs.writeFileSync(toolchain, ""));
    after(() => fs.rmSync(directory, { recursive: true }));

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
            const { environmentVariables } = project(await recordBuild(args)).inputs.environment as {
                environmentVariables: { name: string; value: string }[];
            };
            const names = Object.values(GuardVariables) as string[];
            return environmentVariables
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

    describe("with action Rehearse", () => {
        const storageKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/storage";

        it("knows which cluster to clone, how, for how long, and the lock budget", async () => {
            const recording = await recordBuild({ action: "Rehearse", timeoutMinutes: 90 });
            const { environmentVariables } = project(recording).inputs.environment as {
                environmentVariables: { name: string; value: string; type: string }[];
            };
            const of = (name: string) => environmentVariables.find((variable) => variable.name === name);
            assert.equal(of("REHEARSAL_SOURCE_CLUSTER")?.value, "orders");
            assert.equal(of("REHEARSAL_COPY")?.value, "AuroraClone");
            assert.equal(of("REHEARSAL_CLONE_LIFETIME_MINUTES")?.value, "150");
            assert.equal(of("LOCK_BUDGET_MILLISECONDS")?.value, "1000");
            assert.equal(await promiseOf(recording.result.clonesOf!), "orders");
        });

        it("may make and delete clones by their names, and nothing to the original", async () => {
            const groupsOfIt = {
                subnetGroupName: pulumi.output("orders-subnets"),
                parameterGroupName: "orders-cluster",
                instanceParameterGroupName: "orders-instances",
            };
            const recording = await recordBuild({
                action: "Rehearse",
                database: { ...argsWith({}).database, ...groupsOfIt },
                rehearsal: { clusterKmsKeyArn: storageKeyArn },
            });
            const statements = policy(recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy);
            const rds = statements.filter(({ Action }) => Action.some((action) => action.startsWith("rds:")));
            const at = "arn:aws:rds:eu-central-1:123456789012";
            const groups = [`${at}:og:default:*`, `${at}:subgrp:orders-subnets`];
            const clones = [`${at}:cluster:orders-rehearsal-*`, `${at}:db:orders-rehearsal-*`];
            assert.deepEqual(
                rds.map(({ Effect, Action, Resource }) => [Effect, Action.join(), Resource]),
                [
                    ["Allow", "rds:DescribeDBClusters,rds:DescribeDBInstances", [`${at}:cluster:*`, `${at}:db:*`]],
                    [
                        "Allow",
                        "rds:RestoreDBClusterToPointInTime",
                        [
                            `${at}:cluster:orders`,
                            `${at}:cluster:orders-rehearsal-*`,
                            `${at}:cluster-pg:orders-cluster`,
                            ...groups,
                        ],
                    ],
                    [
                        "Allow",
                        "rds:CreateDBInstance",
                        [
                            `${at}:db:orders-rehearsal-*`,
                            `${at}:cluster:orders-rehearsal-*`,
                            `${at}:pg:orders-instances`,
                            ...groups,
                        ],
                    ],
                    ["Allow", "rds:AddTagsToResource", clones],
                    ["Allow", "rds:DeleteDBCluster,rds:DeleteDBInstance", clones],
                    ["Deny", "rds:Delete*,rds:Failover*,rds:Modify*,rds:Reboot*,rds:Stop*", [`${at}:cluster:orders`]],
                ],
            );
            assert.deepEqual(
                statements
                    .filter(({ Resource }) => Resource?.includes(storageKeyArn))
                    .map(({ Action }) => Action.join()),
                ["kms:CreateGrant", "kms:DescribeKey"],
            );
            assert.equal(JSON.stringify(statements).includes("iam:PassRole"), false);
        });

        it("may use any group of the region where the cluster's are not known", async () => {
            const recording = await recordBuild({ action: "Rehearse" });
            const statements = policy(recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy);
            const named = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Resource?.slice(-3);
            const at = "arn:aws:rds:eu-central-1:123456789012";
            assert.deepEqual(named("MakeClone"), [`${at}:cluster-pg:*`, `${at}:og:default:*`, `${at}:subgrp:*`]);
            assert.deepEqual(named("MakeCloneInstance"), [`${at}:pg:*`, `${at}:og:default:*`, `${at}:subgrp:*`]);
        });

        it("makes no clones with a template, and may not", async () => {
            const recording = await recordBuild({ action: "Rehearse", rehearsal: { copy: "DatabaseTemplate" } });
            assert.equal(recording.result.clonesOf, undefined);
            const text = recording.one("aws:iam/rolePolicy:RolePolicy", "orders-plan").inputs.policy as string;
            assert.equal(text.includes("rds:"), false);
        });

        it("refuses custom commands, and a rehearsal with another action", () => {
            assert.deepEqual(failures({ action: "Rehearse", tool: "Custom", customCommands: ["./migrate"] }), [
                '  - tool: given "Custom". Allowed: "Liquibase", with action "Rehearse". Leave it out: what custom commands do, nobody can watch.',
            ]);
            assert.deepEqual(failures({ rehearsal: {} }), [
                '  - rehearsal: given {}. Allowed: nothing without action "Rehearse". Leave it out, or set action to "Rehearse".',
            ]);
            assert.deepEqual(failures({ action: "Rehearse", rehearsal: { lockBudgetMilliseconds: -1 } }), [
                "  - rehearsal.lockBudgetMilliseconds: given -1. Allowed: a whole number from 0 to 3600000 milliseconds. Leave it out for 1000.",
            ]);
        });
    });

    describe("project", () => {
        it("builds one thing at a time, once, for as long as it may", async () => {
            const { inputs } = project(await recordBuild({ timeoutMinutes: 90 }));
            assert.equal(inputs.name, "orders-plan");
            assert.equal(inputs.concurrentBuildLimit, 1);
            assert.equal(inputs.autoRetryLimit, 0);
            assert.equal(inputs.buildTimeout, 90);
            assert.equal(inputs.queuedTimeout, 60);
            assert.equal(inputs.badgeEnabled, false);
            assert.equal(inputs.projectVisibility, "PRIVATE");
        });

        it("takes its specification from here, not from the repository", async () => {
            for (const action of ["Plan", "Rehearse", "Deploy", "Rollback"] as const) {
                const { inputs } = project(await recordBuild({ action }));
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
                const { inputs } = project(await recordBuild({ image }));
                const { buildspec } = inputs.source as { buildspec: string };
                return Object.keys((JSON.parse(buildspec) as { phases: object }).phases);
            };
            assert.deepEqual(await phases(), ["install", "build"]);
            assert.deepEqual(await phases("123456789012.dkr.ecr.eu-central-1.amazonaws.com/build:1"), ["build"]);
        });

        it("runs unprivileged, in the private subnets", async () => {
            const { inputs } = project(await recordBuild());
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
            const { inputs } = project(await recordBuild());
            const { environmentVariables } = inputs.environment as {
                environmentVariables: { name: string; type: string; value: string }[];
            };
            assert.deepEqual(
                environmentVariables.map(({ name, type, value }) => `${type} ${name}=${value}`),
                [
                    "PLAINTEXT DB_ENGINE=aurora-postgresql",
                    "PLAINTEXT DB_HOST=orders.cluster-abc.eu-central-1.rds.amazonaws.com",
                    "PLAINTEXT DB_PORT=15432",
                    "PLAINTEXT DB_NAME=app",
                    "PLAINTEXT DB_AUTHENTICATION=Secret",
                    `PLAINTEXT DB_SECRET_ARN=${secretArn}`,
                    `SECRETS_MANAGER DB_USERNAME=${secretArn}:username::`,
                    `SECRETS_MANAGER DB_PASSWORD=${secretArn}:password::`,
                    "PLAINTEXT MIGRATIONS_DIRECTORY=migrations",
                    "PLAINTEXT ENVIRONMENT_NAME=dev",
                    "PLAINTEXT CODEBUILD_CONFIG_AUTO_DISCOVER=false",
                ],
            );
        });

        it("waits for its role's policy and its ways through the network", async () => {
            const recording = await recordBuild();
            const { dependencies } = project(recording);
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
            const { inputs } = project(recording);
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
            const { buildspec } = project(recording).inputs.source as { buildspec: string };
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

    describe("role", () => {
        it("is CodeBuild's, for this project", async () => {
            const { inputs } = (await recordBuild()).one("aws:iam/role:Role");
            assert.deepEqual(policy(inputs.assumeRolePolicy), [
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
            const granted = policy(recording.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
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
                    ["ReadSecret", secretArn],
                    ["DecryptSecret", secretKeyArn],
                ],
            );
        });

        it("decrypts nothing when AWS's own key encrypts the secret", async () => {
            const recording = await recordBuild({ credential: { secretArn } });
            const granted = policy(recording.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
            assert.deepEqual(
                granted.flatMap(({ Action }) => Action.filter((action) => action.startsWith("kms:"))),
                [],
            );
        });
    });

    describe("network", () => {
        it("leads to the database and, through NAT, to AWS", async () => {
            const recording = await recordBuild();
            assert.deepEqual(ruleTexts(recording, "Egress"), [
                "orders-plan-to-database: tcp 15432 of orders-plan-id, sg-database",
                "orders-plan-to-internet: tcp 443 of orders-plan-id, 0.0.0.0/0",
            ]);
        });

        it('leads nowhere but to AWS\'s endpoints with egress "Endpoints"', async () => {
            const recording = await recordBuild({ egress: "Endpoints" });
            assert.deepEqual(ruleTexts(recording, "Egress"), [
                "orders-plan-to-database: tcp 15432 of orders-plan-id, sg-database",
                "orders-plan-to-endpoints: tcp 443 of orders-plan-id, sg-endpoints",
                "orders-plan-to-s3: tcp 443 of orders-plan-id, pl-s3",
            ]);
        });

        it("admits the build, and the build only, to the database", async () => {
            assert.deepEqual(ruleTexts(await recordBuild(), "Ingress"), [
                "orders-plan-into-database: tcp 15432 of sg-database, orders-plan-id",
            ]);
        });

        it("has no rules within the security group, where they would fight with the others", async () => {
            const { inputs } = (await recordBuild()).one("aws:ec2/securityGroup:SecurityGroup");
            assert.deepEqual(inputs, { vpcId: "vpc-1", description: "Builds of orders-plan" });
        });
    });

    describe("arguments", () => {
        it("have the documented defaults", () => {
            assert.deepEqual(documentedDefaults("migrationBuildArgs.ts", "MigrationBuildArgs"), migrationBuildDefaults);
        });

        it("are refused all at once, before anything is registered", async () => {
            const recording = await record(() =>
                assert.throws(
                    () => new MigrationBuild("orders-plan", argsWith({ timeoutMinutes: 1, tool: "Ant" as "Custom" })),
                    {
                        message:
                            'MigrationBuild "orders-plan" has 2 invalid arguments; nothing of it was created.\n' +
                            '  - tool: given "Ant". Allowed: "Liquibase", "Custom". Leave it out for "Liquibase".\n' +
                            "  - timeoutMinutes: given 1. Allowed: a whole number from 5 to 2160 minutes. " +
                            "Leave it out for 60.",
                    },
                ),
            );
            assert.deepEqual(recording.resources, []);
        });

        const refused: [string, Partial<MigrationBuildArgs>, string][] = [
            [
                "an unknown action",
                { action: "Drop" as "Plan" },
                'action: given "Drop". Allowed: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift". Make a build for each action.',
            ],
            [
                "no action",
                { action: undefined },
                'action: given nothing. Allowed: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift". Say what the build does.',
            ],
            [
                "commands that nothing would run",
                { customCommands: ["./migrate"] },
                'customCommands: given ["./migrate"]. Allowed: nothing without tool "Custom". ' +
                    'Leave it out, or set tool to "Custom".',
            ],
            [
                "a custom tool without commands",
                { tool: "Custom" },
                "customCommands: given []. Allowed: at least one command. Give the commands that the build runs.",
            ],
            [
                "an environment's name with a space",
                { environmentName: "my dev" },
                'environmentName: given "my dev". Allowed: 1 to 32 letters, digits, hyphens and underscores. Shorten it.',
            ],
            [
                "a directory outside the source",
                { migrationsDirectory: "../other" },
                'migrationsDirectory: given "../other". Allowed: a directory inside the source, relative to its root. ' +
                    'For example "migrations".',
            ],
            [
                "an absolute directory",
                { migrationsDirectory: "/migrations" },
                'migrationsDirectory: given "/migrations". Allowed: a directory inside the source, relative to its root. ' +
                    'For example "migrations".',
            ],
            [
                "a toolchain that is not there",
                { toolchain: "/missing/toolchain.zip" },
                'toolchain: given "/missing/toolchain.zip". Allowed: the path of a ZIP archive that exists. ' +
                    "Make it with `npm run toolchain`.",
            ],
            [
                "a machine that does not exist",
                { computeType: "HUGE" },
                'computeType: given "HUGE". Allowed: "BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", ' +
                    '"BUILD_GENERAL1_LARGE", "BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE". ' +
                    "Leave it out for the smallest.",
            ],
            [
                "an unknown egress",
                { egress: "Nat" as "SingleNat" },
                'egress: given "Nat". Allowed: "NatPerAz", "SingleNat", "Endpoints". Take the network\'s.',
            ],
            [
                "a key's alias",
                { kmsKeyArn: "alias/logs" },
                'kmsKeyArn: given "alias/logs". Allowed: the ARN of a KMS key ' +
                    "(arn:aws:kms:<region>:<account>:key/<id>). Give the key's ARN, not its id or alias.",
            ],
        ];
        for (const [what, args, line] of refused) {
            it(`cannot be ${what}`, () => {
                assert.deepEqual(failures(args), [`  - ${line}`]);
            });
        }

        it("need the network's endpoints where the internet is out of reach", () => {
            const network = { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"], isolatedSubnetIds: ["subnet-2"] };
            const fix = 'Pass a Network made with egress "Endpoints", or choose another egress.';
            assert.deepEqual(failures({ egress: "Endpoints", network }), [
                `  - network.endpointSecurityGroupId: given nothing. Allowed: an id. ${fix}`,
                `  - network.s3PrefixListId: given nothing. Allowed: an id. ${fix}`,
            ]);
        });

        it("include a name that AWS's names have room for", () => {
            const name = "a".repeat(41);
            assert.deepEqual(failures({}, name), [
                `  - name: given "${name}". Allowed: 1 to 40 letters, digits and hyphens. Change it.`,
            ]);
        });

        it("are taken as they are while they are not known yet", async () => {
            const network = {
                vpcId: pulumi.output("vpc-1"),
                privateSubnetIds: pulumi.output(["subnet-1"]),
                isolatedSubnetIds: pulumi.output(["subnet-2"]),
                endpointSecurityGroupId: pulumi.output("sg-endpoints"),
                s3PrefixListId: pulumi.output("pl-s3"),
            };
            const kmsKeyArn = pulumi.output("arn:aws:kms:eu-central-1:123456789012:key/logs");
            const recording = await recordBuild({ egress: "Endpoints", network, kmsKeyArn });
            assert.equal(recording.all("aws:codebuild/project:Project").length, 1);
        });
    });
});
