import assert from "node:assert/strict";
import { Operations, type OperationsArgs } from "../../components";
import { record } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { compositeType, alarmType, topicArn, build, given, operations } from "./operationsSupport";

describe("Operations", () => {
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
});
