import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { RehearsalCopy, Outputs, RehearsalExports } from "../../../components/contract";
import { count, keyOf } from "../changesets";
import type { Context } from "../context";
import { InternalError, messageOf, rehearsalErrors } from "../errors";
import type { RehearsalSettings } from "../settings";
import { readPlan, refuseUnapproved } from "../plan/approval";
import { planHtml } from "../plan/html";
import { makePlan } from "../plan/make";
import { headline, type Plan } from "../plan/model";
import { aws } from "../aws/calls";
import type { Copy, CopyAddress } from "../engines/copy";
import { withCopy } from "../safety/rehearsal/copy";
import { rehearsalLines, rehearsalMarkdown } from "../report/rehearsal";
import type { Rehearsal } from "../safety/rehearsal/model";
import { metricLine } from "../report/metrics";
import { longestLock, rehearse as rehearseOn } from "../safety/rehearsal/rehearse";

const copies: Record<RehearsalCopy, (context: Context, rehearsal: RehearsalSettings) => Copy> = {
    [RehearsalCopy.AuroraClone]: ({ settings, engine, log, signal }, rehearsal) =>
        new (aws.clone().AuroraClone)({
            rds: aws.clients().awsClient("rds"),
            rehearsal,
            database: settings.database,
            open: (login) => engine.copies.openClone(login),
            log,
            signal,
        }),
    [RehearsalCopy.DatabaseTemplate]: ({ settings, engine }) => engine.copies.template(settings),
};

/** The action `rehearse`: runs the deployment on a copy of the database, then rolls it back there. */
export async function rehearse(context: Context): Promise<void> {
    const { settings, engine, session, log } = context;
    if (settings.rehearsal === undefined) {
        throw new InternalError("The settings of the rehearsal are missing.");
    }
    const { copy } = settings.rehearsal;
    if (!engine.capabilities.copies.includes(copy)) {
        const allowed = engine.capabilities.copies.join(", ") || "none";
        throw new rehearsalErrors.CopyUnsupported({ engine: engine.label, copy, allowed });
    }
    // On a clone the build cannot reach the real database: its state comes from the plan that is waiting for approval.
    const elsewhere = settings.rehearsal.copy === RehearsalCopy.AuroraClone;
    const plan = elsewhere ? planOf(settings) : await makeApproved(context);
    log(headline(plan));
    const rehearsal = newRehearsal(context, settings.rehearsal, plan);
    const reason = reasonNotTo(plan);
    if (reason !== undefined) {
        rehearsal.status = "NotRehearsed";
        rehearsal.warnings.push(reason);
        write(context, plan, rehearsal);
        return;
    }
    // This session is no longer needed, if it was used at all; the copy gets its own.
    await session.close();
    try {
        await withCopy(copies[settings.rehearsal.copy](context, settings.rehearsal), (address) =>
            onCopy(context, address, async (there) => {
                if (elsewhere) {
                    await makeApproved(there);
                } else {
                    there.session.adopt(adoptedIn(plan, context.migrations));
                }
                await rehearseOn(there, plan, rehearsal);
            }),
        );
    } catch (error) {
        rehearsal.problems.push(context.signal.aborted ? "It was stopped." : messageOf(error));
    }
    rehearsal.status = rehearsal.problems.length > 0 ? "Failed" : "Passed";
    write(context, plan, rehearsal);
    if (rehearsal.problems.length > 0) {
        throw new rehearsalErrors.RehearsalFailed({ problems: rehearsal.problems.join("\n") });
    }
    log(
        `Rehearsed: ${count(rehearsal.changesets.length, "changeset")} on a copy, rollback: ${rehearsal.rollback.result}.`,
    );
}

/** The plan that is waiting for approval. */
function planOf({ approvedPlan }: Context["settings"]): Plan {
    if (approvedPlan === undefined) {
        throw new rehearsalErrors.RehearsalPlanMissing({});
    }
    return readPlan(approvedPlan);
}

/** Makes the plan of what would run now. If a plan is waiting for approval, the two must be equal. */
async function makeApproved(context: Context): Promise<Plan> {
    const plan = await makePlan(context);
    refuseUnapproved(plan, context.settings.approvedPlan, context);
    return plan;
}

