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
    actions: Action[];
}

export interface Condition {
    /** What happens to the stage if a rule does not pass. */
    result: "SKIP" | "FAIL";
    rules: VariableCheck[];
}

export interface VariableCheck {
    name: string;
    variable: string;
    operator: Operator;
    value: string;
}

export const operators = ["EQ", "NE", "CONTAINS", "MATCHES"] as const;
export type Operator = (typeof operators)[number];

export type Provider = "CodeStarSourceConnection" | "CodeCommit" | "S3" | "CodeBuild" | "Manual";

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
