import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as tls from "node:tls";
import { Client } from "pg";
import { InputError, messageOf } from "../errors";
import { explainConnection } from "../explain";
import type { DatabaseSettings } from "../input/settings";
import { isTransient, NotTheWriter } from "./lost";
import { pinSearchPath } from "./searchPath";
import { silenceLimits } from "./silence";
import { destroy, Lookout, watchSilence } from "./watch";

const longestPauseMillis = 2000;

/**
 * Settings of every session. The server notices within a minute that a client's machine is gone, whether it waits for it or
 * writes to it, and ends its session and its locks; and within 2 s that a client has hung up while its statement runs.
 */
const sessionSettings = {
    client_connection_check_interval: "2s",
    tcp_keepalives_idle: "30",
    tcp_keepalives_interval: "10",
    tcp_keepalives_count: "3",
    tcp_user_timeout: "60000",
};

/** The same as a connection asks for them. */
export const sessionOptions = optionsOf(sessionSettings);

function optionsOf(settings: Record<string, string>): string {
    return Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(" ");
}

/** How a connection is sought. */
export interface Search {
    /** For one attempt: connecting, TLS and login together. Without it a quarter of a minute, and a minute for all. */
    attemptMillis?: number;
    /** For further attempts, where the server is not to be had just now or is no writer. Without it half a minute. */
    patienceMillis?: number;
    /** Gives up at once. */
    signal?: AbortSignal;
}

/**
 * A connection to the writer by the delivery program's own rules; whoever asks for it ends it. It watches itself: a query
 * whose answer does not come fails, instead of waiting for a server that is gone. `start` are settings that it starts with,
 * which come before those of the user and of the database; a space in a value has a backslash in front of it. Names
 * without a schema are found in `pg_catalog` only: see searchPath.ts.
 */
export async function connect(
    { database }: { database: DatabaseSettings },
    applicationName: string,
    start: Record<string, string> = {},
    { attemptMillis, patienceMillis, signal }: Search = {},
): Promise<Client> {
    const limits = silenceLimits(database.silenceSeconds);
    const started = Date.now();
    for (let pause = 250; ; pause = Math.min(2 * pause, longestPauseMillis)) {
        try {
            const client = await login(database, {
                applicationName,
                attemptMillis:
                    attemptMillis ?? Math.min(limits.attemptMillis, started + limits.firstAttemptMillis - Date.now()),
                start,
                signal,
            });
            watchSilence(client, limits, database, lookout(database, applicationName));
            await writerOnly(client, database);
            await pinSearchPath(client);
            return client;
        } catch (error) {
            // An attempt that began while a failover went on may hang for good: the next one finds the new writer. A cluster
            // that has paused comes back for whichever attempt.
            const unanswered = attemptMillis === undefined && timedOut(error);
            const patience = unanswered ? limits.firstAttemptMillis : (patienceMillis ?? limits.writerMillis);
            const again = (unanswered || isTransient(error)) && Date.now() + pause < started + patience;
            if (!again || signal?.aborted) {
                throw error instanceof InputError
                    ? error
                    : new InputError(explainConnection(error, database), { cause: error });
            }
            await sleep(pause);
        }
    }
}

/** The client's own words for an attempt that took too long. */
function timedOut(error: unknown): boolean {
    return error instanceof Error && error.message === "timeout expired";
}

/** Looks at a user's sessions of this name over a connection of its own. */
export function lookout(database: DatabaseSettings, applicationName: string): Lookout {
    const limits = silenceLimits(database.silenceSeconds);
    return new Lookout(
        async (signal) => {
            const client = await login(database, {
                // Another name: it is no session of the release's.
                applicationName: `${applicationName}-look`,
                attemptMillis: limits.attemptMillis,
                queryMillis: limits.attemptMillis,
                signal,
                // Also an administrator's: nothing that others can create is in its way.
                start: { search_path: "pg_catalog,pg_temp" },
            });
            return writerOnly(client, database);
        },
        applicationName,
        limits,
    );
}

/** Ends the connection and fails if the server cannot be written to. */
async function writerOnly(client: Client, { host, port }: DatabaseSettings): Promise<Client> {
    try {
        const { rows } = await client.query<{ reader: boolean }>("SELECT pg_catalog.pg_is_in_recovery() AS reader");
        if (!rows[0]?.reader) return client;
        throw new NotTheWriter(`the server that answers at ${host}:${port} is a reader`);
    } catch (error) {
        await client.end().catch(() => {});
        throw error;
    }
}

interface Login {
    applicationName: string;
    attemptMillis: number;
    /** For one query; without it as long as it takes. */
    queryMillis?: number;
    start?: Record<string, string>;
    signal?: AbortSignal;
}

async function login(database: DatabaseSettings, options: Login): Promise<Client> {
    const { credential } = database;
    const authorities = readBundle(database.caBundle);
    let password = await credential.password(database);
    for (;;) {
        try {
            return await open(database, { ...options, password, authorities });
        } catch (error) {
            const another = refusesPassword(error) ? await credential.another(password) : undefined;
            if (another === undefined) throw error;
            password = another;
        }
    }
}

/** The server knows no such user with this password; no other failure is a reason to try another one. */
function refusesPassword(error: unknown): boolean {
    return (error as { code?: string }).code === "28P01";
}

async function open(
    { host, port, name, username }: DatabaseSettings,
    {
        password,
        authorities,
        applicationName,
        attemptMillis,
        queryMillis,
        start = {},
        signal,
    }: Login & { password: string; authorities: string },
): Promise<Client> {
    const client = new Client({
        host,
        port,
        database: name,
        user: username,
        password,
        application_name: applicationName,
        connectionTimeoutMillis: attemptMillis,
        options: optionsOf({ ...sessionSettings, ...start }),
        ...(queryMillis !== undefined && { query_timeout: queryMillis }),
        // Node.js sets the interval (1 s) and the count (10) itself: https://docs.libuv.org, `uv_tcp_keepalive`.
        keepAlive: true,
        keepAliveInitialDelayMillis: 30_000,
        ssl: {
            ca: authorities,
            rejectUnauthorized: true,
            // Named here because an IP address would not be compared with the certificate otherwise.
            checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
        },
    });
    // A connection lost between two queries: the next query says so.
    client.on("error", () => {});
    const giveUp = () => destroy(client);
    signal?.addEventListener("abort", giveUp);
    try {
        await client.connect();
        return client;
    } finally {
        signal?.removeEventListener("abort", giveUp);
    }
}

function readBundle(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        throw new InputError(`The CA bundle ${file} cannot be read (${messageOf(error)}).`);
    }
}
