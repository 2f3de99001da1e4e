import { bootstrapRules, dataShape } from "../codeBuild/bootstrap";
import type { MigrationBuildArgs } from "../codeBuild/args";
import { migrationBuildRules } from "../codeBuild/rules";
import { optionRules } from "../codeBuild/options";
import { Action, Auth, DeliveryTool } from "../contract";
import type { RoleDataKey } from "../databaseRoles";
import { recoveryWindowRule } from "../dbSecret";
import { chatChannelRule } from "../operations";
import { alarmCountRule, bakeMinutes } from "../pipeline/rules";
import { sourceRules } from "../pipeline/source";
import { type Engine, Engine as Engines } from "../shared/engines";
import { nameLimits, nameRule } from "../shared/names";
import { emailRules } from "../shared/notifications";
import {
    credentialRules,
    databaseRules,
    flags,
    isGroup,
    listOfTexts,
    networkRules,
    optionalGroup,
    reference,
    tagsRule,
    text,
} from "../shared/shape";
import { kmsKey, matching, oneOf, type Rule, type RuleKind, wholeNumber } from "../shared/validation";
import type { DatabaseDeliveryArgs } from "./args";
import { givenUsers } from "./users";
import { engineHas } from "../codeBuild/databaseUsers";

const userData: RoleDataKey[] = ["extensions", "groupRoles", "applicationUsers", "takeOverFrom"];

/** Type checks of the args; the rules below rely on them. */
export function databaseDeliveryShape(args: DatabaseDeliveryArgs): Rule[] {
    const { database, administrator, source, users } = args;
    return [
        text("clusterIdentifier", args.clusterIdentifier, "the identifier of a cluster", "Name the cluster."),
        ...(database === undefined ? [] : databaseRules("database", database)),
        ...(administrator === undefined ? [] : credentialRules("administrator", administrator)),
        ...networkRules("network", args.network, "privateSubnetIds"),
        ...reference("source", source, {
            parts: ["provider"],
            allowed: "where the changes come from",
            fix: 'For example { provider: "GitHub", repository: "owner/name" }.',
        }),
        ...(isGroup(source) ? [listOfTexts("source.filePaths", source.filePaths)] : []),
        optionalGroup("users", users, 'For example { extensions: ["pg_trgm"] }.'),
        ...(isGroup(users) ? userData.flatMap((key) => dataShape(key, users[key], "users")) : []),
        optionalGroup("rehearsal", args.rehearsal, "{} rehearses with the defaults."),
        optionalGroup("guards", args.guards, "For example { lockTimeoutMilliseconds: 2000 }."),
        listOfTexts("approvalEmails", args.approvalEmails),
        listOfTexts("bakeAlarms", args.bakeAlarms),
        listOfTexts("notificationEmails", args.notificationEmails),
        ...flags(
            args,
            "approval",
            "notifySuccess",
            "alarms",
            "databaseEvents",
            "dashboard",
            "accessLog",
            "forceDestroy",
        ),
        text(
            "toolchain",
            args.toolchain,
            "the path of a ZIP archive that exists",
            "Build it with `npm run toolchain`.",
        ),
        tagsRule(args.tags),
    ];
}

