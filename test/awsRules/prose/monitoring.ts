import type { Inputs } from "../inputs";
import type { ProseRule } from "../rule";
import { matches, oneOf } from "./checks";

const alarm = ["aws:cloudwatch/metricAlarm:MetricAlarm"];

const retentions = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const alarmRules: ProseRule[] = [
    {
        id: "log-retention",
        types: ["aws:cloudwatch/logGroup:LogGroup"],
        source: {
            service: "logs",
            shape: "PutRetentionPolicyRequest",
            member: "retentionInDays",
            says: "Possible values are: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, and 3653.",
        },
        check: oneOf("retentionInDays", retentions),
    },
    {
        id: "alarm-period",
        types: alarm,
        source: {
            service: "cloudwatch",
            shape: "PutMetricAlarmInput",
            member: "Period",
            says: "Valid values are 10, 20, 30, and any multiple of 60.",
        },
        check: ({ period }) =>
            period === undefined || [10, 20, 30].includes(period as number) || Number(period) % 60 === 0
                ? undefined
                : `period ${JSON.stringify(period)}`,
    },
    {
        id: "alarm-metric-or-expression",
        types: alarm,
        source: {
            service: "cloudwatch",
            shape: "PutMetricAlarmInput",
            member: "Metrics",
            says: "If you use the Metrics parameter, you cannot include the Namespace , MetricName , Dimensions , Period , Unit , Statistic , or ExtendedStatistic parameters of PutMetricAlarm in the same operation.",
        },
        check: (inputs) => {
            const ofOneMetric = ["namespace", "metricName", "dimensions", "period", "unit", "statistic"].filter(
                (input) => inputs[input] !== undefined,
            );
            if (inputs.metricQueries === undefined) {
                return inputs.metricName === undefined ? "neither metricName nor metricQueries" : undefined;
            }
            return ofOneMetric.length === 0 ? undefined : `metricQueries and ${ofOneMetric.join(", ")}`;
        },
    },
    {
        id: "alarm-watches-one",
        types: alarm,
        source: {
            service: "cloudwatch",
            shape: "PutMetricAlarmInput",
            member: "Metrics",
            says: "One item in the Metrics array is the expression that the alarm watches. You designate this expression by setting ReturnData to true for this object in the array.",
        },
        check: ({ metricQueries }) => {
            const watched = ((metricQueries ?? []) as Inputs[]).filter(({ returnData }) => returnData === true);
            return metricQueries === undefined || watched.length === 1 ? undefined : `${watched.length} are watched`;
        },
    },
    {
        id: "alarm-missing-data",
        types: alarm,
        source: {
            service: "cloudwatch",
            shape: "PutMetricAlarmInput",
            member: "TreatMissingData",
            says: "Valid Values: breaching | notBreaching | ignore | missing",
        },
        check: oneOf("treatMissingData", ["breaching", "notBreaching", "ignore", "missing"]),
    },
    {
        id: "composite-alarm-rule",
        types: ["aws:cloudwatch/compositeAlarm:CompositeAlarm"],
        source: {
            service: "cloudwatch",
            shape: "PutCompositeAlarmInput",
            member: "AlarmRule",
            says: "For each alarm that you reference, you designate a function that specifies whether that alarm needs to be in ALARM state, OK state, or INSUFFICIENT_DATA state.",
        },
        check: ({ alarmRule }) => {
            const state = String.raw`(NOT )?(ALARM|OK|INSUFFICIENT_DATA)\("[^"]+"\)`;
            const rule = new RegExp(`^${state}( (AND|OR) ${state})*$`);
            return rule.test(String(alarmRule)) ? undefined : `alarmRule ${JSON.stringify(alarmRule)}`;
        },
    },
    {
        id: "alarm-evaluation-range",
        types: alarm,
        source: {
            page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
            noted: "2026-11-29",
            says: "EvaluationPeriods times Period is at most 86,400 seconds (one day), or 604,800 (seven days) with a Period of an hour or more.",
        },
        check: (inputs) => {
            const { evaluationPeriods } = inputs;
            const period = periodOf(inputs);
            const seconds = Number(evaluationPeriods) * period;
            return seconds <= (period >= 3600 ? 604_800 : 86_400) ? undefined : `${seconds} seconds`;
        },
    },
    {
        id: "alarm-datapoints",
        types: alarm,
        source: {
            service: "cloudwatch",
            shape: "PutMetricAlarmInput",
            member: "EvaluationPeriods",
            says: `If you are setting an "M out of N" alarm, this value is the N.`,
        },
        check: ({ datapointsToAlarm, evaluationPeriods }) =>
            Number(datapointsToAlarm) > Number(evaluationPeriods)
                ? `${Number(datapointsToAlarm)} of ${Number(evaluationPeriods)}`
                : undefined,
    },
    {
        id: "dashboard-name",
        types: ["aws:cloudwatch/dashboard:Dashboard"],
        source: {
            service: "cloudwatch",
            shape: "PutDashboardInput",
            member: "DashboardName",
            says: `The maximum length is 255, and valid characters are A-Z, a-z, 0-9, "-", and "_".`,
        },
        check: matches("dashboardName", /^[A-Za-z0-9_-]{1,255}$/),
    },
    {
        id: "schedule-expression",
        types: ["aws:cloudwatch/eventRule:EventRule"],
        source: {
            page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
            noted: "2026-11-29",
            says: "rate(value unit) with a unit that agrees in number, or cron with six fields, one of the two day fields a question mark.",
        },
        check: ({ scheduleExpression: given }) => {
            if (given === undefined) return undefined;
            const rate = /^rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)$/;
            const cron = /^cron\((\S+ \S+ (?:\? \S+ [^?\s]+|[^?\s]+ \S+ \?) \S+)\)$/;
            return rate.test(given as string) || cron.test(given as string) ? undefined : JSON.stringify(given);
        },
    },
    {
        id: "topic-name",
        types: ["aws:sns/topic:Topic"],
        source: {
            service: "sns",
            shape: "CreateTopicInput",
            member: "Name",
            says: "Topic names must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.",
        },
        check: matches("name", /^[A-Za-z0-9_-]{1,256}$/),
    },
];

function periodOf({ period, metricQueries = [] }: Inputs): number {
    const periods = (metricQueries as Inputs[]).map(({ metric }) => (metric as Inputs | undefined)?.period as number);
    return (period as number | undefined) ?? Math.max(...periods.filter((one) => one !== undefined));
}
