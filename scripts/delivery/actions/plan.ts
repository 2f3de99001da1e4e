import { ExportedVariables } from "../../../components/contract";
import { keyOf } from "../changesets";
import { describeUse } from "../code/model";
import { Context } from "../context";
import { DeliveryError } from "../errors";
import { lintCases, type LintConfig, lintCounts, lintLines, loadLintConfig } from "../lint";
import { LiquibaseRefusal } from "../liquibase/liquibase";
import { judge, judgementCases, judgementLines } from "../plan/judge";
import { lintEdited } from "../plan/lint";
import { makePlan } from "../plan/make";
import { headline, type MadePlan, type Plan } from "../plan/model";
import { writePlan } from "../plan/write";
import type { Suite } from "../report/junit";
import { waitForBootstrap } from "../users/completion";

/** The action `plan`: says what the deployment or the rollback would do, what is wrong with that, and does none of it. */
export async function plan(context: Context): Promise<void> {
    const { settings, outputs } = context;
    const config = loadLintConfig(settings.migrations, settings.environmentName, settings.lintFloor);
    await waitForBootstrap(context);
    const made = await makeOrExplain(context, config);
    const judged = await judge(context, made, config);
    writePlan(outputs, judged, made.starting.catalog);
    outputs.report(suitesOf(judged, config));
    outputs.exports(exportsOf(judged));
    say(context, judged);
    const { objections = [] } = judged;
    if (objections.length > 0) {
        const reasons = objections.map((objection) => `  - ${objection}`);
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

function suitesOf(judged: Plan, config: LintConfig): Suite[] {
    const pending = judged.changes.map(({ id, author, file }) => ({ name: `${id} (${author})`, file, seconds: 0 }));
    return [
        {
            name: "plan",
            cases: pending.length > 0 ? pending : [{ name: "nothing pending", file: "plan", seconds: 0 }],
        },
        ...judgementCases(judged, config),
    ];
}

function exportsOf({ kind, changes, digest, releaseId, lint, drift }: Plan): Record<string, string | number> {
    const { errors, warnings, waived } = lintCounts(lint ?? { findings: [] });
    return {
        [ExportedVariables.pendingChangesets]: kind === "deploy" ? changes.length : 0,
        [ExportedVariables.plannedChanges]: changes.length,
        [ExportedVariables.planDigest]: digest,
        [ExportedVariables.releaseId]: releaseId,
        [ExportedVariables.lintErrors]: errors,
        [ExportedVariables.lintWarnings]: warnings,
        [ExportedVariables.lintWaived]: waived,
        [ExportedVariables.lintLowered]: lint?.lowered.length ?? 0,
        [ExportedVariables.driftedObjects]: drift?.result === "Unknown" ? "unknown" : (drift?.differences.length ?? 0),
    };
}

function say({ log }: Context, made: Plan): void {
    log(headline(made));
    made.code?.forEach((use) => log(`Code: ${describeUse(use)}`));
    made.changes.forEach((change) => log(`  ${keyOf(change)}`));
    made.warnings.forEach((warning) => log(`Warning: ${warning}`));
    judgementLines(made).forEach((line) => log(line));
    log(`Digest ${made.digest}`);
}
