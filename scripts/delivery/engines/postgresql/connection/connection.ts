import * as fs from "node:fs";
import * as tls from "node:tls";
import { Client } from "pg";
import { inputErrors, messageOf } from "../../../errors";
import { connectionError } from "./explain";
import type { DatabaseSettings } from "../../../settings";
import { isTransient, NotTheWriter, SqlState } from "../errors";
import { pinSearchPath } from "./searchPath";
import { loggingIn } from "../../login";
import { type Search, searching } from "../../search";
import { silenceLimits } from "../../silence";
import { destroy, Lookout, watchSilence } from "./watch";

/**
 * Settings of every session. The server notices within a minute that a client's machine is gone, whether it is reading
 * or writing, and ends the session with its locks. It notices within 2 s that a client has hung up while its statement
 * runs.
 */
const sessionSettings = {
    client_connection_check_interval: "2s",
    tcp_keepalives_idle: "30",
    tcp_keepalives_interval: "10",
    tcp_keepalives_count: "3",
    tcp_user_timeout: "60000",
};

/** The same, as startup options of a connection. */
export const sessionOptions = optionsOf(sessionSettings);

function optionsOf(settings: Record<string, string>): string {
    return Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(" ");
}

/**
 * What the program writes is on disk when the server says so. Where a commit returns before that, a server that crashes
 * forgets a tag or a lock that a release builds on.
 */
export const keepOnDisk =
    "SELECT pg_catalog.set_config('synchronous_commit', 'on', false)" +
    " WHERE pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off'";

/**
 * A connection to the writer under the delivery program's own rules; the caller ends it. The connection watches itself:
 * a query whose answer does not come fails instead of waiting for a server that is gone. `start` holds startup
 * settings, which take precedence over those of the user and of the database; escape spaces in values with a backslash.
 * Unqualified names are resolved in `pg_catalog` only: see searchPath.ts.
 */
export async function connect(
    { database }: { database: DatabaseSettings },
    applicationName: string,
    start: Record<string, string> = {},
    search: Search = {},
): Promise<Client> {
    const limits = silenceLimits(database.silenceSeconds);
    return searching(database, search, { isTransient, connectionError, timedOut }, async (attemptMillis) => {
        const client = await login(database, { applicationName, attemptMillis, start, signal: search.signal });
        watchSilence(client, limits, database, lookout(database, applicationName));
        await writerOnly(client, database);
        await pinSearchPath(client);
        await client.query(keepOnDisk);
        return client;
    });
}

/** The client's own message for an attempt that took too long. */
function timedOut(error: unknown): boolean {
    return error instanceof Error && error.message === "timeout expired";
}

/** Checks a user's sessions with this name over a separate connection. */
export function lookout(database: DatabaseSettings, applicationName: string): Lookout {
    const limits = silenceLimits(database.silenceSeconds);
    return new Lookout(
        async (signal) => {
            const client = await login(database, {
                // Another name, so that it does not count as a session of the release.
                applicationName: `${applicationName}-look`,
                attemptMillis: limits.attemptMillis,
                queryMillis: limits.attemptMillis,
                signal,
                // The user may be an administrator: objects created by others must not be found first.
                start: { search_path: "pg_catalog,pg_temp" },
            });
            return writerOnly(client, database);
        },
        applicationName,
        limits,
    );
}

export const readerQuery = "SELECT pg_catalog.pg_is_in_recovery() AS reader";

/** Ends the connection and fails if the server is read-only. */
async function writerOnly(client: Client, { host, port }: DatabaseSettings): Promise<Client> {
    try {
        const { rows } = await client.query<{ reader: boolean }>(readerQuery);
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
    /** For one query. Default: no limit. */
    queryMillis?: number;
    start?: Record<string, string>;
    signal?: AbortSignal;
}

async function login(database: DatabaseSettings, options: Login): Promise<Client> {
    const authorities = readBundle(database.caBundle);
    return loggingIn(database, refusesPassword, (password) => open(database, { ...options, password, authorities }));
}

/** The server rejects this user with this password; no other failure is a reason to try another password. */
function refusesPassword(error: Error & { code?: string }): boolean {
    return error.code === SqlState.invalidPassword;
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
            // Explicit, because an IP address would otherwise not be compared with the certificate.
            checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
        },
    });
    // A connection lost between two queries is reported by the next query.
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
        throw new inputErrors.CertificatesUnreadable({ file, reason: messageOf(error) });
    }
}
