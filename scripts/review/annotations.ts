import { visible } from "../delivery/report/text";
import type { ReviewFinding } from "./findings";

// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

/** GitHub shows the first ten of each level in a step. */
const most = 50;

/** The findings as workflow commands, on the lines of the pull request. */
export function annotations(findings: readonly ReviewFinding[]): string[] {
    return findings
        .slice(0, most)
        .map(
            ({ level, rule, file, line, message }) =>
                `::${level} file=${property(file)},line=${line},title=${property(rule)}::${data(message)}`,
        );
}

/** A line break would end the command, and what follows could be another one. */
function data(text: string): string {
    return text
        .split(/\r?\n/)
        .map((line) => visible(line).replaceAll("%", "%25"))
        .join("%0A");
}

function property(text: string): string {
    return visible(text).replaceAll("%", "%25").replaceAll(":", "%3A").replaceAll(",", "%2C");
}
