import { count } from "../changesets";
import { Context } from "../context";
import type { HistoryRow } from "../history";
import { rowsBefore } from "../safety/historyRows";
import { type CodedError, messageOf, undoErrors } from "../errors";
import {
    everyDifference,
    type Fingerprint,
    incomparable,
    type RecordedCatalog,
    withDifferences,
} from "../engines/fingerprint";
import { differencesReport, noteFingerprint, noteRemains, readingPatience, restoreAndCompare } from "../safety/catalog";
import { beforeChanges, guarded } from "../safety/guarded";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import { refuseUnapproved } from "../plan/approval";
import { approvedRollback } from "../plan/approvedRun";
import { makePlan } from "../plan/make";
import { headline } from "../plan/model";
import { planAnew } from "../plan/stale";
import { approvalOf } from "../report/record/approval";
import { type Deployment, newDeployment, writeDeployment } from "../report/deployment";
import { statementsBy, undoOutcome, undoReport, undoTo } from "./undo";

/** The action `rollback`: undoes everything after a tag, and fails if anything is left. */
export async function rollback(context: Context): Promise<void> {
    const { settings, log } = context;
    const { rollbackTo } = settings;
    if (rollbackTo === undefined) {
        throw new undoErrors.RollbackTagMissing({});
    }
    const approval = approvalOf(settings);
    let failure: CodedError | undefined;
    const deployment = await guarded(context, async (session) => {
        const { lock } = session;
        const steadily = <T>(work: () => Promise<T>) =>
            beforeChanges(() => session.steadily(serverPatienceMillis, work));
        await steadily(() => lock.takeIfThere());
        await steadily(() => session.leftovers.finishUndo());
        const plan = await steadily(() => makePlan(context, session.look));
        refuseUnapproved(plan, settings.approvedPlan, context);
        const { replaces } = await planAnew(context, plan, session);
        log(headline(plan));

        const record = newDeployment(settings, plan, "rollback");
        record.replaces = replaces;
        record.recoveredFrom = lock.dead?.lockedBy;
        const start = await steadily(() => session.fingerprint(readingPatience(settings)));
        record.fingerprints.before = start.digest;
        const { outcomes, problem } = await undoTo(rollbackTo, context, session, record, {
            statements: statementsBy(plan.changes, ({ sql }) => sql),
            judge: approvedRollback(plan),
        });
        record.changesets = outcomes;
        const incomplete = problem !== undefined || record.remaining.length > 0 || record.undone.length === 0;
        const compared = await compareWithBefore(context, session, record, {
            ...{ before: plan.starting.before, start, restores: !incomplete, ran: plan.starting.history },
        });
        if (incomplete) {
            failure = (problem ?? new undoErrors.UndoIncomplete({})).append(
                [...undoReport(record), ...differencesReport(record, `before ${rollbackTo}`)],
                undoOutcome(record),
            );
        } else if (record.differences.length > 0) {
            failure = new undoErrors.CatalogDiffers({ tag: rollbackTo }).append(
                [...undoReport(record), ...differencesReport(record, `before ${rollbackTo}`)],
                "Every changeset is undone; the lines above list the remaining differences.",
            );
        }
        if (failure !== undefined) {
            record.status = "Failed";
            record.error = failure.message;
            await noteRemains(context, session, record, start);
        }
        await noteFingerprint(session, record, log);
        if (failure === undefined) log(successLine(record, compared, context));
        return record;
    });
    deployment.approval = await approval;
    await writeDeployment(context, deployment);
    if (failure !== undefined) {
        throw failure;
    }
    log("The next push applies these changesets again: revert or correct their commit first.");
}

interface Comparison {
    /** What the release found; undefined if it is not recorded. */
    before?: RecordedCatalog;
    /** The catalog before this rollback. */
    start: Fingerprint;
    restores: boolean;
    /** The history before this rollback. */
    ran: HistoryRow[];
}

/**
 * Compares the catalog with the one that the release found, and with what was changed by hand since the last deployment.
 * Returns why that is not possible.
 */
async function compareWithBefore(
    { settings, engine, tool, log }: Context,
    session: LockSession,
    record: Deployment,
    { before, start, restores, ran }: Comparison,
): Promise<string | undefined> {
    if (before === undefined) {
        return `the catalog before ${record.rollbackTo} is not recorded`;
    }
    try {
        const reason = incomparable(before.catalog, start, engine);
        if (reason !== undefined) return reason;
        const last = await session.steadily(serverPatienceMillis, () =>
            session.look((database) => database.lastCatalog()),
        );
        const byHand = last === undefined || last.left ? [] : everyDifference(last.catalog, start);
        const { rollbackTo: tag = "", undone } = record;
        const noted = await session.steadily(serverPatienceMillis, () =>
            session.look((database) => database.historyBefore(tag)),
        );
        const { holds } = tool.tracking.history;
        const history = rowsBefore(tag, noted, { history: ran, undone, holds });
        const target = withDifferences(before.catalog, byHand);
        await restoreAndCompare(target, session, record, { settings, log, restores, history });
        return undefined;
    } catch (error) {
        return messageOf(error);
    }
}

function successLine(
    { undone, rollbackTo }: Deployment,
    uncompared: string | undefined,
    { settings }: Context,
): string {
    const what = `Undone: ${rollbackTo} and everything after it (${count(undone.length, "changeset")})`;
    return uncompared === undefined
        ? `${what}; the catalog of ${settings.environmentName} is as it was before ${rollbackTo}.`
        : `${what}. Whether the catalog of ${settings.environmentName} is as it was before ${rollbackTo} is unknown: ${uncompared}.`;
}
