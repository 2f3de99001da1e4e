import * as assert from "node:assert/strict";
import { SecretCredential } from "../../../../../../scripts/delivery/aws/credentials/secret";
import { connectionError } from "../../../../../../scripts/delivery/engines/postgresql/connection/explain";
import { databaseErrors } from "../../../../../../scripts/delivery/errors";

const credential = new SecretCredential("s3cret", undefined, () => {});
const database = {
    host: "db",
    port: 5432,
    name: "app",
    username: "owner",
    credential,
    caBundle: "",
    silenceSeconds: 45,
};

describe("a refused connection", () => {
    const facts = { database: "app", host: "db", port: 5432, user: "owner" };

    it("says what the credential needs if it is rejected", () => {
        const reason = 'password authentication failed for user "owner"';
        const error = connectionError({ code: "28P01", message: reason }, database);
        assert.ok(error instanceof databaseErrors.CredentialRefused);
        assert.deepEqual(error.facts, { ...facts, reason, advice: credential.advice() });
        assert.match(error.message, /password in the secret does not match/);
    });

    const causes: [{ code?: string; message: string }, keyof typeof databaseErrors][] = [
        [{ code: "28000", message: 'no pg_hba.conf entry for host "10.0.0.1"' }, "AccessRefused"],
        [{ code: "3D000", message: 'database "app" does not exist' }, "DatabaseMissing"],
        [
            { code: "SELF_SIGNED_CERT_IN_CHAIN", message: "self-signed certificate in certificate chain" },
            "CertificateUntrusted",
        ],
        [
            { code: "ERR_TLS_CERT_ALTNAME_INVALID", message: "Hostname/IP does not match certificate's altnames" },
            "CertificateForAnotherHost",
        ],
        [{ code: "CERT_HAS_EXPIRED", message: "certificate has expired" }, "CertificateExpired"],
        [{ message: "The server does not support SSL connections" }, "TlsMissing"],
        [{ code: "ENOTFOUND", message: "getaddrinfo ENOTFOUND db" }, "HostUnknown"],
        [{ message: "db:5432 is a reader" }, "NoWriter"],
        [{ code: "ECONNREFUSED", message: "" }, "NoAnswer"],
        [{ message: "timeout expired" }, "NoAnswer"],
        [{ code: "53300", message: "sorry, too many clients already" }, "ConnectionsExhausted"],
        [{ message: "odd" }, "ConnectionFailed"],
    ];
    for (const [given, kind] of causes) {
        it(`is ${kind}: ${JSON.stringify(given)}`, () => {
            const error = connectionError(given, database);
            assert.equal(error.name, kind);
            assert.deepEqual(error.facts, { ...facts, reason: given.message || given.code });
            assert.match(error.message, /^AP12\d\d: No connection to app on db:5432 as owner: \S.*\. \S.*\.$/);
            assert.equal(error.cause, given);
            assert.equal(error.exitCode, 2);
        });
    }
});
