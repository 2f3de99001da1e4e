import * as pulumi from "@pulumi/pulumi";
import {
    type Action,
    Auth,
    type AuroraCluster,
    DbSecret,
    type DbSecretArgs,
    type MigrationBuildArgs,
    type NetworkRef,
} from "../components";
import type { Settings } from "./config";

/** The users of a database. */
export interface DatabaseUsers {
    /** Credential of who may do everything. */
    administrator: DbSecret;
    /** Who that is: the cluster's master user. */
    administratorName: pulumi.Output<string>;
    /** Whom builds log in as, once the pipeline has created them; absent, they are the administrator. */
    builds?: { ownerRole?: string; migrator: User; planner: User };
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

/** Aurora PostgreSQL has it besides the database of the environment. */
const maintenanceDatabase = "postgres";

/** The credentials of the users. Nobody creates users in Aurora MySQL yet. */
export function createDatabaseUsers(name: string, settings: Settings, parts: DatabaseUsersParts): DatabaseUsers {
    const { masterUsername: username, masterPassword: password } = parts.cluster;
    const administrator = createSecret(name, settings, parts, { username, password });
    if (settings.engine === "aurora-mysql") {
        return { administrator, administratorName: username };
    }
    const createUser = (user: "migrator" | "planner") => {
        const username = settings[`${user}Name`] ?? pulumi.interpolate`${parts.cluster.databaseName}_${user}`;
        return createBuildUser(`${name}-${user}`, pulumi.output(username), settings, parts);
    };
    return {
        administrator,
        administratorName: username,
        builds: { ownerRole: settings.ownerName, migrator: createUser("migrator"), planner: createUser("planner") },
    };
}

function createBuildUser(
    name: string,
    username: pulumi.Output<string>,
    settings: Settings,
    parts: DatabaseUsersParts,
): User {
    // In the database of the environment they are not themselves (the migrator), or may not write (the planner).
    const login = { username, loginDatabase: maintenanceDatabase };
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

/** The part of a build's args that says who it is to the database. */
type Login = Pick<MigrationBuildArgs, "auth" | "credential" | "username" | "bootstrap">;

/** How the build with an action logs in: as the administrator only to create the others. */
export function loginOf(action: Action, { administrator, administratorName, builds }: DatabaseUsers): Login {
    if (action === "Rehearse") {
        // On a clone, with a password of the clone's own.
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

/** All credentials that there are, by user; each is rotated by itself. */
export function credentialsOf({ administrator, builds }: DatabaseUsers): { [user: string]: DbSecret } {
    const { migrator, planner } = builds ?? {};
    return {
        administrator,
        ...(migrator?.credential && { migrator: migrator.credential }),
        ...(planner?.credential && { planner: planner.credential }),
    };
}
