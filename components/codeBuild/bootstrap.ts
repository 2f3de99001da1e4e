import * as pulumi from "@pulumi/pulumi";
import { applicationVariables, BootstrapVariables } from "../contract";
import { type ApplicationUser, conflictsOf, type GroupRole, roleData, type RoleDataKey } from "../databaseRoles";
import { engineHas, nameLength, requiredRoleName, roleName } from "./databaseUsers";
import { options } from "../options";
import type { DatabaseRef, SecretRef } from "../references";
import { credentialRules, isGroup, reference } from "../shared/shape";
import { isUnknown, required, type Rule } from "../shared/validation";

// The users that a build with action "Bootstrap" creates, so that no other build logs in as the administrator.

/** A user that builds log in as. */
export interface BootstrapUserArgs {
    /**
     * Name of the user. Changing the name creates a new user and keeps the old one; the build's log shows how to drop
     * it. An existing role that no earlier run created is rejected and stays unchanged.
     */
    username: pulumi.Input<string>;
    /**
     * The user's credential, whose user name must match; the user gets its password. Default: no password but IAM
     * authentication; the build may then log in as the user with a token, which needs the database's
     * `clusterResourceId`.
     */
    credential?: SecretRef;
}

/** The database's users. A change is made in place by the next run of the pipeline. */
export interface BootstrapArgs {
    /**
     * Role that owns everything that migrations create; it cannot log in. Changing the name creates a new role, which
     * takes over everything that the old one owns. Default: the database's name and `_owner`.
     */
    ownerRole?: pulumi.Input<string>;
    /** The user that deploys, rolls back and rehearses; a member of the owner. */
    migrator: BootstrapUserArgs;
    /**
     * The user that plans and detects drift; it reads the catalog and the tables of Liquibase and the pipeline, but no
     * data.
     */
    planner: BootstrapUserArgs;
    /**
     * Extensions that the administrator creates, in the schema `extensions`, in which no migration can create anything.
     * One that an earlier run created and that is left out is dropped, unless something depends on it. Default: none.
     */
    extensions?: string[];
    /**
     * Roles without login that bundle privileges. One that an earlier run created and that is left out is dropped,
     * unless it owns something. Default: none.
     */
    groupRoles?: GroupRoleArgs[];
    /**
     * Users that applications log in as. One that an earlier run created and that is left out is dropped; if it owns
     * something, it can no longer log in, and the build's log shows what it owns. Default: none.
     */
    applicationUsers?: ApplicationUserArgs[];
    /**
     * Existing roles whose objects in this database become the owner's, in each run: for a database that existed before
     * the pipeline. Each becomes a member of the owner, so that applications that log in as it keep working. A role that
     * is left out later stays a member until someone revokes it. Default: none.
     */
    takeOverFrom?: string[];
}

/** A role without login that bundles privileges. */
export interface GroupRoleArgs {
    /** Name of the role. An existing role that no earlier run created is rejected and stays unchanged. */
    name: string;
    /**
     * Its privileges, exactly: "SELECT, INSERT ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS", each for all
     * schemas or with "IN SCHEMA <name>", on what the owner has and on what later migrations create, but never on the
     * tracking tables; or "SELECT ON TABLE <name>" for one table or view. Default: none.
     */
    grants?: string[];
}

/** A user that an application logs in as. */
export interface ApplicationUserArgs {
    /** Name of the user. An existing role that no earlier run created is rejected and stays unchanged. */
    name: string;
    /**
     * The user's credential, whose user name must match; the user gets its password. Default: no password but IAM
     * authentication.
     */
    credential?: SecretRef;
    /** Group roles, of `groupRoles`, that it is a member of. Default: none. */
    memberOf?: string[];
    /** Its own privileges, as those of a group role. Default: none. */
    grants?: string[];
}

/** The part of a build's args that the bootstrap depends on. */
interface BootstrapBuild {
    action: string;
    tool?: string;
    auth?: string;
    credential?: SecretRef;
    database: DatabaseRef;
    bootstrap?: BootstrapArgs;
}

export function bootstrapShape(bootstrap: unknown): Rule[] {
    if (bootstrap === undefined) {
        return [];
    }
    if (!isGroup(bootstrap)) {
        const fix = "For example { migrator: { username, credential }, planner: { username, credential } }.";
        return [
            {
                arg: "bootstrap",
                kind: "WrongType",
                given: bootstrap,
                valid: false,
                allowed: "the users to create",
                fix,
            },
        ];
    }
    return [
        ...["migrator", "planner"].flatMap((user) => userShape(`bootstrap.${user}`, bootstrap[user])),
        ...dataShape("extensions", bootstrap["extensions"]),
        ...dataShape("groupRoles", bootstrap["groupRoles"]),
        ...applicationShape(bootstrap["applicationUsers"]),
        ...dataShape("takeOverFrom", bootstrap["takeOverFrom"]),
    ];
}

