import { auroraDefaults } from "../components/cluster/args";
import { changeDefaults } from "../components/cluster/changes";
import { collidesWithDailyJob, dailyWindow, overlap, weeklyWindow } from "../components/cluster/windows";
import { toolEngines } from "../components/contract";
import { defaultTimeZone, isTimeZone, timeZoneAllowed } from "../components/cronWindow";
import { conflictsOf } from "../components/databaseRoles";
import { backupDefaults } from "../components/operations/backup";
import { engines } from "../components/shared/engines";
import type { Rule } from "../components/shared/validation";
import type { ConfigKey } from "./configKeys";
import type { Settings } from "./settings";

/** What config must satisfy beyond each key on its own: settings that contradict each other. */
export interface ConfigRule extends Omit<Rule, "arg" | "given" | "kind"> {
    /** What it is if keys that are given do not contradict each other. */
    kind?: Rule["kind"];
    /** Keys that take part, the one to change first; the rule is skipped if one of them is invalid on its own. */
    keys: [ConfigKey, ...ConfigKey[]];
}

/** The rules as a table; `given` contains the keys that the user set, `settings` the resulting values. */
export function configRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    return [
        ...sourceRules(given, settings),
        ...databaseRules(given, settings),
        ...changeRules(settings),
        ...networkRules(given, settings),
        ...approvalRules(given, settings),
    ];
}

function sourceRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    const { sourceProvider, repository } = settings;
    const isS3 = sourceProvider === "S3";
    const usesConnection = !isS3 && sourceProvider !== "CodeCommit";
    return [
        {
            keys: ["repository", "sourceProvider"],
            kind: "Missing",
            valid: isS3 || given.has("repository"),
            allowed: `the repository, which a pipeline from ${sourceProvider} starts from`,
            fix: "Set it: pulumi config set repository my-org/my-repository",
        },
        {
            keys: ["repository", "sourceProvider"],
            valid: !usesConnection || repository === undefined || repository.includes("/"),
            allowed: `owner/name, as ${sourceProvider} calls its repositories`,
            fix: "Add the owner: pulumi config set repository my-org/my-repository",
        },
        {
            keys: ["repository", "sourceProvider"],
            valid: sourceProvider !== "CodeCommit" || repository === undefined || !repository.includes("/"),
            allowed: "the name alone; a CodeCommit repository has no owner",
            fix: "Remove the owner: pulumi config set repository my-repository",
        },
        {
            keys: ["connectionArn", "sourceProvider"],
            valid: usesConnection || !given.has("connectionArn"),
            allowed: `nothing; ${sourceProvider} needs no connection`,
            fix: "Remove it: pulumi config rm connectionArn",
        },
        {
            keys: ["sourceBucket", "sourceProvider"],
            kind: "Missing",
            valid: !isS3 || given.has("sourceBucket"),
            allowed: "the versioned bucket, which a pipeline from S3 starts from",
            fix: "Set it: pulumi config set sourceBucket my-source-bucket",
        },
        ...(["sourceBucket", "sourceKey"] as const).map((key): ConfigRule => ({
            keys: [key, "sourceProvider"],
            valid: isS3 || !given.has(key),
            allowed: `nothing; only S3 has a bucket, and the source is ${sourceProvider}`,
            fix: `Remove it (pulumi config rm ${key}), or pulumi config set sourceProvider S3`,
        })),
        ...(["repository", "branch"] as const).map((key): ConfigRule => ({
            keys: [key, "sourceProvider"],
            valid: !isS3 || !given.has(key),
            allowed: "nothing; a source in S3 has a bucket and a key",
            fix: `Remove it (pulumi config rm ${key}), or choose another sourceProvider`,
        })),
    ];
}

function databaseRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    const { engine, engineVersion, instanceClass, instances, minCapacity, maxCapacity, atLeast, environment } =
        settings;
    const { majorVersions } = engines[engine];
    const serverless = instanceClass === "db.serverless";
    return [
        {
            keys: ["engineVersion", "engine"],
            valid:
                engineVersion === undefined ||
                majorVersions.some((major) => `${engineVersion}.`.startsWith(`${major}.`)),
            allowed: `a version of ${engine}, best the major one: ${majorVersions.join(", ")}`,
            fix: "Set the version of this engine, or leave it to the default: pulumi config rm engineVersion",
        },
        {
            keys: ["engineVersion"],
            // In YAML, 16.10 without quotes is the number 16.1. Aurora offers no .1 any more when it has a .10.
            valid: !/^\d{2}\.1$/.test(engineVersion ?? ""),
            allowed: "a version in quotes: without them, YAML reads 16.10 as 16.1",
            fix: 'Write it in quotes in Pulumi.<stack>.yaml, for example "16.10", or give the major version alone',
        },
        {
            keys: ["backtrackHours", "engine"],
            valid: !given.has("backtrackHours") || engines[engine].canBacktrack || settings.backtrackHours === 0,
            allowed: `0 or nothing; ${engine} cannot be backtracked`,
            fix: "Remove it (pulumi config rm backtrackHours), and restore a backup to a point in time instead",
        },
        ...userRules(given, settings),
        {
            keys: ["tool", "engine"],
            valid: toolEngines[settings.tool].includes(engine),
            allowed: `with ${settings.tool}: ${toolEngines[settings.tool].join(", ")}`,
            fix: "Remove it (pulumi config rm tool), or choose that engine for a new stack",
        },
        {
            keys: ["instances", "environment"],
            valid: instances >= atLeast.instances,
            allowed: `at least ${atLeast.instances}: ${environment} survives the loss of a zone`,
            fix: `Set it: pulumi config set instances ${atLeast.instances}, or use the environment dev`,
        },
        {
            keys: ["minCapacity", "maxCapacity"],
            valid: !serverless || minCapacity <= maxCapacity,
            allowed: "minCapacity at most maxCapacity",
            fix: `Raise maxCapacity (pulumi config set maxCapacity ${Math.max(1, minCapacity)}) or lower minCapacity`,
        },
        {
            keys: ["secondsUntilAutoPause", "minCapacity"],
            valid: !given.has("secondsUntilAutoPause") || minCapacity === 0,
            allowed: "a pause only with minCapacity 0; a cluster with a higher minCapacity never pauses",
            fix: "Remove it (pulumi config rm secondsUntilAutoPause), or pulumi config set minCapacity 0",
        },
        {
            keys: ["proxySecretArns", "minCapacity"],
            valid: !given.has("proxySecretArns") || !serverless || minCapacity > 0,
            allowed: "a proxy only with minCapacity above 0; it keeps connections open, so the cluster never pauses",
            fix: "Set it: pulumi config set minCapacity 0.5, or pulumi config rm proxySecretArns",
        },
        {
            keys: ["proxySecretArns"],
            kind: "Duplicate",
            valid: new Set(settings.proxySecretArns).size === (settings.proxySecretArns ?? []).length,
            allowed: "each secret once",
            fix: "Take the second one out",
        },
        ...(["minCapacity", "maxCapacity", "secondsUntilAutoPause"] as const).map((key): ConfigRule => ({
            keys: [key, "instanceClass"],
            valid: serverless || !given.has(key),
            allowed: "nothing; only db.serverless scales, a provisioned class has a fixed size",
            fix: `Remove it (pulumi config rm ${key}), or pulumi config rm instanceClass`,
        })),
    ];
}

/** When changes are applied and backups are taken. */
function changeRules(settings: Settings): ConfigRule[] {
    const { applyChanges, allowMajorVersionUpgrade, restoreFrom, vaultRetentionDays } = settings;
    const windows = {
        preferredBackupWindow: settings.preferredBackupWindow ?? changeDefaults.preferredBackupWindow,
        preferredMaintenanceWindow: settings.preferredMaintenanceWindow ?? changeDefaults.preferredMaintenanceWindow,
    };
    const backup = dailyWindow(windows.preferredBackupWindow) ?? [];
    const maintenance = weeklyWindow(windows.preferredMaintenanceWindow) ?? [];
    const meetsVault = { preferredBackupWindow: backup, preferredMaintenanceWindow: maintenance };
    return [
        {
            keys: ["applyChanges", "allowMajorVersionUpgrade"],
            valid: applyChanges !== "InMaintenanceWindow" || allowMajorVersionUpgrade !== true,
            allowed: "Immediately for a major upgrade: until the window, RDS would use the old parameter groups",
            fix: "Set it for the upgrade: pulumi config set applyChanges Immediately",
        },
        {
            keys: ["applyChanges", "restoreFrom"],
            valid: applyChanges !== "InMaintenanceWindow" || restoreFrom === undefined,
            allowed:
                "Immediately for a restore: what it leaves out, such as IAM authentication, would wait for the window",
            fix: "Set it for the restore: pulumi config set applyChanges Immediately",
        },
        {
            keys: ["preferredMaintenanceWindow", "preferredBackupWindow"],
            valid: !overlap(backup, maintenance),
            allowed: `windows that do not overlap; without a key, ${changeDefaults.preferredMaintenanceWindow} and ${changeDefaults.preferredBackupWindow}`,
            fix: "Move one of them",
        },
        ...(["preferredMaintenanceWindow", "preferredBackupWindow"] as const).map((key): ConfigRule => ({
            keys: [key, "vaultRetentionDays"],
            valid: vaultRetentionDays === undefined || !collidesWithDailyJob(backupDefaults.schedule, meetsVault[key]),
            allowed: `a window that is over before the vault's daily backup starts (${backupDefaults.schedule}), or begins an hour after that`,
            fix: `Move it, or remove it for ${changeDefaults[key]}: pulumi config rm ${key}`,
        })),
    ];
}

