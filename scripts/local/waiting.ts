import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { noRollback, rollbackVariable } from "../../components/contract";
import type { StageRecord } from "./pipeline/model";

/** An execution that waits for an approval: what it needs to go on. */
export interface WaitingExecution {
    executionId: string;
    /** What it was started for: another source, pipeline or database makes it another execution. */
    identity: Identity;
    variables: Record<string, Record<string, string>>;
    /** The stages behind it, and the one that it waits in, which it keeps locked. */
    done: StageRecord[];
}

export interface Identity {
    server: string;
    revision: string;
    /** Hash of the recorded pipeline and its projects. */
    definition: string;
}

const file = "waiting.json";
/** Executions whose artifacts and logs are kept. */
const keptExecutions = 10;

export function writeWaiting(directory: string, execution: WaitingExecution): void {
    writeFileSync(join(directory, file), JSON.stringify(execution, undefined, 2), { mode: 0o600 });
}

/** The executions that wait for an approval on a server, the newest first. */
export function waitingOn(runs: string, server: string): WaitingExecution[] {
    return executions(runs)
        .map((directory) => join(directory, file))
        .filter((path) => existsSync(path))
        .map((path) => JSON.parse(readFileSync(path, "utf8")) as WaitingExecution)
        .filter(({ identity }) => identity.server === server);
}

/** The release that an execution rolls back to; undefined for one that deploys. */
export function rollbackOf({ variables }: Pick<WaitingExecution, "variables">): string | undefined {
    const tag = variables["variables"]?.[rollbackVariable];
    return tag === noRollback ? undefined : tag;
}

/** Why an approval that is given now is not for the plan of a waiting execution; undefined when it is. */
export function mismatch(
    waiting: WaitingExecution,
    identity: Identity,
    rollbackTo: string | undefined,
): string | undefined {
    if (rollbackTo !== undefined && rollbackTo !== rollbackOf(waiting)) {
        return "The waiting plan was for something else";
    }
    if (waiting.identity.revision !== identity.revision) return "The source changed since you read the plan";
    if (waiting.identity.definition !== identity.definition) return "The pipeline changed since you read the plan";
    return undefined;
}

/** An approved execution does not wait any more, nor does one whose place another has taken. */
export function forgetWaiting(runs: string, forgotten: readonly WaitingExecution[]): void {
    for (const { executionId } of forgotten) rmSync(join(runs, executionId, file), { force: true });
}

/** A server without its data has nothing left that a plan was made for; returns how many waited. */
export function forgetAllWaiting(runs: string, server: string): number {
    const waiting = waitingOn(runs, server);
    forgetWaiting(runs, waiting);
    return waiting.length;
}

/** Deletes the oldest of those that have ended: however many run, the one that ended last stays. */
export function pruneExecutions(runs: string, running: ReadonlySet<string>): void {
    executions(runs)
        .filter((directory) => !running.has(basename(directory)))
        .slice(keptExecutions)
        .forEach((directory) => rmSync(directory, { recursive: true, force: true }));
}

/** The newest first. */
function executions(runs: string): string[] {
    return readdirSync(runs)
        .map((name) => join(runs, name))
        .map((path) => ({ path, time: statSync(path).mtimeMs }))
        .sort((one, other) => other.time - one.time)
        .map(({ path }) => path);
}
