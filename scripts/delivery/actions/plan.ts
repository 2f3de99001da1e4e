import { Approval, ExportedVariables, Outputs } from "../../../components/contract";
import { keyOf, shortened } from "../changesets";
import { CodeRefusal, describeUse } from "../tools/code";
import { Context } from "../context";
import { CodedError, ExitCodes, planErrors } from "../errors";
import { lintCases, type LintConfig, lintCounts, lintLines } from "../lint";
import { ToolRefusal } from "../tools/refusal";
import { judge, judgementCases, judgementLines } from "../plan/judge";
import { lintConfigOf, lintEdited } from "../plan/lint";
import { makePlan } from "../plan/make";
import { headline, type MadePlan, type Plan, type PlannedChange } from "../plan/model";
import { decisionText, passedOverLines } from "../plan/passedOver";
import { risksOf } from "../plan/risk";
import { writePlan } from "../plan/write";
import { junitReport } from "../report/junit";
import type { Suite } from "../outputs";
import { waitForBootstrap } from "../safety/bootstrapWait";
import { afterOverlap } from "../safety/overlap";

/** The action `plan`: a dry run that shows what the deployment or rollback would do, and what is wrong with it. */
export async function plan(context: Context): Promise<void> {
    const { outputs } = context;
    const config = lintConfigOf(context);
    await waitForBootstrap(context);
    const { made, judged } = await makeOrExplain(context, config);
    writePlan(context, judged, made.starting.catalog);
    outputs.report(suitesOf(judged, config));
    outputs.exports({ ...exportsOf(judged), [ExportedVariables.approval]: approvalOf(context, judged) });
    say(context, judged);
    const { objections = [] } = judged;
    if (objections.length > 0) {
        throw new planErrors.PlanObjected({ objections });
    }
}

interface JudgedPlan {
    made: MadePlan;
    judged: Plan;
}

/** Makes and judges the plan; does so again if it was refused or blocked while another release was being deployed. */
async function makeBesideOthers(context: Context, config: LintConfig): Promise<JudgedPlan> {
    const attempt = async (): Promise<JudgedPlan> => {
        const made = await makePlan(context);
        return { made, judged: await judge(context, made, config) };
    };
    try {
        const first = await attempt();
        if (!isBlockedByOthers(first.judged) || !(await afterOverlap(context, []))) return first;
    } catch (error) {
        if (!isRefusal(error, context) || !(await afterOverlap(context, editedIn(error as Error)))) throw error;
    }
    return attempt();
}

/** What the linter finds is in the source, and stays there; what counts as drift may be another release at work. */
function isBlockedByOthers({ objections = [], lint }: Plan): boolean {
    return objections.length > 0 && lintCounts(lint ?? { findings: [] }).errors === 0;
}

/** Whether the source or the database is the reason, and not a lost connection or a fault. */
function isRefusal(error: unknown, { engine }: Context): boolean {
    return (
        error instanceof CodedError &&
        !(error instanceof CodeRefusal) &&
        error.exitCode === ExitCodes.refused &&
        !engine.errors.isTransient(error)
    );
}

function editedIn({ cause: refusal }: { cause?: unknown }) {
    return refusal instanceof ToolRefusal ? refusal.edited : [];
}

/** Where the migration tool refuses because an applied changeset was edited, the linter can point to the line. */
async function makeOrExplain(context: Context, config: LintConfig): Promise<JudgedPlan> {
    try {
        return await makeBesideOthers(context, config);
    } catch (error) {
        const { cause: refusal } = error as Error;
        if (!(refusal instanceof ToolRefusal)) throw error;
        if (refusal.edited.length > 0) context.outputs.json(Outputs.editedJson, refusal.edited);
        const report = await lintEdited(context, refusal.edited, config);
        if (report.findings.length > 0) {
            context.outputs.report([{ name: "lint", cases: lintCases(report) }]);
            lintLines(report, junitReport).forEach((line) => context.log(line));
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

/** Which way the pipeline takes. */
function approvalOf({ settings, ...judges }: Context, judged: Plan): string {
    return risksOf(judged, settings.approvalFor, judges).length > 0 ? Approval.needed : Approval.unneeded;
}

function decisionNote({ decision }: PlannedChange): string {
    return decision === undefined ? "" : ` (${decisionText(decision)})`;
}

function say({ tool, log }: Context, made: Plan): void {
    log(headline(made));
    made.code?.forEach((use) => log(`Code: ${describeUse(use, tool)}`));
    shortened(
        made.changes.map((change) => `  ${keyOf(change)}${decisionNote(change)}`),
        Outputs.planJson,
    ).forEach((line) => log(line));
    made.hooks?.forEach(({ file }) => log(`  ${file} runs before or after them`));
    passedOverLines(made).forEach((line) => log(line));
    shortened(
        made.warnings.map((warning) => `Warning: ${warning}`),
        Outputs.planJson,
    ).forEach((line) => log(line));
    judgementLines(made).forEach((line) => log(line));
    log(`Digest ${made.digest}`);
}
