import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { caBundleVariable, noRollback, rollbackVariable } from "../../components/contract";
import { ensureToolchain } from "../toolchain/ensure";
import { localRuntimes } from "./build/runtimes";
import { provision } from "./database/provision";
import { reservePort, type Server, serverHost, startServer } from "./database/server";
import { type Definition, readDefinition } from "./definition";
import { checkout, type LocalDirectory } from "./directories";
import { messageOf, UserError } from "./errors";
import { evaluate } from "./evaluate";
import { takeLock } from "./lock";
import { createRunner, jarsIn } from "./pipeline/actions";
import { ArtifactStore } from "./pipeline/artifacts";
import { execute } from "./pipeline/execution";
import type { ExecutionRecord } from "./pipeline/model";
import { Variables } from "./pipeline/variables";
import type { Progress } from "./progress/progress";
import { appliedChangesets, type LastRun, writeLastRun } from "./report";
import { resolveJars } from "./source/migrations";
import { openSource, type Source } from "./source/source";
import { State } from "./state";
import { summarise } from "./summary";
import {
    findWaiting,
    forgetWaiting,
    type Identity,
    pruneExecutions,
    type WaitingExecution,
    writeWaiting,
} from "./waiting";

export interface RunOptions {
    environment: string;
    /** The engine to run as; by default the environment's own. */
    engine?: string;
    /** A changelog of someone else. */
    migrations?: string;
    /** The files as they lie there, committed or not. */
    worktree?: boolean;
    /** Manual approvals are given. */
    approve?: boolean;
    rollbackTo?: string;
    /** Leaves the server running. */
    keep?: boolean;
    /** Configuration that overrides the environment's file. */
    config?: Record<string, unknown>;
    /** The repository that is the pipeline's source; by default the one around the program. */
    repository?: string;
    local: LocalDirectory;
    progress: Progress;
    signal: AbortSignal;
}

/** One execution of the pipeline, as far as it came. */
export interface Execution {
    id: string;
    directory: string;
    artifacts: ArtifactStore;
    record: ExecutionRecord;
}

/** Exit statuses of the local run. */
const exitStatus: Record<ExecutionRecord["status"], number> = { Succeeded: 0, Failed: 1, InProgress: 3, Stopped: 130 };

/** Takes the source through the recorded pipeline to the database; returns the exit status. */
export async function run(options: RunOptions): Promise<number> {
    checkEngine(options.engine);
    const source = await openSource({ ...options, repository: options.repository ?? checkout });
    const unlock = takeLock(options.local.lock);
    const startedAt = new Date();
    try {
        return await runLocked(options, source, startedAt);
    } catch (error) {
        // Nothing ran, or something broke that is not the pipeline's: that is the last run all the same.
        writeLastRun(options.local.lastRun, {
            ...headOf(options, source, startedAt),
            status: options.signal.aborted ? "Stopped" : "Failed",
            stages: [],
            changesets: [],
            message: messageOf(error),
        });
        throw error;
    } finally {
        unlock();
    }
}

function checkEngine(engine: string | undefined): void {
    if (engine === undefined || engine === "postgres") return;
    throw new UserError(
        `--engine ${engine}: not supported locally yet. The local run has "postgres"; Aurora MySQL works on AWS only.`,
    );
}

