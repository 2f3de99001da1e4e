import * as assert from "node:assert/strict";
import { IamCredential } from "../../../../scripts/delivery/aws/credentials/iam";
import { SecretCredential } from "../../../../scripts/delivery/aws/credentials/secret";

const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-migrator-0a1b2c";

/** A credential whose secret holds these versions; what it hid and which versions it read. */
function credentialOf(versions: Record<string, string | Error>, secret: string | undefined = arn) {
    const hidden: string[] = [];
    const read: string[] = [];
    const credential = new SecretCredential(
        "first",
        secret || undefined,
        (hide) => hidden.push(hide),
        (id, stage) => {
            assert.equal(id, arn);
            read.push(stage);
            const { [stage]: version } = versions;
            return version instanceof Error ? Promise.reject(version) : Promise.resolve(version);
        },
    );
    return { credential, hidden, read };
}

describe("a password from a secret", () => {
    it("is the build's own until it is rejected", async () => {
        const { credential, hidden, read } = credentialOf({ AWSCURRENT: "second" });
        assert.equal(await credential.password(), "first");
        assert.deepEqual([hidden, read], [["first"], []]);
    });

    it("is read again when it is rejected, and kept", async () => {
        const { credential, hidden, read } = credentialOf({ AWSCURRENT: "second" });
        assert.equal(await credential.another("first"), "second");
        assert.equal(await credential.password(), "second");
        assert.deepEqual([hidden, read], [["first", "second"], ["AWSCURRENT"]]);
    });

    it("is the pending one while a rotation is between the database and the secret", async () => {
        const { credential } = credentialOf({ AWSCURRENT: "first", AWSPENDING: "second" });
        assert.equal(await credential.another("first"), "second");
    });

    it("is not read again for a connection that was refused at the same time", async () => {
        const { credential, read } = credentialOf({ AWSCURRENT: "second" });
        await credential.another("first");
        assert.equal(await credential.another("first"), "second");
        assert.deepEqual(read, ["AWSCURRENT"]);
    });

    it("is tried once, and then the error names the secret", async () => {
        const { credential } = credentialOf({ AWSCURRENT: "second" });
        assert.equal(await credential.another("first"), "second");
        assert.equal(await credential.another("second"), undefined);
        assert.match(
            credential.advice(),
            new RegExp(`The secret ${arn} was read again, and its current value is rejected`),
        );
    });

    it("is final if the secret is unknown or unreadable", async () => {
        const unknown = credentialOf({}, "");
        assert.equal(await unknown.credential.another("first"), undefined);
        assert.match(unknown.credential.advice(), /Was it rotated\? Set the secret's value/);
        const { credential } = credentialOf({ AWSCURRENT: new Error("AccessDenied") });
        assert.equal(await credential.another("first"), undefined);
        assert.match(credential.advice(), new RegExp(`The secret ${arn} could not be read again: AccessDenied\\.`));
    });
});

describe("a token of IAM", () => {
    it("is created for each connection, for its address and user, and redacted", async () => {
        const hidden: string[] = [];
        let minted = 0;
        const credential = new IamCredential(
            "app_planner",
            (token) => hidden.push(token),
            ({ host, port }, user) => Promise.resolve(`${user}@${host}:${port} ${(minted += 1)}`),
        );
        assert.equal(await credential.password({ host: "db", port: 15432 }), "app_planner@db:15432 1");
        assert.equal(await credential.password({ host: "clone", port: 15432 }), "app_planner@clone:15432 2");
        assert.equal(hidden.length, 2);
        assert.equal(await credential.another(), undefined);
    });

    it("reports missing permissions", async () => {
        const mint = () => Promise.reject(new Error("Could not load credentials from any providers"));
        const credential = new IamCredential("app_planner", () => {}, mint);
        await assert.rejects(
            credential.password({ host: "db", port: 15432 }),
            /^TokenNotMade: AP1701: No IAM token for connecting as app_planner could be created: Could not load .*AWS_REGION/,
        );
        assert.match(credential.advice("a role"), /needs rds-db:connect for that user.*the user needs a role\./);
    });
});
