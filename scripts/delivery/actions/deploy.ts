import type { Fingerprint } from "../catalog";
import { ChangesetName, count, keyOf, listOf, nameOf } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { changesOf, rowsAfter } from "../database/history";
import { verify } from "../database/verify";
import { DeliveryError, InputError, messageOf } from "../errors";
import { explainLiquibase } from "../explain";
import { compareWith, differencesReport, noteFingerprint, readingPatience, takeFingerprint } from "../guard/catalog";
import { beforeChanges, type Guarded, guarded, settle } from "../guard/guarded";
import { type Keeper, serverPatienceMillis } from "../guard/keeper";
import { concurrentBuilds, dropIndexes, invalidIndexes, leftBehind, noteIndexesBefore } from "../guard/indexes";
import { clearLeftovers } from "../guard/leftovers";
import { withRetries } from "../guard/retry";
import { Settings } from "../input/settings";
import { refuseUnapproved } from "../plan/approval";
import { approvedUndo, approvedUpdate } from "../plan/approvedRun";
import { makePlan } from "../plan/make";
import { headline, type Plan } from "../plan/model";
import { planAnew } from "../plan/stale";
import { approvalOf } from "../record/approval";
import { Deployment, newDeployment, writeDeployment } from "../report/deployment";
import { snapshotBefore } from "../snapshot/before";
import { buildsOnly, isOneStep, statementsBy, undoReport, undoTo } from "./undo";

/** The action `deploy`: applies what was planned, verifies it, and undoes it if either fails. */
export async function deploy(context: Context): Promise<void> {
    const { settings, log } = context;
    if (settings.rollbackTo !== undefined) {
        throw new InputError(`This execution was started to roll back to ${settings.rollbackTo}: it deploys nothing.`);
    }
    const approval = approvalOf(settings);
    const deployment = await guarded(context, async (guard) => {
        const { plan, replaces } = await beforeChanges(() => planUnderLock(context, guard));
        log(headline(plan));
        const record = newDeployment(settings, plan, "deploy");
        record.replaces = replaces;
        if (plan.changes.length > 0) {
            record.recoveredFrom = guard.lock.dead?.lockedBy;
            await beforeChanges(() => clearLeftovers(context, guard, plan.changes));
            await release(context, guard, plan, record);
        }
        return record;
    });
    deployment.approval = await approval;
    await writeDeployment(context, deployment);
    if (deployment.error !== undefined) {
        throw new DeliveryError(deployment.error);
    }
    if (deployment.changesets.length > 0) {
        log(`Deployed: ${count(deployment.changesets.length, "changeset")} to ${settings.environmentName}.`);
    }
}

/** A plan, and the digest of the one that it takes the place of. */
interface CurrentPlan {
    plan: Plan;
    replaces?: string;
}

/**
 * Makes the plan and refuses any but the approved one; from then on nobody else changes what it was made for. A plan that
 * nobody approved is made anew where the database has changed since.
 */
async function planUnderLock(context: Context, { keeper, lock }: Guarded): Promise<CurrentPlan> {
    const steadily = <T>(work: () => Promise<T>) => keeper.steadily(serverPatienceMillis, work);
    const approvedPlan = async (): Promise<CurrentPlan> => {
        const plan = await steadily(() => makePlan(context));
        refuseUnapproved(plan, context.settings.approvedPlan);
        const { lint, replaces } = await planAnew(context, plan, lock);
        return { plan: { ...plan, lint }, replaces };
    };
    await steadily(() => lock.takeIfThere());
    const current = await approvedPlan();
    if (lock.isHeld || current.plan.changes.length === 0) {
        return current;
    }
    // A database that Liquibase has never seen: nothing was written to it before the plan was found to be right.
    await steadily(() => lock.take());
    const history = await steadily(() => Database.with(context.settings, (database) => database.history()));
    return history.length === 0 ? current : approvedPlan();
}

