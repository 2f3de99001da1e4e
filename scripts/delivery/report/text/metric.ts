import { escaped } from "./visible";

/** The maximum length that CloudWatch accepts. */
const longest = 1024;

/**
 * A dimension's value or a property of a metric: ASCII without control characters, not empty, at most 1,024 characters.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
export function metricValue(text: string): string {
    const shown = text.replace(/[^\x20-\x7e]/gu, escaped).slice(0, longest);
    return shown.trim() === "" ? "-" : shown;
}
