import { keyOf, type ChangesetName } from "../changesets";
import type { Finding, LintReport } from "./finding";

/** Rules about statements after which no rollback has the data that was there before. */
const lossRules: readonly string[] = ["destroys-data", "ban-drop-table", "ban-drop-column", "ban-truncate-cascade"];

export function losesData({ rule }: Pick<Finding, "rule">): boolean {
    return lossRules.includes(rule);
}

/** Whether a changeset loses data, whatever the levels of the rules are and whatever its waivers say. */
export function isLoss(changeset: ChangesetName, report: Pick<LintReport, "losses"> | undefined): boolean {
    return report?.losses?.includes(keyOf(changeset)) ?? false;
}

/** What an approver must see first, even if the repository waives it: data that no rollback restores. */
export function lossLines(report: LintReport | undefined): string[] {
    return (report?.findings ?? []).filter(losesData).map(({ changeset = "", what, waived }) => {
        const reason = waived === undefined ? "" : ` Waived: ${waived}`;
        return `${changeset} loses data, which no rollback restores: ${what}.${reason}`;
    });
}
