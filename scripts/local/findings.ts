import { Artifacts, Outputs } from "../../components/contract";
import { count, shortened } from "../delivery/changesets";
import { countsText, isWaived, lintCounts, placeOf } from "../delivery/lint";
import type { Finding } from "../delivery/lint";
import type { Plan } from "../delivery/plan/model";
import { logLine } from "../delivery/report/text";
import type { ArtifactStore } from "./pipeline/artifacts";

/** The number of lines; the plan's page has all. */
const mostLines = 12;

/** What the plan of an execution found, in brief: a terminal shows its log only while it runs. */
export function findingLines(artifacts: Pick<ArtifactStore, "read">): string[] {
    const [plan] = [Artifacts.rollbackPlan, Artifacts.deployPlan, Artifacts.plan].flatMap((artifact) => {
        const text = artifacts.read(artifact, Outputs.planJson);
        return text === undefined ? [] : [JSON.parse(text) as Plan];
    });
    const findings = plan?.lint?.findings ?? [];
    const sorted = [...findings].sort((one, other) => rank(one) - rank(other));
    const lines = [...sorted.map(findingLine), ...(plan?.warnings ?? []).map((warning) => `warning: ${warning}`)];
    if (lines.length === 0) return [];
    return [
        `The plan found ${countsText(lintCounts({ findings }))}${plan?.warnings.length ? `, and ${count(plan.warnings.length, "warning")} of its own` : ""}:`,
        ...shortened(
            lines.map((line) => `  ${logLine(line)}`),
            Outputs.planHtml,
            mostLines,
        ),
        "",
    ];
}

function findingLine(finding: Finding): string {
    const { level, rule, what, waived } = finding;
    const place = placeOf(finding);
    // Whoever waived it has read what it is.
    return isWaived(finding) ? `${place}: waived ${rule}: ${waived}` : `${place}: ${level} ${rule}: ${what}`;
}

/** Errors, warnings, and what was waived. */
function rank(finding: Finding): number {
    return isWaived(finding) ? 2 : finding.level === "error" ? 0 : 1;
}
