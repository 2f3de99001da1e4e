import { MetricLine } from "../outputs";
import { metricValue } from "./text";

/** The metrics' namespace in CloudWatch. */
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
 * A log line from which CloudWatch Logs creates metrics (embedded metric format): it needs no call and no permission
 * beyond the log's. It has one dimension, the environment: each combination of dimensions costs $0.30 a month.
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