/** What only the administrator creates, as data in a group of args. */
export function dataShape(key: RoleDataKey, given: unknown, group = "bootstrap"): Rule[] {
    const { allowed, example, problems } = roleData[key];
    return given === undefined
        ? []
        : [
              {
                  arg: `${group}.${key}`,
                  kind: Array.isArray(given) ? "Malformed" : "WrongType",
                  given,
                  valid: problems(given).length === 0,
                  allowed,
                  fix: `For example ${example}.`,
              },
          ];
}

/** Users have a credential, or none, where config says how they authenticate. */
function applicationShape(users: unknown): Rule[] {
    const given: unknown[] = Array.isArray(users) ? users : [];
    const withoutCredential = given.map((user) => {
        const { credential: _, ...others } = isGroup(user) ? user : {};
        return isGroup(user) ? others : user;
    });
    return [
        ...dataShape("applicationUsers", Array.isArray(users) ? withoutCredential : users),
        ...given.flatMap((user, index) =>
            isGroup(user) && user["credential"] !== undefined
                ? credentialRules(`bootstrap.applicationUsers[${index}].credential`, user["credential"])
                : [],
        ),
    ];
}

function userShape(arg: string, user: unknown): Rule[] {
    const rules = reference(arg, user, {
        parts: [],
        allowed: "a user: its name, and its credential or none",
        fix: "For example { username, credential }.",
    });
    return isGroup(user) && user["credential"] !== undefined
        ? [...rules, ...credentialRules(`${arg}.credential`, user["credential"])]
        : rules;
}

export function bootstrapRules(build: BootstrapBuild): Rule[] {
    const { action, bootstrap } = build;
    const needed = action === "Bootstrap";
    return [
        {
            arg: "bootstrap",
            kind: needed ? "Missing" : "Conflict",
            given: bootstrap,
            valid: needed === (bootstrap !== undefined),
            allowed: needed ? "the users to create" : 'nothing without action "Bootstrap"',
            fix: needed ? "Name the migrator and the planner." : 'Leave it out, or set action to "Bootstrap".',
        },
        ...(needed ? buildRules(build) : []),
        ...(bootstrap === undefined ? [] : [...userRules(build, bootstrap), ...iamRules(build, bootstrap)]),
    ];
}

/** The rules for builds with other actions. */
function buildRules({ tool, auth }: BootstrapBuild): Rule[] {
    return [
        {
            arg: "tool",
            kind: "Conflict",
            given: tool,
            valid: tool !== "Custom",
            allowed: '"Liquibase", with action "Bootstrap"',
            fix: "Leave it out: without this build, your own commands use the users that you created.",
        },
        {
            arg: "auth",
            kind: "Conflict",
            given: auth,
            valid: auth !== "Iam",
            allowed: '"Secret", with action "Bootstrap"',
            fix: "Leave it out: it logs in as the administrator, with the cluster's master password.",
        },
    ];
}

function userRules(build: BootstrapBuild, bootstrap: BootstrapArgs): Rule[] {
    const { migrator, planner } = bootstrap;
    const owner = ownerOf(build.database, bootstrap);
    const names = [owner, migrator.username, planner.username];
    return [
        { ...roleName("bootstrap.ownerRole", owner), fix: "Give one, of at most 63 characters." },
        requiredRoleName("bootstrap.migrator.username", migrator.username),
        requiredRoleName("bootstrap.planner.username", planner.username),
        ...(["ownerRole", "migrator.username", "planner.username"] as const).map((arg, index) =>
            nameLength(`bootstrap.${arg}`, names[index], build.database.engine),
        ),
        ...(["extensions", "groupRoles", "applicationUsers", "takeOverFrom"] as const).map((key) =>
            engineHas("declaredRoles", build.database.engine, {
                arg: `bootstrap.${key}`,
                given: bootstrap[key],
                what: "such roles",
                fix: "Leave it out: create them as the administrator.",
            }),
        ),
        distinct("bootstrap", "a name of its own for each role", names, "Change one: they have different privileges."),
        distinct(
            "bootstrap",
            "a separate credential for each user, and not the administrator's",
            [build.credential, ...usersOf(bootstrap).map(({ credential }) => credential)].map(
                (credential) => credential?.secretArn,
            ),
            "Make a DbSecret for each.",
        ),
        ...conflictRules(bootstrap, names),
    ];
}

