import { createHash } from "node:crypto";
import { visibleBlock } from "../delivery/report/text/visible";
import type { ReviewFinding } from "./findings";

/**
 * The findings as GitLab's merge requests show them on their lines, without a token: a report of Code Quality.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function codeQuality(findings: readonly ReviewFinding[]): string {
    const issues = findings.map(({ level, rule, file, line, message }) => ({
        description: visibleBlock(message),
        check_name: rule,
        // By it GitLab tells new findings from those of the target branch.
        fingerprint: createHash("sha256")
            .update(JSON.stringify([rule, file, line, message]))
            .digest("hex"),
        severity: level === "error" ? "critical" : "minor",
        location: { path: file, lines: { begin: Math.max(1, line) } },
    }));
    return `${JSON.stringify(issues, null, 2)}\n`;
}
