import { type CodedError, databaseErrors } from "../../../errors";
import type { DatabaseSettings } from "../../../settings";

/** The server, or IAM on its behalf, rejects the credential. */
const refusedCredential = /(password|PAM) authentication failed|28P01/i;

const connectionCauses = [
    { pattern: /no pg_hba\.conf entry|28000/, Kind: databaseErrors.AccessRefused },
    { pattern: /3D000|database ".*" does not exist/, Kind: databaseErrors.DatabaseMissing },
    {
        pattern: /self.signed|unable to (get|verify)|DEPTH_ZERO|UNABLE_TO|issuer/i,
        Kind: databaseErrors.CertificateUntrusted,
    },
    { pattern: /altname|hostname\/ip does not match/i, Kind: databaseErrors.CertificateForAnotherHost },
    { pattern: /certificate has expired|CERT_HAS_EXPIRED/i, Kind: databaseErrors.CertificateExpired },
    { pattern: /does not support SSL/i, Kind: databaseErrors.TlsMissing },
    { pattern: /ENOTFOUND|EAI_AGAIN/, Kind: databaseErrors.HostUnknown },
    { pattern: /is a reader/, Kind: databaseErrors.NoWriter },
    {
        pattern: /ECONNREFUSED|has not answered|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|timeout/i,
        Kind: databaseErrors.NoAnswer,
    },
    { pattern: /53300|too many (clients|connections)/i, Kind: databaseErrors.ConnectionsExhausted },
];

/** The error that says why there is no connection. */
/** What the server asks of a user who logs in with an IAM token. */
const tokenUser = "the role rds_iam, which the action Bootstrap grants";

export function connectionError(error: unknown, database: DatabaseSettings): CodedError {
    const { code, message } = error as { code?: string; message: string };
    const text = [message, code].filter(Boolean).join(" ");
    const { name, host, port, username: user, credential } = database;
    const facts = { database: name, host, port, user, reason: message || code || String(error) };
    if (refusedCredential.test(text)) {
        return new databaseErrors.CredentialRefused(
            { ...facts, advice: credential.advice(tokenUser) },
            { cause: error },
        );
    }
    const { Kind } = connectionCauses.find(({ pattern }) => pattern.test(text)) ?? {
        Kind: databaseErrors.ConnectionFailed,
    };
    return new Kind(facts, { cause: error });
}
