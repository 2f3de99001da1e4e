import assert from "node:assert/strict";
import { Operations, type OperationsArgs } from "../../components";
import { promiseOf, record, type Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";

const compositeType = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const eventType = "aws:rds/eventSubscription:EventSubscription";
const ruleType = "aws:codestarnotifications/notificationRule:NotificationRule";
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
const topicArn = "arn:aws:sns:eu-central-1:123456789012:orders-notifications";

const build = (action: string) => ({
    projectName: `orders-${action}`,
    projectArn: `arn:project:${action}`,
    roleName: action,
    toolchain: "toolchain.zip",
});
const given: OperationsArgs = {
    pipeline: { pipelineName: "orders", pipelineArn: "arn:pipeline" },
    builds: { plan: build("plan"), deploy: build("deploy") },
    database: {
        engine: "aurora-postgresql",
        clusterIdentifier: "shop",
        endpoint: "shop.example.com",
        port: 15432,
        databaseName: "app",
        securityGroupId: "sg-database",
        instanceIdentifiers: ["shop-1", "shop-2"],
        instanceParameterGroupName: "shop-instances",
    },
    credentials: {
        administrator: { secretArn: "arn:secret", rotationFunctionName: "rotate" },
        application: { secretArn: "arn:another" },
    },
    kmsKeyArn: keyArn,
    tags: { team: "payments" },
};
const operations = (args: Partial<OperationsArgs> = {}) =>
    record(() => new Operations("orders", { ...given, ...args }));

describe("Operations", () => {
    it("parents everything that it creates, and tags what supports tags", async () => {
        const { resources, one } = await operations({ backup: {}, notificationEmails: ["a@example.com"] });
        const { urn } = one("aurora-pipeline:index:Operations");
        for (const child of nonEmpty(resources.filter((resource) => resource.urn !== urn))) {
            assert.equal(child.parent, urn, child.name);
        }
        const untagged = resources.filter(({ inputs }) => !("tags" in inputs)).map(({ type }) => type.split(":")[2]);
        assert.deepEqual([...new Set(untagged)].sort(), [
            "Dashboard",
            "Operations",
            "RolePolicy",
            "RolePolicyAttachment",
            "Selection",
            "TopicPolicy",
            "TopicSubscription",
            "VaultLockConfiguration",
        ]);
    });

    it("reports failed drift detection", async () => {
        const { all, result } = await operations({ drift: build("drift") });
        const rule = all(ruleType).find(({ inputs }) => inputs.resource === "arn:project:drift");
        assert.deepEqual(rule?.inputs.eventTypeIds, [
            "codebuild-project-build-state-failed",
            "codebuild-project-build-state-stopped",
        ]);
        assert.deepEqual(rule.inputs.targets, [{ address: await promiseOf(result.topicArn), type: "SNS" }]);
        assert.deepEqual(
            (await operations()).all(ruleType).filter(({ inputs }) => inputs.resource === "arn:project:drift"),
            [],
        );
    });

    describe("the topic", () => {
        it("is the only one, encrypted, and accepts messages from three services of this account", async () => {
            const { one, result } = await operations({ notificationEmails: ["a@example.com"] });
            assert.equal(one("aws:sns/topic:Topic").inputs.kmsMasterKeyId, keyArn);
            const statements = statementsOf(one("aws:sns/topicPolicy:TopicPolicy").inputs.policy);
            const allowed = statements.find(({ Sid }) => Sid === "AllowPublish");
            assert.deepEqual(allowed?.Principal, {
                Service: [
                    "cloudwatch.amazonaws.com",
                    "codestar-notifications.amazonaws.com",
                    "events.rds.amazonaws.com",
                ],
            });
            assert.deepEqual(allowed?.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
            assert.ok(statements.some(({ Sid }) => Sid === "DenyPlainHttp"));
            assert.equal(one("aws:sns/topicSubscription:TopicSubscription").inputs.endpoint, "a@example.com");
            assert.equal(await promiseOf(result.topicArn), topicArn);
        });

        it("has its own key if none is given, because AWS's key would exclude the services", async () => {
            const { one } = await operations({ kmsKeyArn: undefined });
            const { inputs, outputs } = one("aws:kms/key:Key");
            assert.equal(inputs.enableKeyRotation, true);
            assert.match(inputs.policy as string, /events\.rds\.amazonaws\.com/);
            assert.equal(one("aws:sns/topic:Topic").inputs.kmsMasterKeyId, outputs.arn);
        });

        it("receives notifications about deliveries and each build", async () => {
            const told = (await operations()).all(ruleType).map(({ inputs }) => inputs.resource as string);
            assert.deepEqual(told.sort(), ["arn:pipeline", "arn:project:deploy", "arn:project:plan"]);
        });
    });

    describe("events of the database", () => {
        const sourcesOf = ({ all }: Recording<unknown>): Record<string, unknown> =>
            Object.fromEntries(
                all(eventType).map(({ inputs }): [string, unknown] => [inputs.sourceType as string, inputs.sourceIds]),
            );

        it("are those of this cluster, its instances and their parameters (RDS.19, RDS.20, RDS.21)", async () => {
            const recording = await operations();
            assert.deepEqual(sourcesOf(recording), {
                "db-cluster": ["shop"],
                "db-instance": ["shop-1", "shop-2"],
                "db-parameter-group": ["shop-instances"],
            });
            assert.ok(recording.all(eventType).every(({ inputs }) => inputs.snsTopic === topicArn));
        });

        it("have at least the categories that Security Hub requires", async () => {
            const required = {
                "db-cluster": ["maintenance", "failure"],
                "db-instance": ["maintenance", "configuration change", "failure"],
                "db-parameter-group": ["configuration change"],
            };
            const { all } = await operations();
            for (const { inputs } of nonEmpty(all(eventType))) {
                for (const category of required[inputs.sourceType as keyof typeof required]) {
                    assert.ok(
                        (inputs.eventCategories as string[]).includes(category),
                        `${inputs.sourceType}: ${category}`,
                    );
                }
            }
        });

        it("are those of the region for a database whose parts are unknown", async () => {
            const { instanceIdentifiers, instanceParameterGroupName, ...database } = given.database;
            assert.ok(instanceIdentifiers !== undefined && instanceParameterGroupName !== undefined);
            assert.deepEqual(sourcesOf(await operations({ database })), {
                "db-cluster": ["shop"],
                "db-instance": undefined,
                "db-parameter-group": undefined,
            });
        });
    });

    describe("alarms", () => {
        it("each notify the topic when they go off and when they end", async () => {
            const { all } = await operations({ backup: {} });
            const raised = [...all(alarmType), ...all(compositeType)].filter(({ inputs }) => inputs.alarmActions);
            assert.deepEqual(
                raised.map(({ name }) => name).sort(),
                [
                    "capacity",
                    "cpu",
                    "memory",
                    "connections",
                    "replica-lag",
                    "deadlocks",
                    "failed-pipeline",
                    "slow-plan",
                    "slow-deploy",
                    "failed-rotation-administrator",
                    "failed-backup",
                    "missing-backup",
                ]
                    .map((suffix) => `orders-${suffix}`)
                    .sort(),
            );
            for (const { inputs, name } of nonEmpty(raised)) {
                assert.equal(inputs.name ?? inputs.alarmName, name);
                assert.deepEqual([inputs.alarmActions, inputs.okActions], [[topicArn], [topicArn]]);
            }
            // A paused cluster does not notify anyone.
            for (const { inputs, name } of nonEmpty(
                all(alarmType).filter(({ inputs }) => inputs.metricName !== "Builds"),
            )) {
                const expected = name === "orders-missing-backup" ? "breaching" : "notBreaching";
                assert.equal(inputs.treatMissingData, expected, name);
            }
        });

        it("about conditions that are expected before the first delivery count once a build has run", async () => {
            const { one, all } = await operations({ drift: build("drift") });
            for (const suffix of ["failed-pipeline", "drift"]) {
                assert.equal(
                    one(compositeType, `orders-${suffix}`).inputs.alarmRule,
                    `ALARM("orders-${suffix}-measured") AND OK("orders-first-build")`,
                );
                // The underlying alarm notifies no one.
                const { alarmActions, okActions } = one(alarmType, `orders-${suffix}-measured`).inputs;
                assert.deepEqual([alarmActions, okActions], [undefined, undefined]);
            }
            // OK from the first build on, permanently; the number of builds is never below one.
            const { inputs } = one(alarmType, "orders-first-build");
            assert.deepEqual(inputs.dimensions, { ProjectName: "orders-plan" });
            assert.deepEqual([inputs.namespace, inputs.metricName], ["AWS/CodeBuild", "Builds"]);
            assert.deepEqual(
                [inputs.treatMissingData, inputs.comparisonOperator, inputs.threshold],
                ["ignore", "LessThanThreshold", 0],
            );
            assert.equal(inputs.alarmActions, undefined);
            assert.equal(all(compositeType).length, 2);
        });

        it("wait for the first build of a delivery", async () => {
            const builds = { ...given.builds, bootstrap: build("bootstrap") };
            const { one } = await operations({ builds });
            assert.deepEqual(one(alarmType, "orders-first-build").inputs.dimensions, {
                ProjectName: "orders-bootstrap",
            });
        });

        it("report a missing backup after 26 hours, but not in the first 26 of a new stack", async () => {
            const { inputs } = (await operations({ backup: {} })).one(alarmType, "orders-missing-backup");
            // The time at which the mocks created the role.
            const since = Date.parse("2026-11-29T05:00:00Z") / 1000;
            assert.deepEqual(inputs.metricQueries, [
                {
                    id: "counted",
                    metric: {
                        namespace: "AWS/Backup",
                        metricName: "NumberOfBackupJobsCompleted",
                        dimensions: { BackupVaultName: "orders" },
                        stat: "Sum",
                        period: 3600,
                    },
                },
                {
                    id: "expected",
                    expression: `IF(EPOCH(counted) >= ${since}, FILL(counted, 0), 1)`,
                    label: "NumberOfBackupJobsCompleted",
                    returnData: true,
                },
            ]);
            assert.deepEqual(
                [inputs.evaluationPeriods, inputs.datapointsToAlarm, inputs.comparisonOperator, inputs.threshold],
                [26, undefined, "LessThanThreshold", 1],
            );
            assert.deepEqual([inputs.metricName, inputs.period], [undefined, undefined]);
        });

        it("report a missing backup only after the schedule's interval", async () => {
            const refused = (args: Partial<OperationsArgs>) =>
                record(() => new Operations("orders", { ...given, ...args })).then(
                    () => undefined,
                    (error: Error) => error.message.split("\n").slice(1, -1).join("\n"),
                );
            const weekly = { schedule: "cron(0 5 ? * SUN *)" };
            assert.equal(
                await refused({ backup: { schedule: "rate(2 days)" } }),
                "  - AP2101: thresholds.backupHours: given nothing. Allowed: at least 50 hours: the longest pause of " +
                    "backup.schedule and two hours, at most 168. Set it, or back up more often.",
            );
            assert.equal(
                await refused({ backup: weekly }),
                "  - AP2101: thresholds.backupHours: given nothing. Allowed: the longest pause of backup.schedule and two hours. " +
                    "Set it, or back up more often.",
            );
            assert.match(
                (await refused({ backup: { schedule: "rate(7 days)" }, thresholds: { backupHours: 168 } }))!,
                /170/,
            );
            const accepted: Partial<OperationsArgs>[] = [
                { backup: { schedule: "rate(2 days)" }, thresholds: { backupHours: 50 } },
                { backup: { schedule: "rate(12 hours)" } },
                { backup: { schedule: "cron(30 3 ? * * *)" } },
                { backup: weekly, thresholds: { backupHours: 168 } },
                { backup: weekly, alarms: false },
            ];
            for (const args of accepted) assert.equal(await refused(args), undefined, JSON.stringify(args));
        });

        it("wait as long as they say", async () => {
            const { one } = await operations();
            const { period, evaluationPeriods, threshold, comparisonOperator } = one(alarmType, "orders-cpu").inputs;
            assert.deepEqual([period, evaluationPeriods, threshold], [300, 3, 90]);
            assert.equal(comparisonOperator, "GreaterThanThreshold");
            assert.equal(one(alarmType, "orders-memory").inputs.comparisonOperator, "LessThanThreshold");
        });

        it("accept individual thresholds", async () => {
            const { one } = await operations({ thresholds: { connections: 50 } });
            assert.equal(one(alarmType, "orders-connections").inputs.threshold, 50);
            assert.equal(one(alarmType, "orders-cpu").inputs.threshold, 90);
        });
    });

    it("has an alarm for each rotation function, with a name that does not depend on the others", async () => {
        const rotating = (functionName: string) => ({ secretArn: "arn:secret", rotationFunctionName: functionName });
        const { all } = await operations({
            credentials: { migrator: rotating("rotate-migrator"), administrator: rotating("rotate-administrator") },
        });
        const rotations = all(alarmType).filter(({ name }) => name.startsWith("orders-failed-rotation-"));
        assert.deepEqual(
            rotations.map(({ name, inputs }): unknown => [name, inputs.dimensions]),
            [
                ["orders-failed-rotation-migrator", { FunctionName: "rotate-migrator" }],
                ["orders-failed-rotation-administrator", { FunctionName: "rotate-administrator" }],
            ],
        );
    });

    it("has an alarm on drift that stays on for a day, because drift does not disappear by itself", async () => {
        const { one } = await operations({ drift: build("drift") });
        const { inputs } = one(alarmType, "orders-drift-measured");
        assert.deepEqual([inputs.namespace, inputs.metricName], ["AWS/CodeBuild", "FailedBuilds"]);
        assert.deepEqual(inputs.dimensions, { ProjectName: "orders-drift" });
        // One bad period of five minutes in a day.
        assert.deepEqual([inputs.period, inputs.evaluationPeriods, inputs.datapointsToAlarm], [300, 288, 1]);
        assert.deepEqual([inputs.statistic, inputs.threshold], ["Sum", 0]);
    });

    describe("the dashboard", () => {
        it("shows this database, these deliveries and these alarms", async () => {
            const { one, result } = await operations();
            const { dashboardName, dashboardBody } = one("aws:cloudwatch/dashboard:Dashboard").inputs;
            assert.equal(dashboardName, "orders");
            assert.ok(
                ["shop", "orders-deploy", ":orders-cpu"].every((text) => (dashboardBody as string).includes(text)),
            );
            assert.match((await promiseOf(result.dashboardUrl)) ?? "", /#dashboards\/dashboard\/orders$/);
        });
    });

    describe("backups", () => {
        it("are taken daily into an encrypted vault that is locked for as long as they are kept", async () => {
            const { one, result } = await operations({ backup: { retentionInDays: 60 } });
            const vault = one("aws:backup/vault:Vault");
            assert.equal(vault.inputs.kmsKeyArn, keyArn);
            assert.deepEqual(one("aws:backup/vaultLockConfiguration:VaultLockConfiguration").inputs, {
                backupVaultName: "orders",
                minRetentionDays: 60,
            });
            assert.deepEqual(one("aws:backup/plan:Plan").inputs.rules, [
                {
                    ruleName: "scheduled",
                    targetVaultName: "orders",
                    schedule: "cron(0 5 * * ? *)",
                    startWindow: 60,
                    lifecycle: { deleteAfter: 60 },
                    recoveryPointTags: { team: "payments" },
                },
            ]);
            assert.deepEqual(one("aws:backup/selection:Selection").inputs.resources, [
                "arn:aws:rds:eu-central-1:123456789012:cluster:shop",
            ]);
            assert.equal(await promiseOf(result.vaultArn), vault.outputs.arn);
        });

        it("are locked permanently only on request, because that cannot be undone", async () => {
            const lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
            assert.equal((await operations({ backup: {} })).one(lock).inputs.changeableForDays, undefined);
            const { one } = await operations({ backup: { lockFinalAfterDays: 14 } });
            assert.equal(one(lock).inputs.changeableForDays, 14);
        });

        it("are taken with a role that cannot change the cluster or its settings", async () => {
            const { one } = await operations({ backup: {} });
            const { policy } = one("aws:iam/rolePolicy:RolePolicy").inputs;
            assert.deepEqual(JSON.parse(policy as string), {
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "ProtectCluster",
                        Effect: "Deny",
                        Action: ["rds:Delete*", "rds:Failover*", "rds:Modify*", "rds:Reboot*", "rds:Stop*"],
                        Resource: ["arn:aws:rds:eu-central-1:123456789012:cluster:shop"],
                    },
                ],
            });
            const selection = one("aws:backup/selection:Selection");
            assert.ok(selection.dependencies.some((urn) => urn.includes("RolePolicyAttachment")));
        });
    });

    it("omits what is not requested", async () => {
        const { resources, result } = await operations({ alarms: false, databaseEvents: false, dashboard: false });
        const types = new Set(resources.map(({ type }) => type.split(":")[2]));
        assert.deepEqual([...types].sort(), ["NotificationRule", "Operations", "Topic", "TopicPolicy"]);
        assert.deepEqual([result.dashboardUrl, result.vaultArn], [undefined, undefined]);
    });

    it("rejects all invalid args at once, before anything is registered", async () => {
        const args: Partial<OperationsArgs> = {
            notificationEmails: ["nobody"],
            chatChannelArn: "#oncall",
            alarms: false,
            thresholds: { cpuPercent: 101 },
            backup: { retentionInDays: 0, schedule: "daily", lockFinalAfterDays: 1 },
            kmsKeyArn: "alias/orders",
        };
        const recording = await record(() =>
            assert.throws(() => new Operations("orders.prod", { ...given, ...args }), {
                message: [
                    'AP2002: Operations "orders.prod" has 9 invalid arguments; nothing of it was created:',
                    '  - AP2105: name: given "orders.prod". Allowed: 1 to 234 letters, digits and hyphens. Change it.',
                    '  - AP2105: notificationEmails[0]: given "nobody". Allowed: an e-mail address. Correct it.',
                    '  - AP2105: chatChannelArn: given "#oncall". Allowed: the ARN of a channel ' +
                        "(arn:aws:chatbot::<account>:chat-configuration/slack-channel/<name>). " +
                        "Configure the channel in Amazon Q Developer in chat applications first.",
                    "  - AP2103: thresholds.cpuPercent: given 101. Allowed: a whole number from 1 to 100 percent. " +
                        "Leave it out for 90.",
                    '  - AP2107: thresholds: given {"cpuPercent":101}. Allowed: nothing while alarms is false. ' +
                        "Leave it out, or leave alarms out.",
                    "  - AP2103: backup.retentionInDays: given 0. Allowed: a whole number from 1 to 3650 days. " +
                        "Leave it out for 35.",
                    '  - AP2105: backup.schedule: given "daily". Allowed: a schedule such as cron(0 5 * * ? *) or ' +
                        "rate(12 hours). Leave it out for every day at 5 o'clock UTC.",
                    "  - AP2103: backup.lockFinalAfterDays: given 1. Allowed: a whole number from 3 to 36500 days. " +
                        "Leave it out for a lock that can be removed.",
                    '  - AP2105: kmsKeyArn: given "alias/orders". Allowed: the ARN of a KMS key ' +
                        "(arn:aws:kms:<region>:<account>:key/<id>). Give the key's ARN, not its id or alias.",
                    "Correct the program, and run the command again.",
                ].join("\n"),
            }),
        );
        assert.deepEqual(recording.resources, []);
    });
});
