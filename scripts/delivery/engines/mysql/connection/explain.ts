import { type CodedError, databaseErrors } from "../../../errors";
import type { DatabaseSettings } from "../../../settings";

const causes = [
    { pattern: /ER_HOST_NOT_PRIVILEGED|ER_DBACCESS_DENIED|1044|1130/, Kind: databaseErrors.AccessRefused },
    { pattern: /ER_BAD_DB_ERROR|Unknown database/, Kind: databaseErrors.DatabaseMissing },
    {
        pattern: /self.signed|unable to (get|verify)|certificate signature failure|DEPTH_ZERO|UNABLE_TO|issuer/i,
        Kind: databaseErrors.CertificateUntrusted,
    },
    { pattern: /altname|hostname\/ip does not match/i, Kind: databaseErrors.CertificateForAnotherHost },
    { pattern: /certificate has expired|CERT_HAS_EXPIRED/i, Kind: databaseErrors.CertificateExpired },
    { pattern: /does not support secure connection|HANDSHAKE_NO_SSL/i, Kind: databaseErrors.TlsMissing },
    { pattern: /ENOTFOUND|EAI_AGAIN/, Kind: databaseErrors.HostUnknown },
    { pattern: /is a reader/, Kind: databaseErrors.NoWriter },
    {
        pattern: /ECONNREFUSED|has not answered|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|Connection lost|timeout/i,
        Kind: databaseErrors.NoAnswer,
    },
    { pattern: /ER_CON_COUNT_ERROR|Too many connections/i, Kind: databaseErrors.ConnectionsExhausted },
];

/** The error that says why there is no connection. */
/** What the server asks of a user who logs in with an IAM token. */
const tokenUser = "the authentication plugin AWSAuthenticationPlugin";

export function connectionError(error: unknown, database: DatabaseSettings): CodedError {
    const { code, message } = error as { code?: string; message: string };
    const text = [message, code].filter(Boolean).join(" ");
    const { name, host, port, username: user, credential } = database;
    const facts = { database: name, host, port, user, reason: message || code || String(error) };
    if (/ER_ACCESS_DENIED_ERROR|Access denied for user .*using password/.test(text)) {
        return new databaseErrors.CredentialRefused(
            { ...facts, advice: credential.advice(tokenUser) },
            { cause: error },
        );
    }
    const { Kind } = causes.find(({ pattern }) => pattern.test(text)) ?? { Kind: databaseErrors.ConnectionFailed };
    return new Kind(facts, { cause: error });
}
