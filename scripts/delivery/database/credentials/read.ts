import { Authentications, AuthenticationVariables, EnvironmentVariables } from "../../../../components/contract";
import type { Credential, Hide } from "./credential";
import { IamCredential } from "./iam";
import { SecretCredential } from "./secret";

type Environment = Record<string, string | undefined>;

const ways = Object.values(Authentications);

/** Variables without which the build cannot prove anything. */
export function credentialVariables(environment: Environment): string[] {
    return wayOf(environment) === Authentications.iam ? [] : [AuthenticationVariables.password];
}

export function credentialProblems(environment: Environment): string[] {
    const { [AuthenticationVariables.authentication]: given } = environment;
    return !given || (ways as string[]).includes(given)
        ? []
        : [`${AuthenticationVariables.authentication} is "${given}"; allowed: ${ways.join(", ")}`];
}

export function readCredential(environment: Environment, hide: Hide): Credential {
    const username = environment[EnvironmentVariables.databaseUsername] ?? "";
    return wayOf(environment) === Authentications.iam
        ? new IamCredential(username, hide)
        : new SecretCredential(
              environment[AuthenticationVariables.password] ?? "",
              environment[AuthenticationVariables.secret] || undefined,
              hide,
          );
}

function wayOf(environment: Environment): string {
    return environment[AuthenticationVariables.authentication] || Authentications.secret;
}
