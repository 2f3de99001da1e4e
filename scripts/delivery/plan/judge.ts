import type { Context } from "../context";
import { driftCase, driftLines } from "../drift/compare";
import { readDrift } from "../drift/read";
import { blocks, lintCases, type LintConfig, lintLines, lintObjection, loweredLines } from "../lint";
import type { Suite } from "../report/junit";
import { lintChanges } from "./lint";
import { type MadePlan, type Plan, withoutState } from "./model";

/**
 * The plan with what is wrong with it: what the linter finds, what somebody changed by hand, and why it must not run.
 * `holdsLock` says that this build itself holds the deployment's lock.
 */
export async function judge(
    context: Context,
    made: MadePlan,
    config: LintConfig,
    { holdsLock = false }: { holdsLock?: boolean } = {},
): Promise<Plan> {
    const [lint, drift] = await Promise.all([
        made.kind === "deploy" ? lintChanges(context, made, config) : undefined,
        readDrift(context.settings, made.starting.catalog, { holdsLock }),
    ]);
    const judged: Plan = { ...withoutState(made), lint, drift };
    return { ...judged, objections: objectionsTo(judged, config) };
}

/** Why the plan must not run. */
function objectionsTo({ lint, drift }: Plan, config: LintConfig): string[] {
    return [
        ...(lint && blocks(lint) ? [lintObjection(lint)] : []),
        ...(drift?.result === "Found" && config.drift === "error"
            ? [
                  "somebody changed the database by hand (see the drift): take the change back, or accept it with `drift: warning` in lint.yaml for one release",
              ]
            : []),
    ];
}

/** For the build's report. */
export function judgementCases({ lint, drift }: Plan, config: LintConfig): Suite[] {
    return [
        ...(lint ? [{ name: "lint", cases: lintCases(lint) }] : []),
        ...(drift ? [{ name: "drift", cases: [driftCase(drift, config.drift === "error")] }] : []),
    ];
}

/** For the build's log. */
export function judgementLines({ lint, drift }: Plan): string[] {
    return [...(lint ? [...lintLines(lint), ...loweredLines(lint.lowered)] : []), ...(drift ? driftLines(drift) : [])];
}
