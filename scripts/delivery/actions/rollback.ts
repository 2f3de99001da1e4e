import { count } from "../changesets";
import { Context } from "../context";
import { DeliveryError, InputError } from "../errors";
import { refuseUnapproved } from "../plan/approval";
import { makePlan } from "../plan/make";
import { headline } from "../plan/model";
import { newDeployment, writeDeployment } from "../report/deployment";
import { undoReport, undoTo } from "./undo";

/** The action `rollback`: undoes everything after a tag, and fails unless it really did. */
export async function rollback(context: Context): Promise<void> {
    const { settings, outputs, log } = context;
    const { rollbackTo } = settings;
    if (rollbackTo === undefined) {
        throw new InputError("ROLLBACK_TO is not set: start the pipeline with it to roll back.");
    }
    const plan = await makePlan(context);
    refuseUnapproved(plan, settings.approvedPlan);
    log(headline(plan));

    const deployment = newDeployment(settings, plan, "rollback");
    const { outcomes, problem } = await undoTo(rollbackTo, context, deployment);
    deployment.changesets = outcomes;
    if (problem !== undefined || deployment.remaining.length > 0 || deployment.undone.length === 0) {
        deployment.status = "Failed";
        deployment.error = [problem ?? "The rollback did not undo what it should.", ...undoReport(deployment)].join(
            "\n",
        );
    }
    writeDeployment(outputs, deployment);
    if (deployment.error !== undefined) {
        throw new DeliveryError(deployment.error);
    }
    log(
        `Undone: ${count(deployment.undone.length, "changeset")}. ${settings.environmentName} is back at ${rollbackTo}.`,
    );
}
