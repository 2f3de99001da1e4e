import { Outputs } from "../../../components/contract";
import { type ChangesetName, keyOf, listOf, nameOf } from "../changesets";
import type { Context } from "../context";
import type { Fingerprint } from "../engines/fingerprint";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import type { HistoryRecord } from "../tracking";
import type { StateBefore, UndoneSql } from "../engines/undo";
import { messageOf } from "../errors";
import { approvedUndo } from "../plan/approvedRun";
import type { Plan } from "../plan/model";
import type { Deployment } from "../report/deployment";
import { differencesReport, readBefore, restoreAndCompare } from "../safety/catalog";
import { settle } from "../safety/guarded";
import { statementsBy, undoReport, undoTo } from "./undo";

export type DropLeftBehind = (failed: ChangesetName, options?: { whole: boolean }) => Promise<string[]>;

interface Undo {
    /** The catalog before the update. */
    before: Fingerprint;
    /** The rows of changesets that ran before, in another form. */
    history: HistoryRecord[];
    /** What earlier attempts of this release applied before that; the tag predates them. */
    earlier: ChangesetName[];
    dropLeftBehind: DropLeftBehind;
}

/** Rolls back to this release's tag; reports how far it got and whether the catalog is as before. */
export async function undoRelease(
    context: Context,
    lockSession: LockSession,
    plan: Plan,
    deployment: Deployment,
    { before, history, earlier, dropLeftBehind }: Undo,
): Promise<{ lines: string[]; complete: boolean }> {
    const { releaseId } = context.settings;
    context.log(`Failed; undoing ${releaseId}.`);
    try {
        await settle(lockSession);
        const left = await lockSession.steadily(serverPatienceMillis, async () => {
            const lines: string[] = [];
            for (const failed of deployment.changesets.filter(({ status }) => status === "Failed")) {
                lines.push(...(await dropLeftBehind(failed)));
            }
            return lines;
        });
        const { problem } = await undoTo(releaseId, context, lockSession, deployment, {
            statements: statementsBy(plan.changes, ({ undo }) => undo),
            judge: approvedUndo(plan, earlier),
            inspect: await inspectionOf(lockSession, plan, deployment, before),
        });
        const complete = problem === undefined && deployment.remaining.length === 0;
        const origin = earlier.length === 0 ? before : await recordedBefore(lockSession, releaseId);
        const uncompared =
            origin &&
            (await compare(context, lockSession, deployment, { before: origin, restores: complete, history }));
        const lines = [
            ...undoReport(deployment),
            ...left,
            ...differencesReport(deployment),
            ...(problem === undefined ? [] : [problem.message]),
            ...(uncompared === undefined
                ? []
                : [`The catalog could not be compared with the one before the update: ${uncompared}`]),
            ...(complete && uncompared === undefined ? [verdict(releaseId, deployment, earlier)] : []),
        ];
        const unchanged = uncompared === undefined && deployment.differences.length === 0;
        return { lines, complete: complete && unchanged };
    } catch (error) {
        deployment.remaining = deployment.changesets.filter(({ status }) => status !== "Failed").map(nameOf);
        const lines = [
            `The rollback could not run: ${messageOf(error)}`,
            `Applied by this release, as far as is known (${deployment.remaining.length}):`,
            listOf(deployment.remaining, Outputs.deploymentJson),
            `When the server answers again, ${context.tool.tracking.history.name} shows what is applied. The next run takes over this one's lock and continues from there; ROLLBACK_TO=${releaseId} undoes what this release has applied.`,
        ];
        return { lines, complete: false };
    }
}

/** What this attempt ran, backwards. A changeset that was only marked, or whose failure was tolerated, ran nothing. */
async function inspectionOf(
    lockSession: LockSession,
    plan: Plan,
    { changesets }: Deployment,
    { entries }: Fingerprint,
): Promise<{ undone: UndoneSql[]; before: StateBefore }> {
    const ran = new Set(
        changesets.filter(({ status }) => status === "Applied" || status === "AppliedAgain").map(keyOf),
    );
    const undone = plan.changes
        .filter((change) => ran.has(keyOf(change)))
        .map((change) => ({ ...nameOf(change), ran: change.sql, sql: change.undo ?? [] }))
        .reverse();
    const schema = await lockSession.steadily(serverPatienceMillis, () =>
        lockSession.look((database) => database.schema()),
    );
    return { undone, before: { entries, schema } };
}

/** What the first attempt at the release found; undefined if it is not recorded. */
async function recordedBefore(lockSession: LockSession, releaseId: string): Promise<Fingerprint | undefined> {
    const recorded = await lockSession.steadily(serverPatienceMillis, () =>
        lockSession.look((database) => readBefore(database, releaseId)),
    );
    return recorded?.catalog;
}

/**
 * Restores the earlier forms of views and functions after a complete undo, and compares the catalog with the one before the
 * update. A failure is reported and does not affect the rollback.
 */
async function compare(
    { settings, log }: Context,
    lockSession: LockSession,
    deployment: Deployment,
    { before, ...options }: { before: Fingerprint; restores: boolean; history: HistoryRecord[] },
): Promise<string | undefined> {
    try {
        await restoreAndCompare(before, lockSession, deployment, { settings, log, ...options });
        return undefined;
    } catch (error) {
        return messageOf(error);
    }
}

function verdict(releaseId: string, { differences, fingerprints }: Deployment, earlier: ChangesetName[]): string {
    if (differences.length > 0) {
        return `Every changeset is undone in the history, but the rollbacks did not restore everything that was changed.`;
    }
    return earlier.length > 0
        ? `The database is as it was before ${releaseId}; changesets that an earlier attempt of this release had applied were undone too (${earlier.length}).`
        : `The database is as it was before ${releaseId}. Its catalog is the same as before the update (fingerprint ${fingerprints.after?.slice(0, 12)}).`;
}

/** What a rollback cannot restore or does not cover. */
export function remains(plan: Plan, { changesets, undone }: Deployment): string[] {
    const planned = new Map(plan.changes.map((change) => [keyOf(change), change]));
    const partial = changesets.filter(
        (changeset) => changeset.status === "Failed" && planned.get(keyOf(changeset))?.runInTransaction === false,
    );
    const again = undone.filter((changeset) => {
        const change = planned.get(keyOf(changeset));
        return change?.again && !change.restored;
    });
    return [
        ...(partial.length > 0
            ? [
                  "Failed outside a transaction; the changes made before the failure may still be there:",
                  listOf(partial, Outputs.deploymentJson),
              ]
            : []),
        ...(again.length > 0
            ? [
                  "Undone, but the earlier form was not restored; deploy the earlier source:",
                  listOf(again, Outputs.deploymentJson),
              ]
            : []),
    ];
}
