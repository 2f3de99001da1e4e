import type { JdbcOptions, JdbcSettings } from "../../engine";
import { silenceLimits } from "../../silence";
import { sessionOptions } from "./connection";

/**
 * The connection URL without the credential: the user is in the environment, the password comes with each command. It
 * sets no `socketTimeout`, which would end every statement that takes longer; the socket factory replaces it.
 */
export function jdbcUrl(
    { database, releaseId, action }: JdbcSettings,
    { readOnly = false, socketFactory }: JdbcOptions,
): string {
    // The same limit as for the delivery program's own connections.
    const loginSeconds = Math.ceil(silenceLimits(database.silenceSeconds).firstAttemptMillis / 1000);
    const parameters = {
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
    const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `jdbc:postgresql://${database.host}:${database.port}/${encodeURIComponent(database.name)}?${query.join("&")}`;
}
