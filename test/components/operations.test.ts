import assert from "node:assert/strict";
import { Operations, type OperationsArgs } from "../../components";
import { promiseOf, record, type Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";
import { eventType, ruleType, keyArn, topicArn, build, given, operations } from "./operationsSupport";

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
