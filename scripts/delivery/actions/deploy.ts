import { count, keyOf, listOf, nameOf } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { rowsAfter } from "../database/history";
import { verify } from "../database/verify";
import { DeliveryError, InputError, messageOf } from "../errors";
import { explainLiquibase } from "../explain";
import { Settings } from "../input/settings";
import { refuseUnapproved } from "../plan/approval";
import { makePlan } from "../plan/make";
import { headline, Plan } from "../plan/model";
import { Deployment, newDeployment, outcomeOf, writeDeployment } from "../report/deployment";
import { lineOf, undoReport, undoTo } from "./undo";

/** The action `deploy`: applies what was planned, verifies it, and undoes it if either fails. */
export async function deploy(context: Context): Promise<void> {
    const { settings, liquibase, outputs, log } = context;
    if (settings.rollbackTo !== undefined) {
        throw new InputError(`This execution was started to roll back to ${settings.rollbackTo}: it deploys nothing.`);
    }
    const plan = await makePlan(context);
    refuseUnapproved(plan, settings.approvedPlan);
    log(headline(plan));
    const deployment = newDeployment(settings, plan, "deploy");
    if (plan.changes.length === 0) {
        writeDeployment(outputs, deployment);
        return;
    }
    await refuseUsedTag(settings);
    await liquibase.mark(settings.releaseId);
    log(`Tagged ${settings.releaseId}: ROLLBACK_TO=${settings.releaseId} undoes this release.`);

    const failure = (await update(context, deployment)) ?? (await verifyAll(context, deployment));
    if (failure !== undefined) {
        deployment.status = "Failed";
        deployment.error = [failure, ...(await undo(context, deployment)), ...leftovers(plan, deployment)].join("\n");
    }
    writeDeployment(outputs, deployment);
    if (deployment.error !== undefined) {
        throw new DeliveryError(deployment.error);
    }
    log(`Deployed: ${count(deployment.changesets.length, "changeset")} to ${settings.environmentName}.`);
}

/** A build that is tried again finds its tag there; with another release after it, going back to it would undo that one. */
async function refuseUsedTag(settings: Settings): Promise<void> {
    const { releaseId } = settings;
    const history = await Database.with(settings, (database) => database.history());
    if (!history.some(({ tag }) => tag === releaseId)) {
        return;
    }
    const later = rowsAfter(releaseId, history).flatMap(({ tag }) => tag ?? []);
    if (later.length > 0) {
        throw new InputError(
            `${releaseId} was begun before, and ${later.join(", ")} came after it. Start a new execution of the pipeline instead of trying this one again.`,
        );
    }
}

/** Applies the changesets; says why if it fails. */
async function update({ liquibase, log }: Context, deployment: Deployment): Promise<string | undefined> {
    try {
        const { exitCode, messages } = await liquibase.update((event) => {
            const outcome = outcomeOf(event);
            if (outcome) {
                deployment.changesets.push(outcome);
                log(lineOf(outcome));
            }
        });
        return exitCode === 0 ? undefined : explainLiquibase("The update failed", messages);
    } catch (error) {
        return messageOf(error);
    }
}

/** Runs the verification checks; says which do not hold. */
async function verifyAll({ settings, migrations, log }: Context, deployment: Deployment): Promise<string | undefined> {
    try {
        deployment.checks = await verify(settings, migrations.checks);
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

/** Goes back to this release's tag; says how far that came. */
async function undo(context: Context, deployment: Deployment): Promise<string[]> {
    const { releaseId } = context.settings;
    context.log(`Failed; rolling back to ${releaseId}.`);
    try {
        const { problem } = await undoTo(releaseId, context, deployment);
        const back = deployment.remaining.length === 0 ? [`The database is back at ${releaseId}.`] : [];
        return [...undoReport(deployment), ...(problem === undefined ? back : [problem])];
    } catch (error) {
        deployment.remaining = deployment.changesets.filter(({ status }) => status !== "Failed").map(nameOf);
        return [
            `The rollback could not run: ${messageOf(error)}`,
            `Applied by this release as far as known (${deployment.remaining.length}):`,
            listOf(deployment.remaining),
        ];
    }
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