/** What of a baseline is only marked as run. */
function adoptedIn({ changes }: Plan, { baseline }: Context["migrations"]): string[] {
    const marked = new Set(changes.filter(({ decision }) => decision?.outcome === "Marked").map(keyOf));
    return (baseline?.changesets ?? []).map(keyOf).filter((key) => marked.has(key));
}

/** A rollback must be quick, so it is not rehearsed; its undo was rehearsed with the release. */
function reasonNotTo({ kind, changes }: Plan): string | undefined {
    if (kind === "rollback") {
        return "A rollback is not rehearsed.";
    }
    return changes.length === 0 ? "Nothing is pending." : undefined;
}

function newRehearsal({ settings }: Context, { lockBudgetMilliseconds }: RehearsalSettings, plan: Plan): Rehearsal {
    return {
        status: "Passed",
        environment: settings.environmentName,
        releaseId: settings.releaseId,
        digest: plan.digest,
        startedAt: new Date().toISOString(),
        seconds: 0,
        lockBudgetMilliseconds,
        changesets: [],
        checks: [],
        rollback: { result: "NotTried", differences: [], otherRows: [] },
        problems: [],
        warnings: [],
    };
}

async function onCopy(context: Context, address: CopyAddress, work: (there: Context) => Promise<void>): Promise<void> {
    const settings = { ...context.settings, database: { ...context.settings.database, ...address } };
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "delivery-rehearsal-"));
    const session = context.migrations.project.open(settings, context.engine, scratch);
    const stop = () => void session.close();
    context.signal.addEventListener("abort", stop);
    try {
        context.signal.throwIfAborted();
        await work({ ...context, settings, session });
    } finally {
        context.signal.removeEventListener("abort", stop);
        await session.close();
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

function write({ settings, engine, tool, outputs, log }: Context, plan: Plan, rehearsal: Rehearsal): void {
    const { capabilities } = engine;
    rehearsal.seconds = (Date.now() - Date.parse(rehearsal.startedAt)) / 1000;
    outputs.json(Outputs.rehearsalJson, rehearsal);
    outputs.page(Outputs.rehearsalMarkdown, rehearsal, (shown) => rehearsalMarkdown(shown, capabilities));
    // Only the approved plan holds the findings of the linter.
    const judged = settings.approvedPlan === undefined ? plan : readPlan(settings.approvedPlan);
    outputs.page(Outputs.planHtml, { judged, rehearsal }, (shown) =>
        planHtml(shown.judged, capabilities, tool, shown.rehearsal),
    );
    outputs.exports({
        [RehearsalExports.rehearsal]: rehearsal.status,
        [RehearsalExports.longestLock]: longestLock(rehearsal.changesets, capabilities.lockModes),
        [RehearsalExports.rollback]: rehearsal.rollback.result,
    });
    rehearsalLines(rehearsal, capabilities.lockModes).forEach((line) => log(line));
    rehearsal.warnings.forEach((warning) => log(`Warning: ${warning}`));
    log(
        metricLine(
            rehearsal.environment,
            { LongestLockMilliseconds: longestLock(rehearsal.changesets, capabilities.lockModes) },
            { Action: "rehearse", ReleaseId: rehearsal.releaseId },
        ),
    );
    outputs.report([
        {
            name: "rehearsal",
            cases: [
                ...rehearsal.changesets.map(({ id, author, file, seconds, status, message, overBudget }) => ({
                    name: `${id} (${author})`,
                    file,
                    seconds,
                    failure: status === "Failed" ? (message ?? "failed") : overBudget.join("\n") || undefined,
                })),
                {
                    name: rehearsal.releaseId,
                    file: "rehearsal",
                    seconds: 0,
                    failure: rehearsal.problems.join("\n") || undefined,
                    skipped: rehearsal.status === "NotRehearsed" ? rehearsal.warnings.join("\n") : undefined,
                },
            ],
        },
        ...(rehearsal.checks.length > 0 ? [{ name: "verification", cases: rehearsal.checks }] : []),
    ]);
}
