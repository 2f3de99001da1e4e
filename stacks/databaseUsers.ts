import * as pulumi from "@pulumi/pulumi";
import {
    type Action,
    type ApplicationUserArgs,
    Auth,
    type AuroraCluster,
    DbSecret,
    type DbSecretArgs,
    type GroupRoleArgs,
    type MigrationBuildArgs,
    type NetworkRef,
} from "../components";
import { engines } from "../components/shared/engines";
import type { ApplicationUser } from "../components/databaseRoles";
import type { Settings } from "./config";

/** The users of a database. */
export interface DatabaseUsers {
    /** Credential of the administrator. */
    administrator: DbSecret;
    /** The administrator: the cluster's master user. */
    administratorName: pulumi.Output<string>;
    /**
     * The users that builds log in as once the pipeline has created them; absent if builds log in as the administrator.
     */
    builds?: Builds;
}

interface Builds {
    ownerRole?: string;
    migrator: User;
    planner: User;
    extensions?: string[];
    groupRoles?: GroupRoleArgs[];
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

export interface DatabaseUsersParts {
    network: NetworkRef;
    cluster: AuroraCluster;
    kmsKeyArn?: pulumi.Input<string>;
}

/** The credentials of the users. The pipeline creates no users in Aurora MySQL yet. */
export function createDatabaseUsers(name: string, settings: Settings, parts: DatabaseUsersParts): DatabaseUsers {
    const { masterUsername: username, masterPassword: password } = parts.cluster;
    const administrator = createSecret(name, settings, parts, { username, password });
    if (!engines[settings.engine].buildUsers) {
        return { administrator, administratorName: username };
    }
    const createUser = (user: "migrator" | "planner") => {
        const username = settings[`${user}Name`] ?? pulumi.interpolate`${parts.cluster.databaseName}_${user}`;
        return createBuildUser(`${name}-${user}`, pulumi.output(username), settings, parts);
    };
    return {
        administrator,
        administratorName: username,
        builds: {
            ownerRole: settings.ownerName,
            migrator: createUser("migrator"),
            planner: createUser("planner"),
            extensions: settings.extensions,
            takeOverFrom: settings.takeOverFrom,
            groupRoles: settings.groupRoles,
            applicationUsers: settings.applicationUsers?.map((user) =>
                createApplicationUser(name, user, settings, parts),
            ),
        },
    };
}

function createApplicationUser(
    name: string,
    { auth = Auth.Secret, ...user }: ApplicationUser,
    settings: Settings,
    parts: DatabaseUsersParts,
): ApplicationLogin {
    // Names in AWS have hyphens, where those of roles have underscores.
    const secretName = `${name}-application-${user.name.replaceAll("_", "-")}`;
    return auth === Auth.Iam
        ? user
        : { ...user, credential: createSecret(secretName, settings, parts, { username: user.name }) };
}

function createBuildUser(
    name: string,
    username: pulumi.Output<string>,
    settings: Settings,
    parts: DatabaseUsersParts,
): User {
    // In the environment's database, role settings make the migrator act as the owner, and the planner read-only.
    const login = { username, loginDatabase: engines[settings.engine].maintenanceDatabase };
    return settings.databaseAuth === Auth.Iam
        ? { username }
        : { username, credential: createSecret(name, settings, parts, login) };
}

function createSecret(
    name: string,
    settings: Settings,
    { network, cluster, kmsKeyArn }: DatabaseUsersParts,
    login: Pick<DbSecretArgs, "username" | "password" | "loginDatabase">,
): DbSecret {
    return new DbSecret(name, {
        database: cluster,
        ...login,
        recoveryWindowInDays: settings.recoveryWindowInDays,
        rotation: rotationOf(settings, network),
        kmsKeyArn,
        tags: settings.tags,
    });
}

function rotationOf({ rotationDays, logRetentionDays }: Settings, network: NetworkRef): DbSecretArgs["rotation"] {
    return rotationDays === undefined
        ? undefined
        : { afterDays: rotationDays, network, logRetentionInDays: logRetentionDays };
}

/** The part of a build's args that determines its login. */
type Login = Pick<MigrationBuildArgs, "auth" | "credential" | "username" | "bootstrap">;

/** How the build with an action logs in: as the administrator only to create the other users. */
export function loginOf(action: Action, { administrator, administratorName, builds }: DatabaseUsers): Login {
    if (action === "Rehearse") {
        // On a clone, the build sets a password of its own.
        return { username: builds?.migrator.username ?? administratorName };
    }
    if (builds === undefined) {
        return { credential: administrator };
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
export function credentialsOf({ administrator, builds }: DatabaseUsers): { [user: string]: DbSecret } {
    const { migrator, planner } = builds ?? {};
    return {
        administrator,
        ...(migrator?.credential && { migrator: migrator.credential }),
        ...(planner?.credential && { planner: planner.credential }),
        ...Object.fromEntries(
            applicationsOf(builds).map(({ name, credential }) => [
                `application-${name.replaceAll("_", "-")}`,
                credential,
            ]),
        ),
    };
}

/** The ARNs of the applications' secrets, by user. */
export function applicationSecretArns({ builds }: DatabaseUsers): { [user: string]: pulumi.Output<string> } {
    return Object.fromEntries(applicationsOf(builds).map(({ name, credential }) => [name, credential.secretArn]));
}

/** Those that have a password. */
function applicationsOf({ applicationUsers = [] }: Partial<Builds> = {}): { name: string; credential: DbSecret }[] {
    return applicationUsers.flatMap(({ name, credential }) => (credential === undefined ? [] : [{ name, credential }]));
}
