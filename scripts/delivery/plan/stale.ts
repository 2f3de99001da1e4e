import { count } from "../changesets";
import type { Context } from "../context";
import { InputError } from "../errors";
import type { DeploymentLock } from "../guard/lock";
import { type LintReport, loadLintConfig } from "../lint";
import { readPlan, sinceForecast } from "./approval";
import { judge, judgementCases, judgementLines } from "./judge";
import type { MadePlan } from "./model";
import { writePlan } from "./write";

/**
 * Judges a plan that no build has judged before: that of a pipeline without a plan, or one that takes the place of a plan
 * that another execution has made out of date. What the stage Plan would have stopped stops here, before anything is run.
 * Returns the digest of the plan that it replaces, and what the linter said, now or when it was planned.
 */
export async function planAnew(
    context: Context,
    plan: MadePlan,
    lock: Pick<DeploymentLock, "isHeld" | "dead">,
): Promise<{ replaces?: string; lint?: LintReport }> {
    const { settings, outputs, log } = context;
    const { approvedPlan, forecast } = settings;
    if (approvedPlan !== undefined) {
        return { lint: readPlan(approvedPlan).lint };
    }
    const stale = forecast === undefined ? undefined : sinceForecast(plan, forecast);
    if (forecast !== undefined && stale === undefined) {
        return { lint: readPlan(forecast).lint };
    }
    if (stale !== undefined) {
        log("The database has changed since the stage Plan. Nobody approved that plan, so it is made again:");
        log(`  then ${stale.digest}`);
        log(`  now  ${plan.digest}, ${count(plan.changes.length, "change")}`);
        stale.lines.forEach((line) => log(line));
    }
    if (plan.changes.length === 0) {
        return { replaces: stale?.digest };
    }
    const config = loadLintConfig(settings.migrations, settings.environmentName, settings.lintFloor);
    // What a run that died left behind is nobody's doing by hand.
    const holdsLock = lock.isHeld && lock.dead === undefined;
    const judged = await judge(context, plan, config, { holdsLock });
    writePlan(outputs, judged, plan.starting.catalog);
    judgementLines(judged).forEach((line) => log(line));
    const { objections = [] } = judged;
    if (objections.length > 0) {
        outputs.report(judgementCases(judged, config));
        throw new InputError(
            `Nothing was ${plan.kind === "deploy" ? "deployed" : "undone"}: ${objections.join("; ")}.`,
        );
    }
    return { replaces: stale?.digest, lint: judged.lint };
}
