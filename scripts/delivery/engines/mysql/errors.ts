import { InternalError } from "../../errors";
import type { ErrorReader } from "../engine";
import { ConnectionLost, ErrorKind, isTransientKind } from "../errors";
import { connectionError } from "./connection/explain";

/** Error numbers that the program acts on: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
export const Errno = {
    databaseAccessDenied: 1044,
    accessDenied: 1045,
    noSuchDatabase: 1049,
    tableAccessDenied: 1142,
    columnAccessDenied: 1143,
    noSuchTable: 1146,
    tableExists: 1050,
    duplicateEntry: 1062,
    lockWaitTimeout: 1205,
    deadlock: 1213,
    optionPreventsStatement: 1290,
    queryTimeout: 3024,
    accountLocked: 3118,
    lockNotAvailable: 3572,
} as const;

/** The server is read-only: most likely the old writer after a failover. */
export class NotTheWriter extends InternalError {
    readonly errno = Errno.optionPreventsStatement;
}

/**
 * By number. The server is shutting down or was killed, the connection was lost (also to the client: 2006, 2013), it has
 * too many; it or the transaction is read-only.
 */
const kinds: ReadonlyMap<number, ErrorKind> = new Map([
    ...[1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013, 2055, 3169].map(
        (errno) => [errno, ErrorKind.ConnectionLost] as const,
    ),
    ...[1290, 1792, 1836, 1874].map((errno) => [errno, ErrorKind.ReadOnly] as const),
    [Errno.lockWaitTimeout, ErrorKind.LockNotAvailable],
    [Errno.lockNotAvailable, ErrorKind.LockNotAvailable],
    [Errno.deadlock, ErrorKind.Deadlock],
    ...[1044, 1142, 1143, 1227, 1370].map((errno) => [errno, ErrorKind.PermissionDenied] as const),
]);

const transientErrno = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** A server's error has a number above 1000; a failed changeset carries it as text, or an SQLSTATE of class 08. */
function kindOf(error: { code?: unknown; errno?: unknown }): ErrorKind | undefined {
    const { code, errno } = error;
    if (typeof code === "string" && /^08...$/.test(code)) return ErrorKind.ConnectionLost;
    const number = typeof errno === "number" && errno >= 1000 ? errno : Number(code);
    if (!Number.isInteger(number) || number < 1000) return undefined;
    return kinds.get(number) ?? ErrorKind.Refused;
}

/** The server's error number, even if the error was wrapped once. */
export function errnoOf(error: unknown): number {
    const { errno = 0 } = ((error as Error | undefined)?.cause ?? error ?? {}) as { errno?: number };
    return errno;
}

function isTransient(error: unknown): boolean {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        const { code = "" } = cause as { code?: unknown };
        if (cause instanceof ConnectionLost || isTransientKind(kindOf(cause as { code?: unknown }))) return true;
        if (typeof code === "string" && (transientErrno.has(code) || code === "PROTOCOL_CONNECTION_LOST")) return true;
        // The client's own messages for a closed socket.
        if (/Connection lost|in closed state|socket disconnected before/.test(cause.message)) return true;
    }
    return false;
}

/** What the JDBC driver reports when a command found no connection, or lost it between two changesets. */
const transientReports =
    /Socket fail to connect|Could not connect to|unexpected end of stream|Connection reset|Broken pipe|Socket error|Connection is closed|No operations allowed after connection closed|Server shutdown in progress|Connection was killed|--read-only option|READ ONLY transaction|has not answered for|was lost without a word|that answers is a reader/;

const refusedLogin = /(Access denied for user .*)/;

export const errors: ErrorReader = {
    kindOf,
    lockViews: "performance_schema.metadata_locks and performance_schema.data_locks",
    isTransient,
    reportsLoss: (messages) => messages.some((line) => transientReports.test(line)),
    refusedLogin: (messages) => {
        const text = messages.join("\n");
        return /using password/.test(text) ? refusedLogin.exec(text)?.[1] : undefined;
    },
    connectionError,
};
