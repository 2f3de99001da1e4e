import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Copies, type CopyName, Outputs, RehearsalExports } from "../../../components/contract";
import { count } from "../changesets";
import type { Context } from "../context";
import { DeliveryError, InputError, messageOf } from "../errors";
import type { RehearsalSettings } from "../input/rehearsal";
import { Liquibase } from "../liquibase/liquibase";
import { readPlan, refuseUnapproved } from "../plan/approval";
import { planHtml } from "../plan/html";
import { makePlan } from "../plan/make";
import { headline, type Plan } from "../plan/model";
import { aws } from "../rehearsal/copies/aws";
import { type Copy, type CopyAddress, withCopy } from "../rehearsal/copies/copy";
import { DatabaseTemplate } from "../rehearsal/copies/databaseTemplate";
import { rehearsalLine, rehearsalMarkdown } from "../rehearsal/markdown";
import type { Rehearsal } from "../rehearsal/model";
import { metricLine } from "../report/metrics";
import { longestLock, rehearse as rehearseOn } from "../rehearsal/rehearse";

const copies: Record<CopyName, (context: Context, rehearsal: RehearsalSettings) => Copy> = {
    [Copies.auroraClone]: ({ settings, log, signal }, rehearsal) =>
        new (aws().AuroraClone)({ rds: aws().rdsClient(), rehearsal, database: settings.database, log, signal }),
    [Copies.databaseTemplate]: ({ settings }) => new DatabaseTemplate(settings),
};

/** The action `rehearse`: does on a copy of the data what the deployment will do, and undoes it there. */
export async function rehearse(context: Context): Promise<void> {
    const { settings, liquibase, log } = context;
    if (settings.rehearsal === undefined) {
        throw new InputError("The settings of the rehearsal are missing.");
    }
    // A clone is all that the build reaches: what the database itself holds, the plan says that waits for its approval.
    const elsewhere = settings.rehearsal.copy === Copies.auroraClone;
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
    // It has done its part, if it had one; the copy gets one of its own.
    await liquibase.close();
    try {
        await withCopy(copies[settings.rehearsal.copy](context, settings.rehearsal), (address) =>
            onCopy(context, address, async (there) => {
                if (elsewhere) {
                    await makeApproved(there);
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
        throw new DeliveryError(
            ["The rehearsal failed; the database itself is untouched:", ...rehearsal.problems].join("\n"),
        );
    }
    log(
        `Rehearsed: ${count(rehearsal.changesets.length, "changeset")} on a copy, rollback: ${rehearsal.rollback.result}.`,
    );
}

/** The plan that waits for its approval. */
function planOf({ approvedPlan }: Context["settings"]): Plan {
    if (approvedPlan === undefined) {
        throw new InputError(
            "A rehearsal on a clone needs the plan that waits for its approval: the artifact Plan is no input of this build.",
        );
    }
    return readPlan(approvedPlan);
}

/** Makes the plan of what would run now, which has to be the one that waits for its approval, where there is one. */
async function makeApproved(context: Context): Promise<Plan> {
    const plan = await makePlan(context);
    refuseUnapproved(plan, context.settings.approvedPlan);
    return plan;
}

/** A rollback must come quickly: it is not held up by a rehearsal, and what it undoes was rehearsed with its release. */
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
    const liquibase = new Liquibase(settings, context.migrations, scratch);
    const stop = () => void liquibase.close();
    context.signal.addEventListener("abort", stop);
    try {
        context.signal.throwIfAborted();
        await work({ ...context, settings, liquibase });
    } finally {
        context.signal.removeEventListener("abort", stop);
        await liquibase.close();
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

function write({ settings, outputs, log }: Context, plan: Plan, rehearsal: Rehearsal): void {
    rehearsal.seconds = (Date.now() - Date.parse(rehearsal.startedAt)) / 1000;
    outputs.json(Outputs.rehearsalJson, rehearsal);
    outputs.page(Outputs.rehearsalMarkdown, rehearsal, rehearsalMarkdown);
    // What was judged when it was planned is in the approved plan only.
    const judged = settings.approvedPlan === undefined ? plan : readPlan(settings.approvedPlan);
    outputs.page(Outputs.planHtml, { judged, rehearsal }, (shown) => planHtml(shown.judged, shown.rehearsal));
    outputs.exports({
        [RehearsalExports.rehearsal]: rehearsal.status,
        [RehearsalExports.longestLock]: longestLock(rehearsal.changesets),
        [RehearsalExports.rollback]: rehearsal.rollback.result,
    });
    rehearsal.changesets.forEach((changeset) => log(rehearsalLine(changeset)));
    rehearsal.warnings.forEach((warning) => log(`Warning: ${warning}`));
    log(
        metricLine(
            rehearsal.environment,
            { LongestLockMilliseconds: longestLock(rehearsal.changesets) },
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
