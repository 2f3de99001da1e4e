import type { JdbcConnection, JdbcOptions, JdbcSettings } from "../../engine";
import { silenceLimits } from "../../silence";
import { sessionOptions } from "./connection";

/** It sets no `socketTimeout`, which would end every statement that takes longer; the socket factory replaces it. */
export function jdbcConnection(
    { database, releaseId, action }: JdbcSettings,
    { readOnly = false, socketFactory }: JdbcOptions,
): JdbcConnection {
    // The same limit as for the delivery program's own connections.
    const loginSeconds = Math.ceil(silenceLimits(database.silenceSeconds).firstAttemptMillis / 1000);
    const properties = {
        sslmode: "verify-full",
        sslrootcert: database.caBundle,
        ApplicationName: releaseId,
        // The driver checks `transaction_read_only`, which is always on for the planner because the role is read-only.
        ...(action !== "plan" && { targetServerType: "primary" }),
        ...(readOnly && { readOnly: "true" }),
        socketFactory,
        tcpKeepAlive: "true",
        connectTimeout: String(loginSeconds),
        loginTimeout: String(loginSeconds),
        sslResponseTimeout: String(loginSeconds * 1000),
        cancelSignalTimeout: "10",
        options: sessionOptions,
    };
    const url = `jdbc:postgresql://${database.host}:${database.port}/${encodeURIComponent(database.name)}`;
    return { url, properties };
}
