import { Authentications, AuthenticationVariables, EnvironmentVariables } from "../../../../components/contract";
import { IamCredential } from "./iam";
import { SecretCredential } from "./secret";

/** Where a connection goes. */
export interface Address {
    host: string;
    port: number;
}

/** With what a build proves to the database who it is. */
export interface Credential {
    /** What the next connection to this address shows. */
    password(address: Address): Promise<string>;
    /** Another one to try, now that the server has refused this one; undefined when there is none. */
    another(refused: string): Promise<string | undefined>;
    /** What to put right when the server refuses all there is. */
    readonly advice: string;
}

/** Told of every password and token as soon as it is known, to keep it out of what the program writes. */
export type Hide = (secret: string) => void;

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
