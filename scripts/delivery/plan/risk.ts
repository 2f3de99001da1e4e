import type { ApprovalRisk } from "../../../components/approvalRisks";
import type { Context } from "../context";
import { planErrors } from "../errors";
import { Catalogue, type Finding } from "../lint";
import { type Plan, undoVerdict } from "./model";

type Judges = Pick<Context, "engine" | "tool">;
type Judged = Pick<Plan, "changes" | "lint" | "drift" | "code" | "kind">;

/**
 * Why a plan needs a person's approval, one word each; empty if it needs none. `asked` are the risks that the stack asks
 * for; without them, every plan needs one. The repository cannot hide a risk: what it lowers or waives is one.
 */
export function risksOf(plan: Judged, asked: readonly string[] | undefined, judges: Judges): string[] {
    if (asked === undefined || plan.kind === "rollback") {
        return ["every plan is approved"];
    }
    const catalogue = new Catalogue(judges.engine.linter, judges.tool);
    const found = new Set<string>((plan.lint?.findings ?? []).map((finding) => groupOf(finding, catalogue)));
    const also: Record<Exclude<ApprovalRisk, "failing" | "guards" | "breaking" | "locking">, boolean> = {
        destructive: (plan.lint?.losses ?? []).length > 0,
        irreversible: plan.changes.some((change) => undoVerdict(change) === "no"),
        code: (plan.code ?? []).length > 0,
        drift: plan.drift === undefined || plan.drift.result !== "None",
    };
    Object.entries(also).forEach(([risk, has]) => has && found.add(risk));
    // A plan that nobody has linted may contain anything.
    const unknown = plan.lint === undefined ? ["not linted"] : [];
    const lowered = (plan.lint?.lowered ?? []).length > 0 ? ["lowered by the repository"] : [];
    return [...unknown, ...lowered, ...asked.filter((risk) => found.has(risk))];
}

/** A fixed rule is about code. */
function groupOf({ rule }: Finding, catalogue: Catalogue): string {
    return catalogue.isRule(rule) ? catalogue.textOf(rule).group : "code";
}

/** Refuses to deploy without an approval what needs one. */
export function refuseUnasked(
    plan: Judged,
    { settings, ...judges }: Pick<Context, "settings" | "engine" | "tool">,
): void {
    const { approvedPlan, approvalFor } = settings;
    if (approvedPlan !== undefined || approvalFor === undefined) {
        return;
    }
    const risks = risksOf(plan, approvalFor, judges);
    if (risks.length > 0) {
        throw new planErrors.ApprovalNeeded({ risks: risks.join(", ") });
    }
}