/** Tags, updates and verifies; undoes it if that fails. */
async function release(context: Context, guard: Guarded, plan: Plan, deployment: Deployment): Promise<void> {
    const { settings, liquibase, log } = context;
    const { keeper } = guard;
    const steadily = <T>(work: () => Promise<T>) => beforeChanges(() => keeper.steadily(serverPatienceMillis, work));
    const earlier = await steadily(() => refuseUsedTag(settings));
    await snapshotBefore(context, deployment);
    const before = await steadily(() => takeFingerprint(keeper, readingPatience(settings)));
    deployment.fingerprints.before = before.digest;
    const invalidBefore = new Set((await steadily(() => invalidIndexes(keeper))).map(({ oid }) => oid));
    await steadily(() => liquibase.mark(settings.releaseId));
    const builds = (await Promise.all(plan.changes.map(concurrentBuilds))).flat();
    const wholeBefore = await steadily(() => noteIndexesBefore(keeper, settings.releaseId, builds));
    log(`Tagged ${settings.releaseId}: ROLLBACK_TO=${settings.releaseId} undoes this release.`);

    const theirs = new Set([...invalidBefore, ...wholeBefore.map(({ oid }) => oid)]);
    const dropLeftBehind = async (failed: ChangesetName, { whole = false } = {}) => {
        const change = plan.changes.find((planned) => keyOf(planned) === keyOf(failed));
        const found = change ? await leftBehind(keeper, await concurrentBuilds(change), whole) : [];
        const own = found.filter(({ oid }) => !theirs.has(oid));
        own.forEach(({ name, valid }) =>
            log(`  Dropping the ${valid ? "unrecorded" : "invalid"} index ${name}, which the failed attempt left.`),
        );
        // On a full disk, say. The comparison after an undo names what stayed; the next run drops it.
        await dropIndexes(keeper, own).catch((error) => log(`  It could not be dropped: ${messageOf(error)}`));
    };
    const failure =
        (await update(context, guard, plan, deployment, dropLeftBehind)) ??
        (await verifyAll(context, keeper, deployment));
    if (failure === undefined) {
        await noteFingerprint(guard.keeper, deployment, log);
        return;
    }
    deployment.status = "Failed";
    const undone = await undo(context, guard, plan, deployment, { before, earlier, dropLeftBehind });
    deployment.error = [failure, ...undone, ...leftovers(plan, deployment)].join("\n");
}

/**
 * A build that is tried again finds its tag there; with another release after it, going back to it would undo that one.
 * Returns what the earlier attempts applied.
 */
async function refuseUsedTag(settings: Settings): Promise<ChangesetName[]> {
    const { releaseId } = settings;
    const history = await Database.with(settings, (database) => database.history());
    if (!history.some(({ tag }) => tag === releaseId)) {
        return [];
    }
    const after = rowsAfter(releaseId, history);
    const later = after.flatMap(({ tag }) => tag ?? []);
    if (later.length > 0) {
        throw new InputError(
            `${releaseId} was begun before, and ${later.join(", ")} came after it. Start a new execution of the pipeline instead of trying this one again.`,
        );
    }
    return changesOf(after);
}

type DropLeftBehind = (failed: ChangesetName, options?: { whole: boolean }) => Promise<void>;

/** Applies the changesets; says why if it fails. */
async function update(
    context: Context,
    guard: Guarded,
    plan: Plan,
    deployment: Deployment,
    dropLeftBehind: DropLeftBehind,
): Promise<string | undefined> {
    const { keeper } = guard;
    const statements = statementsBy(plan.changes, ({ sql }) => sql);
    const judge = approvedUpdate(plan);
    try {
        const { exitCode, messages } = await withRetries(context, deployment, {
            run: (onEvent) => context.liquibase.update(onEvent, judge),
            outcomes: deployment.changesets,
            repeatable: (failure) => isOneStep(failure.runInTransaction, statements(failure) ?? []),
            prepare: (failed) => dropLeftBehind(failed),
            reconnect: {
                settle: () => settle(guard),
                repeatable: (interrupted) => buildsOnly(statements(interrupted) ?? []),
                // Built to its end or not: without its record it is built anew.
                clear: async (interrupted) => {
                    if (await isRecorded(context, keeper, interrupted)) return;
                    await keeper.steadily(serverPatienceMillis, () => dropLeftBehind(interrupted, { whole: true }));
                },
                reconcile: () => reconcile(context, keeper, plan, deployment),
            },
        });
        return exitCode === 0 ? undefined : explainLiquibase("The update failed", messages);
    } catch (error) {
        return messageOf(error);
    }
}

async function isRecorded({ settings }: Context, keeper: Keeper, changeset: ChangesetName): Promise<boolean> {
    const history = await keeper.steadily(serverPatienceMillis, () =>
        Database.with(settings, (database) => database.history()),
    );
    return rowsAfter(settings.releaseId, history).some((row) => keyOf(row) === keyOf(changeset));
}

/** What this release has applied is what the history says, whatever was heard of it when the connection was lost. */
async function reconcile(
    { settings, log }: Context,
    keeper: Keeper,
    plan: Plan,
    { changesets }: Deployment,
): Promise<void> {
    const history = await keeper.steadily(serverPatienceMillis, () =>
        Database.with(settings, (database) => database.history()),
    );
    const applied = new Set(changesOf(rowsAfter(settings.releaseId, history)).map(keyOf));
    const heard = new Map(changesets.map((outcome) => [keyOf(outcome), outcome]));
    changesets.length = 0;
    for (const change of plan.changes) {
        const outcome = heard.get(keyOf(change));
        if (!applied.has(keyOf(change))) {
            // One that was tolerated has no record.
            if (outcome?.status === "Tolerated") changesets.push(outcome);
        } else if (outcome !== undefined && outcome.status !== "Failed") {
            changesets.push(outcome);
        } else {
            log(`  ${keyOf(change)} was committed before the connection was lost.`);
            changesets.push({ ...nameOf(change), status: "Applied", seconds: outcome?.seconds ?? 0 });
        }
    }
}

