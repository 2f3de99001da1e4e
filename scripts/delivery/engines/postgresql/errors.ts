import { ConnectionLost, ErrorKind, isTransientKind } from "../errors";
import type { ErrorReader } from "../engine";
import { connectionError } from "./connection/explain";
import { InternalError } from "../../errors";

/** SQLSTATEs that the program acts on: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const SqlState = {
    serializationFailure: "40001",
    deadlockDetected: "40P01",
    uniqueViolation: "23505",
    readOnlyTransaction: "25006",
    invalidPassword: "28P01",
    insufficientPrivilege: "42501",
    undefinedTable: "42P01",
    undefinedFunction: "42883",
    undefinedObject: "42704",
    duplicateTable: "42P07",
    lockNotAvailable: "55P03",
    queryCanceled: "57014",
    inFailedTransaction: "25P02",
    outOfMemory: "53200",
    internalError: "XX000",
} as const;

/** The server is read-only: most likely the old writer after a failover. */
export class NotTheWriter extends InternalError {
    readonly code = SqlState.readOnlyTransaction;
}

/**
 * The first match counts. Class 08 means a lost connection, as do the codes of a server that is shutting down, has
 * crashed or is starting. Amazon Aurora's guide: "During a failover […] connections are dropped", and the endpoint may
 * lead to a reader for a while.
 */
const kinds: [pattern: RegExp, kind: ErrorKind][] = [
    [/^(08...|57P0[1235])$/, ErrorKind.ConnectionLost],
    [/^25006$/, ErrorKind.ReadOnly],
    [/^55P03$/, ErrorKind.LockNotAvailable],
    [/^40P01$/, ErrorKind.Deadlock],
    [/^42501$/, ErrorKind.PermissionDenied],
    [/^57014$/, ErrorKind.Canceled],
    // About the request, not the connection: classes of data, syntax and access.
    [/^(22|42|55|0A|P0)/, ErrorKind.Refused],
];

const transientErrno = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** The server's error code, even if the error was wrapped once. */
export function codeOf(error: unknown): string {
    const { code = "" } = ((error as Error | undefined)?.cause ?? error ?? {}) as { code?: string };
    return code;
}

/** The code is the same when a person cancels the statement. */
const timedOut = "canceling statement due to statement timeout";

function kindOf({ code, message }: { code?: unknown; message?: string }): ErrorKind | undefined {
    const kind = typeof code === "string" ? kinds.find(([pattern]) => pattern.test(code))?.[1] : undefined;
    return kind === ErrorKind.Canceled && (message === timedOut || message === `ERROR: ${timedOut}`)
        ? ErrorKind.TimedOut
        : kind;
}

/** Whether a failure is due to the connection or the server's state, not the statement. */
export function isTransient(error: unknown): boolean {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        const { code = "" } = cause as { code?: unknown };
        if (cause instanceof ConnectionLost || isTransientKind(kindOf({ code }))) return true;
        if (typeof code === "string" && transientErrno.has(code)) return true;
        // The client's own messages for a closed socket.
        if (/^Connection terminated|^Client network socket disconnected|not queryable/.test(cause.message)) return true;
    }
    return false;
}

/** What the drivers report when a command found no connection, or lost it between two changesets. */
const transientReports =
    /An I\/O error occurred while sending to the backend|This connection has been closed|The connection attempt failed|Connection to \S+ refused|Could not find a server with specified targetServerType|terminating connection due to|the database system is (starting up|shutting down|in recovery mode|not accepting connections|not yet accepting connections)|in a read-only transaction|Connection attempt timed out|has not answered for|was lost without a word|was lost silently|Connection terminated|Client network socket disconnected|not queryable|that answers is a reader/;

const refusedLogin = /FATAL: ((?:password|PAM) authentication failed.*)/;

export const errors: ErrorReader = {
    kindOf,
    lockViews: "pg_locks and pg_stat_activity",
    isTransient,
    reportsLoss: (messages) => messages.some((line) => transientReports.test(line)),
    refusedLogin: (messages) => refusedLogin.exec(messages.join("\n"))?.[1],
    connectionError,
};
