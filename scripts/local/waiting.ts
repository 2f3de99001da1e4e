import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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

/** The newest execution that waits for an approval of exactly this; undefined without one. */
export function findWaiting(
    runs: string,
    identity: Identity,
    rollbackTo: string | undefined,
): WaitingExecution | undefined {
    return executions(runs)
        .map((directory) => join(directory, file))
        .filter((path) => existsSync(path))
        .map((path) => JSON.parse(readFileSync(path, "utf8")) as WaitingExecution)
        .find(
            (execution) =>
                JSON.stringify(execution.identity) === JSON.stringify(identity) &&
                (rollbackTo === undefined ||
                    Object.values(execution.variables["variables"] ?? {}).includes(rollbackTo)),
        );
}

/**
 * An approved execution does not wait any more; nor do earlier ones of its database: a local run is one execution at a
 * time, so it stops what keeps a stage locked. Returns their ids.
 */
export function forgetWaiting(runs: string, server: string): string[] {
    const stopped: string[] = [];
    for (const directory of executions(runs)) {
        const path = join(directory, file);
        if (!existsSync(path)) continue;
        const { executionId, identity } = JSON.parse(readFileSync(path, "utf8")) as WaitingExecution;
        if (identity.server !== server) continue;
        rmSync(path);
        stopped.push(executionId);
    }
    return stopped;
}

/** Deletes the oldest, but none that is still running. */
export function pruneExecutions(runs: string, running: ReadonlySet<string>): void {
    executions(runs)
        .slice(keptExecutions)
        .filter((directory) => !running.has(basename(directory)))
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
