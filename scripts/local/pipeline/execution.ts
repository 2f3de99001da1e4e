import { messageOf, programErrors } from "../errors";
import type { Progress } from "../progress/progress";
import { failureIn, skipReasonOf, type World } from "./conditions";
import type { Action, ActionRecord, ExecutionRecord, Pipeline, Stage, StageRecord } from "./model";
import { StageLocks } from "./stageLocks";
import type { Variables } from "./variables";

/** The result of an action. `InProgress` is a pending approval. */
export interface ActionResult {
    status: "Succeeded" | "Failed" | "InProgress";
    /** For the action's namespace. */
    variables?: Record<string, string>;
    message?: string;
}

export interface ActionContext {
    stage: string;
    action: Action;
    /** The action's configuration with its variables resolved. */
    configuration: Record<string, string>;
    log: (line: string) => void;
    signal: AbortSignal;
}

export type ActionRunner = (context: ActionContext) => Promise<ActionResult>;

export interface ExecutionOptions {
    /** Identifies the execution among those of the same pipeline. */
    id: string;
    variables: Variables;
    runAction: ActionRunner;
    progress: Progress;
    signal: AbortSignal;
    /** Names of the alarms that go off while they are watched. Default: none. */
    alarms?: ReadonlySet<string>;
    /** Default: the time of this machine. */
    now?: () => Date;
    /** Shared by the executions of one pipeline. Default: there is no other execution. */
    locks?: StageLocks;
    /** For an execution that waited for an approval: its completed stages, and the one in which it waited. */
    done?: StageRecord[];
}

/**
 * Runs the stages of a pipeline in order, as CodePipeline does: each under its lock, and none after a failure, which
 * releases the lock. An execution that waits for an approval keeps its stage locked.
 */
export async function execute(pipeline: Pipeline, options: ExecutionOptions): Promise<ExecutionRecord> {
    const { id, locks = new StageLocks(), done = [] } = options;
    let locked: string | undefined;
    const leave = () => {
        if (locked !== undefined) locks.leave(locked, id);
    };
    const waitedIn = done.at(-1)?.status === "InProgress" ? done.at(-1) : undefined;
    const records = done.slice(0, waitedIn ? -1 : undefined);
    let status: ExecutionRecord["status"] = "Succeeded";
    try {
        for (const stage of pipeline.stages.slice(records.length)) {
            // The place before the next stage is taken before this one is left, or another execution could overtake.
            const entered = enter(stage, options, locks);
            leave();
            locked = stage.name;
            const begun = waitedIn?.name === stage.name ? waitedIn : undefined;
            const record = (await entered) ? await runStage(stage, options, begun) : stopped(stage);
            records.push(record);
            if (record.status !== "Succeeded" && record.status !== "Skipped") {
                ({ status } = record);
                break;
            }
        }
        return { status, stages: records };
    } finally {
        if (status !== "InProgress") leave();
    }
}

/** Waits to enter a stage; false if the execution was stopped meanwhile. */
async function enter(stage: Stage, options: ExecutionOptions, locks: StageLocks): Promise<boolean> {
    const { id, progress, signal } = options;
    const holder = locks.holder(stage.name);
    if (holder !== undefined && holder !== id) {
        progress.say(`Execution ${id} waits for the stage ${stage.name}, which execution ${holder} has locked.`);
    }
    try {
        await locks.enter(stage.name, id, signal);
        return true;
    } catch (error) {
        if (!signal.aborted) throw error;
        return false;
    }
}

function stopped({ name }: Stage): StageRecord {
    return { name, status: "Stopped", seconds: 0, actions: [] };
}

/** `begun` is the record of a stage that waited for an approval: its actions before that are done. */
async function runStage(stage: Stage, options: ExecutionOptions, begun?: StageRecord): Promise<StageRecord> {
    const seconds = stopwatch(begun?.seconds);
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
    if (!begun) {
        try {
            const reason = await skipReason(stage, options);
            if (reason !== undefined) return end("Skipped", [], reason);
        } catch (error) {
            return end("Failed", [], messageOf(error));
        }
    }
    const succeeded = (begun?.actions ?? []).filter(({ status }) => status === "Succeeded");
    const records: ActionRecord[] = [...succeeded];
    const left = stage.actions.filter(({ name }) => !succeeded.some((record) => record.name === name));
    for (const group of groups(left)) {
        records.push(...(await Promise.all(group.map((action) => runAction(stage, action, options)))));
        const worst = (["Failed", "Abandoned", "InProgress"] as const).find((status) =>
            records.some((record) => record.status === status),
        );
        if (worst) return end(worst === "Abandoned" ? "Stopped" : worst, records);
    }
    return afterSuccess(stage, options).then(
        (failure) => (failure === undefined ? end("Succeeded", records) : end("Failed", records, failure)),
        (error: unknown) =>
            options.signal.aborted ? end("Stopped", records) : end("Failed", records, messageOf(error)),
    );
}

/** Why a stage whose actions have all succeeded fails; undefined if it does not. */
async function afterSuccess({ name, success }: Stage, options: ExecutionOptions): Promise<string | undefined> {
    const rule = success && (await failureIn(success, worldOf(options)));
    return rule && new programErrors.StageNotLeft({ stage: name, rule }).message;
}

function worldOf({ variables, progress, signal, alarms = new Set(), now = () => new Date() }: ExecutionOptions): World {
    return { variables, alarms, now, signal, say: (line) => progress.say(line) };
}

/** Why the stage is skipped; undefined if it is entered, and an error if its condition lets nothing go on. */
async function skipReason({ name, entry }: Stage, options: ExecutionOptions): Promise<string | undefined> {
    if (!entry) return undefined;
    if (entry.result === "SKIP") return skipReasonOf(entry, options.variables);
    const rule = await failureIn(entry, worldOf(options));
    if (rule === undefined) return undefined;
    throw new programErrors.StageNotEntered({ stage: name, rule });
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

/** Actions in the order of their `runOrder`, those with the same number together. */
function groups(actions: readonly Action[]): Action[][] {
    const orders = [...new Set(actions.map(({ runOrder }) => runOrder))].sort((one, other) => one - other);
    return orders.map((order) => actions.filter(({ runOrder }) => runOrder === order));
}

/** Seconds since now, added to the previous ones. */
function stopwatch(before = 0): () => number {
    const start = performance.now();
    return () => Math.round(before * 1000 + performance.now() - start) / 1000;
}
