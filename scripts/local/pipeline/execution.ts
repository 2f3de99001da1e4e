import { messageOf } from "../errors";
import type { Progress } from "../progress/progress";
import { failureOf } from "./conditions";
import type { Action, ActionRecord, ExecutionRecord, Pipeline, Stage, StageRecord } from "./model";
import type { Variables } from "./variables";

/** What an action did. `InProgress` is an approval that nobody has given yet. */
export interface ActionResult {
    status: "Succeeded" | "Failed" | "InProgress";
    /** For the action's namespace. */
    variables?: Record<string, string>;
    message?: string;
}

export interface ActionContext {
    stage: string;
    action: Action;
    /** The action's configuration, variables resolved. */
    configuration: Record<string, string>;
    log: (line: string) => void;
    signal: AbortSignal;
}

export type ActionRunner = (context: ActionContext) => Promise<ActionResult>;

export interface ExecutionOptions {
    variables: Variables;
    runAction: ActionRunner;
    progress: Progress;
    signal: AbortSignal;
    /** Stages that an execution which waited for an approval has behind it. */
    done?: StageRecord[];
}

/** Runs the stages of a pipeline in order, as CodePipeline does: no later stage runs after a failure. */
export async function execute(pipeline: Pipeline, options: ExecutionOptions): Promise<ExecutionRecord> {
    const records = [...(options.done ?? [])];
    for (const stage of pipeline.stages.slice(records.length)) {
        const record = await runStage(stage, options);
        records.push(record);
        if (record.status !== "Succeeded" && record.status !== "Skipped") {
            return { status: record.status, stages: records };
        }
    }
    return { status: "Succeeded", stages: records };
}

async function runStage(stage: Stage, options: ExecutionOptions): Promise<StageRecord> {
    const seconds = stopwatch();
    const end = async (
        status: StageRecord["status"],
        actions: ActionRecord[],
        message?: string,
    ): Promise<StageRecord> => {
        await options.progress.stageEnded(stage.name, status, message);
        return { name: stage.name, status, seconds: seconds(), ...(message && { message }), actions };
    };
    options.progress.stageStarted(stage.name);
    if (options.signal.aborted) return end("Stopped", []);
    let failure: string | undefined;
    try {
        failure = stage.entry && failureOf(stage.entry, options.variables);
    } catch (error) {
        return end("Failed", [], messageOf(error));
    }
    if (failure) return end(stage.entry?.result === "SKIP" ? "Skipped" : "Failed", [], failure);

    const records: ActionRecord[] = [];
    for (const group of groups(stage.actions)) {
        records.push(...(await Promise.all(group.map((action) => runAction(stage, action, options)))));
        const worst = (["Failed", "Abandoned", "InProgress"] as const).find((status) =>
            records.some((record) => record.status === status),
        );
        if (worst) return end(worst === "Abandoned" ? "Stopped" : worst, records);
    }
    return end("Succeeded", records);
}

async function runAction(stage: Stage, action: Action, options: ExecutionOptions): Promise<ActionRecord> {
    const { variables, progress, signal } = options;
    const seconds = stopwatch();
    const end = (status: ActionRecord["status"], message?: string): ActionRecord => {
        progress.actionEnded(stage.name, action.name, status, message);
        return { name: action.name, status, seconds: seconds(), ...(message && { message }) };
    };
    progress.actionStarted(stage.name, action.name);
    try {
        const result = await options.runAction({
            stage: stage.name,
            action,
            configuration: variables.resolveAll(action.configuration),
            log: (line) => progress.log(stage.name, action.name, line),
            signal,
        });
        if (signal.aborted) return end("Abandoned");
        if (action.namespace && result.variables) variables.set(action.namespace, result.variables);
        return end(result.status, result.message);
    } catch (error) {
        return end(signal.aborted ? "Abandoned" : "Failed", messageOf(error));
    }
}

/** Actions in the order of their `runOrder`, those of the same number together. */
function groups(actions: readonly Action[]): Action[][] {
    const orders = [...new Set(actions.map(({ runOrder }) => runOrder))].sort((one, other) => one - other);
    return orders.map((order) => actions.filter(({ runOrder }) => runOrder === order));
}

function stopwatch(): () => number {
    const start = performance.now();
    return () => Math.round(performance.now() - start) / 1000;
}
