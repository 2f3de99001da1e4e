import { Outputs as Layout } from "../../../components/contract";
import type { Difference } from "../engines/fingerprint";
import { type ChangesetName, nameOf } from "../changesets";
import { CheckOutcome } from "../safety/verify";
import type { Context } from "../context";
import type { Settings } from "../settings";
import type { Lowering } from "../lint";
import type { ChangesetOutcome, Retry } from "../tools/outcomes";
import { Plan, undoVerdict } from "../plan/model";
import type { ToolTerms } from "../terms";
import { keepRecord } from "./record/keep";
import { type Approval, approvalLine } from "../aws/approval";
import type { Snapshot } from "../aws/snapshot";
import type { Case } from "../outputs";
import type { MetricLine } from "../outputs";
import { metricLine } from "./metrics";

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
    /** Who approved; absent if no approval was required. */
    approval?: Approval;
    /** CodeBuild's ID of the build. */
    buildId?: string;
    rollbackTo?: string;
    /** Digest of the plan that ran; the approved one, if an approval is required. */
    digest: string;
    /** Digest of the outdated, unapproved plan of the stage Plan that it replaced. */
    replaces?: string;
    /** The linter's rules that the repository lowered or waived for it, with the reasons. */
    lowered: Lowering[];
    startedAt: string;
    seconds: number;
    /** The snapshot of the cluster, taken before anything was changed. */
    snapshot?: Snapshot;
    /** What ran: the changesets that were applied, or undone by a rollback, in order. */
    changesets: ChangesetOutcome[];
    checks: CheckOutcome[];
    /** The changesets of a deployment that a rollback to its release cannot undo. */
    irreversible?: ChangesetName[];
    /** After a failed deployment: its changesets that were undone. */
    undone: ChangesetName[];
    /** After a failure: what this run should have undone but is still in the database. */
    remaining: ChangesetName[];
    /** Each retry of a changeset that did not get its locks. */
    retries: Retry[];
    /** The owner of the dead run's lock that this run released. */
    recoveredFrom?: string;
    /** Changesets that a dead run had completed without recording them: this run recorded them. */
    completed?: ChangesetName[];
    /** Digests of the catalog's fingerprint. */
    fingerprints: { before?: string; after?: string };
    /** After an undo: how the catalog differs from the one before the update. */
    differences: Difference[];
    /** Why it failed. */
    error?: string;
}

export function newDeployment(settings: Settings, plan: Plan, action: Deployment["action"]): Deployment {
    const irreversible =
        action === "deploy" ? plan.changes.filter((change) => undoVerdict(change) === "no").map(nameOf) : [];
    return {
        ...(irreversible.length > 0 && { irreversible }),
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

/** Writes the record, including the copy that does not expire, the report, and the log line for metrics. */
export async function writeDeployment(
    { settings, outputs, tool, log }: Pick<Context, "settings" | "outputs" | "tool" | "log">,
    deployment: Deployment,
): Promise<void> {
    const seconds = (Date.now() - Date.parse(deployment.startedAt)) / 1000;
    const record = outputs.json(Layout.deploymentJson, { ...deployment, seconds });
    log(deploymentMetrics(deployment, seconds));
    if (deployment.approval !== undefined) {
        log(approvalLine(deployment.approval));
    }
    const changesets = deployment.changesets.map((changeset) => changesetCase(changeset, tool.terms));
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

/** What a report shows beside the changesets: the release and its approval. */
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
            Changesets: changesets.filter((changeset) => !["Failed", "Tolerated"].includes(changeset.status)).length,
            LockRetries: retries.length,
            LockWaitSeconds: retries.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0),
            Failures: status === "Failed" ? 1 : 0,
        },
        { Action: action, ReleaseId: releaseId },
    );
}

function changesetCase({ id, author, file, seconds, status, message }: ChangesetOutcome, terms: ToolTerms): Case {
    const common = { name: `${id} (${author})`, file, seconds };
    switch (status) {
        case "Failed":
            return { ...common, failure: message ?? "failed" };
        case "MarkedAsRan":
            return { ...common, skipped: "its precondition was not met: marked as ran" };
        case "Tolerated":
            return { ...common, skipped: `it failed, and its ${terms.stopOnFailure} is false` };
        default:
            return common;
    }
}

function failureCase({ action, releaseId }: Deployment, error: string): Case {
    return { name: releaseId, file: action, seconds: 0, failure: error };
}
