import assert from "node:assert/strict";
import {
    GetSecretValueCommand,
    ListSecretsCommand,
    ResourceNotFoundException,
    SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { AccessKeys } from "../../../scripts/local/cloud/accessKeys";
import type { Service } from "../../../scripts/local/cloud/http";
import { Permissions } from "../../../scripts/local/cloud/permissions";
import { SecretStore } from "../../../scripts/local/cloud/secrets";
import { serveSecretsManager } from "../../../scripts/local/cloud/secretsManager/api";
import { resource } from "./support";

const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}`;
const reader = "arn:aws:iam::000000000000:role/reader";

// The client is the one of the builds: what it makes of an answer is what counts.
describe("local run: Secrets Manager", () => {
    const keys = new AccessKeys();
    let service: Service;

    before(async () => {
        const resources = ["own", "other"].map((name) =>
            resource("aws:secretsmanager/secretVersion:SecretVersion", name, {
                secretId: secret(name),
                secretString: `text of ${name}`,
            }),
        );
        const statement = { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [secret("own")] };
        const policy = resource("aws:iam/rolePolicy:RolePolicy", "reader", {
            role: "reader",
            policy: JSON.stringify({ Statement: [statement] }),
        });
        service = await serveSecretsManager(SecretStore.of(resources), keys, Permissions.of([policy]));
    });
    after(() => service.close());

    function client(credentials = keys.of(reader)): SecretsManagerClient {
        const { id: accessKeyId, secret: secretAccessKey } = credentials;
        return new SecretsManagerClient({
            endpoint: service.url,
            region: "eu-west-1",
            credentials: { accessKeyId, secretAccessKey },
            maxAttempts: 1,
        });
    }
    const read = (name: string, more: object = {}, from = client()) =>
        from.send(new GetSecretValueCommand({ SecretId: secret(name), ...more }));

    it("gives a role the secrets that its policy names", async () => {
        assert.equal((await read("own")).SecretString, "text of own");
        assert.equal((await read("own", { VersionStage: "AWSCURRENT" })).SecretString, "text of own");
        await assert.rejects(read("other"), {
            name: "AccessDeniedException",
            message: /role\/reader is not authorized/,
        });
        await assert.rejects(read("own", {}, client(keys.of("arn:aws:iam::000000000000:role/stranger"))), {
            name: "AccessDeniedException",
        });
    });

    it("has no pending version, as between two rotations", async () => {
        await assert.rejects(read("own", { VersionStage: "AWSPENDING" }), ResourceNotFoundException);
    });

    it("rejects foreign keys, and unsupported calls by name", async () => {
        const forged = { id: "AKIAFORGED", secret: "any", role: reader };
        await assert.rejects(read("own", {}, client(forged)), { name: "InvalidClientTokenId" });
        await assert.rejects(client().send(new ListSecretsCommand({})), /does not support secretsmanager\.ListSecrets/);
    });
});
