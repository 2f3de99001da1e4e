import type * as pulumi from "@pulumi/pulumi";
import { rotationMetrics } from "../shared/rotationMetrics";
import { type Rule, wholeNumber } from "../shared/validation";
import type { Alarm } from "./alarm";

/** When a person is called. What is left out keeps its default. */
export interface AlarmThresholdsArgs {
    /** Percent of the greatest capacity, for 15 minutes: raise `maxCapacity`. Serverless only. Default: 90. */
    capacityPercent?: number;
    /** Percent of the processor, for 15 minutes. Default: 90. */
    cpuPercent?: number;
    /** MiB of memory that an instance has left at its greatest capacity, for 15 minutes. Default: 256. */
    freeMemoryMiB?: number;
    /** Connections to the cluster's busiest instance, for 5 minutes; 2 ACU take about 400. Default: 300. */
    connections?: number;
    /** Milliseconds that a reader is behind the writer, for 5 minutes. Default: 2000. */
    replicaLagMilliseconds?: number;
    /** Deadlocks a minute, on average over 5 minutes; 0 calls at the first one. Default: 0. */
    deadlocksPerMinute?: number;
    /**
     * Minutes that one build took: it waits for a lock, or hangs. Stay below the builds' timeout, which ends them.
     * Default: 30.
     */
    buildMinutes?: number;
    /**
     * Hours without a backup in the vault: the longest pause of `backup.schedule`, and two hours for the backup itself.
     * Default: 26.
     */
    backupHours?: number;
}

/** Written once; a test compares the documentation above with it. */
export const alarmThresholds = {
    capacityPercent: 90,
    cpuPercent: 90,
    freeMemoryMiB: 256,
    connections: 300,
    replicaLagMilliseconds: 2000,
    deadlocksPerMinute: 0,
    buildMinutes: 30,
    backupHours: 26,
} satisfies Required<AlarmThresholdsArgs>;

export function thresholdRules(given: AlarmThresholdsArgs = {}): Rule[] {
    const rule = (name: keyof AlarmThresholdsArgs, min: number, max: number, unit: string) =>
        wholeNumber(
            `thresholds.${name}`,
            given[name],
            { min, max, unit },
            `Leave it out for ${alarmThresholds[name]}.`,
        );
    return [
        rule("capacityPercent", 1, 100, "percent"),
        rule("cpuPercent", 1, 100, "percent"),
        rule("freeMemoryMiB", 1, 1_048_576, "MiB"),
        rule("connections", 1, 16_000, "connections"),
        rule("replicaLagMilliseconds", 1, 3_600_000, "milliseconds"),
        rule("deadlocksPerMinute", 0, 10_000, "a minute"),
        rule("buildMinutes", 1, 2160, "minutes"),
        // CloudWatch looks back a week at most.
        rule("backupHours", 3, 168, "hours"),
    ];
}

/** In minutes: the longest that CloudWatch looks back in periods of less than an hour. */
const day = 24 * 60;

export interface Watched {
    clusterIdentifier: pulumi.Input<string>;
    pipelineName: pulumi.Input<string>;
    /** Name of each CodeBuild project, by a name that stays. */
    projectNames: Record<string, pulumi.Input<string>>;
    /** Name of the project that looks for drift, which is one of these. Absent: nobody looks. */
    driftProjectName: pulumi.Input<string> | undefined;
    /** What rotates each secret, by a name that stays. */
    rotations: Record<string, WatchedRotation>;
    /** Absent: there is no backup plan. */
    backup: WatchedBackup | undefined;
}

export interface WatchedRotation {
    functionName: pulumi.Input<string>;
    /** Metric of the rotations that failed (`rotationMetrics`). Absent: every error of the function counts. */
    failureMetric?: pulumi.Input<string>;
}

export interface WatchedBackup {
    vaultName: pulumi.Input<string>;
    /** When the backup plan came into being, in seconds since 1970. */
    since: pulumi.Input<number>;
}

/** Every alarm, by the end of its name. */
export function alarmsFor(watched: Watched, thresholds: Required<AlarmThresholdsArgs>): Record<string, Alarm> {
    return {
        ...databaseAlarms(watched, thresholds),
        ...deliveryAlarms(watched, thresholds),
        ...rotationAlarms(watched),
        ...backupAlarms(watched, thresholds),
    };
}

