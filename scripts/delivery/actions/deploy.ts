import { ChangesetName, count, keyOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import { changesOf, rowsAfter } from "../history";
import { verify } from "../safety/verify";
import { CodedError, messageOf, migrationErrors, planErrors } from "../errors";
import { noteBefore, noteFingerprint, noteRemains, readingPatience } from "../safety/catalog";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import { beforeChanges, guarded, settle } from "../safety/guarded";
import { readHistory } from "../safety/history";
import { clearLeftovers } from "../safety/leftovers";
import { refuseOutsideWindow } from "../safety/window";
import { withRetries } from "../safety/retry";
import type { ChangesetEvent } from "../tools/events";
import { refuseUnapproved } from "../plan/approval";
import { approvedUpdate } from "../plan/approvedRun";
import { makePlan } from "../plan/make";
import { headline, type Plan } from "../plan/model";
import { refuseUnasked } from "../plan/risk";
import { planAnew } from "../plan/stale";
import { approvalOf } from "../report/record/approval";
import { Deployment, newDeployment, writeDeployment } from "../report/deployment";
import { snapshotBefore } from "../safety/snapshot";
import { isOneStep, noting, statementsBy, undoOutcome } from "./undo";
import { type DropLeftBehind, remains, undoRelease } from "./undoRelease";

/** The action `deploy`: applies the planned changesets, verifies the result, and reverts if either fails. */
export async function deploy(context: Context): Promise<void> {
    const { settings, log } = context;
    if (settings.rollbackTo !== undefined) {
        throw new planErrors.ExecutionRollsBack({ tag: settings.rollbackTo });
    }
    const approval = approvalOf(settings);
    let failure: CodedError | undefined;
    const deployment = await guarded(context, async (lockSession) => {
        const { plan, replaces } = await beforeChanges(() => planUnderLock(context, lockSession));
        log(headline(plan));
        const record = newDeployment(settings, plan, "deploy");
        record.replaces = replaces;
        if (plan.changes.length > 0) {
            refuseOutsideWindow(settings.guards);
            record.recoveredFrom = lockSession.lock.dead?.lockedBy;
            const completed = await beforeChanges(() => clearLeftovers(context, lockSession, plan.changes));
            if (completed.length > 0) record.completed = completed;
            const rest = { ...plan, changes: without(plan.changes, completed) };
            failure = await release(context, lockSession, rest, record);
        }
        return record;
    });
    deployment.approval = await approval;
    await writeDeployment(context, deployment);
    if (failure !== undefined) {
        throw failure;
    }
    const { changesets } = deployment;
    const tolerated = changesets.filter(({ status }) => status === "Tolerated");
    if (changesets.length > 0) {
        log(`Deployed: ${count(changesets.length - tolerated.length, "changeset")} to ${settings.environmentName}.`);
    }
    if (tolerated.length > 0) {
        const those = tolerated.map(keyOf).join(", ");
        log(`Warning: failed, and still pending (${context.tool.terms.stopOnFailure} is false): ${those}`);
    }
}

/** A plan, and the digest of the plan that it replaces. */
interface CurrentPlan {
    plan: Plan;
    replaces?: string;
}

/**
 * Makes the plan under the lock, so that no other deployment changes the database from here on. Refuses a plan that differs
 * from the approved one. Where no approval is required, a plan that the database has outdated is simply made again.
 */
async function planUnderLock(context: Context, lockSession: LockSession): Promise<CurrentPlan> {
    const { lock } = lockSession;
    const steadily = <T>(work: () => Promise<T>) => lockSession.steadily(serverPatienceMillis, work);
    const approvedPlan = async (): Promise<CurrentPlan> => {
        const plan = await steadily(() => makePlan(context, lockSession.look));
        refuseUnapproved(plan, context.settings.approvedPlan, context);
        const { lint, replaces, judged } = await planAnew(context, plan, lockSession);
        if (plan.changes.length > 0) refuseUnasked(judged, context);
        return { plan: { ...plan, lint }, replaces };
    };
    await steadily(() => lock.takeIfThere());
    await steadily(() => lockSession.leftovers.finishUndo());
    const current = await approvedPlan();
    if (lock.isHeld || current.plan.changes.length === 0) {
        return current;
    }
    // The tool has never run in this database: write nothing to it before the plan has been checked.
    await steadily(() => lock.take());
    const history = await steadily(() => lockSession.look((database) => database.history()));
    return history.length === 0 ? current : approvedPlan();
}

/** Tags, updates and verifies; reverts on failure, and returns why it failed and what became of it. */
async function release(
    context: Context,
    lockSession: LockSession,
    plan: Plan,
    deployment: Deployment,
): Promise<CodedError | undefined> {
    const { settings, session, log } = context;
    const steadily = <T>(work: () => Promise<T>) =>
        beforeChanges(() => lockSession.steadily(serverPatienceMillis, work));
    const earlier = await steadily(() => refuseUsedTag(lockSession, settings.releaseId));
    deployment.snapshot = await snapshotBefore(context);
    const before = await steadily(() => lockSession.fingerprint(readingPatience(settings)));
    deployment.fingerprints.before = before.digest;
    const history = await steadily(() => lockSession.historyOf(plan.changes.filter(({ restored }) => restored)));
    const leftovers = await steadily(() => lockSession.leftovers.watch());
    await steadily(() => session.mark(settings.releaseId));
    await steadily(() => refuseUnmarked(lockSession, settings.releaseId));
    await steadily(() => leftovers.begin(settings.releaseId, plan.changes));
    await noteBefore(lockSession, deployment, { before, history }, log);
    log(`Tagged ${settings.releaseId}: ROLLBACK_TO=${settings.releaseId} undoes this release.`);

    const dropLeftBehind: DropLeftBehind = async (failed, options) => {
        const change = plan.changes.find((planned) => keyOf(planned) === keyOf(failed));
        return change === undefined ? [] : leftovers.drop(change, options);
    };
    const follow = ({ event, ...name }: ChangesetEvent) => {
        if (event === "willRun") leftovers.follow(plan.changes.find((planned) => keyOf(planned) === keyOf(name)));
        else if (event === "ran" || event === "runFailed") leftovers.follow();
    };
    const failure =
        (await update(context, lockSession, plan, deployment, { follow, dropLeftBehind }).finally(() =>
            leftovers.end(),
        )) ?? (await verifyAll(context, lockSession, deployment));
    if (failure === undefined) {
        await noteFingerprint(lockSession, deployment, log);
        return undefined;
    }
    deployment.status = "Failed";
    const undone = await undoRelease(context, lockSession, plan, deployment, {
        before,
        history,
        earlier,
        dropLeftBehind,
    });
    const left = remains(plan, deployment);
    const whole = undone.complete && left.length === 0;
    if (!undone.complete) await noteRemains(context, lockSession, deployment, before);
    failure.append([...undone.lines, ...left], whole ? "Everything was undone." : undoOutcome(deployment));
    deployment.error = failure.message;
    return failure;
}

/**
 * A retried build finds its own tag. If another release came after it, rolling back to that tag would undo the later
 * release too, so the build is refused. Returns what the earlier attempts applied.
 */
async function refuseUsedTag(lockSession: LockSession, releaseId: string): Promise<ChangesetName[]> {
    const history = await lockSession.look((database) => database.history());
    if (!history.some(({ tag }) => tag === releaseId)) {
        return [];
    }
    const after = rowsAfter(releaseId, history);
    const later = after.flatMap(({ tag }) => tag ?? []);
    if (later.length > 0) {
        throw new planErrors.ReleaseSuperseded({ releaseId, later: later.join(", ") });
    }
    return changesOf(after);
}

/** Without its tag a release cannot be undone. What a migration left in the database may have kept it from being written. */
async function refuseUnmarked(lockSession: LockSession, releaseId: string): Promise<void> {
    const history = await lockSession.look((database) => database.history());
    if (!history.some(({ tag }) => tag === releaseId)) {
        throw new planErrors.ReleaseNotMarked({ releaseId });
    }
}

/** Applies the changesets; returns the reason on failure. */
async function update(
    context: Context,
    lockSession: LockSession,
    plan: Plan,
    deployment: Deployment,
    { follow, dropLeftBehind }: { follow: (event: ChangesetEvent) => void; dropLeftBehind: DropLeftBehind },
): Promise<CodedError | undefined> {
    const statements = statementsBy(plan.changes, ({ sql }) => sql);
    const judge = noting(approvedUpdate(plan, context.tool), statements, lockSession, context.engine);
    try {
        const result = await withRetries(context, deployment, {
            run: (onEvent) =>
                context.session.update((event) => {
                    follow(event);
                    onEvent(event);
                }, judge),
            total: plan.changes.length,
            outcomes: deployment.changesets,
            repeatable: (failure) => isOneStep(failure.runInTransaction, statements(failure) ?? [], context.engine),
            blockers: () => lockSession.look((database) => database.blockers()),
            prepare: async (failed) => void (await dropLeftBehind(failed)),
            reconnect: {
                settle: () => settle(lockSession),
                repeatable: async (interrupted) => {
                    const change = plan.changes.find((planned) => keyOf(planned) === keyOf(interrupted));
                    if (change === undefined) return false;
                    if (await isRecorded(context, lockSession, interrupted)) return true;
                    return lockSession.steadily(serverPatienceMillis, () => lockSession.leftovers.clears(change));
                },
                // Complete or not: it has no record, so it is built again.
                clear: async (interrupted) => {
                    if (await isRecorded(context, lockSession, interrupted)) return;
                    await lockSession.steadily(serverPatienceMillis, () =>
                        dropLeftBehind(interrupted, { whole: true }),
                    );
                },
                reconcile: () => reconcile(context, lockSession, plan, deployment),
            },
        });
        return result.exitCode === 0 ? undefined : context.tool.explainFailure("The update failed", result);
    } catch (error) {
        return error instanceof CodedError
            ? error.asFailure()
            : new migrationErrors.MigrationInterrupted({ reason: messageOf(error) }, { cause: error });
    }
}

async function isRecorded(context: Context, lockSession: LockSession, changeset: ChangesetName): Promise<boolean> {
    const history = await lockSession.steadily(serverPatienceMillis, () => readHistory(context));
    return rowsAfter(context.settings.releaseId, history).some((row) => keyOf(row) === keyOf(changeset));
}

/** After a lost connection, the history in the database decides what this release has applied. */
async function reconcile(
    context: Context,
    lockSession: LockSession,
    plan: Plan,
    { changesets }: Deployment,
): Promise<void> {
    const { settings, log } = context;
    const history = await lockSession.steadily(serverPatienceMillis, () => readHistory(context));
    const applied = new Set(changesOf(rowsAfter(settings.releaseId, history)).map(keyOf));
    const heard = new Map(changesets.map((outcome) => [keyOf(outcome), outcome]));
    changesets.length = 0;
    for (const change of plan.changes) {
        const outcome = heard.get(keyOf(change));
        if (!applied.has(keyOf(change))) {
            // A changeset whose failure was tolerated has no record.
            if (outcome?.status === "Tolerated") changesets.push(outcome);
        } else if (outcome !== undefined && outcome.status !== "Failed") {
            changesets.push(outcome);
        } else {
            log(`  ${keyOf(change)} was committed before the connection was lost.`);
            changesets.push({ ...nameOf(change), status: "Applied", seconds: outcome?.seconds ?? 0 });
        }
    }
}

/** Runs the verification checks; returns those that failed. */
async function verifyAll(
    context: Context,
    lockSession: LockSession,
    deployment: Deployment,
): Promise<CodedError | undefined> {
    const { migrations, log } = context;
    try {
        deployment.checks = await lockSession.steadily(serverPatienceMillis, () => verify(context, migrations.checks));
    } catch (error) {
        return new migrationErrors.VerificationBroken({ reason: messageOf(error) }, { cause: error });
    }
    const failed = deployment.checks.filter(({ failure }) => failure !== undefined);
    log(
        deployment.checks.length === 0
            ? "Verification: there are no checks (verify/*.sql)."
            : `Verification: ${deployment.checks.length - failed.length} of ${count(deployment.checks.length, "check")} hold.`,
    );
    return failed.length === 0
        ? undefined
        : new migrationErrors.VerificationFailed({
              checks: failed.map(({ name, file, failure }) => `${name} (${file}): ${failure}`),
          });
}
