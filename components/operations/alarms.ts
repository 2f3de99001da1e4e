import type * as pulumi from "@pulumi/pulumi";
import { rotationMetrics } from "../secret/rotation";
import { type Rule, wholeNumber } from "../shared/validation";
import type { Alarm } from "./alarm";

/** Thresholds of the alarms. An omitted one keeps its default. */
export interface AlarmThresholdsArgs {
    /** Percentage of the maximum capacity, for 15 minutes: raise `maxCapacity`. Serverless only. Default: 90. */
    capacityPercent?: number;
    /** CPU usage in percent, for 15 minutes. Default: 90. */
    cpuPercent?: number;
    /** MiB of free memory of an instance at its maximum capacity, for 15 minutes. Default: 256. */
    freeMemoryMiB?: number;
    /** Connections to the instance with the most connections, for 5 minutes; 2 ACU allow about 400. Default: 300. */
    connections?: number;
    /** Milliseconds that a reader lags behind the writer, for 5 minutes. Default: 2000. */
    replicaLagMilliseconds?: number;
    /** Deadlocks per minute, averaged over 5 minutes; with 0, the first one raises the alarm. Default: 0. */
    deadlocksPerMinute?: number;
    /**
     * Duration of one build in minutes: longer ones wait for a lock, or hang. Choose a value below the builds' timeout,
     * which ends them. Default: 30.
     */
    buildMinutes?: number;
    /**
     * Hours without a new backup in the vault: at least the longest interval of `backup.schedule`, plus two hours for
     * the backup itself. Default: 26.
     */
    backupHours?: number;
}

/** The defaults; a test compares the docstrings above with them. */
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
        // CloudWatch evaluates at most the last week.
        rule("backupHours", 3, 168, "hours"),
    ];
}

/** In minutes: the longest span that CloudWatch evaluates in periods of less than an hour. */
const day = 24 * 60;

export interface Watched {
    clusterIdentifier: pulumi.Input<string>;
    pipelineName: pulumi.Input<string>;
    /** Name of each CodeBuild project, by a stable name. */
    projectNames: Record<string, pulumi.Input<string>>;
    /** Name of the project that detects drift, one of these. Absent without drift detection. */
    driftProjectName: pulumi.Input<string> | undefined;
    /** The rotation function of each secret, by a stable name. */
    rotations: Record<string, WatchedRotation>;
    /** Absent without a backup plan. */
    backup: WatchedBackup | undefined;
}

export interface WatchedRotation {
    functionName: pulumi.Input<string>;
    /** Metric of failed rotations (`rotationMetrics`). Absent: every error of the function counts. */
    failureMetric?: pulumi.Input<string>;
}

export interface WatchedBackup {
    vaultName: pulumi.Input<string>;
    /** When the backup plan was created, in seconds since 1970. */
    since: pulumi.Input<number>;
}

/** Every alarm, by the suffix of its name. */
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
            description: "The database is close to its maximum capacity and will slow down. Raise maxCapacity.",
            metric: "ACUUtilization",
            statistic: "Maximum",
            threshold: thresholds.capacityPercent,
            minutes: 15,
        },
        cpu: {
            ...ofCluster,
            description: "The CPU usage of the database is high. Database Insights shows which statements cause it.",
            metric: "CPUUtilization",
            statistic: "Average",
            threshold: thresholds.cpuPercent,
            minutes: 15,
        },
        memory: {
            ...ofCluster,
            description: "A database instance is running out of memory.",
            metric: "FreeableMemory",
            statistic: "Minimum",
            threshold: thresholds.freeMemoryMiB * 1024 * 1024,
            comparison: "LessThanThreshold",
            minutes: 15,
        },
        connections: {
            ...ofCluster,
            description:
                "The number of database connections is high. The database rejects connections that exceed its memory.",
            metric: "DatabaseConnections",
            statistic: "Maximum",
            threshold: thresholds.connections,
            minutes: 5,
        },
        "replica-lag": {
            ...ofCluster,
            description: "A reader lags behind the writer and returns stale data.",
            metric: "AuroraReplicaLagMaximum",
            statistic: "Maximum",
            threshold: thresholds.replicaLagMilliseconds,
            minutes: 5,
        },
        deadlocks: {
            ...ofCluster,
            description: "Transactions deadlocked, and the database aborted one of them. Its log names both.",
            metric: "Deadlocks",
            statistic: "Average",
            // The metric is a rate per second.
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
            description: `The build "${build}" took unusually long. It probably waited for a lock in the database.`,
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
            // A pipeline execution cannot hang: each of its actions times out and fails it. CodePipeline reports the
            // duration of an execution (PipelineDuration) only after its end, and most of it would be the approver's
            // time.
            description:
                "A delivery failed, or its build or approval timed out. The failed stage shows which changes are applied.",
            metric: "FailedPipelineExecutions",
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            // CodePipeline starts a new pipeline at once, and this execution fails while its connection is pending.
            onceBuilt: true,
        },
        ...Object.fromEntries(slow),
        ...(driftProjectName !== undefined && {
            drift: {
                namespace: "AWS/CodeBuild",
                dimensions: { ProjectName: driftProjectName },
                description:
                    "Someone changed the database by hand, or drift detection failed. The build's log lists the differences.",
                metric: "FailedBuilds",
                statistic: "Sum",
                threshold: 0,
                minutes: 5,
                staysOnMinutes: day,
                // Before the first delivery, the user that it logs in as does not exist.
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
            description: `The password of the ${credential} could not be rotated. The function's log shows why. The rotation will be retried.`,
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            staysOnMinutes: day,
        },
    ]);
    return Object.fromEntries(alarms);
}

/**
 * One alarm for a failed backup and one for a backup that never started: AWS Backup does not count the latter as a
 * failure.
 */
function backupAlarms({ backup }: Watched, { backupHours }: Required<AlarmThresholdsArgs>): Record<string, Alarm> {
    if (backup === undefined) return {};
    const ofVault = { namespace: "AWS/Backup", dimensions: { BackupVaultName: backup.vaultName } };
    return {
        "failed-backup": {
            ...ofVault,
            description: "A backup of the database failed. AWS Backup's list of jobs shows why.",
            metric: "NumberOfBackupJobsFailed",
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            staysOnMinutes: day,
        },
        "missing-backup": {
            ...ofVault,
            description: `No backup of the database has finished for ${backupHours} hours. Check whether Aurora is enabled in AWS Backup in this Region (Settings, Service opt-in), then check its list of jobs.`,
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
