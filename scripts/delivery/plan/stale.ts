import { count } from "../changesets";
import type { Context } from "../context";
import type { Look } from "../engines/database";
import { planErrors } from "../errors";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import type { LintReport } from "../lint";
import { lintConfigOf } from "./lint";
import { readPlan, sinceForecast } from "./approval";
import { judge, judgementCases, judgementLines } from "./judge";
import type { MadePlan, Plan } from "./model";
import { writePlan } from "./write";

/**
 * Judges a plan that no earlier build has judged: that of a pipeline without a plan stage, or one that replaces a plan
 * outdated by another execution. Whatever the stage Plan would have blocked is blocked here, before anything runs.
 * Returns the digest of the replaced plan, and the linter's report, new or from that plan.
 */
export async function planAnew(
    context: Context,
    plan: MadePlan,
    lockSession: LockSession,
): Promise<{ replaces?: string; lint?: LintReport; judged: Plan }> {
    const { settings, outputs, log } = context;
    const { lock } = lockSession;
    const { approvedPlan, forecast } = settings;
    if (approvedPlan !== undefined) {
        const judged = readPlan(approvedPlan);
        return { lint: judged.lint, judged };
    }
    const stale = forecast === undefined ? undefined : sinceForecast(plan, forecast, context);
    if (forecast !== undefined && stale === undefined) {
        const judged = readPlan(forecast);
        return { lint: judged.lint, judged };
    }
    if (stale !== undefined) {
        log("The database has changed since the stage Plan. That plan was not approved, so it is made again:");
        log(`  then ${stale.digest}`);
        log(`  now  ${plan.digest}, ${count(plan.changes.length, "change")}`);
        stale.lines.forEach((line) => log(line));
    }
    if (plan.changes.length === 0) {
        return { replaces: stale?.digest, judged: plan };
    }
    const config = lintConfigOf(context);
    // What a dead run left behind is not drift.
    const holdsLock = lock.isHeld && lock.dead === undefined;
    const look: Look = (work) => lockSession.steadily(serverPatienceMillis, () => lockSession.look(work));
    const judged = await judge(context, plan, config, { holdsLock, look });
    writePlan(context, judged, plan.starting.catalog);
    judgementLines(judged).forEach((line) => log(line));
    const { objections = [] } = judged;
    if (objections.length > 0) {
        outputs.report(judgementCases(judged, config));
        throw new planErrors.ReplannedObjected({
            done: plan.kind === "deploy" ? "deployed" : "undone",
            objections: objections.join("; "),
        });
    }
    return { replaces: stale?.digest, lint: judged.lint, judged };
}
