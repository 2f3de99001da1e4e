import { ExportedVariables, Outputs } from "../../../components/contract";
import { keyOf } from "../changesets";
import { Context } from "../context";
import { driftCase, driftLines } from "../drift/compare";
import { readDrift } from "../drift/read";
import { DeliveryError } from "../errors";
import { blocks, lintCases, type LintConfig, lintLines, lintObjection, loadLintConfig, loweredLines } from "../lint";
import { LiquibaseRefusal } from "../liquibase/liquibase";
import { planHtml } from "../plan/html";
import { lintChanges, lintEdited } from "../plan/lint";
import { makePlan } from "../plan/make";
import { planMarkdown } from "../plan/markdown";
import { headline, type MadePlan, type Plan, withoutState } from "../plan/model";
import type { Suite } from "../report/junit";

/** The action `plan`: says what the deployment or the rollback would do, what is wrong with that, and does none of it. */
export async function plan(context: Context): Promise<void> {
    const { settings, outputs } = context;
    const config = loadLintConfig(settings.migrations, settings.environmentName, settings.lintFloor);
    const made = await makeOrExplain(context, config);
    const [lint, drift] = await Promise.all([
        made.kind === "deploy" ? lintChanges(context, made, config) : undefined,
        readDrift(settings, made.starting.catalog),
    ]);
    const judged: Plan = { ...withoutState(made), lint, drift };
    judged.objections = objectionsTo(judged, config);
    outputs.json(Outputs.planJson, judged);
    outputs.json(Outputs.catalogJson, made.starting.catalog);
    outputs.artifact(Outputs.planMarkdown, planMarkdown(judged));
    outputs.artifact(Outputs.planHtml, planHtml(judged));
    outputs.report(suitesOf(judged, config));
    outputs.exports(exportsOf(judged));
    say(context, judged);
    if (judged.objections.length > 0) {
        const reasons = judged.objections.map((objection) => `  - ${objection}`);
        throw new DeliveryError(["This plan must not run; nothing was changed:", ...reasons].join("\n"));
    }
}

/** Where Liquibase refuses because an applied changeset was edited, the linter can say where. */
async function makeOrExplain(context: Context, config: LintConfig): Promise<MadePlan> {
    try {
        return await makePlan(context);
    } catch (error) {
        const report = error instanceof LiquibaseRefusal && (await lintEdited(context, error.messages, config));
        if (report && report.findings.length > 0) {
            context.outputs.report([{ name: "lint", cases: lintCases(report) }]);
            lintLines(report).forEach((line) => context.log(line));
        }
        throw error;
    }
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

function suitesOf({ changes, lint, drift }: Plan, config: LintConfig): Suite[] {
    const pending = changes.map(({ id, author, file }) => ({ name: `${id} (${author})`, file, seconds: 0 }));
    return [
        {
            name: "plan",
            cases: pending.length > 0 ? pending : [{ name: "nothing pending", file: "plan", seconds: 0 }],
        },
        ...(lint ? [{ name: "lint", cases: lintCases(lint) }] : []),
        ...(drift ? [{ name: "drift", cases: [driftCase(drift, config.drift === "error")] }] : []),
    ];
}

function exportsOf({ kind, changes, digest, releaseId, lint, drift }: Plan): Record<string, string | number> {
    return {
        [ExportedVariables.pendingChangesets]: kind === "deploy" ? changes.length : 0,
        [ExportedVariables.plannedChanges]: changes.length,
        [ExportedVariables.planDigest]: digest,
        [ExportedVariables.releaseId]: releaseId,
        [ExportedVariables.lintFindings]: lint?.findings.length ?? 0,
        [ExportedVariables.lintLowered]: lint?.lowered.length ?? 0,
        [ExportedVariables.driftedObjects]: drift?.result === "Unknown" ? "unknown" : (drift?.differences.length ?? 0),
    };
}

function say({ log }: Context, made: Plan): void {
    log(headline(made));
    made.changes.forEach((change) => log(`  ${keyOf(change)}`));
    made.warnings.forEach((warning) => log(`Warning: ${warning}`));
    if (made.lint) {
        [...lintLines(made.lint), ...loweredLines(made.lint.lowered)].forEach((line) => log(line));
    }
    if (made.drift) {
        driftLines(made.drift).forEach((line) => log(line));
    }
    log(`Digest ${made.digest}`);
}
