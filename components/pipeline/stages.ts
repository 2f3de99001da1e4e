import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    Artifacts,
    EnvironmentVariables,
    ExportedVariables,
    Namespaces,
    noRollback,
    Outputs,
    RecordVariables,
    RehearsalExports,
    rollbackVariable,
    Stages,
} from "../contract";
import { type Rule, type Stage, variableCheck } from "./conditions";
import { revisionVariable, s3Object, sourceAction, type SourceArgs } from "./source";

type Action = aws.types.input.codepipeline.PipelineStageAction;

/** What the stages are made of. Inputs are passed on as they are: the shape depends on plain values only. */
export interface PipelineShape {
    source: SourceArgs;
    /** Connection of the source; none for CodeCommit and S3. */
    connectionArn?: pulumi.Input<string>;
    toolchain: { bucket: pulumi.Input<string>; key: pulumi.Input<string> };
    /** Names of the CodeBuild projects; a stage without a project is left out. */
    projects: {
        bootstrap?: pulumi.Input<string>;
        plan?: pulumi.Input<string>;
        /** Only with a plan, which is what is rehearsed. */
        rehearse?: pulumi.Input<string>;
        deploy: pulumi.Input<string>;
        rollback?: pulumi.Input<string>;
    };
    approval?: { topicArn: pulumi.Input<string>; timeoutMinutes: number };
    /** Where deployments and rollbacks leave their record, and the pipeline's own name, for them to ask who approved. */
    records: { bucket: pulumi.Input<string>; pipelineName: string };
}

/** The stages, in order: Source, Bootstrap, Plan, Rehearse, Approve, Deploy, Rollback. */
export function pipelineStages(shape: PipelineShape): Stage[] {
    const { bootstrap, plan, rehearse, deploy, rollback } = shape.projects;
    const planned = plan !== undefined;
    const changesPlanned = planned ? [changesArePlanned] : [];
    return [
        { name: Stages.source, actions: [sourceAction(shape.source, shape.connectionArn), toolchainAction(shape)] },
        ...(bootstrap === undefined ? [] : [bootstrapStage(shape, bootstrap)]),
        ...(planned ? [planStage(shape, plan)] : []),
        ...(rehearse === undefined ? [] : [rehearseStage(shape, rehearse)]),
        ...(shape.approval ? [approveStage(shape.approval, planned, rehearse !== undefined)] : []),
        {
            name: Stages.deploy,
            beforeEntry: skipUnless([noRollbackAskedFor, ...changesPlanned]),
            actions: [buildAction(shape, Stages.deploy, deploy, Artifacts.deployment)],
        },
        ...(rollback === undefined
            ? []
            : [
                  {
                      name: Stages.rollback,
                      // Without changes the approval was skipped: then there must be nothing that it would have let in.
                      beforeEntry: skipUnless([rollbackAskedFor, ...changesPlanned]),
                      actions: [buildAction(shape, Stages.rollback, rollback, Artifacts.rollback)],
                  },
              ]),
    ];
}

/** The variable that an execution is started with to roll back. */
export const pipelineVariables: aws.types.input.codepipeline.PipelineVariable[] = [
    {
        name: rollbackVariable,
        defaultValue: noRollback,
        description: `Release to roll back, as the deployment named it (release-…); "${noRollback}" deploys.`,
    },
];

function toolchainAction(shape: PipelineShape): Action {
    return {
        name: Artifacts.toolchain,
        category: "Source",
        owner: "AWS",
        version: "1",
        outputArtifacts: [Artifacts.toolchain],
        ...s3Object(shape.toolchain.bucket, shape.toolchain.key),
    };
}

/** Before every run: a user or its password may be missing after a restore, and all that follows logs in as one. */
function bootstrapStage(shape: PipelineShape, project: pulumi.Input<string>): Stage {
    return { name: Stages.bootstrap, actions: [buildAction(shape, Stages.bootstrap, project)] };
}

function planStage(shape: PipelineShape, project: pulumi.Input<string>): Stage {
    const action = buildAction(shape, Stages.plan, project, Artifacts.plan);
    return { name: Stages.plan, actions: [{ ...action, namespace: Namespaces.plan }] };
}

/**
 * Entered for a rollback as well, which it does not rehearse: CodePipeline fails an approval that names variables of a
 * stage that was skipped.
 */
function rehearseStage(shape: PipelineShape, project: pulumi.Input<string>): Stage {
    const action = buildAction(shape, Stages.rehearse, project, Artifacts.rehearsal);
    return {
        name: Stages.rehearse,
        beforeEntry: skipUnless([changesArePlanned]),
        actions: [{ ...action, namespace: Namespaces.rehearsal }],
    };
}

