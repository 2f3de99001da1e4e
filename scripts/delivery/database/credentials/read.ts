import { Authentications, AuthenticationVariables, EnvironmentVariables } from "../../../../components/contract";
import type { Credential, Hide } from "./credential";
import { CloneCredential } from "./cloneCredential";
import { IamCredential } from "./iam";
import { SecretCredential } from "./secret";

type Environment = Record<string, string | undefined>;

const ways = Object.values(Authentications);

/** Variables without which the build cannot prove anything. */
export function credentialVariables(environment: Environment): string[] {
    return wayOf(environment) === Authentications.secret ? [AuthenticationVariables.password] : [];
}

export function credentialProblems(environment: Environment): string[] {
    const { [AuthenticationVariables.authentication]: given } = environment;
    return !given || (ways as string[]).includes(given)
        ? []
        : [`${AuthenticationVariables.authentication} is "${given}"; allowed: ${ways.join(", ")}`];
}

export function readCredential(environment: Environment, hide: Hide): Credential {
    const username = environment[EnvironmentVariables.databaseUsername] ?? "";
    switch (wayOf(environment)) {
        case Authentications.iam:
            return new IamCredential(username, hide);
        case Authentications.clone:
            return new CloneCredential(hide);
        default:
            return new SecretCredential(
                environment[AuthenticationVariables.password] ?? "",
                environment[AuthenticationVariables.secret] || undefined,
                hide,
            );
    }
}

function wayOf(environment: Environment): string {
    return environment[AuthenticationVariables.authentication] || Authentications.secret;
}
