import { Outputs } from "../../../components/contract";
import { keyOf, shortened } from "../changesets";
import type { Context } from "../context";
import { driftCase } from "../report/drift";
import { driftLines } from "../safety/drift/compare";
import { type DriftOptions, readDrift } from "../safety/drift/read";
import { blocks, lintCases, type LintConfig, lintLines, lintObjection, loweredLines } from "../lint";
import type { Suite } from "../outputs";
import { baselineObjections } from "./baseline";
import { lintChanges } from "./lint";
import { type MadePlan, type Plan, type PlannedChange, withoutState } from "./model";
import { sourcesOf } from "./sources";

/** The plan with its problems: the linter's findings, drift, and objections that block it. */
export async function judge(
    context: Context,
    made: MadePlan,
    config: LintConfig,
    options: DriftOptions = {},
): Promise<Plan> {
    const { settings, engine, tool } = context;
    const [lint, drift] = await Promise.all([
        made.kind === "deploy" ? lintChanges(context, made, config) : undefined,
        readDrift({ settings, engine, tracking: tool.tracking }, made.starting.catalog, options),
    ]);
    const planned = withoutState(made);
    const judged: Plan = {
        ...planned,
        changes: lint ? withReasons(context, planned.changes) : planned.changes,
        lint,
        drift,
    };
    return { ...judged, objections: objectionsTo(judged, config) };
}

/** The linter has read the source, so the reasons for rollbacks that are empty on purpose are known. */
function withReasons({ migrations }: Context, changes: PlannedChange[]): PlannedChange[] {
    const { changesets } = sourcesOf(migrations.project);
    const reasons = new Map(changesets.map((changeset) => [keyOf(changeset), changeset.rollback.reason]));
    return changes.map((change) => {
        const undoReason = reasons.get(keyOf(change));
        return undoReason === undefined ? change : { ...change, undoReason };
    });
}

/** Why the plan must not run. */
function objectionsTo({ lint, drift, unmet, changes, unlikeBaseline = [] }: Plan, config: LintConfig): string[] {
    return [
        ...baselineObjections(unlikeBaseline),
        ...(unmet === undefined ? [] : [`the preconditions of the whole source are not met: ${unmet}`]),
        ...changes.flatMap((change) =>
            change.decision?.outcome === "Halts"
                ? [`${keyOf(change)} would stop the release: its preconditions are not met: ${change.decision.reason}`]
                : [],
        ),
        ...(lint && blocks(lint) ? [lintObjection(lint)] : []),
        ...(drift?.result === "Found" && config.drift === "error"
            ? [
                  "the database was changed by hand (see the drift): revert the change, or accept it with `drift: warning` in lint.yaml for one release",
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
    return [
        ...(lint ? [...lintLines(lint), ...shortened(loweredLines(lint.lowered), Outputs.planJson)] : []),
        ...(drift ? shortened(driftLines(drift), Outputs.planJson) : []),
    ];
}
