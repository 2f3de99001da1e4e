import { join } from "node:path";
import { ensureToolchain } from "../toolchain/ensure";
import { keptToolchain } from "../toolchain/kept";
import { localRuntimes } from "./codeBuild/runtimes";
import { type Cloud, openCloud } from "./cloud/cloud";
import { localEngineOf } from "./database/localEngines";
import { reserveIamPort, reservePort, type Server, serverHost } from "./database/server";
import { type Definition, readDefinition } from "./definition";
import { configOf, engineOf } from "./engine";
import { evaluate } from "./evaluate";
import type { RunOptions } from "./options";
import { jarsIn } from "./pipeline/artifacts";
import { resolveJars } from "./source/migrations";
import type { Source } from "./source/source";
import { State } from "./state";

/** The evaluated program, its database server and its part of AWS: what deliveries to one environment share. */
export interface LocalEnvironment {
    definition: Definition;
    server: Server;
    serverName: string;
    cloud: Cloud;
    /** The toolchain archive. */
    toolchain: string;
    /** The directory of {@link keptToolchain}. */
    keptToolchain: string;
    /** Where the changelog is kept that its database has last run. */
    deployedHome: string;
    /** Jars that the changelog asks for. */
    jars?: string[];
    /** Socket of the keeper of spare Java processes for its builds. */
    spareJava?: string;
    /** Whether the server runs on when the run has ended. */
    isKept(): boolean;
    keep(): void;
    /** Stops the server, unless it is kept. */
    close(): Promise<void>;
}

/** Opens the environment that a run names; `check` looks at the program before its server starts. */
export async function openLocalEnvironment(
    options: RunOptions,
    source: Source,
    check: (definition: Definition) => void = () => undefined,
): Promise<LocalEnvironment> {
    const { local, progress, signal, environment } = options;
    const state = State.open(local.state);
    // No two environments or changelogs share a server.
    const engine = localEngineOf(engineOf(options));
    const serverName = `${source.migrations ? `${environment}-${source.migrations.key}` : environment}${engine.suffix}`;
    const home = join(local.postgres, serverName);
    const isKept = () => state.server(serverName).kept ?? false;

    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const kept = keptToolchain(toolchain, join(localRuntimes().javaHome, "bin", "java"));
    const port = await reservePort(home, serverName, state, (data) => engine.portOf(data));
    const { definition, iamPort } = await progress.step(`Pulumi program for ${environment}`, () =>
        defineWith(options, state, serverName, port),
    );
    check(definition);
    const jars = await resolveExtraJars(options, source, toolchain);
    signal.throwIfAborted();
    const server = await progress.step(engine.label, (log) =>
        engine.start(home, port, { iam: iamPort !== undefined, say: log }),
    );
    const stop = async () => {
        if (!isKept()) await server.stop();
    };
    try {
        await engine.provision(server, definition.database);
        const cloud = await openCloud({
            definition,
            server: { ...server, home },
            servers: local.postgres,
            buckets: local.buckets,
            port: iamPort,
        });
        return {
            deployedHome: join(local.deployed, serverName),
            ...{ definition, server, serverName, cloud, toolchain, keptToolchain: kept, jars, isKept },
            keep: () => state.updateServer(serverName, { kept: true }),
            close: () => cloud.close().finally(stop),
        };
    } catch (error) {
        await stop();
        throw error;
    }
}

/** The program with the port at which its builds will reach the database: not the server's own where they log in by IAM. */
async function defineWith(
    options: RunOptions,
    state: State,
    serverName: string,
    port: number,
): Promise<{ definition: Definition; iamPort?: number }> {
    const define = async (endpoint: number) =>
        readDefinition(
            await evaluate(options.environment, {
                config: configOf(options),
                database: { host: serverHost, port: endpoint },
                remember: (resource, inputs, generate) => state.value(options.environment, resource, inputs, generate),
            }),
        );
    const definition = await define(port);
    if (!definition.iam) return { definition };
    const iamPort = await reserveIamPort(serverName, state);
    return { definition: await define(iamPort), iamPort };
}

/** Jars that a third-party changelog requires. */
export async function resolveExtraJars(
    { progress, local, signal }: RunOptions,
    { migrations }: Source,
    toolchain: string,
): Promise<string[] | undefined> {
    if (!migrations?.pom) return undefined;
    return progress.step("Jars of the changelog (Maven)", () =>
        resolveJars(migrations, local.jars, jarsIn(toolchain), { signal, say: (line) => progress.say(line) }),
    );
}