/** Runs the verification checks; says which do not hold. */
async function verifyAll(
    { settings, migrations, log }: Context,
    keeper: Keeper,
    deployment: Deployment,
): Promise<string | undefined> {
    try {
        deployment.checks = await keeper.steadily(serverPatienceMillis, () => verify(settings, migrations.checks));
    } catch (error) {
        return `The verification could not run: ${messageOf(error)}`;
    }
    const failed = deployment.checks.filter(({ failure }) => failure !== undefined);
    log(
        deployment.checks.length === 0
            ? "Verification: there are no checks (verify/*.sql)."
            : `Verification: ${deployment.checks.length - failed.length} of ${count(deployment.checks.length, "check")} hold.`,
    );
    return failed.length === 0
        ? undefined
        : [
              "Verification failed:",
              ...failed.map(({ name, file, failure }) => `  - ${name} (${file}): ${failure}`),
          ].join("\n");
}

interface Undo {
    /** The catalog before the update. */
    before: Fingerprint;
    /** What earlier attempts of this release had applied before that; the tag is older than they are. */
    earlier: ChangesetName[];
    dropLeftBehind: DropLeftBehind;
}

/** Goes back to this release's tag; says how far that came, and whether the catalog is as it was. */
async function undo(
    context: Context,
    guard: Guarded,
    plan: Plan,
    deployment: Deployment,
    { before, earlier, dropLeftBehind }: Undo,
): Promise<string[]> {
    const { keeper } = guard;
    const { releaseId } = context.settings;
    context.log(`Failed; undoing ${releaseId}.`);
    try {
        await settle(guard);
        await keeper.steadily(serverPatienceMillis, async () => {
            for (const failed of deployment.changesets.filter(({ status }) => status === "Failed")) {
                await dropLeftBehind(failed);
            }
        });
        const { problem } = await undoTo(releaseId, context, guard, deployment, {
            statements: statementsBy(plan.changes, ({ undo }) => undo),
            judge: approvedUndo(plan, earlier),
        });
        const uncompared = earlier.length === 0 ? await compare(context, keeper, deployment, before) : undefined;
        const complete = problem === undefined && deployment.remaining.length === 0;
        return [
            ...undoReport(deployment),
            ...differencesReport(deployment),
            ...(problem === undefined ? [] : [problem]),
            ...(uncompared === undefined
                ? []
                : [`The catalog could not be compared with the one before: ${uncompared}`]),
            ...(complete && uncompared === undefined ? [verdict(releaseId, deployment, earlier)] : []),
        ];
    } catch (error) {
        deployment.remaining = deployment.changesets.filter(({ status }) => status !== "Failed").map(nameOf);
        return [
            `The rollback could not run: ${messageOf(error)}`,
            `Applied by this release as far as known (${deployment.remaining.length}):`,
            listOf(deployment.remaining),
            `What is applied is certain only when the server answers again: databasechangelog says it. The next run takes over this one's lock and goes on from there; ROLLBACK_TO=${releaseId} undoes what this release has applied.`,
        ];
    }
}

/** Compares the catalog with the one before the update; says why if that is not possible: what is undone stays undone. */
async function compare(
    { settings }: Context,
    keeper: Keeper,
    deployment: Deployment,
    before: Fingerprint,
): Promise<string | undefined> {
    try {
        const options = readingPatience(settings);
        await keeper.steadily(serverPatienceMillis, () => compareWith(before, keeper, deployment, options));
        return undefined;
    } catch (error) {
        return messageOf(error);
    }
}

function verdict(releaseId: string, { differences, fingerprints }: Deployment, earlier: ChangesetName[]): string {
    if (earlier.length > 0) {
        return `The database is as it was before ${releaseId}; with it went what an earlier attempt of this release had applied (${earlier.length}).`;
    }
    return differences.length === 0
        ? `The database is as it was before ${releaseId}. Its catalog is as it was before the update (fingerprint ${fingerprints.after?.slice(0, 12)}).`
        : `Every changeset is undone in the history, but its rollback did not bring back all that it changed.`;
}

/** What a rollback cannot bring back, or never gets to see. */
function leftovers(plan: Plan, { changesets, undone }: Deployment): string[] {
    const planned = new Map(plan.changes.map((change) => [keyOf(change), change]));
    const partial = changesets.filter(
        (changeset) => changeset.status === "Failed" && planned.get(keyOf(changeset))?.runInTransaction === false,
    );
    const again = undone.filter((changeset) => planned.get(keyOf(changeset))?.again);
    return [
        ...(partial.length > 0
            ? ["Failed outside a transaction, what it did before may still be there:", listOf(partial)]
            : []),
        ...(again.length > 0
            ? ["Undone, but its earlier form is not back; deploy the earlier source:", listOf(again)]
            : []),
    ];
}
