import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { fixedName } from "../shared/names";

/** An alarm as data: what is measured, and when it is too much. */
export interface Alarm {
    /** What the person who is called reads first. */
    description: string;
    namespace: string;
    metric: pulumi.Input<string>;
    dimensions: Record<string, pulumi.Input<string>>;
    statistic: "Average" | "Maximum" | "Minimum" | "Sum";
    threshold: number;
    /** Default: more than the threshold. */
    comparison?: "LessThanThreshold";
    /** Minutes in a row that it must last, in whole periods. */
    minutes: number;
    /** Minutes of a period. Default: 5. */
    periodMinutes?: 5 | 60;
    /**
     * Minutes that it stays on once it went off, for what does not pass by itself: the next period without an event would
     * say that all is well. Default: as long as it lasts.
     */
    staysOnMinutes?: number;
    /** What a period without data says. Default: nothing; a paused cluster and a pipeline without a run report nothing. */
    missingData?: "breaching";
    /**
     * Counts from here on (seconds since 1970), and a period without data as 0: what should happen once a day is not
     * missing when the stack is an hour old. Default: always.
     */
    since?: pulumi.Input<number>;
    /** Goes off only once a build of the pipeline has run: before that, what it sees is expected. Default: false. */
    onceBuilt?: boolean;
}

export interface AlarmParts {
    alarms: Record<string, Alarm>;
    /** Name of the project that a delivery builds first. */
    firstProjectName: pulumi.Input<string>;
    topicArn: pulumi.Input<string>;
    tags: Record<string, string> | undefined;
}

/** An alarm that tells the topic, for the dashboard. */
export type RaisedAlarm = aws.cloudwatch.MetricAlarm | aws.cloudwatch.CompositeAlarm;

/** The alarms as resources, each of which tells the topic of its beginning and its end. */
export function createAlarms(name: string, parts: AlarmParts, parent: pulumi.Resource): RaisedAlarm[] {
    const conditional = Object.values(parts.alarms).some(({ onceBuilt }) => onceBuilt);
    const built = conditional ? builtAlarm(name, parts, parent) : undefined;
    return Object.entries(parts.alarms).map(([suffix, alarm]) =>
        alarm.onceBuilt && built
            ? onceBuilt(name, suffix, alarm, built, parts, parent)
            : metricAlarm(`${name}-${suffix}`, alarm, { ...parts, raised: true }, parent),
    );
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
            // What the message shows: a name without a random end.
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

/** The metric itself, or since a moment, as metric math. */
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
                // EPOCH is the start of a period. Before the moment everything is as it should be.
                // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
                expression: pulumi.interpolate`IF(EPOCH(counted) >= ${since}, FILL(counted, 0), 1)`,
                label: metric,
                returnData: true,
            },
        ],
    };
}

/** One period in so many is enough to keep it on, or all of them have to be bad. */
function duration({ minutes, staysOnMinutes, periodMinutes = 5 }: Alarm) {
    return staysOnMinutes === undefined
        ? { evaluationPeriods: minutes / periodMinutes }
        : { evaluationPeriods: staysOnMinutes / periodMinutes, datapointsToAlarm: minutes / periodMinutes };
}

/** The alarm, made of what it measures and whether a build has run; only the whole tells the topic. */
function onceBuilt(
    name: string,
    suffix: string,
    alarm: Alarm,
    built: aws.cloudwatch.MetricAlarm,
    { topicArn, tags }: AlarmParts,
    parent: pulumi.Resource,
): aws.cloudwatch.CompositeAlarm {
    const description = `Counts for the alarm ${suffix} as soon as a build has run; tells nobody by itself.`;
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
 * Whether a delivery has ever come as far as its first build: "insufficient data" until then, OK from then on. It keeps its
 * state while there is no data (`ignore`), and no datapoint is below 1, so that it is never red.
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
