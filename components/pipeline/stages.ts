import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    Approval,
    Artifacts,
    EnvironmentVariables,
    ExportedVariables,
    Namespaces,
    noRollback,
    RecordVariables,
    rollbackVariable,
    StageActions,
    Stages,
} from "../contract";
import { options } from "../options";
import { approvalAction, type ApprovalShape } from "./approval";
import type { CronWindow } from "../cronWindow";
import { failUnless, openWindow, quietAlarm, type Rule, type Stage, variableCheck } from "./conditions";
import { revisionVariable, s3Object, sourceAction, type SourceArgs } from "./source";

// How CodePipeline queues, and the consequences
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html):
//
// - It locks a stage, not the pipeline: "each stage can process only one execution at a time, the stage is locked while
//   in progress", and "waiting executions are held in front of the locked stage". In the mode QUEUED, executions do not
//   overtake each other there.
// - "A stage with an approval action is locked until the approval action is approved or rejected or has timed out."
//   Another execution can run between two stages: a plan in a separate stage may be out of date when someone approves
//   it.
// - So, as that page recommends, dependent actions are in one stage. The plan for the approver is made in the stage
//   that requests the approval and then changes the database; no other execution is in that stage meanwhile.
// - Only a whole stage can be skipped (`beforeEntry`; an action has no condition:
//   https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html). So a plan in an earlier
//   stage determines whether there is anything to approve.
// - Rollback comes before Deploy: an execution in front of a locked Deploy has already passed Rollback.
// - A failed stage is not retried automatically (`onFailure`, `RETRY`): "automatic stage retry" takes no conditions
//   (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html, Considerations), so it would
//   repeat a rejected approval and a failed migration as well as an outdated plan.
//
// Each build waits about a minute for a machine in the VPC. Bootstrap and Plan therefore run in parallel; the plan
// waits in its build until the bootstrap has ended.

type Action = aws.types.input.codepipeline.PipelineStageAction;

/** The inputs of the stages. They are passed on unchanged: the structure of the stages depends on plain values only. */
export interface PipelineShape {
    source: SourceArgs;
    /** Connection of the source; absent for CodeCommit and S3. */
    connectionArn?: pulumi.Input<string>;
    toolchain: { bucket: pulumi.Input<string>; key: pulumi.Input<string> };
    /** Names of the CodeBuild projects; an action without a project is omitted. */
    projects: {
        bootstrap?: pulumi.Input<string>;
        plan?: pulumi.Input<string>;
        /** The plan for the approver of a rollback; see {@link plansAgain}. */
        rollbackPlan?: pulumi.Input<string>;
        /** The plan for the approver of a release, and for its rehearsal; see {@link plansAgain}. */
        deployPlan?: pulumi.Input<string>;
        /** Only with a plan, because the plan is what is rehearsed. */
        rehearse?: pulumi.Input<string>;
        deploy: pulumi.Input<string>;
        rollback?: pulumi.Input<string>;
    };
    approval?: ApprovalShape;
    /** When deployments may begin, and where what waits for it is stored. */
    window?: CronWindow & { bucket: pulumi.Input<string>; prefix: string; kmsKeyArn: pulumi.Input<string> };
    /** The alarms that must stay quiet after a deployment, and for how long. */
    /** Whether only plans that need an approval request it. */
    approvalByRisk?: boolean;
    bake?: { minutes: number; alarmNames: pulumi.Input<string>[] };
    /**
     * The bucket for the records of deployments and rollbacks, and the pipeline's own name, with which builds look up
     * who approved.
     */
    records: { bucket: pulumi.Input<string>; pipelineName: string };
}

/**
 * Which stages plan once more before they change the database. Each of these plans has its own project: what a role may
 * write is fixed for the project, and a plan must not be able to write another one.
 */
export function plansAgain(has: {
    plan: boolean;
    rollback: boolean;
    approval: boolean;
    rehearse: boolean;
}): Record<"rollbackPlan" | "deployPlan", boolean> {
    return {
        rollbackPlan: has.plan && has.rollback && has.approval,
        deployPlan: has.plan && (has.approval || has.rehearse),
    };
}

/** Seconds that a plan waits for the parallel bootstrap, whose build may get its machine minutes later. */
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
        ...windowStage(shape),
        deployStage(shape),
        ...unattendedStage(shape),
    ];
}

/** The variable with which an execution is started to roll back. */
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
 * Creates or repairs the users that all builds log in as, in every execution (one may be missing after a restore), and
 * in parallel plans what the execution would do now. A change that must not run stops here, before an approval is
 * requested.
 */
function planStage(shape: PipelineShape): Stage[] {
    const { bootstrap, plan } = shape.projects;
    const waits: Variable[] =
        bootstrap === undefined ? [] : [[options.bootstrapWaitSeconds.variable, String(bootstrapWaitSeconds)]];
    const actions = [
        ...(bootstrap === undefined ? [] : [buildAction(shape, StageActions.bootstrap, bootstrap)]),
        ...(plan === undefined ? [] : [planAction(shape, plan, "plan", waits)]),
    ];
    return actions.length === 0 ? [] : [{ name: plan === undefined ? Stages.bootstrap : Stages.plan, actions }];
}

