import * as pulumi from "@pulumi/pulumi";
import { BootstrapVariables } from "../contract";
import { postgresqlOnly, requiredRoleName, roleName } from "./databaseUsers";
import type { DatabaseRef, SecretRef } from "../references";
import { credentialRules, isGroup, reference } from "../shared/shape";
import { isUnknown, required, type Rule } from "../shared/validation";

// The users that a build with action "Bootstrap" creates, so that no other build logs in as the administrator.

/** A user that builds log in as. */
export interface BootstrapUserArgs {
    /**
     * Name of the user. Another name creates another user, and leaves the old one, which the build's log says how to drop.
     * A role that is there and that no earlier run made is refused, and stays as it is.
     */
    username: pulumi.Input<string>;
    /**
     * The user's credential, with the same name: it gets this password. Default: no password, but IAM authentication; the
     * build may then log in as the user by a token, which needs the database's `clusterResourceId`.
     */
    credential?: SecretRef;
}

/** The database's users. A change is made in place, by the next run of the pipeline. */
export interface BootstrapArgs {
    /**
     * Role that owns what migrations create; nobody logs in as it. Default: the database's name and `_owner`. Another name
     * creates another role, which gets what the old one owns.
     */
    ownerRole?: pulumi.Input<string>;
    /** Who deploys, rolls back and rehearses: a member of the owner. */
    migrator: BootstrapUserArgs;
    /** Who plans and looks for drift: reads the catalog and the tables of Liquibase and the pipeline, and no data. */
    planner: BootstrapUserArgs;
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
        return [{ arg: "bootstrap", given: bootstrap, valid: false, allowed: "the users to create", fix }];
    }
    return ["migrator", "planner"].flatMap((user) => userShape(`bootstrap.${user}`, bootstrap[user]));
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
            given: bootstrap,
            valid: needed === (bootstrap !== undefined),
            allowed: needed ? "the users to create" : 'nothing without action "Bootstrap"',
            fix: needed ? "Name the migrator and the planner." : 'Leave it out, or set action to "Bootstrap".',
        },
        ...(needed ? buildRules(build) : []),
        ...(bootstrap === undefined ? [] : [...userRules(build, bootstrap), ...iamRules(build, bootstrap)]),
    ];
}

/** What other actions leave open. */
function buildRules({ tool, auth, database }: BootstrapBuild): Rule[] {
    return [
        {
            arg: "tool",
            given: tool,
            valid: tool !== "Custom",
            allowed: '"Liquibase", with action "Bootstrap"',
            fix: "Leave it out: without this build, your own commands find the users that you made.",
        },
        {
            arg: "auth",
            given: auth,
            valid: auth !== "Iam",
            allowed: '"Secret", with action "Bootstrap"',
            fix: "Leave it out: it logs in as the administrator, by the password that the cluster was made with.",
        },
        postgresqlOnly(database.engine, 'action "Bootstrap"'),
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
        distinct("bootstrap", "a name of its own for each role", names, "Change one: what they may do differs."),
        distinct(
            "bootstrap",
            "a credential of its own for each user, and none of them the administrator's",
            [build.credential, migrator.credential, planner.credential].map((credential) => credential?.secretArn),
            "Make a DbSecret for each.",
        ),
    ];
}

/** Whom IAM authenticates it logs in as by a token, to put right what is that user's own. */
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

/** Not the same value, and not the same Output either; absent ones do not count. */
function distinct(arg: string, allowed: string, values: unknown[], fix: string): Rule {
    const there = values.filter((value) => value !== undefined);
    return { arg, given: there, valid: new Set(there).size === there.length, allowed, fix };
}

/** The owner's name; an Output if the database's is one. */
function ownerOf({ databaseName }: DatabaseRef, { ownerRole }: BootstrapArgs): pulumi.Input<string> {
    if (ownerRole !== undefined) {
        return ownerRole;
    }
    return isUnknown(databaseName) ? pulumi.interpolate`${databaseName}_owner` : `${databaseName as string}_owner`;
}

/** The users that a build creates; none with another action. */
export function usersOf(bootstrap: BootstrapArgs | undefined): BootstrapUserArgs[] {
    return bootstrap === undefined ? [] : [bootstrap.migrator, bootstrap.planner];
}

/** Variables of a build that creates users; none of others. */
export function bootstrapVariables({ database, bootstrap }: BootstrapBuild): {
    plaintext: [name: string, value: pulumi.Input<string>][];
    fromSecret: [name: string, value: pulumi.Input<string>][];
} {
    if (bootstrap === undefined) {
        return { plaintext: [], fromSecret: [] };
    }
    const { migrator, planner } = bootstrap;
    return {
        plaintext: [
            [BootstrapVariables.owner, ownerOf(database, bootstrap)],
            [BootstrapVariables.migrator, migrator.username],
            [BootstrapVariables.planner, planner.username],
            ...secret(BootstrapVariables.migratorSecret, migrator),
            ...secret(BootstrapVariables.plannerSecret, planner),
        ],
        fromSecret: [
            ...password(BootstrapVariables.migratorPassword, migrator),
            ...password(BootstrapVariables.plannerPassword, planner),
        ],
    };
}

function password(name: string, { credential }: BootstrapUserArgs): [string, pulumi.Input<string>][] {
    return credential === undefined ? [] : [[name, pulumi.interpolate`${credential.secretArn}:password::`]];
}

function secret(name: string, { credential }: BootstrapUserArgs): [string, pulumi.Input<string>][] {
    return credential === undefined ? [] : [[name, credential.secretArn]];
}
