import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    Artifacts,
    bootstrapWaitVariable,
    EnvironmentVariables,
    ExportedVariables,
    Namespaces,
    noRollback,
    RecordVariables,
    rollbackVariable,
    StageActions,
    Stages,
} from "../contract";
import { approvalAction, type ApprovalShape } from "./approval";
import { type Rule, type Stage, variableCheck } from "./conditions";
import { revisionVariable, s3Object, sourceAction, type SourceArgs } from "./source";

// How CodePipeline queues, and what follows from it
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html):
//
// - It locks a stage, not the pipeline: "each stage can process only one execution at a time, the stage is locked while in
//   progress", and "waiting executions are held in front of the locked stage". In the mode QUEUED nobody overtakes there.
// - "A stage with an approval action is locked until the approval action is approved or rejected or has timed out." Between
//   two stages another execution fits in: a plan in a stage of its own may be out of date when somebody approves it.
// - So, as that page recommends, what belongs together is one stage. What an approver reads is planned in the stage that
//   asks for the approval and then changes the database; no other execution is in there meanwhile.
// - Only a whole stage can be skipped (`beforeEntry`; an action has no condition:
//   https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html). So a plan in a stage before
//   says whether there is anything to approve.
// - Rollback comes before Deploy: an execution in front of a locked Deploy has been through it.
// - A stage that failed is not tried again automatically (`onFailure`, `RETRY`): "automatic stage retry" takes no conditions
//   (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html, Considerations), so it would repeat a
//   rejected approval and a failed migration as well as a plan that is out of date.
//
// Each build waits about a minute for a machine in the VPC. Bootstrap and Plan therefore run side by side; the plan waits
// in its build until the bootstrap has ended.

type Action = aws.types.input.codepipeline.PipelineStageAction;

/** What the stages are made of. Inputs are passed on as they are: the shape depends on plain values only. */
export interface PipelineShape {
    source: SourceArgs;
    /** Connection of the source; none for CodeCommit and S3. */
    connectionArn?: pulumi.Input<string>;
    toolchain: { bucket: pulumi.Input<string>; key: pulumi.Input<string> };
    /** Names of the CodeBuild projects; an action without a project is left out. */
    projects: {
        bootstrap?: pulumi.Input<string>;
        plan?: pulumi.Input<string>;
        /** Only with a plan, which is what is rehearsed. */
        rehearse?: pulumi.Input<string>;
        deploy: pulumi.Input<string>;
        rollback?: pulumi.Input<string>;
    };
    approval?: ApprovalShape;
    /** Where deployments and rollbacks leave their record, and the pipeline's own name, for them to ask who approved. */
    records: { bucket: pulumi.Input<string>; pipelineName: string };
}

/** Seconds that a plan waits for the bootstrap beside it: its build may get its machine minutes later. */
const bootstrapWaitSeconds = 600;

