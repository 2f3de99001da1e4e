import * as assert from "node:assert/strict";
import { type Deployment, deploymentMetrics } from "../../../../scripts/delivery/report/deployment";
import { metricLine } from "../../../../scripts/delivery/report/metrics";

const changeset = { author: "me", file: "a.sql", seconds: 1 };
const deployment: Deployment = {
    action: "deploy",
    status: "Failed",
    environment: "prod",
    releaseId: "release-1",
    sourceRevision: "abc",
    executionId: "execution",
    digest: "0123",
    lowered: [],
    startedAt: "2031-01-02T03:04:05.000Z",
    seconds: 0,
    changesets: [
        { ...changeset, id: "1", status: "Applied" },
        { ...changeset, id: "2", status: "Failed" },
    ],
    checks: [],
    undone: [],
    remaining: [],
    retries: [
        { ...changeset, id: "1", sqlState: "55P03", waitedSeconds: 0.5 },
        { ...changeset, id: "1", sqlState: "40P01", waitedSeconds: 1.25 },
    ],
    fingerprints: {},
    differences: [],
};

interface Embedded {
    _aws: {
        Timestamp: number;
        CloudWatchMetrics: {
            Namespace: string;
            Dimensions: string[][];
            Metrics: { Name: string; Unit: string }[];
        }[];
    };
    [name: string]: unknown;
}

describe("the metrics of a deployment", () => {
    it("are one line in CloudWatch's embedded metric format", () => {
        const line = deploymentMetrics(deployment, 12.5).json;
        assert.ok(!line.includes("\n"));
        const { _aws, ...values } = JSON.parse(line) as Embedded;
        assert.ok(Math.abs(_aws.Timestamp - Date.now()) < 5000);
        assert.deepEqual(_aws.CloudWatchMetrics, [
            {
                Namespace: "AuroraPipeline",
                Dimensions: [["Environment"]],
                Metrics: [
                    { Name: "DurationSeconds", Unit: "Seconds" },
                    { Name: "Changesets", Unit: "Count" },
                    { Name: "LockRetries", Unit: "Count" },
                    { Name: "LockWaitSeconds", Unit: "Seconds" },
                    { Name: "Failures", Unit: "Count" },
                ],
            },
        ]);
        assert.deepEqual(values, {
            Environment: "prod",
            Action: "deploy",
            ReleaseId: "release-1",
            DurationSeconds: 12.5,
            Changesets: 1,
            LockRetries: 2,
            LockWaitSeconds: 1.75,
            Failures: 1,
        });
    });

    it("count no failure for successful deployments", () => {
        const line = deploymentMetrics({ ...deployment, status: "Succeeded" }, 1).json;
        assert.equal((JSON.parse(line) as Embedded).Failures, 0);
    });

    it("have a value for each name, as the format's specification requires", () => {
        const { _aws, ...values } = JSON.parse(
            metricLine("prod", { LongestLockMilliseconds: 0, Changesets: 3 }, { Action: "rehearse" }, 1000).json,
        ) as Embedded;
        assert.equal(_aws.Timestamp, 1000);
        const [directive] = _aws.CloudWatchMetrics;
        for (const name of [...directive!.Metrics.map(({ Name }) => Name), ...directive!.Dimensions.flat()]) {
            assert.ok(name in values, name);
        }
    });
});