/** Where builds log in as users of their own, these are named after the database. */
function userRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    const { engine, databaseName = auroraDefaults.databaseName } = settings;
    const { declaredRoles, canRehearse, longestRoleName, reservedNames } = engines[engine];
    const longestName = longestRoleName - "_migrator".length;
    const nameKeys = ["ownerName", "migratorName", "plannerName"] as const;
    const nameOf = (key: (typeof nameKeys)[number]) =>
        settings[key] ?? `${databaseName}_${key.slice(0, -"Name".length)}`;
    const named = nameKeys.filter((key) => given.has(key));
    const allNamed = named.length === nameKeys.length;
    return [
        ...named.map((key): ConfigRule => ({
            keys: [key, "engine"],
            valid: (settings[key]?.length ?? 0) <= longestRoleName,
            allowed: `at most ${longestRoleName} characters, with ${engine}`,
            fix: `Shorten it, or remove it: pulumi config rm ${key}`,
        })),
        ...named.map((key): ConfigRule => ({
            keys: [key],
            valid: ![auroraDefaults.masterUsername, ...nameKeys.filter((other) => other !== key).map(nameOf)].includes(
                nameOf(key),
            ),
            allowed: `a name that neither the administrator (${auroraDefaults.masterUsername}) nor another role of the pipeline has`,
            fix: `Choose another, or remove it: pulumi config rm ${key}`,
        })),
        ...(["extensions", "groupRoles", "applicationUsers", "takeOverFrom"] as const).map((key): ConfigRule => ({
            keys: [key, "engine"],
            valid: declaredRoles || !given.has(key),
            allowed: `nothing; with ${engine}, the pipeline creates only the users of its builds`,
            fix: `Remove it: pulumi config rm ${key}`,
        })),
        ...roleConflictRules(settings, [auroraDefaults.masterUsername, ...nameKeys.map(nameOf)]),
        {
            keys: ["rehearsal", "engine"],
            valid: canRehearse || !settings.rehearsal,
            allowed: `false; with ${engine}, no copy of the database can be made to rehearse on`,
            fix: "Remove it: pulumi config rm rehearsal",
        },
        {
            keys: ["databaseName", "engine"],
            valid: allNamed || databaseName.length <= longestName,
            allowed: `at most ${longestName} characters: users are named after it`,
            fix: "Shorten it: pulumi config set databaseName app",
        },
        {
            keys: ["databaseName", "engine"],
            valid: allNamed || !reservedNames?.pattern.test(databaseName),
            allowed: `${reservedNames?.allowed}, and the users' names begin with it`,
            fix: "Choose another: pulumi config set databaseName app",
        },
    ];
}

/** Names that two roles would have, and memberships in groups that there are none of. */
function roleConflictRules(
    { groupRoles = [], applicationUsers = [], takeOverFrom = [] }: Settings,
    taken: string[],
): ConfigRule[] {
    const conflicts = conflictsOf(groupRoles, applicationUsers, [...taken, ...takeOverFrom]);
    const rule = (keys: ConfigRule["keys"], problems: string[]): ConfigRule => ({
        keys,
        valid: problems.length === 0,
        allowed: "names that no other role has, and groups that are in groupRoles",
        fix: `Correct these: ${problems.join("; ")}`,
    });
    return [
        rule(["groupRoles"], conflicts.groupRoles),
        rule(["applicationUsers", "groupRoles"], conflicts.applicationUsers),
    ];
}

function networkRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    const existing = ["vpcId", "privateSubnetIds", "isolatedSubnetIds"] as const;
    const some = existing.some((key) => given.has(key));
    const usesEndpoints = given.has("vpcId") && settings.egress === "Endpoints";
    const { privateSubnetIds: ofBuilds = [], isolatedSubnetIds: ofDatabase = [] } = settings;
    return [
        ...existing.map((key): ConfigRule => ({
            keys: [key, ...existing.filter((other) => other !== key && given.has(other))],
            kind: "Missing",
            valid: !some || given.has(key),
            allowed: "vpcId, privateSubnetIds and isolatedSubnetIds together, or none of them",
            fix: `Set ${key} too, or remove the others to have a network created`,
        })),
        ...(["privateSubnetIds", "isolatedSubnetIds"] as const).map((key): ConfigRule => ({
            keys: [key],
            kind: "Duplicate",
            valid: new Set(settings[key]).size === (settings[key] ?? []).length,
            allowed: "each subnet once",
            fix: "Take the second one out, or give another",
        })),
        {
            keys: ["privateSubnetIds", "isolatedSubnetIds"],
            valid: !ofBuilds.some((id) => ofDatabase.includes(id)),
            allowed: "subnets for the builds that are none of the database's",
            fix: "Remove shared subnets from one of the lists",
        },
        ...(["cidrBlock", "availabilityZones"] as const).map((key): ConfigRule => ({
            keys: [key, "vpcId"],
            valid: !given.has("vpcId") || !given.has(key),
            allowed: "nothing; the existing VPC already has its addresses and zones",
            fix: `Remove it (pulumi config rm ${key}), or remove vpcId to have a network created`,
        })),
        {
            keys: ["endpointSecurityGroupId", "egress", "vpcId"],
            kind: "Missing",
            valid: !usesEndpoints || given.has("endpointSecurityGroupId"),
            allowed: "the group of the existing VPC's endpoints; builds without internet reach nothing else",
            fix: "Set it: pulumi config set endpointSecurityGroupId sg-0123456789abcdef0",
        },
        {
            keys: ["endpointSecurityGroupId", "egress", "vpcId"],
            valid: usesEndpoints || !given.has("endpointSecurityGroupId"),
            allowed: "nothing; only an existing VPC with egress Endpoints has endpoints to name",
            fix: "Remove it (pulumi config rm endpointSecurityGroupId), or give vpcId and egress Endpoints",
        },
    ];
}

function approvalRules(given: ReadonlySet<ConfigKey>, settings: Settings): ConfigRule[] {
    const { alarms, approval, atLeast, environment, rehearsal } = settings;
    return [
        {
            keys: ["lockBudgetMilliseconds", "rehearsal"],
            valid: rehearsal || !given.has("lockBudgetMilliseconds"),
            allowed: "nothing; only a rehearsal measures locks",
            fix: "Remove it (pulumi config rm lockBudgetMilliseconds), or pulumi config set rehearsal true",
        },
        {
            keys: ["approval", "environment"],
            valid: approval || !atLeast.approval,
            allowed: `true; in ${environment} a person approves every change`,
            fix: "Remove it: pulumi config rm approval, or use the environment dev",
        },
        {
            keys: ["approvalFor", "approval"],
            valid: approval || !given.has("approvalFor"),
            allowed: "nothing; without approval nobody is asked for anything",
            fix: "Remove it (pulumi config rm approvalFor), or pulumi config set approval true",
        },
        {
            keys: ["approvalFor", "rehearsal"],
            valid: !rehearsal || !given.has("approvalFor"),
            allowed: "nothing with a rehearsal, whose result a person reads",
            fix: "Remove one: pulumi config rm approvalFor, or pulumi config rm rehearsal",
        },
        {
            keys: ["deploymentWindowTimeZone"],
            kind: "Malformed",
            valid: isTimeZone(settings.deploymentWindowTimeZone ?? defaultTimeZone),
            allowed: timeZoneAllowed,
            fix: "For example: pulumi config set deploymentWindowTimeZone Europe/Berlin",
        },
        {
            keys: ["deploymentWindowTimeZone", "deploymentWindow"],
            valid: given.has("deploymentWindow") || !given.has("deploymentWindowTimeZone"),
            allowed: "nothing without deploymentWindow",
            fix: "Remove it: pulumi config rm deploymentWindowTimeZone",
        },
        {
            keys: ["bakeAlarms", "bakeMinutes"],
            valid: given.has("bakeMinutes") || !given.has("bakeAlarms"),
            allowed: "nothing without bakeMinutes",
            fix: "Set it: pulumi config set bakeMinutes 15",
        },
        {
            keys: ["bakeMinutes", "alarms", "bakeAlarms"],
            valid: alarms || given.has("bakeAlarms") || !given.has("bakeMinutes"),
            allowed: "nothing without alarms; no alarm would be watched",
            fix: "Set one: pulumi config set alarms true, or name others in bakeAlarms",
        },
        {
            keys: ["approvalEmails", "approval"],
            valid: approval || !given.has("approvalEmails"),
            allowed: "nothing; without approval no approval request is sent",
            fix: "Remove it (pulumi config rm approvalEmails), or pulumi config set approval true",
        },
    ];
}
