import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { fixedName } from "../shared/names";
import { type Rule, wholeNumber } from "../shared/validation";

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
    ];
}

/** In minutes: the longest that CloudWatch looks back. */
const day = 24 * 60;

/** An alarm as data: what is measured, and when it is too much. */
export interface Alarm {
    /** What the person who is called reads first. */
    description: string;
    namespace: string;
    metric: string;
    dimensions: Record<string, pulumi.Input<string>>;
    statistic: "Average" | "Maximum" | "Minimum" | "Sum";
    threshold: number;
    /** Default: more than the threshold. */
    comparison?: "LessThanThreshold";
    /** Minutes in a row that it must last, in periods of 5. */
    minutes: number;
    /**
     * Minutes that it stays on once it went off, for what does not pass by itself: the next five minutes without an event
     * would say that all is well. Default: as long as it lasts.
     */
    staysOnMinutes?: number;
}

export interface Watched {
    clusterIdentifier: pulumi.Input<string>;
    pipelineName: pulumi.Input<string>;
    /** Name of each CodeBuild project, by a name that stays. */
    projectNames: Record<string, pulumi.Input<string>>;
    /** Name of the project that looks for drift, which is one of these. Absent: nobody looks. */
    driftProjectName: pulumi.Input<string> | undefined;
    /** Name of each function that rotates a secret, by a name that stays. */
    rotationFunctionNames: Record<string, pulumi.Input<string>>;
    /** Absent: there is no backup plan. */
    vaultName: pulumi.Input<string> | undefined;
}

/** Every alarm, by the end of its name. */
export function alarmsFor(watched: Watched, thresholds: Required<AlarmThresholdsArgs>): Record<string, Alarm> {
    return { ...databaseAlarms(watched, thresholds), ...deliveryAlarms(watched, thresholds), ...careAlarms(watched) };
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
            },
        }),
    };
}

/** What nobody looks at until it is needed. */
function careAlarms({ rotationFunctionNames, vaultName }: Watched): Record<string, Alarm> {
    const rotations = Object.entries(rotationFunctionNames).map(([credential, functionName]): [string, Alarm] => [
        `failed-rotation-${credential}`,
        {
            namespace: "AWS/Lambda",
            dimensions: { FunctionName: functionName },
            description: `The password of the ${credential} could not be rotated. The function's log says why; it is tried again.`,
            metric: "Errors",
            statistic: "Sum",
            threshold: 0,
            minutes: 5,
            staysOnMinutes: day,
        },
    ]);
    return {
        ...Object.fromEntries(rotations),
        ...(vaultName !== undefined && {
            "failed-backup": {
                namespace: "AWS/Backup",
                dimensions: { BackupVaultName: vaultName },
                description: "A backup of the database failed. AWS Backup's list of jobs says why.",
                metric: "NumberOfBackupJobsFailed",
                statistic: "Sum",
                threshold: 0,
                minutes: 5,
                staysOnMinutes: day,
            } as const,
        }),
    };
}

/** The alarms as resources, each of which tells the topic of its beginning and its end. */
export function createAlarms(
    name: string,
    args: { alarms: Record<string, Alarm>; topicArn: pulumi.Input<string>; tags: Record<string, string> | undefined },
    parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
    return Object.entries(args.alarms).map(
        ([suffix, alarm]) =>
            new aws.cloudwatch.MetricAlarm(
                `${name}-${suffix}`,
                {
                    // What the message shows: a name without a random end.
                    name: fixedName("alarm", `${name}-${suffix}`),
                    alarmDescription: alarm.description,
                    namespace: alarm.namespace,
                    metricName: alarm.metric,
                    dimensions: alarm.dimensions,
                    statistic: alarm.statistic,
                    threshold: alarm.threshold,
                    comparisonOperator: alarm.comparison ?? "GreaterThanThreshold",
                    period: 300,
                    ...duration(alarm),
                    // A paused cluster and a pipeline without a run report nothing.
                    treatMissingData: "notBreaching",
                    alarmActions: [args.topicArn],
                    okActions: [args.topicArn],
                    tags: args.tags,
                },
                { parent },
            ),
    );
}

/** One period in so many is enough to keep it on, or all of them have to be bad. */
function duration({ minutes, staysOnMinutes }: Alarm) {
    return staysOnMinutes === undefined
        ? { evaluationPeriods: minutes / 5 }
        : { evaluationPeriods: staysOnMinutes / 5, datapointsToAlarm: minutes / 5 };
}
