import { deliverSource, noteFailure } from "./deliver";
import { checkout } from "./directories";
import { readHistory } from "./database/localEngines";
import { checkEngine, checkTool } from "./engine";
import { openLocalEnvironment } from "./localEnvironment";
import { takeLock } from "./lock";
import type { RunOptions } from "./options";
import type { ExecutionRecord } from "./pipeline/model";
import { shownFiles } from "./source/migrations";
import { openSource, type Source } from "./source/source";
import { releaseTable, summarise } from "./summary";
import { checkWatchOptions } from "./watch/options";
import { watch } from "./watch/watch";

/** Exit statuses of the local run. */
const exitStatus: Record<ExecutionRecord["status"], number> = { Succeeded: 0, Failed: 1, InProgress: 3, Stopped: 130 };

/** Takes the source through the recorded pipeline to the database; returns the exit status. */
export async function run(options: RunOptions): Promise<number> {
    checkEngine(options);
    checkTool(options);
    if (options.watch) checkWatchOptions(options);
    const worktree = options.worktree || options.watch;
    return runWith({ ...options, worktree });
}

async function runWith(given: RunOptions): Promise<number> {
    const source = await openSource({ ...given, repository: given.repository ?? checkout });
    const options = { ...given, tool: given.tool ?? recognizedTool(given, source) };
    const unlock = takeLock(options.local.lock);
    const startedAt = new Date();
    try {
        return await (options.watch ? watch(options, source, startedAt) : runOnce(options, source, startedAt));
    } catch (error) {
        noteFailure(options, source, startedAt, error);
        throw error;
    } finally {
        unlock();
    }
}

/** The tool of the directory that replaces the repository's own. */
function recognizedTool({ migrations: path, progress }: RunOptions, { migrations }: Source): string | undefined {
    if (migrations === undefined) return undefined;
    const { tool, files } = migrations;
    progress.say(`${path} is a ${tool.name} project: it has ${shownFiles(files)}.`);
    return tool.name;
}

async function runOnce(options: RunOptions, source: Source, startedAt: Date): Promise<number> {
    const environment = await openLocalEnvironment(options, source);
    try {
        if (options.releases) {
            const history = await readHistory(environment.server, environment.definition.database);
            releaseTable(history).forEach((line) => options.progress.say(line));
            if (options.keep) environment.keep();
            return 0;
        }
        const delivery = await deliverSource(options, environment, source, startedAt);
        if (options.keep) environment.keep();
        await summarise({ options, environment, ...delivery });
        return exitStatus[delivery.execution.record.status];
    } finally {
        await environment.close();
    }
}
