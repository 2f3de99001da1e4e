import { AuthVariables, BuildAuth, EnvironmentVariables } from "../../../../components/contract";
import type { Credential, Hide } from "../../credential";
import { CloneCredential } from "./cloneCredential";
import type { Environment } from "../../settings";
import { IamCredential } from "./iam";
import { SecretCredential } from "./secret";

const modes = Object.values(BuildAuth);

/** Variables that the authentication mode needs. */
export function credentialVariables(environment: Environment): string[] {
    return authOf(environment) === BuildAuth.Secret ? [AuthVariables.password] : [];
}

export function credentialProblems(environment: Environment): string[] {
    const { [AuthVariables.auth]: given } = environment;
    return !given || (modes as string[]).includes(given)
        ? []
        : [`${AuthVariables.auth} is "${given}"; allowed: ${modes.join(", ")}`];
}

export function readCredential(environment: Environment, hide: Hide): Credential {
    const username = environment[EnvironmentVariables.databaseUsername] ?? "";
    switch (authOf(environment)) {
        case BuildAuth.Iam:
            return new IamCredential(username, hide);
        case BuildAuth.Clone:
            return new CloneCredential(hide);
        default:
            return new SecretCredential(
                environment[AuthVariables.password] ?? "",
                environment[AuthVariables.secret] || undefined,
                hide,
            );
    }
}

function authOf(environment: Environment): string {
    return environment[AuthVariables.auth] || BuildAuth.Secret;
}
