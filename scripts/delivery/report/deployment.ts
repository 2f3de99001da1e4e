import { Outputs as Layout } from "../../../components/contract";
import type { Difference } from "../catalog";
import { ChangesetName, keyOf, nameOf } from "../changesets";
import { CheckOutcome } from "../database/verify";
import type { Context } from "../context";
import { Settings } from "../input/settings";
import type { Lowering } from "../lint";
import { ChangesetEvent } from "../liquibase/session";
import { Plan } from "../plan/model";
import { keepRecord } from "../record/keep";
import { type Approval, approvalLine } from "../record/model";
import type { Snapshot } from "../snapshot/take";
import { Case } from "./junit";
import { metricLine, type MetricLine } from "./metrics";

/** The record of a deployment or a rollback. */
export interface Deployment {
    action: "deploy" | "rollback";
    status: "Succeeded" | "Failed";
    environment: string;
    releaseId: string;
    sourceRevision: string;
    executionId: string;
    /** Name of the pipeline. */
    pipeline?: string;
    /** Who approved; absent where nobody had to. */
    approval?: Approval;
    /** CodeBuild's name for the build. */
    buildId?: string;
    rollbackTo?: string;
    /** Of the plan that ran: the one that was approved, where somebody approves. */
    digest: string;
    /** Digest of the plan of the stage Plan that it was made anew for, which nobody had approved. */
    replaces?: string;
    /** Which of the linter's rules the repository lowered or waived for it, and by which reasons. */
    lowered: Lowering[];
    startedAt: string;
    seconds: number;
    /** Of the cluster, taken before anything was changed. */
    snapshot?: Snapshot;
    /** What ran: the changesets that were applied, or undone by a rollback, in order. */
    changesets: ChangesetOutcome[];
    checks: CheckOutcome[];
    /** After a failed deployment: its changesets that were undone. */
    undone: ChangesetName[];
    /** After a failure: what this run should have undone and is still in the database. */
    remaining: ChangesetName[];
    /** Each time that a changeset did not get its locks and was tried again. */
    retries: Retry[];
    /** Whose lock this run released: a run that died. */
    recoveredFrom?: string;
    /** Digests of the catalog's fingerprint. */
    fingerprints: { before?: string; after?: string };
    /** After an undo: how the catalog differs from the one before the update. */
    differences: Difference[];
    /** Why it failed. */
    error?: string;
}

export interface Retry extends ChangesetName {
    /** The server's code: 55P03 for a lock that was not to be had in time, 40P01 for a deadlock. */
    sqlState: string;
    /** How long was waited before the next attempt. */
    waitedSeconds: number;
}

export interface ChangesetOutcome extends ChangesetName {
    status: "Applied" | "AppliedAgain" | "MarkedAsRan" | "Tolerated" | "Undone" | "Failed";
    seconds: number;
    message?: string;
}

const statuses: Record<string, ChangesetOutcome["status"]> = {
    EXECUTED: "Applied",
    RERAN: "AppliedAgain",
    MARK_RAN: "MarkedAsRan",
    // It failed, and its author wrote failOnError: false.
    FAILED: "Tolerated",
};

/** What became of a changeset; nothing for an event that only announces. */
export function outcomeOf(event: ChangesetEvent): ChangesetOutcome | undefined {
    const common = { ...nameOf(event), seconds: (event.milliseconds ?? 0) / 1000 };
    switch (event.event) {
        case "ran":
            return { ...common, status: statuses[event.execType ?? ""] ?? "Applied" };
        case "rolledBack":
            return { ...common, status: "Undone" };
        case "runFailed":
        case "rollbackFailed":
            return { ...common, status: "Failed", message: event.message };
        default:
            return undefined;
    }
}

export function lineOf({ status, seconds, ...changeset }: ChangesetOutcome): string {
    return `  ${status} ${keyOf(changeset)} (${seconds.toFixed(2)} s)`;
}

export function newDeployment(settings: Settings, plan: Plan, action: Deployment["action"]): Deployment {
    return {
        action,
        status: "Succeeded",
        environment: settings.environmentName,
        releaseId: settings.releaseId,
        sourceRevision: settings.sourceRevision,
        executionId: settings.executionId,
        pipeline: settings.pipeline,
        buildId: settings.buildId,
        rollbackTo: settings.rollbackTo,
        digest: plan.digest,
        lowered: plan.lint?.lowered ?? [],
        startedAt: new Date().toISOString(),
        seconds: 0,
        changesets: [],
        checks: [],
        undone: [],
        remaining: [],
        retries: [],
        fingerprints: {},
        differences: [],
    };
}

/** The record, which is also kept where it does not expire, the report, and a line that becomes metrics. */
export async function writeDeployment(
    { settings, outputs, log }: Pick<Context, "settings" | "outputs" | "log">,
    deployment: Deployment,
): Promise<void> {
    const seconds = (Date.now() - Date.parse(deployment.startedAt)) / 1000;
    const record = outputs.json(Layout.deploymentJson, { ...deployment, seconds });
    log(deploymentMetrics(deployment, seconds));
    if (deployment.approval !== undefined) {
        log(approvalLine(deployment.approval));
    }
    const changesets = deployment.changesets.map(changesetCase);
    outputs.report([
        {
            name: "changesets",
            properties: propertiesOf(deployment),
            cases:
                changesets.length > 0 ? changesets : [{ name: "nothing pending", file: deployment.action, seconds: 0 }],
        },
        ...(deployment.checks.length > 0 ? [{ name: "verification", cases: deployment.checks }] : []),
        ...(deployment.error ? [{ name: deployment.action, cases: [failureCase(deployment, deployment.error)] }] : []),
    ]);
    await keepRecord({ settings, log }, record);
}

/** What a report shows beside the changesets: which release it was, and by whose leave. */
function propertiesOf({ releaseId, sourceRevision, digest, approval }: Deployment): Record<string, string> {
    return {
        releaseId,
        sourceRevision,
        digest,
        ...(approval && { approver: approval.approver }),
        ...(approval?.approvedAt && { approvedAt: approval.approvedAt }),
        ...(approval?.reason && { approverUnknown: approval.reason }),
    };
}

/** The metrics of a deployment or a rollback. */
export function deploymentMetrics(deployment: Deployment, seconds: number): MetricLine {
    const { environment, action, status, releaseId, changesets, retries } = deployment;
    return metricLine(
        environment,
        {
            DurationSeconds: seconds,
            Changesets: changesets.filter((changeset) => changeset.status !== "Failed").length,
            LockRetries: retries.length,
            LockWaitSeconds: retries.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0),
            Failures: status === "Failed" ? 1 : 0,
        },
        { Action: action, ReleaseId: releaseId },
    );
}

function changesetCase({ id, author, file, seconds, status, message }: ChangesetOutcome): Case {
    const common = { name: `${id} (${author})`, file, seconds };
    switch (status) {
        case "Failed":
            return { ...common, failure: message ?? "failed" };
        case "MarkedAsRan":
            return { ...common, skipped: "its precondition did not hold: marked as ran" };
        case "Tolerated":
            return { ...common, skipped: "it failed, and its failOnError is false" };
        default:
            return common;
    }
}

function failureCase({ action, releaseId }: Deployment, error: string): Case {
    return { name: releaseId, file: action, seconds: 0, failure: error };
}
