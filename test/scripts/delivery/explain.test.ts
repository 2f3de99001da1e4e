import * as assert from "node:assert/strict";
import { SecretCredential } from "../../../scripts/delivery/database/credentials/secret";
import { explainConnection, explainLiquibase } from "../../../scripts/delivery/explain";

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
    const causes: [object, RegExp][] = [
        [
            { code: "28P01", message: 'password authentication failed for user "owner"' },
            /password in the secret is not/,
        ],
        [{ code: "3D000", message: 'database "app" does not exist' }, /DB_NAME names a database/],
        [{ code: "SELF_SIGNED_CERT_IN_CHAIN", message: "self-signed certificate in certificate chain" }, /CA bundle/],
        [
            { code: "ERR_TLS_CERT_ALTNAME_INVALID", message: "Hostname/IP does not match certificate's altnames" },
            /another host name/,
        ],
        [{ message: "The server does not support SSL connections" }, /switch TLS on/],
        [{ code: "ENOTFOUND", message: "getaddrinfo ENOTFOUND db" }, /does not resolve/],
        [{ code: "ECONNREFUSED", message: "" }, /Nothing answers there/],
        [{ message: "timeout expired" }, /Nothing answers there/],
        [{ code: "53300", message: "sorry, too many clients already" }, /no connection left/],
    ];
    for (const [error, fix] of causes) {
        it(`says why and what to do: ${JSON.stringify(error)}`, () => {
            const [cause, ...rest] = explainConnection(error, database).split("\n");
            assert.match(cause ?? "", /^No connection to app on db:5432 as owner: ./);
            assert.match(rest.join("\n"), fix);
        });
    }
});

describe("a failed Liquibase command", () => {
    it("is reported without its noise, with what to do", () => {
        const messages = [
            "Starting Liquibase at 13:17:47 using Java 17.0.15",
            "ERROR: Exception Details",
            "ERROR: Exception Primary Reason:  Validation Failed:",
            "",
            "Unexpected error running Liquibase: liquibase.exception.CommandExecutionException: Validation Failed:",
            "     1 changesets check sum",
            "          a.sql::1::me was: 9:7b but is now: 9:e6",
            "",
            "For more information, please use the --log-level flag",
        ];
        assert.equal(
            explainLiquibase("The update failed", messages),
            [
                "The update failed:",
                "    Validation Failed:",
                "         1 changesets check sum",
                "              a.sql::1::me was: 9:7b but is now: 9:e6",
                "A changeset that already ran was edited. Undo the edit and write a new changeset instead; views and functions that shall follow their text take runOnChange:true.",
            ].join("\n"),
        );
    });

    const causes: [string, RegExp | undefined][] = [
        ["nowhere.yaml does not exist", /Paths in a changelog are relative/],
        ['Reason: ERROR: relation "nowhere" does not exist', undefined],
        ["Reason: ERROR: canceling statement due to lock timeout", /raise lockRetryBudgetSeconds/],
        ["Reason: ERROR: deadlock detected", /raise lockRetryBudgetSeconds/],
        ["Reason: ERROR: canceling statement due to statement timeout", /longer than statementTimeoutMilliseconds/],
    ];
    for (const [cause, fix] of causes) {
        it(`is explained: ${cause}`, () => {
            const [, , ...rest] = explainLiquibase("The update failed", [
                `Unexpected error running Liquibase: ${cause}`,
            ]).split("\n");
            assert.match(rest.join("\n"), fix ?? /^$/);
        });
    }

    it("shows what Liquibase printed when it gives no reason", () => {
        assert.equal(explainLiquibase("The update failed", ["WARNING: License", "odd"]), "The update failed:\n    odd");
        assert.equal(explainLiquibase("The update failed", []), "The update failed:\n    Liquibase gives no reason");
    });
});