/** The stages, in order: Source, Plan, Rollback, Deploy. */
export function pipelineStages(shape: PipelineShape): Stage[] {
    return [
        {
            name: Stages.source,
            actions: [sourceAction(shape.source, shape.connectionArn), toolchainAction(shape)],
        },
        ...planStage(shape),
        ...rollbackStage(shape),
        deployStage(shape),
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

/**
 * The users that all builds log in as, created or mended in every run (one may be missing after a restore), and beside that
 * what the execution would do now. Stops a change that must not run before anybody is asked.
 */
function planStage(shape: PipelineShape): Stage[] {
    const { bootstrap, plan } = shape.projects;
    const waits: Variable[] = bootstrap === undefined ? [] : [[bootstrapWaitVariable, String(bootstrapWaitSeconds)]];
    const actions = [
        ...(bootstrap === undefined ? [] : [buildAction(shape, StageActions.bootstrap, bootstrap)]),
        ...(plan === undefined ? [] : [planAction(shape, plan, "plan", waits)]),
    ];
    return actions.length === 0 ? [] : [{ name: plan === undefined ? Stages.bootstrap : Stages.plan, actions }];
}

/** Only of an execution that was started to roll back. Its plan fails where there is nothing to undo. */
function rollbackStage(shape: PipelineShape): Stage[] {
    const { plan, rollback } = shape.projects;
    if (rollback === undefined) {
        return [];
    }
    const again = shape.approval !== undefined && plan !== undefined;
    const made = again ? "rollbackPlan" : "plan";
    return [
        {
            name: Stages.rollback,
            beforeEntry: skipUnless([rollbackAskedFor]),
            actions: inOrder([
                ...(again ? [planAction(shape, plan, made)] : []),
                ...approvalOf(shape, "rollback"),
                buildAction(shape, StageActions.rollback, rollback, {
                    plan: plan === undefined ? undefined : made,
                    output: Artifacts.rollback,
                    variables: recordVariables(shape),
                }),
            ]),
        },
    ];
}

/**
 * Of every other execution. With an approval it is skipped when nothing is pending, so that nobody is asked for nothing.
 * Without one it always runs: it plans again what an execution before it has changed since, and then something may be
 * pending that was not when this one was planned.
 */
function deployStage(shape: PipelineShape): Stage {
    const { plan, rehearse, deploy } = shape.projects;
    const again = plan !== undefined && (shape.approval !== undefined || rehearse !== undefined);
    const made = again ? "deployPlan" : "plan";
    const asksForNothing = shape.approval !== undefined && plan !== undefined;
    return {
        name: Stages.deploy,
        beforeEntry: skipUnless([noRollbackAskedFor, ...(asksForNothing ? [changesArePlanned] : [])]),
        actions: inOrder([
            ...(again ? [planAction(shape, plan, made)] : []),
            ...(rehearse === undefined ? [] : [rehearseAction(shape, rehearse)]),
            ...approvalOf(shape, "deploy"),
            buildAction(shape, StageActions.deploy, deploy, {
                plan: plan === undefined ? undefined : made,
                output: Artifacts.deployment,
                variables: recordVariables(shape),
            }),
        ]),
    };
}

/** A plan, by the name of its artifact and its namespace. */
type MadePlan = "plan" | "deployPlan" | "rollbackPlan";

function planAction(
    shape: PipelineShape,
    project: pulumi.Input<string>,
    made: MadePlan,
    variables: Variable[] = [],
): Action {
    const action = buildAction(shape, StageActions.plan, project, { output: Artifacts[made], variables });
    return { ...action, namespace: Namespaces[made] };
}

function rehearseAction(shape: PipelineShape, project: pulumi.Input<string>): Action {
    const how: BuildAction = { plan: "deployPlan", output: Artifacts.rehearsal };
    return { ...buildAction(shape, StageActions.rehearse, project, how), namespace: Namespaces.rehearsal };
}

function approvalOf({ approval, projects }: PipelineShape, kind: "deploy" | "rollback"): Action[] {
    return approval === undefined
        ? []
        : [
              approvalAction(approval, kind, {
                  planned: projects.plan !== undefined,
                  rehearsed: projects.rehearse !== undefined,
              }),
          ];
}

/** One after the other. */
function inOrder(actions: Action[]): Action[] {
    return actions.length === 1 ? actions : actions.map((action, index) => ({ ...action, runOrder: index + 1 }));
}

interface BuildAction {
    /** The plan that it gets. */
    plan?: MadePlan;
    output?: string;
    /** Beside those that every build gets. */
    variables?: Variable[];
}

function buildAction(
    shape: PipelineShape,
    name: string,
    project: pulumi.Input<string>,
    { plan, output, variables = [] }: BuildAction = {},
): Action {
    return {
        name,
        category: "Build",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        inputArtifacts: [Artifacts.source, Artifacts.toolchain, ...(plan === undefined ? [] : [Artifacts[plan]])],
        ...(output !== undefined && { outputArtifacts: [output] }),
        configuration: {
            ProjectName: project,
            PrimarySource: Artifacts.source,
            EnvironmentVariables: variablesText([
                [EnvironmentVariables.pipelineExecutionId, "#{codepipeline.PipelineExecutionId}"],
                [EnvironmentVariables.sourceRevision, revisionVariable(shape.source.provider)],
                [EnvironmentVariables.rollbackTo, `#{variables.${rollbackVariable}}`],
                ...variables,
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

const changesArePlanned = variableCheck(
    "ChangesArePlanned",
    `#{${Namespaces.plan}.${ExportedVariables.plannedChanges}}`,
    "NE",
    "0",
);
const noRollbackAskedFor = variableCheck("NoRollbackAskedFor", `#{variables.${rollbackVariable}}`, "EQ", noRollback);
const rollbackAskedFor = variableCheck("RollbackAskedFor", `#{variables.${rollbackVariable}}`, "NE", noRollback);

/** The stage is entered only if every rule passes; otherwise it is skipped and the execution goes on. */
function skipUnless(rules: Rule[]): Stage["beforeEntry"] {
    return { condition: { result: "SKIP", rules } };
}
