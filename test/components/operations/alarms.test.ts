import assert from "node:assert/strict";
import { alarmsFor, alarmThresholds, type Watched } from "../../../components/operations/alarms";

const watched: Watched = {
    clusterIdentifier: "shop",
    pipelineName: "orders",
    projectNames: { plan: "orders-plan", deploy: "orders-deploy", drift: "orders-drift" },
    driftProjectName: "orders-drift",
    rotationFunctionNames: { administrator: "rotate" },
    vaultName: "vault",
};
const alarms = (given: Partial<Watched> = {}) => alarmsFor({ ...watched, ...given }, alarmThresholds);

describe("alarms", () => {
    it("measure what calls for a person, in the service that measures it", () => {
        const measured = Object.entries(alarms()).map(([name, { namespace, metric, dimensions }]) => [
            name,
            `${namespace} ${metric} ${JSON.stringify(dimensions)}`,
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
            "failed-backup": 'AWS/Backup NumberOfBackupJobsFailed {"BackupVaultName":"vault"}',
        });
    });

    it("leave out what there is not", () => {
        const names = Object.keys(
            alarms({ rotationFunctionNames: {}, driftProjectName: undefined, vaultName: undefined }),
        );
        assert.deepEqual(
            names.filter((name) => /^(drift|failed-rotation|failed-backup)/.test(name)),
            [],
        );
    });

    it("take thresholds in a person's units, and compare in the metric's", () => {
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

    it("last whole periods of five minutes, and say what is wrong", () => {
        for (const [name, { minutes, staysOnMinutes = minutes, description }] of Object.entries(alarms())) {
            assert.equal(minutes % 5, 0, name);
            // CloudWatch looks back a day at most.
            assert.ok(staysOnMinutes % 5 === 0 && staysOnMinutes >= minutes && staysOnMinutes <= 1440, name);
            assert.match(description, /^[A-Z].*\.$/, name);
            // CloudWatch's limit.
            assert.ok(description.length <= 1024, name);
        }
    });
});
