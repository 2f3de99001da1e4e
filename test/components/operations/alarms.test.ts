import assert from "node:assert/strict";
import { alarmsFor, alarmThresholds, type Watched } from "../../../components/operations/alarms";
import { nonEmpty } from "../../support/nonEmpty";

const watched: Watched = {
    clusterIdentifier: "shop",
    pipelineName: "orders",
    projectNames: { plan: "orders-plan", deploy: "orders-deploy", drift: "orders-drift" },
    driftProjectName: "orders-drift",
    rotations: {
        administrator: { functionName: "rotate" },
        migrator: { functionName: "rotate-migrator", failureMetric: "rotate-migrator" },
    },
    backup: { vaultName: "vault", since: 1_796_000_000 },
};
const alarms = (given: Partial<Watched> = {}) => alarmsFor({ ...watched, ...given }, alarmThresholds);

describe("alarms", () => {
    it("use the metrics of the right services", () => {
        const measured = Object.entries(alarms()).map(([name, { namespace, metric, dimensions }]) => [
            name,
            `${namespace} ${metric as string} ${JSON.stringify(dimensions)}`,
        ]);
        const cluster = '{"DBClusterIdentifier":"shop"}';
        assert.deepEqual(Object.fromEntries(measured), {
            capacity: `AWS/RDS ACUUtilization ${cluster}`,
            cpu: `AWS/RDS CPUUtilization ${cluster}`,
            memory: `AWS/RDS FreeableMemory ${cluster}`,
            connections: `AWS/RDS DatabaseConnections ${cluster}`,
            "replica-lag": `AWS/RDS AuroraReplicaLagMaximum ${cluster}`,
            deadlocks: `AWS/RDS Deadlocks ${cluster}`,
            "failed-pipeline": 'AWS/CodePipeline FailedPipelineExecutions {"PipelineName":"orders"}',
            "slow-plan": 'AWS/CodeBuild Duration {"ProjectName":"orders-plan"}',
            "slow-deploy": 'AWS/CodeBuild Duration {"ProjectName":"orders-deploy"}',
            "slow-drift": 'AWS/CodeBuild Duration {"ProjectName":"orders-drift"}',
            drift: 'AWS/CodeBuild FailedBuilds {"ProjectName":"orders-drift"}',
            "failed-rotation-administrator": 'AWS/Lambda Errors {"FunctionName":"rotate"}',
            "failed-rotation-migrator": "AuroraPipeline/Rotation rotate-migrator {}",
            "failed-backup": 'AWS/Backup NumberOfBackupJobsFailed {"BackupVaultName":"vault"}',
            "missing-backup": 'AWS/Backup NumberOfBackupJobsCompleted {"BackupVaultName":"vault"}',
        });
    });

    it("omit alarms on absent parts", () => {
        const names = Object.keys(alarms({ rotations: {}, driftProjectName: undefined, backup: undefined }));
        assert.deepEqual(
            names.filter((name) => /^(drift|failed-rotation|failed-backup|missing-backup)/.test(name)),
            [],
        );
    });

    it("accept thresholds in practical units, and convert them to the metric's", () => {
        const {
            memory,
            deadlocks,
            "slow-deploy": slow,
        } = alarmsFor(watched, {
            ...alarmThresholds,
            freeMemoryMiB: 2,
            deadlocksPerMinute: 30,
            buildMinutes: 10,
        });
        assert.deepEqual([memory?.threshold, memory?.comparison], [2 * 1024 * 1024, "LessThanThreshold"]);
        assert.equal(deadlocks?.threshold, 0.5);
        assert.equal(slow?.threshold, 600);
    });

    it("last whole periods, within CloudWatch's evaluation range, and describe the problem", () => {
        for (const [name, alarm] of nonEmpty(Object.entries(alarms()))) {
            const { minutes, periodMinutes = 5, staysOnMinutes = minutes, description } = alarm;
            assert.equal(minutes % periodMinutes, 0, name);
            assert.equal(staysOnMinutes % periodMinutes, 0, name);
            // A day in short periods, a week in periods of an hour.
            assert.ok(staysOnMinutes >= minutes && staysOnMinutes <= (periodMinutes < 60 ? 1440 : 10_080), name);
            assert.match(description, /^[A-Z].*\.$/, name);
            // CloudWatch's limit.
            assert.ok(description.length <= 1024, name);
        }
    });

    it("ignore conditions that are expected before the first delivery", () => {
        const conditional = Object.entries(alarms()).filter(([, { onceBuilt }]) => onceBuilt);
        assert.deepEqual(
            conditional.map(([name]) => name),
            ["failed-pipeline", "drift"],
        );
    });

    it("report a missing backup after the given number of hours since the first one was due", () => {
        const { "missing-backup": missing } = alarmsFor(watched, { ...alarmThresholds, backupHours: 50 });
        assert.deepEqual(
            [missing?.minutes, missing?.periodMinutes, missing?.since, missing?.missingData],
            [3000, 60, 1_796_000_000, "breaching"],
        );
        assert.match(missing!.description, /for 50 hours/);
    });
});
