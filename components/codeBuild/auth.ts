import * as pulumi from "@pulumi/pulumi";
import { type BootstrapArgs, type BootstrapUserArgs, buildUsersOf, usersOf } from "./bootstrap";
import { Auth, AuthVariables, BuildAuth, EnvironmentVariables } from "../contract";
import { engineHas, requiredRoleName } from "./databaseUsers";
import type { Location } from "../shared/location";
import { connectAs } from "./loginStatements";
import type { DatabaseRef, SecretRef } from "../references";
import { makesClones, type RehearsalArgs } from "./rehearsal";
import type { Statement } from "../shared/statements";
import { oneOf, required, type Rule } from "../shared/validation";

// How a build authenticates to the database: the args that select it, the variables that pass it to the build, and the
// permissions that its role needs for it.

/** The part of a build's args that its login depends on. */
interface Login {
    action: string;
    tool?: string;
    auth?: Auth;
    credential?: SecretRef;
    username?: pulumi.Input<string>;
    database: DatabaseRef;
    bootstrap?: BootstrapArgs;
    rehearsal?: RehearsalArgs;
}

/** Whether the build reads a password from a secret. */
export function needsCredential(build: Login): boolean {
    return build.auth !== Auth.Iam && !makesClones(build);
}

export function authRules(build: Login): Rule[] {
    return makesClones(build) ? cloneRules(build) : loginRules(build);
}

function cloneRules({ auth, credential, username, database }: Login): Rule[] {
    const allowed = "nothing for a rehearsal on a clone, where the build sets a password of the clone's own";
    return [
        only("auth", auth, false, allowed, "Leave it out."),
        only("credential", credential, false, allowed, "Leave it out, and give username."),
        requiredRoleName("username", username),
        engineHas("canRehearse", database.engine, {
            arg: "database.engine",
            given: database.engine,
            what: 'action "Rehearse"',
            fix: "Leave this build out: there is no rehearsal for Aurora MySQL.",
        }),
    ];
}

function loginRules(build: Login): Rule[] {
    const { auth, database, username } = build;
    const iam = auth === Auth.Iam;
    return [
        oneOf("auth", auth, Object.values(Auth), 'Leave it out for "Secret".'),
        only("credential", build.credential, !iam, 'nothing with auth "Iam", which needs no password', "Leave it out."),
        only("username", username, iam, 'nothing without auth "Iam"; the secret names the user', "Leave it out."),
        ...(iam
            ? [
                  requiredRoleName("username", username),
                  required(
                      "database.clusterResourceId",
                      database.clusterResourceId,
                      'the resource id of the cluster, with auth "Iam"',
                      "Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
                  ),
              ]
            : []),
    ];
}

/** With a password, the secret contains the user name; with IAM, the variable does. */
export function authVariables(build: Login): {
    plaintext: [name: string, value: pulumi.Input<string>][];
    fromSecret: [name: string, value: pulumi.Input<string>][];
} {
    if (makesClones(build)) {
        return {
            plaintext: [
                [AuthVariables.auth, BuildAuth.Clone],
                [EnvironmentVariables.databaseUsername, build.username!],
            ],
            fromSecret: [],
        };
    }
    const { auth = Auth.Secret, credential, username } = build;
    const plaintext: [string, pulumi.Input<string>][] = [[AuthVariables.auth, auth]];
    if (credential === undefined) {
        return { plaintext: [...plaintext, [EnvironmentVariables.databaseUsername, username!]], fromSecret: [] };
    }
    const { secretArn } = credential;
    return {
        plaintext: [...plaintext, [AuthVariables.secret, secretArn]],
        fromSecret: [
            [EnvironmentVariables.databaseUsername, pulumi.interpolate`${secretArn}:username::`],
            [AuthVariables.password, pulumi.interpolate`${secretArn}:password::`],
        ],
    };
}

/** The secrets that a build reads. */
export function secretsOf({ credential, bootstrap }: Login): Pick<SecretRef, "secretArn" | "kmsKeyArn">[] {
    const all = [credential, ...usersOf(bootstrap).map((user) => user.credential)];
    // Not the secrets themselves: they may be components, which cannot be inputs.
    return all.flatMap((secret) =>
        secret === undefined ? [] : [{ secretArn: secret.secretArn, kmsKeyArn: secret.kmsKeyArn }],
    );
}

interface IamLogin {
    usernames: pulumi.Input<string>[];
    clusterResourceId: pulumi.Input<string>;
}

/** The users that a build's role may log in as with IAM; undefined with passwords. */
export function iamLoginOf(build: Login): IamLogin | undefined {
    const { auth, username, database, bootstrap } = build;
    const usernames = auth === Auth.Iam ? [username!] : usersOfIam(bootstrap).map((user) => user.username);
    return usernames.length === 0 ? undefined : { usernames, clusterResourceId: database.clusterResourceId! };
}

/**
 * The users of a bootstrap that have no password: the bootstrap logs in as each of them to check that their builds can.
 */
function usersOfIam(bootstrap: BootstrapArgs | undefined): BootstrapUserArgs[] {
    return buildUsersOf(bootstrap).filter(({ credential }) => credential === undefined);
}

export function iamLoginStatements(at: Location, login: pulumi.Unwrap<IamLogin> | undefined): Statement[] {
    return login === undefined ? [] : [connectAs(at, login.clusterResourceId, login.usernames)];
}

/** An arg that only some builds take. */
function only(arg: string, given: unknown, applies: boolean, allowed: string, fix: string): Rule {
    return { arg, kind: "Conflict", given, valid: applies || given === undefined, allowed, fix };
}
