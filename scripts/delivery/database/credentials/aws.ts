import {
    GetSecretValueCommand,
    ResourceNotFoundException,
    SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Signer } from "@aws-sdk/rds-signer";
import type { Address } from "./credential";

/** A build that cannot reach Secrets Manager must say so, not hang. */
const client = () =>
    new SecretsManagerClient({ maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 } });

/** The password in one version of a secret in RDS's JSON form; undefined if there is no such version. */
export async function readSecretPassword(secretId: string, stage: string): Promise<string | undefined> {
    try {
        const { SecretString: text = "" } = await client().send(
            new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }),
        );
        return passwordIn(text);
    } catch (error) {
        // Between two rotations no version is pending.
        if (stage !== currentStage && error instanceof ResourceNotFoundException) {
            return undefined;
        }
        throw error;
    }
}

const currentStage = "AWSCURRENT";

/** A token that lets the user in for 15 minutes. Signed here: nobody is asked. */
export function mintToken({ host, port }: Address, username: string): Promise<string> {
    return new Signer({ hostname: host, port, username }).getAuthToken();
}

function passwordIn(text: string): string {
    let password: unknown;
    try {
        ({ password } = JSON.parse(text) as { password?: unknown });
    } catch {
        // The parser's message would show what the secret holds.
    }
    if (typeof password !== "string" || password === "") {
        throw new Error('it has no "password": it is not in the JSON form of a credential for an RDS database');
    }
    return password;
}
