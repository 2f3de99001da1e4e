/** A connection that is given up on: whoever waits for an answer on it gets this instead. */
export class ConnectionLost extends Error {
    /** As the server's codes have it: `connection_failure`. */
    readonly code = "08006";

    constructor(
        message: string,
        /** Whether the server does not answer on any other connection either. */
        readonly silent: boolean,
    ) {
        super(message);
    }
}

/** The server that answered cannot be written to: an old writer after a failover, most likely. */
export class NotTheWriter extends Error {
    readonly code = "25006";
}

/**
 * SQLSTATEs after which the same may be asked again, of the writer that there is by then: a connection that was lost (class
 * 08), a server that shuts down, crashed or starts (57P01 to 57P03), and a writer that has become a reader (25006). Amazon
 * Aurora's guide: "During a failover […] connections are dropped" and its old endpoint may lead to a reader for a while.
 */
const transientState = /^(08...|57P0[123]|25006)$/;
const transientErrno = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** Whether a failure is the connection's or the server's state, and not the statement's. */
export function isTransient(error: unknown): boolean {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        const { code = "" } = cause as { code?: unknown };
        if (typeof code === "string" && (transientState.test(code) || transientErrno.has(code))) return true;
        // The client's own words for a socket that was closed.
        if (/^Connection terminated|^Client network socket disconnected|not queryable/.test(cause.message)) return true;
    }
    return false;
}

/** Whether the server's code of a failed changeset says the same. */
export function isTransientState(sqlState: string): boolean {
    return transientState.test(sqlState);
}

/** What Liquibase prints where a command found no connection, or lost it between two changesets. */
const transientReports =
    /An I\/O error occurred while sending to the backend|This connection has been closed|The connection attempt failed|Connection to \S+ refused|Could not find a server with specified targetServerType|terminating connection due to|the database system is (starting up|shutting down|in recovery mode|not accepting connections|not yet accepting connections)|in a read-only transaction|Connection attempt timed out|has not answered for|was lost without a word/;

export function reportsLoss(messages: string[]): boolean {
    return messages.some((line) => transientReports.test(line));
}
