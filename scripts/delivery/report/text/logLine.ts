import { escaped, visible } from "./visible";

/** What a CI runner or CloudWatch interprets at the start of a line. */
const commandAtStart = /^\s*(?:::|[{[])/;
/** `##[error]`, `##vso[…]`, `##teamcity[…]`: recognized anywhere in a line. */
const commandAnywhere = /##(?=[\w.-]*\[)/g;

/**
 * Any text as one log line: without line breaks and control characters, and without anything that GitHub Actions, Azure
 * Pipelines or TeamCity would execute (https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
 * or that CloudWatch Logs would turn into metrics (a JSON object with `_aws`:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function logLine(text: string): string {
    return visible(text.replaceAll("\t", "    "))
        .replace(commandAnywhere, `#${escaped("#")}`)
        .replace(commandAtStart, (start) => {
            const at = start.search(/\S/);
            return `${start.slice(0, at)}${escaped(start[at]!)}${start.slice(at + 1)}`;
        });
}

/** A multi-line message. Lines after the first are marked, so that none can pass for a separate log line. */
export function logLines(text: string): string[] {
    const [first = "", ...others] = text.split(/\r?\n/).map(logLine);
    return [first, ...others.map((line) => `| ${line}`)];
}