/** Entered only by an execution that was started to roll back. Its plan fails if there is nothing to undo. */
function rollbackStage(shape: PipelineShape): Stage[] {
    const { plan, rollbackPlan, rollback } = shape.projects;
    if (rollback === undefined) {
        return [];
    }
    const made = rollbackPlan === undefined ? "plan" : "rollbackPlan";
    return [
        {
            name: Stages.rollback,
            beforeEntry: skipUnless([rollbackAskedFor]),
            actions: inOrder([
                ...(rollbackPlan === undefined ? [] : [planAction(shape, rollbackPlan, made)]),
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
 * Waits for the deployment window. The stage Deploy cannot do that itself: a stage has one entry condition, and one that
 * skips takes only checks of variables. So this stage is skipped by the same checks, and is left when the window opens. A
 * stage needs an action: this one stores the plan, at a key that anyone can find who asks what is waiting.
 */
function windowStage({ window, projects }: PipelineShape): Stage[] {
    if (window === undefined) {
        return [];
    }
    const { bucket, prefix, kmsKeyArn, ...open } = window;
    return [
        {
            name: Stages.window,
            // With nothing pending there is nothing to wait for: if an execution in between changes that, the deployment
            // itself refuses to begin outside the window.
            beforeEntry: skipUnless([noRollbackAskedFor, ...(projects.plan === undefined ? [] : [changesArePlanned])]),
            actions: [
                {
                    name: StageActions.store,
                    category: "Deploy",
                    owner: "AWS",
                    provider: "S3",
                    version: "1",
                    inputArtifacts: [projects.plan === undefined ? Artifacts.source : Artifacts.plan],
                    configuration: {
                        BucketName: bucket,
                        Extract: "false",
                        ObjectKey: `${prefix}#{codepipeline.PipelineExecutionId}.zip`,
                        KMSEncryptionKeyARN: kmsKeyArn,
                    },
                },
            ],
            onSuccess: failUnless([openWindow(open)]),
        },
    ];
}

/**
 * Entered by every other execution. With an approval, the stage is skipped if nothing is pending, so that no one is
 * asked to approve nothing. Without one it always runs: it plans again on top of the previous execution's changes, and
 * may find changesets pending that were not pending in the first plan.
 */
function deployStage(shape: PipelineShape): Stage {
    const { plan, deployPlan, rehearse, deploy } = shape.projects;
    const made = deployPlan === undefined ? "plan" : "deployPlan";
    const asksForNothing = shape.approval !== undefined && plan !== undefined;
    return {
        name: Stages.deploy,
        beforeEntry: skipUnless([
            noRollbackAskedFor,
            ...(asksForNothing ? [changesArePlanned] : []),
            ...(shape.approvalByRisk ? [approvalIsNeeded] : []),
        ]),
        actions: inOrder([
            ...(deployPlan === undefined ? [] : [planAction(shape, deployPlan, made)]),
            ...(rehearse === undefined ? [] : [rehearseAction(shape, rehearse)]),
            ...approvalOf(shape, "deploy"),
            buildAction(shape, StageActions.deploy, deploy, {
                plan: plan === undefined ? undefined : made,
                output: Artifacts.deployment,
                variables: recordVariables(shape),
            }),
        ]),
        ...bakes(shape),
    };
}

/**
 * Where only risky plans are approved, the others take this stage instead: an action cannot be skipped, only a stage. The
 * first plan decides which way an execution takes, and the deployment refuses a plan that needs an approval: one that was
 * made again under the lock may contain more.
 */
function unattendedStage(shape: PipelineShape): Stage[] {
    if (!shape.approvalByRisk) {
        return [];
    }
    return [
        {
            name: Stages.unattended,
            beforeEntry: skipUnless([noRollbackAskedFor, changesArePlanned, approvalIsUnneeded]),
            actions: [
                buildAction(shape, StageActions.deploy, shape.projects.deploy, {
                    plan: "plan",
                    output: Artifacts.unattended,
                    // Without the name of the pipeline: nobody approves.
                    variables: recordVariables({ ...shape, approval: undefined }),
                }),
            ],
            ...bakes(shape),
        },
    ];
}

/** The stage stays locked until then: the next release begins when this one has proven itself. */
function bakes({ bake }: PipelineShape): Pick<Stage, "onSuccess"> {
    return bake === undefined
        ? {}
        : {
              onSuccess: failUnless(
                  bake.alarmNames.map((alarmName, index) => quietAlarm(index, alarmName, bake.minutes)),
              ),
          };
}

/** A plan, with the name of its artifact and its namespace. */
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

/** Actions that run one after the other. */
function inOrder(actions: Action[]): Action[] {
    return actions.length === 1 ? actions : actions.map((action, index) => ({ ...action, runOrder: index + 1 }));
}

interface BuildAction {
    /** The plan that the action receives. */
    plan?: MadePlan;
    output?: string;
    /** Variables in addition to those of every build. */
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

/** An action's variables as JSON; a plain text if all values are plain. */
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
const approvalIsNeeded = variableCheck(
    "ApprovalIsNeeded",
    `#{${Namespaces.plan}.${ExportedVariables.approval}}`,
    "EQ",
    Approval.needed,
);
const approvalIsUnneeded = variableCheck(
    "ApprovalIsUnneeded",
    `#{${Namespaces.plan}.${ExportedVariables.approval}}`,
    "EQ",
    Approval.unneeded,
);
const noRollbackAskedFor = variableCheck("NoRollbackAskedFor", `#{variables.${rollbackVariable}}`, "EQ", noRollback);
const rollbackAskedFor = variableCheck("RollbackAskedFor", `#{variables.${rollbackVariable}}`, "NE", noRollback);

/** The stage is entered only if every rule passes; otherwise it is skipped and the execution continues. */
function skipUnless(rules: Rule[]): Stage["beforeEntry"] {
    return { condition: { result: "SKIP", rules } };
}