/** Each rule of the components that the args are for, under the arg's name here, and those of the delivery itself. */
export function databaseDeliveryRules(
    name: string,
    args: DatabaseDeliveryArgs & { engine: Engine; environmentName: string },
    toolchain: string | undefined,
): Rule[] {
    return [
        nameRule(name, nameLimits.pipeline),
        oneOf("engine", args.engine, Object.values(Engines), 'Leave it out for "aurora-postgresql".'),
        oneOf("tool", args.tool, Object.values(DeliveryTool), "Make a MigrationBuild for each action to use another."),
        ...databaseGiven(args),
        ...sourceRules(args.source),
        ...buildRules(args, toolchain),
        ...userRules(args),
        kmsKey("rehearsal.clusterKmsKeyArn", args.rehearsal?.clusterKmsKeyArn),
        wholeNumber("rotationDays", args.rotationDays, { min: 0, max: 90, unit: "days" }, "0 turns rotation off."),
        recoveryWindowRule(args.recoveryWindowInDays),
        matching(
            "driftSchedule",
            args.driftSchedule,
            /^(never|rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/,
            "never, or a schedule of EventBridge: rate(1 day), cron(0 5 * * ? *)",
            "A rate is a number and minutes, hours or days; cron has six fields.",
        ),
        rule("approvalFor", {
            kind: "Conflict",
            given: args.approvalFor,
            valid: args.approvalFor === undefined || (args.approval !== false && args.rehearsal === undefined),
            allowed: "nothing while approval is false, or with rehearsal, whose result a person reads",
            fix: "Leave it out.",
        }),
        wholeNumber("bakeMinutes", args.bakeMinutes, bakeMinutes, "Leave it out to watch no alarm."),
        ...bakeRules(args),
        ...emailRules("approvalEmails", args.approvalEmails),
        ...emailRules("notificationEmails", args.notificationEmails),
        chatChannelRule(args.chatChannelArn),
        wholeNumber(
            "vaultRetentionDays",
            args.vaultRetentionDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for no vault.",
        ),
    ];
}

function bakeRules({ bakeMinutes: minutes, bakeAlarms, alarms }: DatabaseDeliveryArgs): Rule[] {
    return [
        ...(bakeAlarms === undefined ? [] : [alarmCountRule("bakeAlarms", bakeAlarms)]),
        rule("bakeAlarms", {
            kind: "Conflict",
            given: bakeAlarms,
            valid: bakeAlarms === undefined || minutes !== undefined,
            allowed: "nothing without bakeMinutes",
            fix: "Add bakeMinutes, or leave it out.",
        }),
        rule("bakeMinutes", {
            kind: "Conflict",
            given: minutes,
            valid: minutes === undefined || alarms !== false || bakeAlarms !== undefined,
            allowed: "nothing while alarms is false, unless bakeAlarms names others",
            fix: "Add bakeAlarms, or leave alarms out.",
        }),
    ];
}

/** An existing cluster, or all that must be known about a database. */
function databaseGiven(args: DatabaseDeliveryArgs & { engine: Engine }): Rule[] {
    const { clusterIdentifier, database, administrator } = args;
    const both = clusterIdentifier !== undefined && database !== undefined;
    const onlyLookedUp = (["databaseName", "securityGroupId"] as const).map((arg) =>
        rule(arg, {
            kind: "Conflict",
            given: args[arg],
            valid: database === undefined || args[arg] === undefined,
            allowed: "nothing with database, which has it",
            fix: "Leave it out.",
        }),
    );
    return [
        rule("clusterIdentifier", {
            kind: both ? "Conflict" : "Missing",
            given: clusterIdentifier,
            valid: (clusterIdentifier === undefined) !== (database === undefined),
            allowed: both ? "nothing with database" : "the identifier of a cluster, without database",
            fix: "Give one of the two.",
        }),
        ...onlyLookedUp,
        rule("database.engine", {
            kind: "Conflict",
            given: database?.engine,
            valid: typeof database?.engine !== "string" || database.engine === args.engine,
            allowed: `"${args.engine}", as engine`,
            fix: "Give the database's engine as engine too.",
        }),
        rule("administrator", {
            kind: "Missing",
            given: administrator,
            valid: database === undefined || administrator !== undefined,
            allowed: "the credential of the cluster's master user, with database",
            fix: "Pass a DbSecret, or the ARN of an existing secret.",
        }),
        engineHas("canRehearse", args.engine, {
            arg: "rehearsal",
            given: args.rehearsal,
            what: "a rehearsal",
            fix: "Leave it out: there is no rehearsal for Aurora MySQL.",
        }),
        text("databaseName", args.databaseName, "the name of a database", "Give it, or leave it out."),
        text("securityGroupId", args.securityGroupId, "the id of a security group", "Give it, or leave it out."),
    ];
}

/** The rules of the builds, whose args have the same names. */
function buildRules(args: DatabaseDeliveryArgs & { environmentName: string }, toolchain: string | undefined): Rule[] {
    const { network, environmentName, migrationsDirectory, egress, guards, allowCode, lintFloor, approvalFor } = args;
    const { logRetentionInDays, kmsKeyArn, rehearsal } = args;
    const deploy = {
        ...{ action: Action.Deploy, network, environmentName, migrationsDirectory, egress, guards, allowCode },
        ...{ lintFloor, approvalFor, logRetentionInDays, kmsKeyArn, database: {} },
    } as MigrationBuildArgs;
    return [
        // Its name is part of the builds', and how they log in is decided here.
        ...migrationBuildRules("build", deploy, toolchain),
        ...(rehearsal === undefined
            ? []
            : optionRules({ action: Action.Rehearse, rehearsal } as { action: string }).filter(({ arg }) =>
                  arg.startsWith("rehearsal."),
              )),
    ];
}

/** What the args of a bootstrap are called here. */
const bootstrapNames: Record<string, string> = {
    bootstrap: "users",
    "bootstrap.migrator.username": "users.migratorName",
    "bootstrap.planner.username": "users.plannerName",
};

function userRules({ users, database, databaseName, engine }: DatabaseDeliveryArgs & { engine: Engine }): Rule[] {
    if (users === undefined) {
        return [];
    }
    // A name that is known later stands for that of a cluster that is looked up.
    const known = { engine, databaseName: databaseName ?? database?.databaseName ?? Promise.resolve("") };
    const bootstrap = givenUsers(users, known);
    const build = { action: Action.Bootstrap, bootstrap, database: { ...known, clusterResourceId: "later" } };
    const rules = bootstrapRules(build as never);
    return [
        oneOf("users.auth", users.auth, Object.values(Auth), 'Leave it out for "Secret".'),
        ...rules.map((one) => ({
            ...one,
            arg: bootstrapNames[one.arg] ?? one.arg.replace(/^bootstrap\./, "users."),
        })),
    ];
}

function rule(arg: string, rest: Omit<Rule, "arg"> & { kind: RuleKind }): Rule {
    return { arg, ...rest };
}