async function runLocked(options: RunOptions, source: Source, startedAt: Date): Promise<number> {
    const { local, progress, signal, environment } = options;
    const state = State.open(local.state);
    // No two environments or changelogs share a server.
    const serverName = source.migrations ? `${environment}-${source.migrations.key}` : environment;
    const home = join(local.postgres, serverName);

    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const port = await reservePort(home, serverName, state);
    const definition = await progress.step(`Pulumi program for ${environment}`, async () =>
        readDefinition(
            await evaluate(environment, {
                config: options.config,
                database: { host: serverHost, port },
                remember: (resource, inputs, generate) => state.value(environment, resource, inputs, generate),
            }),
        ),
    );
    const jars = await resolveExtraJars(options, source, toolchain);
    signal.throwIfAborted();
    const server = await progress.step("Embedded PostgreSQL 17", () => startServer(home, serverName, port, state));
    try {
        await provision(server, definition.database);
        const execution = await runPipeline(options, { source, definition, server, serverName, jars });
        const { name, user } = definition.database;
        const lastRun: LastRun = {
            ...headOf(options, source, startedAt),
            ...execution.record,
            pipeline: definition.pipeline.name,
            executionId: execution.id,
            changesets: appliedChangesets(execution.artifacts),
            database: { host: server.host, port: server.port, name, user },
        };
        writeLastRun(local.lastRun, lastRun);
        if (options.keep) state.updateServer(serverName, { kept: true });
        await summarise({ options, definition, server, execution, lastRun, kept: isKept(state, serverName) });
        return exitStatus[execution.record.status];
    } finally {
        if (!isKept(state, serverName)) await server.stop();
    }
}

function isKept(state: State, server: string): boolean {
    return state.server(server).kept ?? false;
}

async function resolveExtraJars(options: RunOptions, { migrations }: Source, toolchain: string) {
    if (!migrations?.pom) return undefined;
    return options.progress.step("Jars of the changelog (Maven)", () =>
        resolveJars(migrations, options.local.jars, jarsIn(toolchain), options.signal),
    );
}

interface Parts {
    source: Source;
    definition: Definition;
    server: Server;
    serverName: string;
    jars?: string;
}

async function runPipeline(options: RunOptions, parts: Parts): Promise<Execution> {
    const { local, progress, signal } = options;
    const { source, definition, server, serverName } = parts;
    const identity: Identity = { server: serverName, revision: source.revision, definition: definition.hash };
    const waiting = options.approve ? findWaiting(local.runs, identity, options.rollbackTo) : undefined;
    forgetWaiting(local.runs, serverName);
    if (waiting) progress.say(`Execution ${waiting.executionId} goes on: approved.`);

    const id = waiting?.executionId ?? randomUUID();
    const directory = join(local.runs, id);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const artifacts = new ArtifactStore(join(directory, "artifacts"));
    const variables = waiting ? Variables.of(waiting.variables) : startVariables(definition, id, options.rollbackTo);
    const runAction = createRunner({
        executionId: id,
        definition,
        artifacts,
        runtimes: localRuntimes(),
        image: { [caBundleVariable]: server.authority },
        source,
        jars: parts.jars,
        approve: options.approve ?? false,
        directory,
    });
    const record = await execute(definition.pipeline, { variables, runAction, progress, signal, done: waiting?.done });
    if (record.status === "InProgress") writeWaiting(directory, waitingExecution(id, identity, variables, record));
    pruneExecutions(local.runs);
    return { id, directory, artifacts, record };
}

/** The pipeline's variables as the execution was started with them. */
function startVariables({ pipeline }: Definition, executionId: string, rollbackTo = noRollback): Variables {
    const values: Record<string, string> = {};
    for (const { name, defaultValue } of pipeline.variables) {
        if (defaultValue !== undefined) values[name] = defaultValue;
    }
    if (rollbackTo !== noRollback) {
        if (!pipeline.variables.some(({ name }) => name === rollbackVariable)) {
            throw new UserError(`--rollback-to: the pipeline ${pipeline.name} has no variable ${rollbackVariable}.`);
        }
        values[rollbackVariable] = rollbackTo;
    }
    return Variables.of({ variables: values, codepipeline: { PipelineExecutionId: executionId } });
}

function waitingExecution(
    executionId: string,
    identity: Identity,
    variables: Variables,
    { stages }: ExecutionRecord,
): WaitingExecution {
    return { executionId, identity, variables: variables.toJSON(), done: stages.slice(0, -1) };
}

function headOf({ environment }: RunOptions, { revision }: Source, startedAt: Date) {
    const seconds = Math.round(Date.now() - startedAt.getTime()) / 1000;
    return { environment, revision, startedAt: startedAt.toISOString(), seconds };
}
