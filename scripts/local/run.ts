import { join } from "node:path";
import { ensureToolchain } from "../toolchain/ensure";
import { openCloud } from "./cloud/cloud";
import { provision } from "./database/provision";
import { reserveIamPort, reservePort, serverHost, startServer } from "./database/server";
import { type Definition, readDefinition } from "./definition";
import { checkout } from "./directories";
import { messageOf, UserError } from "./errors";
import { evaluate } from "./evaluate";
import { executePipeline } from "./executePipeline";
import { jarsIn } from "./pipeline/artifacts";
import { takeLock } from "./lock";
import type { ExecutionRecord } from "./pipeline/model";
import type { RunOptions } from "./options";
import { outcomeOf, type LastRun, writeLastRun } from "./report";
import { resolveJars } from "./source/migrations";
import { openSource, type Source } from "./source/source";
import { State } from "./state";
import { summarise } from "./summary";

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
            undone: [],
            message: messageOf(error),
        });
        throw error;
    } finally {
        unlock();
    }
}

function checkEngine(engine: string | undefined): void {
    if (engine === undefined || engine === "postgres") return;
    const why =
        engine === "mysql"
            ? "Aurora MySQL has no local run yet; it works on AWS only"
            : "not an engine of the local run";
    throw new UserError(`--engine ${engine}: ${why}. Allowed: postgres.`);
}

async function runLocked(options: RunOptions, source: Source, startedAt: Date): Promise<number> {
    const { local, progress, signal, environment } = options;
    const state = State.open(local.state);
    // No two environments or changelogs share a server.
    const serverName = source.migrations ? `${environment}-${source.migrations.key}` : environment;
    const home = join(local.postgres, serverName);

    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const port = await reservePort(home, serverName, state);
    const { definition, iamPort } = await progress.step(`Pulumi program for ${environment}`, () =>
        defineWith(options, state, serverName, port),
    );
    const jars = await resolveExtraJars(options, source, toolchain);
    signal.throwIfAborted();
    const server = await progress.step("Embedded PostgreSQL 17", () =>
        startServer(home, port, { iam: iamPort !== undefined }),
    );
    try {
        await provision(server, definition.database);
        const cloud = await openCloud({
            definition,
            server: { ...server, home },
            servers: local.postgres,
            buckets: local.buckets,
            port: iamPort,
        });
        const parts = { source, definition, server, serverName, cloud, jars };
        const execution = await executePipeline(options, parts).finally(() => cloud.close());
        const { name, user } = definition.database;
        const lastRun: LastRun = {
            ...headOf(options, source, startedAt),
            ...execution.record,
            pipeline: definition.pipeline.name,
            executionId: execution.id,
            ...outcomeOf(execution.artifacts),
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

/** The program with the port at which its builds will reach the database: not the server's own where they log in by IAM. */
async function defineWith(
    { environment, config }: RunOptions,
    state: State,
    serverName: string,
    port: number,
): Promise<{ definition: Definition; iamPort?: number }> {
    const define = async (endpoint: number) =>
        readDefinition(
            await evaluate(environment, {
                config,
                database: { host: serverHost, port: endpoint },
                remember: (resource, inputs, generate) => state.value(environment, resource, inputs, generate),
            }),
        );
    const definition = await define(port);
    if (!definition.iam) return { definition };
    const iamPort = await reserveIamPort(serverName, state);
    return { definition: await define(iamPort), iamPort };
}

function isKept(state: State, server: string): boolean {
    return state.server(server).kept ?? false;
}

async function resolveExtraJars(options: RunOptions, { migrations }: Source, toolchain: string) {
    if (!migrations?.pom) return undefined;
    return options.progress.step("Jars of the changelog (Maven)", () =>
        resolveJars(migrations, options.local.jars, jarsIn(toolchain), {
            signal: options.signal,
            say: (line) => options.progress.say(line),
        }),
    );
}

function headOf({ environment }: RunOptions, { revision }: Source, startedAt: Date) {
    const seconds = Math.round(Date.now() - startedAt.getTime()) / 1000;
    return { environment, revision, startedAt: startedAt.toISOString(), seconds };
}
