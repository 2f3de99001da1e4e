import { GetSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import type { Address } from "../credential";
import { awsClient } from "./clients";
import { InternalError } from "../errors";

/** The password in one version of a secret in RDS's JSON form; undefined if there is no such version. */
export async function readSecretPassword(secretId: string, stage: string): Promise<string | undefined> {
    try {
        const { SecretString: text = "" } = await awsClient("secretsManager").send(
            new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }),
        );
        return passwordIn(text);
    } catch (error) {
        // Outside a rotation there is no pending version.
        if (stage !== currentStage && error instanceof ResourceNotFoundException) {
            return undefined;
        }
        throw error;
    }
}

const currentStage = "AWSCURRENT";

/** A token that the user can log in with for 15 minutes. Signed locally, without a network call. */
export function mintToken({ host, port }: Address, username: string): Promise<string> {
    return awsClient("signer", { hostname: host, port, username }).getAuthToken();
}

function passwordIn(text: string): string {
    let password: unknown;
    try {
        ({ password } = JSON.parse(text) as { password?: unknown });
    } catch {
        // The parser's message would reveal the secret.
    }
    if (typeof password !== "string" || password === "") {
        throw new InternalError('it has no "password": it is not in the JSON form of an RDS database credential');
    }
    return password;
}