function conflictRules(
    { groupRoles = [], applicationUsers = [], takeOverFrom = [] }: BootstrapArgs,
    names: unknown[],
): Rule[] {
    const taken = [...names, ...takeOverFrom].filter((name) => typeof name === "string");
    const conflicts = conflictsOf(groupRoles, applicationUsers, taken);
    const given = { groupRoles, applicationUsers: applicationUsers.map(({ name, memberOf }) => ({ name, memberOf })) };
    return (["groupRoles", "applicationUsers"] as const).map((key) => ({
        arg: `bootstrap.${key}`,
        kind: "Conflict",
        given: given[key],
        valid: conflicts[key].length === 0,
        allowed: "names that no other role has, and groups that are in groupRoles",
        fix: `Correct these: ${conflicts[key].join("; ")}.`,
    }));
}

/**
 * The bootstrap logs in with a token as each user that uses IAM, to repair the settings that only this user may change.
 */
function iamRules({ database }: BootstrapBuild, { migrator, planner }: BootstrapArgs): Rule[] {
    return [migrator, planner].every(({ credential }) => credential !== undefined)
        ? []
        : [
              required(
                  "database.clusterResourceId",
                  database.clusterResourceId,
                  "the resource id of the cluster, with a user without a credential",
                  "Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
              ),
          ];
}

/** True unless two are the same value or the same Output; absent ones do not count. */
function distinct(arg: string, allowed: string, values: unknown[], fix: string): Rule {
    const there = values.filter((value) => value !== undefined);
    return { arg, kind: "Duplicate", given: there, valid: new Set(there).size === there.length, allowed, fix };
}

/** The owner's name; an Output if the database's name is one. */
function ownerOf({ databaseName }: DatabaseRef, { ownerRole }: BootstrapArgs): pulumi.Input<string> {
    if (ownerRole !== undefined) {
        return ownerRole;
    }
    return isUnknown(databaseName) ? pulumi.interpolate`${databaseName}_owner` : `${databaseName as string}_owner`;
}

/** The users that a build creates; none with other actions. */
export function usersOf(bootstrap: BootstrapArgs | undefined): Pick<BootstrapUserArgs, "credential">[] {
    return bootstrap === undefined ? [] : [...buildUsersOf(bootstrap), ...(bootstrap.applicationUsers ?? [])];
}

/** Those that builds log in as. */
export function buildUsersOf(bootstrap: BootstrapArgs | undefined): BootstrapUserArgs[] {
    return bootstrap === undefined ? [] : [bootstrap.migrator, bootstrap.planner];
}

/** Variables of a build that creates users; none for other builds. */
export function bootstrapVariables({ database, bootstrap }: BootstrapBuild): {
    plaintext: [name: string, value: pulumi.Input<string>][];
    fromSecret: [name: string, value: pulumi.Input<string>][];
} {
    if (bootstrap === undefined) {
        return { plaintext: [], fromSecret: [] };
    }
    const { migrator, planner, extensions = [], groupRoles = [], applicationUsers = [], takeOverFrom = [] } = bootstrap;
    const applications = applicationUsers.map(({ name, credential, memberOf, grants }): ApplicationUser => ({
        ...{ name, auth: credential === undefined ? "Iam" : "Secret", memberOf, grants },
    }));
    const groups = groupRoles.map(({ name, grants }): GroupRole => ({ name, grants }));
    const variablesOf = applicationUsers.flatMap((user) => {
        const { password: passwordVariable, secret: secretVariable } = applicationVariables(user.name);
        return { user, passwordVariable, secretVariable };
    });
    return {
        plaintext: [
            [options.ownerName.variable, ownerOf(database, bootstrap)],
            [options.migratorName.variable, migrator.username],
            [options.plannerName.variable, planner.username],
            ...secret(BootstrapVariables.migratorSecret, migrator),
            ...secret(BootstrapVariables.plannerSecret, planner),
            ...data(options.extensions.variable, extensions),
            ...data(options.groupRoles.variable, groups),
            ...data(options.applicationUsers.variable, applications),
            ...data(options.takeOverFrom.variable, takeOverFrom),
            ...variablesOf.flatMap(({ user, secretVariable }) => secret(secretVariable, user)),
        ],
        fromSecret: [
            ...password(BootstrapVariables.migratorPassword, migrator),
            ...password(BootstrapVariables.plannerPassword, planner),
            ...variablesOf.flatMap(({ user, passwordVariable }) => password(passwordVariable, user)),
        ],
    };
}

function data(name: string, value: unknown[]): [string, string][] {
    return value.length === 0 ? [] : [[name, JSON.stringify(value)]];
}

function password(
    name: string,
    { credential }: Pick<BootstrapUserArgs, "credential">,
): [string, pulumi.Input<string>][] {
    return credential === undefined ? [] : [[name, pulumi.interpolate`${credential.secretArn}:password::`]];
}

function secret(name: string, { credential }: Pick<BootstrapUserArgs, "credential">): [string, pulumi.Input<string>][] {
    return credential === undefined ? [] : [[name, credential.secretArn]];
}
