import * as pulumi from "@pulumi/pulumi";
import type { ApplicationUserArgs, BootstrapArgs } from "../codeBuild/bootstrap";
import type { MigrationBuildArgs } from "../codeBuild/args";
import { type Action, Auth } from "../contract";
import { DbSecret, type DbSecretArgs } from "../dbSecret";
import type { DatabaseRef, SecretRef } from "../references";
import { engines } from "../shared/engines";
import type { DeliveryApplicationUserArgs, Settings } from "./args";

/** The users of a database. */
export interface DatabaseUsers {
    administrator: SecretRef;
    /** The users that builds log in as once the pipeline has created them. */
    builds: Builds;
}

interface Builds {
    ownerRole?: pulumi.Input<string>;
    migrator: User;
    planner: User;
    extensions?: string[];
    groupRoles?: BootstrapArgs["groupRoles"];
    applicationUsers?: ApplicationLogin[];
    takeOverFrom?: string[];
}

/** A user for an application; without a credential, it authenticates with IAM. */
interface ApplicationLogin extends ApplicationUserArgs {
    credential?: DbSecret;
}

interface User {
    username: pulumi.Output<string>;
    /** Absent with IAM authentication. */
    credential?: DbSecret;
}

/** How each child of the delivery is created. */
export type ChildOptions = pulumi.ComponentResourceOptions;

/** The credentials of the users. */
export function createDatabaseUsers(name: string, settings: Settings, options: ChildOptions): DatabaseUsers {
    const { administrator, database, users } = settings;
    const createUser = (user: "migrator" | "planner") => {
        const username = users[`${user}Name`] ?? pulumi.interpolate`${database.databaseName}_${user}`;
        return createBuildUser(`${name}-${user}`, pulumi.output(username), settings, options);
    };
    return {
        administrator,
        builds: {
            ownerRole: users.ownerRole,
            migrator: createUser("migrator"),
            planner: createUser("planner"),
            extensions: users.extensions,
            takeOverFrom: users.takeOverFrom,
            groupRoles: users.groupRoles,
            applicationUsers: users.applicationUsers?.map((user) =>
                createApplicationUser(name, user, settings, options),
            ),
        },
    };
}

function createApplicationUser(
    name: string,
    { auth = Auth.Secret, ...user }: DeliveryApplicationUserArgs,
    settings: Settings,
    options: ChildOptions,
): ApplicationLogin {
    // Names in AWS have hyphens, where those of roles have underscores.
    const secretName = `${name}-application-${user.name.replaceAll("_", "-")}`;
    return auth === Auth.Iam
        ? user
        : { ...user, credential: createSecret(secretName, settings, { username: user.name }, options) };
}

function createBuildUser(
    name: string,
    username: pulumi.Output<string>,
    settings: Settings,
    options: ChildOptions,
): User {
    // In the environment's database, role settings make the migrator act as the owner, and the planner read-only.
    const login = { username, loginDatabase: engines[settings.engine].maintenanceDatabase };
    return settings.users.auth === Auth.Iam
        ? { username }
        : { username, credential: createSecret(name, settings, login, options) };
}

function createSecret(
    name: string,
    settings: Settings,
    login: Pick<DbSecretArgs, "username" | "loginDatabase">,
    options: ChildOptions,
): DbSecret {
    const { database, recoveryWindowInDays, kmsKeyArn, tags } = settings;
    return new DbSecret(
        name,
        { database, ...login, recoveryWindowInDays, rotation: rotationOf(settings), kmsKeyArn, tags },
        options,
    );
}

function rotationOf({ rotationDays, logRetentionInDays, network }: Settings): DbSecretArgs["rotation"] {
    return rotationDays === 0 ? undefined : { afterDays: rotationDays, network, logRetentionInDays };
}

/** The part of a build's args that determines its login. */
type Login = Pick<MigrationBuildArgs, "auth" | "credential" | "username" | "bootstrap">;

/** How the build with an action logs in: as the administrator only to create the other users. */
export function loginOf(action: Action, { administrator, builds }: DatabaseUsers): Login {
    if (action === "Rehearse") {
        // On a clone, the build sets a password of its own.
        return { username: builds.migrator.username };
    }
    switch (action) {
        case "Bootstrap":
            return { credential: administrator, bootstrap: builds };
        case "Plan":
        case "Drift":
            return loginAs(builds.planner);
        default:
            return loginAs(builds.migrator);
    }
}

function loginAs({ username, credential }: User): Login {
    return credential === undefined ? { auth: Auth.Iam, username } : { credential };
}

/** All credentials, by user; each is rotated separately. */
export function credentialsOf({ administrator, builds }: DatabaseUsers): { [user: string]: SecretRef } {
    const { migrator, planner } = builds;
    return {
        administrator,
        ...(migrator.credential && { migrator: migrator.credential }),
        ...(planner.credential && { planner: planner.credential }),
        ...Object.fromEntries(
            applicationsOf(builds).map(({ name, credential }) => [
                `application-${name.replaceAll("_", "-")}`,
                credential,
            ]),
        ),
    };
}

/** The ARNs of the applications' secrets, by user; undefined without users for applications. */
export function applicationSecretArns({
    builds,
}: DatabaseUsers): pulumi.Output<{ [user: string]: string }> | undefined {
    return (
        builds.applicationUsers &&
        pulumi.output(
            Object.fromEntries(applicationsOf(builds).map(({ name, credential }) => [name, credential.secretArn])),
        )
    );
}

/** Those that have a password. */
function applicationsOf({ applicationUsers = [] }: Builds): { name: string; credential: DbSecret }[] {
    return applicationUsers.flatMap(({ name, credential }) => (credential === undefined ? [] : [{ name, credential }]));
}

/** The args of a bootstrap as far as they are given, for the rules of its args. */
export function givenUsers(
    { auth, ownerRole, migratorName, plannerName, ...data }: Settings["users"],
    database: Pick<DatabaseRef, "databaseName">,
): BootstrapArgs {
    // Never used: a value that is known later stands for each secret that will be created.
    const later = (): SecretRef => ({ secretArn: pulumi.output("known later") });
    const user = (given: pulumi.Input<string> | undefined, suffix: string) => ({
        username: given ?? pulumi.interpolate`${database.databaseName}_${suffix}`,
        ...(auth !== Auth.Iam && { credential: later() }),
    });
    return {
        ownerRole,
        migrator: user(migratorName, "migrator"),
        planner: user(plannerName, "planner"),
        ...data,
    };
}
