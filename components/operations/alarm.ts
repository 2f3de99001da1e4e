import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { fixedName } from "../shared/names";

/** An alarm as data: its metric and its threshold. */
export interface Alarm {
    /** The description, which the notified person reads first. */
    description: string;
    namespace: string;
    metric: pulumi.Input<string>;
    dimensions: Record<string, pulumi.Input<string>>;
    statistic: "Average" | "Maximum" | "Minimum" | "Sum";
    threshold: number;
    /** Default: greater than the threshold. */
    comparison?: "LessThanThreshold";
    /** Minutes without interruption that the condition must last, in whole periods. */
    minutes: number;
    /** Minutes of a period. Default: 5. */
    periodMinutes?: 5 | 60;
    /**
     * Minutes that the alarm stays on after it went off, for a problem that does not resolve itself: the next period
     * without an event would otherwise report OK. Default: as long as the condition lasts.
     */
    staysOnMinutes?: number;
    /**
     * How a period without data is treated. Default: not at all; a paused cluster and an idle pipeline report nothing.
     */
    missingData?: "breaching";
    /**
     * The moment from which periods count (seconds since 1970); after it, a period without data counts as 0. A daily
     * event is not missing if the stack is an hour old. Default: always.
     */
    since?: pulumi.Input<number>;
    /**
     * Whether the alarm goes off only after a build of the pipeline has run; before that, the condition is expected.
     * Default: false.
     */
    onceBuilt?: boolean;
}

export interface AlarmParts {
    alarms: Record<string, Alarm>;
    /** Name of the project that a delivery starts first. */
    firstProjectName: pulumi.Input<string>;
    topicArn: pulumi.Input<string>;
    tags: Record<string, string> | undefined;
}

/** An alarm that notifies the topic, for the dashboard. */
export type RaisedAlarm = aws.cloudwatch.MetricAlarm | aws.cloudwatch.CompositeAlarm;

/** The alarms as resources, each of which notifies the topic when it goes off and when it returns to OK. */
export function createAlarms(name: string, parts: AlarmParts, parent: pulumi.Resource): RaisedAlarm[] {
    const conditional = Object.values(parts.alarms).some(({ onceBuilt }) => onceBuilt);
    const built = conditional ? builtAlarm(name, parts, parent) : undefined;
    return Object.entries(parts.alarms).map(([suffix, alarm]) =>
        alarm.onceBuilt && built
            ? onceBuilt(name, suffix, alarm, built, parts, parent)
            : metricAlarm(`${name}-${suffix}`, alarm, { ...parts, raised: true }, parent),
    );
}

/** What an alarm is called. */
export function alarmName(name: string, suffix: string): string {
    return fixedName("alarm", `${name}-${suffix}`);
}

/** The alarms on the database that a bad release raises, by name; capacity is not among them: not every cluster has it. */
export function databaseAlarmNames(name: string): string[] {
    return ["cpu", "memory", "connections", "deadlocks", "replica-lag"].map((suffix) => alarmName(name, suffix));
}

function metricAlarm(
    name: string,
    alarm: Alarm,
    { topicArn, tags, raised }: Pick<AlarmParts, "topicArn" | "tags"> & { raised: boolean },
    parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
        name,
        {
            // The message shows this name, so it has no random suffix.
            name: fixedName("alarm", name),
            alarmDescription: alarm.description,
            ...measure(alarm),
            threshold: alarm.threshold,
            comparisonOperator: alarm.comparison ?? "GreaterThanThreshold",
            ...duration(alarm),
            treatMissingData: alarm.missingData ?? "notBreaching",
            ...(raised && { alarmActions: [topicArn], okActions: [topicArn] }),
            tags,
        },
        { parent },
    );
}

/** The metric itself or, if the alarm counts from a moment on, metric math. */
function measure({ namespace, metric, dimensions, statistic, periodMinutes = 5, since }: Alarm) {
    const period = periodMinutes * 60;
    if (since === undefined) {
        return { namespace, metricName: metric, dimensions, statistic, period };
    }
    return {
        metricQueries: [
            { id: "counted", metric: { namespace, metricName: metric, dimensions, stat: statistic, period } },
            {
                id: "expected",
                // EPOCH is the start of a period. Before the moment, the value is a good one.
                // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
                expression: pulumi.interpolate`IF(EPOCH(counted) >= ${since}, FILL(counted, 0), 1)`,
                label: metric,
                returnData: true,
            },
        ],
    };
}

/** Either one bad period out of this many keeps the alarm on, or all of them have to be bad. */
function duration({ minutes, staysOnMinutes, periodMinutes = 5 }: Alarm) {
    return staysOnMinutes === undefined
        ? { evaluationPeriods: minutes / periodMinutes }
        : { evaluationPeriods: staysOnMinutes / periodMinutes, datapointsToAlarm: minutes / periodMinutes };
}

/** A composite of the alarm itself and of whether a build has run; only the composite notifies the topic. */
function onceBuilt(
    name: string,
    suffix: string,
    alarm: Alarm,
    built: aws.cloudwatch.MetricAlarm,
    { topicArn, tags }: AlarmParts,
    parent: pulumi.Resource,
): aws.cloudwatch.CompositeAlarm {
    const description = `Counts for the alarm ${suffix} as soon as a build has run; sends no notification itself.`;
    const measured = metricAlarm(
        `${name}-${suffix}-measured`,
        { ...alarm, description },
        { topicArn, tags, raised: false },
        parent,
    );
    return new aws.cloudwatch.CompositeAlarm(
        `${name}-${suffix}`,
        {
            alarmName: fixedName("alarm", `${name}-${suffix}`),
            alarmDescription: alarm.description,
            alarmRule: pulumi.interpolate`ALARM("${measured.name}") AND OK("${built.name}")`,
            alarmActions: [topicArn],
            okActions: [topicArn],
            tags,
        },
        { parent },
    );
}

/**
 * Whether a delivery has ever started its first build: "insufficient data" until then, OK from then on. It keeps its
 * state while there is no data (`ignore`), and no datapoint is below 1, so it never goes into alarm.
 */
function builtAlarm(name: string, parts: AlarmParts, parent: pulumi.Resource): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
        `${name}-first-build`,
        {
            name: fixedName("alarm", `${name}-first-build`),
            alarmDescription: "OK once a delivery has begun its first build: other alarms count from then on.",
            namespace: "AWS/CodeBuild",
            metricName: "Builds",
            dimensions: { ProjectName: parts.firstProjectName },
            statistic: "Sum",
            threshold: 0,
            comparisonOperator: "LessThanThreshold",
            period: 300,
            evaluationPeriods: 1,
            treatMissingData: "ignore",
            tags: parts.tags,
        },
        { parent },
    );
}
