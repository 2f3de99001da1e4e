import * as fs from "node:fs";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { databaseErrors, inputErrors, messageOf } from "../../../errors";
import type { DatabaseSettings } from "../../../settings";
import { loggingIn } from "../../login";
import { type Search, searching } from "../../search";
import { silenceLimits } from "../../silence";
import { Errno, errnoOf, errors, NotTheWriter } from "../errors";
import { Lookout, watchSilence } from "./watch";

/**
 * Settings of every session. Names are compared and texts are read as in UTF-8; statistics are not cached;
 * quotes, dates and comparisons do not depend on what the database's parameter group or a user's default says. A session
 * whose machine is gone ends by itself.
 */
const sessionSettings = [
    "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin",
    "SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    "SET SESSION information_schema_stats_expiry = 0, SESSION sql_quote_show_create = ON, SESSION autocommit = ON",
    "SET SESSION lock_wait_timeout = 10, SESSION innodb_lock_wait_timeout = 10, SESSION wait_timeout = 120",
];

/**
 * A connection to the writer under the delivery program's own rules; the caller ends it. It watches itself: a query whose
 * answer does not come fails instead of waiting for a server that is gone.
 */
export async function connect(
    { database }: { database: DatabaseSettings },
    programName: string,
    search: Search = {},
): Promise<Connection> {
    const limits = silenceLimits(database.silenceSeconds);
    return searching(database, search, { ...errors, timedOut }, async (attemptMillis) => {
        const connection = await login(database, { programName, attemptMillis, signal: search.signal });
        watchSilence(connection, limits, database, lookout(database, programName));
        try {
            for (const setting of sessionSettings) await connection.query(setting);
            await refuseReader(connection, database);
            return connection;
        } catch (error) {
            await connection.end();
            throw error;
        }
    });
}

/** The client's own code for an attempt that took too long. */
function timedOut(error: Error): boolean {
    return (error as { code?: string }).code === "ETIMEDOUT";
}

/** Checks a user's sessions with this name over a separate connection. */
export function lookout(database: DatabaseSettings, programName: string): Lookout {
    const limits = silenceLimits(database.silenceSeconds);
    return new Lookout(
        // Another name, so that it does not count as a session of the release.
        (signal) =>
            login(database, { programName: `${programName}-look`, attemptMillis: limits.attemptMillis, signal }),
        programName,
        limits,
    );
}

/** Fails if the server cannot write, or cannot say who is connected: liveness of deployments would be a guess. */
async function refuseReader(connection: Connection, { host, port }: DatabaseSettings): Promise<void> {
    const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT @@GLOBAL.innodb_read_only OR @@GLOBAL.read_only AS reader, @@GLOBAL.performance_schema AS observable",
    );
    const [{ reader, observable }] = rows as [RowDataPacket];
    if (reader) throw new NotTheWriter(`the server that answers at ${host}:${port} is a reader`);
    if (!observable) throw new databaseErrors.SessionsHidden({ host, port });
}

interface Login {
    programName: string;
    attemptMillis: number;
    signal?: AbortSignal;
}

async function login(database: DatabaseSettings, options: Login): Promise<Connection> {
    const authorities = readBundle(database.caBundle);
    return loggingIn(
        database,
        (error) => errnoOf(error) === Errno.accessDenied,
        (password) => open(database, { ...options, password, authorities }),
    );
}

async function open(
    { host, port, name, username }: DatabaseSettings,
    { password, authorities, programName, attemptMillis, signal }: Login & { password: string; authorities: string },
): Promise<Connection> {
    const opening = createConnection({
        host,
        port,
        database: name,
        user: username,
        password,
        connectTimeout: Math.max(1, attemptMillis),
        connectAttributes: { program_name: programName },
        enableKeepAlive: true,
        keepAliveInitialDelay: 30_000,
        // IAM's token goes over TLS in clear.
        enableCleartextPlugin: true,
        ssl: { ca: authorities, rejectUnauthorized: true, verifyIdentity: true, minVersion: "TLSv1.2" },
        multipleStatements: false,
        // The server's text, not a local date; counts beyond 2^53 as text.
        dateStrings: true,
        supportBigNumbers: true,
    });
    const connection = await opening;
    // A connection lost between two queries is reported by the next query.
    connection.on("error", () => {});
    if (signal?.aborted) connection.destroy();
    signal?.addEventListener("abort", () => connection.destroy(), { once: true });
    return connection;
}

function readBundle(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        throw new inputErrors.CertificatesUnreadable({ file, reason: messageOf(error) });
    }
}