function approveStage(approval: NonNullable<PipelineShape["approval"]>, planned: boolean, rehearsed: boolean): Stage {
    return {
        name: Stages.approve,
        // Nothing planned, nothing to approve. Without a plan nobody can tell: a person decides every time.
        ...(planned && { beforeEntry: skipUnless([changesArePlanned]) }),
        actions: [
            {
                name: Stages.approve,
                category: "Approval",
                owner: "AWS",
                provider: "Manual",
                version: "1",
                timeoutInMinutes: approval.timeoutMinutes,
                configuration: { NotificationArn: approval.topicArn, CustomData: approvalText(planned, rehearsed) },
            },
        ],
    };
}

/** What the approver reads; CodePipeline fills in the variables. At most 1,000 characters. */
function approvalText(planned: boolean, rehearsed: boolean): string {
    const rollback = `Rollback to: #{variables.${rollbackVariable}} ("${noRollback}" deploys).`;
    if (!planned) {
        return `This pipeline has no plan: review the changesets of this revision before you approve. ${rollback}`;
    }
    const { releaseId, plannedChanges, pendingChangesets, planDigest, lintFindings, lintLowered, driftedObjects } =
        ExportedVariables;
    return [
        `Release ${fromPlan(releaseId)}: ${fromPlan(plannedChanges)} changeset(s) will run,`,
        `${fromPlan(pendingChangesets)} are pending. ${rollback}`,
        `Lint findings: ${fromPlan(lintFindings)}; lowered or waived by the repository: ${fromPlan(lintLowered)};`,
        `objects changed by hand: ${fromPlan(driftedObjects)}.`,
        ...(rehearsed ? [rehearsalText()] : []),
        `Digest (the build runs nothing else): ${fromPlan(planDigest)}.`,
        `Read ${Outputs.planHtml} in the output artifact "${rehearsed ? Artifacts.rehearsal : Artifacts.plan}" (ZIP)`,
        `of the stage ${rehearsed ? Stages.rehearse : Stages.plan}, or the log of its build.`,
    ].join(" ");
}

function rehearsalText(): string {
    const { rehearsal, longestLock, rollback } = RehearsalExports;
    return (
        `Rehearsal on a copy: ${fromRehearsal(rehearsal)}; longest ACCESS EXCLUSIVE lock: ` +
        `${fromRehearsal(longestLock)} ms; rollback: ${fromRehearsal(rollback)}.`
    );
}

function buildAction(shape: PipelineShape, stage: string, project: pulumi.Input<string>, output?: string): Action {
    const beforePlan: string[] = [Stages.bootstrap, Stages.plan];
    const afterPlan = shape.projects.plan !== undefined && !beforePlan.includes(stage);
    return {
        name: stage,
        category: "Build",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        inputArtifacts: [Artifacts.source, Artifacts.toolchain, ...(afterPlan ? [Artifacts.plan] : [])],
        ...(output !== undefined && { outputArtifacts: [output] }),
        configuration: {
            ProjectName: project,
            PrimarySource: Artifacts.source,
            EnvironmentVariables: variablesText([
                [EnvironmentVariables.pipelineExecutionId, "#{codepipeline.PipelineExecutionId}"],
                [EnvironmentVariables.sourceRevision, revisionVariable(shape.source.provider)],
                [EnvironmentVariables.rollbackTo, `#{variables.${rollbackVariable}}`],
                ...(stage === Stages.deploy || stage === Stages.rollback ? recordVariables(shape) : []),
            ]),
        },
    };
}

type Variable = [name: string, value: pulumi.Input<string>];

function recordVariables({ records, approval }: PipelineShape): Variable[] {
    return [
        [RecordVariables.bucket, records.bucket],
        ...(approval ? [[RecordVariables.approvalPipeline, records.pipelineName] satisfies Variable] : []),
    ];
}

/** JSON, as an action takes its variables; of plain values a plain text. */
function variablesText(variables: Variable[]): pulumi.Input<string> {
    const list = variables.map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
    return list.every(({ value }) => typeof value === "string") ? JSON.stringify(list) : pulumi.jsonStringify(list);
}

// --- Conditions ---

const changesArePlanned = variableCheck("ChangesArePlanned", fromPlan(ExportedVariables.plannedChanges), "NE", "0");
const noRollbackAskedFor = variableCheck("NoRollbackAskedFor", `#{variables.${rollbackVariable}}`, "EQ", noRollback);
const rollbackAskedFor = variableCheck("RollbackAskedFor", `#{variables.${rollbackVariable}}`, "NE", noRollback);

/** The stage is entered only if every rule passes; otherwise it is skipped and the execution goes on. */
function skipUnless(rules: Rule[]): Stage["beforeEntry"] {
    return { condition: { result: "SKIP", rules } };
}

function fromRehearsal(variable: string): string {
    return `#{${Namespaces.rehearsal}.${variable}}`;
}

function fromPlan(variable: string): string {
    return `#{${Namespaces.plan}.${variable}}`;
}