function databaseAlarms({ clusterIdentifier }: Watched, thresholds: Required<AlarmThresholdsArgs>) {
    const ofCluster = { namespace: "AWS/RDS", dimensions: { DBClusterIdentifier: clusterIdentifier } };
    return {
        capacity: {
            ...ofCluster,
            description: "The database is about to reach its greatest capacity, and will slow down. Raise maxCapacity.",
            metric: "ACUUtilization",
            statistic: "Maximum",
            threshold: thresholds.capacityPercent,
            minutes: 15,
        },
        cpu: {
            ...ofCluster,
            description: "The processors of the database are busy. Database Insights names the statements.",
            metric: "CPUUtilization",
            statistic: "Average",
            threshold: thresholds.cpuPercent,
            minutes: 15,
        },
        memory: {
            ...ofCluster,
            description: "An instance of the database is about to run out of memory.",
            metric: "FreeableMemory",
            statistic: "Minimum",
            threshold: thresholds.freeMemoryMiB * 1024 * 1024,
            comparison: "LessThanThreshold",
            minutes: 15,
        },
        connections: {
            ...ofCluster,
            description: "The database has many connections; it refuses more than it has memory for.",
            metric: "DatabaseConnections",
            statistic: "Maximum",
            threshold: thresholds.connections,
            minutes: 5,
        },
        "replica-lag": {
            ...ofCluster,
            description: "A reader is behind the writer: what it answers is old.",
            metric: "AuroraReplicaLagMaximum",
            statistic: "Maximum",
            threshold: thresholds.replicaLagMilliseconds,
            minutes: 5,
        },
        deadlocks: {
            ...ofCluster,
            description: "Transactions block each other, and the database ends one of them. Its log names both.",
            metric: "Deadlocks",
            statistic: "Average",
            // The metric counts by the second.
            threshold: thresholds.deadlocksPerMinute / 60,
            minutes: 5,
        },
    } satisfies Record<string, Alarm>;
}

function deliveryAlarms(
    { pipelineName, projectNames, driftProjectName }: Watched,
    thresholds: Required<AlarmThresholdsArgs>,
): Record<string, Alarm> {
    const slow = Object.entries(projectNames).map(([build, projectName]): [string, Alarm] => [
        `slow-${build}`,
        {
            namespace: "AWS/CodeBuild",
            dimensions: { ProjectName: projectName },
            description: `The build "${build}" took unusually long: most likely it waited for a lock in the database.`,
            metric: "Duration",
            statistic: "Maximum",
            threshold: thresholds.buildMinutes * 60,
            minutes: 5,
        },
    ]);
    return {
        "failed-pipeline": {
            namespace: "AWS/CodePipeline",
            dimensions: { PipelineName: pipelineName },
            // A run cannot be stuck: each of its actions times out, and then it has failed. CodePipeline measures how long a
            // run took (PipelineDuration) only once it has ended, and most of that would be the approver's time.
            description:
                "A delivery failed, or its build or approval timed out. Its stage says which changes are applied.",
            metric: "FailedPipelineExecutions",
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            // CodePipeline starts a new pipeline at once, and that run fails while its connection is pending.
            onceBuilt: true,
        },
        ...Object.fromEntries(slow),
        ...(driftProjectName !== undefined && {
            drift: {
                namespace: "AWS/CodeBuild",
                dimensions: { ProjectName: driftProjectName },
                description:
                    "Somebody changed the database by hand, or the look for drift failed. The build's log says what differs.",
                metric: "FailedBuilds",
                statistic: "Sum",
                threshold: 0,
                minutes: 5,
                staysOnMinutes: day,
                // Before the first delivery there is no user to look with.
                onceBuilt: true,
            },
        }),
    };
}

function rotationAlarms({ rotations }: Watched): Record<string, Alarm> {
    const alarms = Object.entries(rotations).map(([credential, { functionName, failureMetric }]): [string, Alarm] => [
        `failed-rotation-${credential}`,
        {
            ...(failureMetric === undefined
                ? { namespace: "AWS/Lambda", metric: "Errors", dimensions: { FunctionName: functionName } }
                : { namespace: rotationMetrics, metric: failureMetric, dimensions: {} }),
            description: `The password of the ${credential} could not be rotated. The function's log says why; it is tried again.`,
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            staysOnMinutes: day,
        },
    ]);
    return Object.fromEntries(alarms);
}

/** One for a backup that failed, and one for a backup that never began: AWS Backup counts no failure then. */
function backupAlarms({ backup }: Watched, { backupHours }: Required<AlarmThresholdsArgs>): Record<string, Alarm> {
    if (backup === undefined) return {};
    const ofVault = { namespace: "AWS/Backup", dimensions: { BackupVaultName: backup.vaultName } };
    return {
        "failed-backup": {
            ...ofVault,
            description: "A backup of the database failed. AWS Backup's list of jobs says why.",
            metric: "NumberOfBackupJobsFailed",
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            staysOnMinutes: day,
        },
        "missing-backup": {
            ...ofVault,
            description: `No backup of the database finished for ${backupHours} hours. Look whether AWS Backup has Aurora enabled in this Region (Settings, Service opt-in), then at its list of jobs.`,
            metric: "NumberOfBackupJobsCompleted",
            statistic: "Sum",
            threshold: 1,
            comparison: "LessThanThreshold",
            periodMinutes: 60,
            minutes: backupHours * 60,
            since: backup.since,
            missingData: "breaching",
        },
    };
}
