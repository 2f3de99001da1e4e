import { escaped, visible } from "./visible";

/** What a runner of builds or CloudWatch takes for more than text at the beginning of a line. */
const commandAtStart = /^\s*(?:::|[{[])/;
/** `##[error]`, `##vso[…]`, `##teamcity[…]`: runners look for it anywhere in a line. */
const commandAnywhere = /##(?=[\w.-]*\[)/g;

/**
 * One line of a log, whatever the text holds: no line break, no control character, and nothing that GitHub Actions, Azure
 * Pipelines or TeamCity obey (https://docs.github.com/actions/reference/workflow-commands-for-github-actions) or that
 * CloudWatch Logs makes metrics of (a JSON object with `_aws`:
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

/** A message of several lines. Those after the first are marked, so that none of them passes for a line of its own. */
export function logLines(text: string): string[] {
    const [first = "", ...others] = text.split(/\r?\n/).map(logLine);
    return [first, ...others.map((line) => `| ${line}`)];
}
