import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    Artifacts,
    ExportedVariables,
    Namespaces,
    Outputs,
    RehearsalExports,
    rollbackVariable,
    StageActions,
    Stages,
} from "../contract";

/** Who is asked to approve, and for how long. */
export interface ApprovalShape {
    topicArn: pulumi.Input<string>;
    timeoutMinutes: number;
}

/** The actions that come before the approval in its stage. */
interface Before {
    planned: boolean;
    rehearsed: boolean;
}

/** The manual approval of a stage, for the plan made in the same stage. */
export function approvalAction(
    { topicArn, timeoutMinutes }: ApprovalShape,
    kind: "deploy" | "rollback",
    before: Before,
): aws.types.input.codepipeline.PipelineStageAction {
    return {
        name: StageActions.approve,
        category: "Approval",
        owner: "AWS",
        provider: "Manual",
        version: "1",
        timeoutInMinutes: timeoutMinutes,
        configuration: { NotificationArn: topicArn, CustomData: approvalText(kind, before) },
    };
}

/**
 * The text that the approver reads; CodePipeline fills in the variables. At most 1,000 characters. It refers only to
 * variables of actions that have run in this execution: CodePipeline fails an action that refers to any other.
 */
function approvalText(kind: "deploy" | "rollback", { planned, rehearsed }: Before): string {
    const tag = `#{variables.${rollbackVariable}}`;
    const rollback = `Rollback of ${tag} and everything after it`;
    if (!planned) {
        return kind === "deploy"
            ? "This pipeline has no plan: review the changesets of this revision before you approve."
            : `${rollback}. This pipeline has no plan: review what these releases changed before you approve.`;
    }
    const { releaseId, plannedChanges, planDigest, lintErrors, lintWarnings, lintWaived, lintLowered, driftedObjects } =
        ExportedVariables;
    const namespace = kind === "deploy" ? Namespaces.deployPlan : Namespaces.rollbackPlan;
    const of = (variable: string) => `#{${namespace}.${variable}}`;
    const drift = `objects changed by hand: ${of(driftedObjects)}.`;
    const withRehearsal = kind === "deploy" && rehearsed;
    const artifact = kind === "deploy" ? Artifacts.deployPlan : Artifacts.rollbackPlan;
    return [
        ...(kind === "deploy"
            ? [
                  `Release ${of(releaseId)}: ${of(plannedChanges)} changeset(s) will run.`,
                  `Lint: ${of(lintErrors)} error(s), ${of(lintWarnings)} warning(s), ${of(lintWaived)} waived;`,
                  `lowered or waived by the repository: ${of(lintLowered)};`,
                  drift,
              ]
            : [
                  `${rollback}: ${of(plannedChanges)} changeset(s) will be undone, then the catalog is compared with the one before ${tag}. Also ${drift}`,
              ]),
        ...(withRehearsal ? [rehearsalText()] : []),
        `Digest (the build runs nothing else): ${of(planDigest)}.`,
        `Read ${Outputs.planHtml} in the output artifact "${withRehearsal ? Artifacts.rehearsal : artifact}" (ZIP)`,
        `of the action ${withRehearsal ? StageActions.rehearse : StageActions.plan} in the stage`,
        `${kind === "deploy" ? Stages.deploy : Stages.rollback}, or the log of its build.`,
    ].join(" ");
}

function rehearsalText(): string {
    const { rehearsal, longestLock, rollback } = RehearsalExports;
    const of = (variable: string) => `#{${Namespaces.rehearsal}.${variable}}`;
    return (
        `Rehearsal on a copy: ${of(rehearsal)}; longest ACCESS EXCLUSIVE lock: ` +
        `${of(longestLock)} ms; rollback: ${of(rollback)}.`
    );
}
