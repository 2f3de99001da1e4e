import { visibleBlock } from "../delivery/report/text/visible";
import type { ReviewFinding } from "./findings";

/** What each rule of a review is about. */
const rules: Record<string, string> = {
    "edited-changeset": "A changeset that may be applied already was edited",
    "removed-changeset": "A changeset was removed",
    "rollback-proof": "The rollback of a changeset, tried on an empty database",
};

/**
 * The findings for code scanning, as SARIF 2.1.0:
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function sarif(findings: readonly ReviewFinding[]): string {
    const log = {
        $schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [
            {
                tool: {
                    driver: {
                        name: "aurora-pipeline review",
                        rules: [...new Set([...Object.keys(rules), ...findings.map(({ rule }) => rule)])].map((id) => ({
                            id,
                            shortDescription: { text: rules[id] ?? `The lint rule ${id}` },
                        })),
                    },
                },
                results: findings.map(({ level, rule, file, line, message }) => ({
                    ruleId: rule,
                    level,
                    message: { text: visibleBlock(message) },
                    locations: [
                        {
                            physicalLocation: {
                                artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
                                region: { startLine: Math.max(1, line) },
                            },
                        },
                    ],
                })),
            },
        ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
}
