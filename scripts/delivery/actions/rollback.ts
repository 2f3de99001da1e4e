import { count } from "../changesets";
import { Context } from "../context";
import { DeliveryError, InputError } from "../errors";
import { noteFingerprint, readingPatience, takeFingerprint } from "../guard/catalog";
import { beforeChanges, guarded } from "../guard/guarded";
import { serverPatienceMillis } from "../guard/keeper";
import { refuseUnapproved } from "../plan/approval";
import { approvedRollback } from "../plan/approvedRun";
import { makePlan } from "../plan/make";
import { headline } from "../plan/model";
import { planAnew } from "../plan/stale";
import { approvalOf } from "../record/approval";
import { newDeployment, writeDeployment } from "../report/deployment";
import { statementsBy, undoReport, undoTo } from "./undo";

/** The action `rollback`: undoes everything after a tag, and fails unless it really did. */
export async function rollback(context: Context): Promise<void> {
    const { settings, log } = context;
    const { rollbackTo } = settings;
    if (rollbackTo === undefined) {
        throw new InputError("ROLLBACK_TO is not set: start the pipeline with it to roll back.");
    }
    const approval = approvalOf(settings);
    const deployment = await guarded(context, async (guard) => {
        const { keeper, lock } = guard;
        const steadily = <T>(work: () => Promise<T>) =>
            beforeChanges(() => keeper.steadily(serverPatienceMillis, work));
        await steadily(() => lock.takeIfThere());
        const plan = await steadily(() => makePlan(context));
        refuseUnapproved(plan, settings.approvedPlan);
        const { replaces } = await planAnew(context, plan, lock);
        log(headline(plan));

        const record = newDeployment(settings, plan, "rollback");
        record.replaces = replaces;
        record.recoveredFrom = lock.dead?.lockedBy;
        record.fingerprints.before = (await steadily(() => takeFingerprint(keeper, readingPatience(settings)))).digest;
        const { outcomes, problem } = await undoTo(rollbackTo, context, guard, record, {
            statements: statementsBy(plan.changes, ({ sql }) => sql),
            judge: approvedRollback(plan),
        });
        record.changesets = outcomes;
        if (problem !== undefined || record.remaining.length > 0 || record.undone.length === 0) {
            record.status = "Failed";
            record.error = [problem ?? "The rollback did not undo what it should.", ...undoReport(record)].join("\n");
        }
        await noteFingerprint(keeper, record, log);
        return record;
    });
    deployment.approval = await approval;
    await writeDeployment(context, deployment);
    if (deployment.error !== undefined) {
        throw new DeliveryError(deployment.error);
    }
    log(
        `Undone: ${rollbackTo} and everything after it (${count(deployment.undone.length, "changeset")}); ${settings.environmentName} is as it was before ${rollbackTo}.`,
    );
    log("The next push applies these changesets again: revert or correct their commit before it.");
}
