import { keepDeployed } from "./deployed";
import { readHistory } from "./database/localEngines";
import { outcomeOf, type LastRun, writeLastRun } from "./report";
import { type Execution, executePipeline } from "./executePipeline";
import { messageOf } from "./errors";
import type { LocalEnvironment } from "./localEnvironment";
import type { RunOptions } from "./options";
import type { Source } from "./source/source";

export interface Delivery {
    execution: Execution;
    lastRun: LastRun;
}

/** Takes a source through the pipeline to the database of an environment that is open, and writes down how that went. */
export async function deliverSource(
    options: RunOptions,
    environment: LocalEnvironment,
    source: Source,
    startedAt = new Date(),
): Promise<Delivery> {
    const { definition, server } = environment;
    const execution = await executePipeline(options, { ...environment, source });
    const { name, user } = definition.database;
    const lastRun: LastRun = {
        ...headOf(options, source, startedAt),
        ...execution.record,
        pipeline: definition.pipeline.name,
        executionId: execution.id,
        ...outcomeOf(execution.artifacts),
        database: { host: server.host, port: server.port, name, user },
    };
    writeLastRun(options.local.lastRun, lastRun);
    if (options.rollbackTo === undefined && (await hasDeployed(execution, environment))) {
        keepDeployed(environment.deployedHome, execution.artifacts, definition.migrationsDirectory, source);
    }
    return { execution, lastRun };
}

/** Whether the database now has what the execution delivered, or a part of it. */
async function hasDeployed({ id, record }: Execution, { server, definition }: LocalEnvironment): Promise<boolean> {
    if (record.status === "Succeeded") return true;
    // A deployment tags the database once its plan was found to be right; releases are named after their execution.
    const history = await readHistory(server, definition.database);
    return history.some(({ tag }) => tag?.endsWith(`-${id.slice(0, 8)}`));
}

/** Nothing ran, or something outside the pipeline failed: it is still recorded as the last run. */
export function noteFailure(options: RunOptions, source: Source, startedAt: Date, error: unknown): void {
    writeLastRun(options.local.lastRun, {
        ...headOf(options, source, startedAt),
        status: options.signal.aborted ? "Stopped" : "Failed",
        stages: [],
        changesets: [],
        undone: [],
        message: messageOf(error),
    });
}

function headOf({ environment }: RunOptions, { revision }: Source, startedAt: Date) {
    const seconds = Math.round(Date.now() - startedAt.getTime()) / 1000;
    return { environment, revision, startedAt: startedAt.toISOString(), seconds };
}
