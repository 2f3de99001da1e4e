import { metricValue } from "./text";

/** A line that the log must not make harmless: CloudWatch reads it. */
export class MetricLine {
    constructor(readonly json: string) {}
}

/** Where the metrics are found in CloudWatch. */
const metricNamespace = "AuroraPipeline";

const units = {
    DurationSeconds: "Seconds",
    Changesets: "Count",
    LockRetries: "Count",
    LockWaitSeconds: "Seconds",
    LongestLockMilliseconds: "Milliseconds",
    Failures: "Count",
} as const;
type Metric = keyof typeof units;

/**
 * A line of the log that CloudWatch Logs makes metrics of (embedded metric format): no call, no permission beside the
 * log's own. One dimension, the environment: each combination of dimensions costs $0.30 a month.
 */
export function metricLine(
    environment: string,
    metrics: Partial<Record<Metric, number>>,
    properties: Record<string, string>,
    now = Date.now(),
): MetricLine {
    const names = Object.keys(metrics) as Metric[];
    const texts = Object.entries(properties).map(([name, text]) => [name, metricValue(text)]);
    const line = {
        _aws: {
            Timestamp: now,
            CloudWatchMetrics: [
                {
                    Namespace: metricNamespace,
                    Dimensions: [["Environment"]],
                    Metrics: names.map((Name) => ({ Name, Unit: units[Name] })),
                },
            ],
        },
        Environment: metricValue(environment),
        ...(Object.fromEntries(texts) as Record<string, string>),
        ...metrics,
    };
    return new MetricLine(JSON.stringify(line));
}
