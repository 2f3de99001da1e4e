import type { CronWindow } from "../../../components/cronWindow";

/** The recorded pipeline, reduced to what the local run uses. Everything else was refused or has no effect. */
export interface Pipeline {
    name: string;
    arn: string;
    variables: PipelineVariable[];
    stages: Stage[];
}

export interface PipelineVariable {
    name: string;
    defaultValue?: string;
}

export interface Stage {
    name: string;
    /** Checked before the stage starts. */
    entry?: Condition;
    /** What must hold once all of its actions have succeeded. */
    success?: Condition;
    actions: Action[];
}

export interface Condition {
    /** What happens to the stage if a rule does not pass. */
    result: "SKIP" | "FAIL";
    rules: Rule[];
}

export type Rule = VariableCheck | WindowRule | AlarmRule;

export interface WindowRule {
    provider: "DeploymentWindow";
    name: string;
    window: CronWindow;
}

export interface AlarmRule {
    provider: "CloudWatchAlarm";
    name: string;
    alarm: string;
    minutes: number;
}

export interface VariableCheck {
    provider: "VariableCheck";
    name: string;
    variable: string;
    operator: Operator;
    value: string;
}

export const operators = ["EQ", "NE", "CONTAINS", "MATCHES"] as const;
export type Operator = (typeof operators)[number];

/** `S3` is the source, `S3Deploy` the action that stores an artifact. */
export type Provider = "CodeStarSourceConnection" | "CodeCommit" | "S3" | "S3Deploy" | "CodeBuild" | "Manual";

export interface Action {
    name: string;
    provider: Provider;
    /** Actions with the same number run in parallel. */
    runOrder: number;
    configuration: Record<string, string>;
    inputs: string[];
    outputs: string[];
    namespace?: string;
}

/** CodePipeline's own terms. */
export type ExecutionStatus = "InProgress" | "Succeeded" | "Failed" | "Stopped";
export type StageStatus = ExecutionStatus | "Skipped";
export type ActionStatus = "InProgress" | "Succeeded" | "Failed" | "Abandoned";

export interface ActionRecord {
    name: string;
    status: ActionStatus;
    seconds: number;
    /** Why it ended, or what it is waiting for. */
    message?: string;
}

export interface StageRecord {
    name: string;
    status: StageStatus;
    seconds: number;
    message?: string;
    actions: ActionRecord[];
}

export interface ExecutionRecord {
    status: ExecutionStatus;
    stages: StageRecord[];
}
