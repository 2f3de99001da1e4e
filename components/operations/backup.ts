import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { alarmThresholds } from "./alarms";
import { policyDocument, protectCluster, type Statement } from "../shared/statements";
import { matching, type Rule, wholeNumber } from "../shared/validation";

/** Backups beside the cluster's own, which are lost when somebody deletes them. */
export interface BackupArgs {
    /** Days that each daily backup is kept, 1 to 3650; nobody deletes one earlier. Default: 35. */
    retentionInDays?: number;
    /**
     * When, in AWS's cron form, UTC; not in the hour before the cluster's own backup or its maintenance.
     * Default: "cron(0 5 * * ? *)".
     */
    schedule?: string;
    /**
     * Days after which the vault's lock is final, 3 to 36500: then nobody can loosen or remove it, AWS included, and the
     * vault stays until its last backup is old enough. Default: never; whoever may administer the vault may unlock it.
     */
    lockFinalAfterDays?: number;
}

/** Written once; a test compares the documentation above with it. */
export const backupDefaults = {
    retentionInDays: 35,
    schedule: "cron(0 5 * * ? *)",
} satisfies BackupArgs;

const wellFormed = /^(cron\((\S+ ){5}\S+\)|rate\(\d+ (hours?|days?)\))$/;

export function backupRules(given: BackupArgs = {}): Rule[] {
    return [
        wholeNumber(
            "backup.retentionInDays",
            given.retentionInDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for 35.",
        ),
        matching(
            "backup.schedule",
            given.schedule,
            wellFormed,
            "a schedule such as cron(0 5 * * ? *) or rate(12 hours)",
            "Leave it out for every day at 5 o'clock UTC.",
        ),
        wholeNumber(
            "backup.lockFinalAfterDays",
            given.lockFinalAfterDays,
            { min: 3, max: 36_500, unit: "days" },
            "Leave it out for a lock that can be taken off.",
        ),
    ];
}

/** An alarm on missing backups must be as patient as the schedule makes it. */
export function missingRules(given: BackupArgs | undefined, backupHours: number | undefined): Rule[] {
    const { schedule = backupDefaults.schedule } = given ?? {};
    // Another rule says so of a schedule that is none.
    if (given === undefined || !wellFormed.test(String(schedule))) return [];
    const pause = longestPauseHours(schedule);
    const least = pause === undefined ? undefined : pause + 2;
    const hours = backupHours ?? alarmThresholds.backupHours;
    return [
        {
            arg: "thresholds.backupHours",
            given: backupHours,
            valid: least === undefined ? backupHours !== undefined : hours >= least && least <= longestLook,
            allowed:
                least === undefined
                    ? "the longest pause of backup.schedule and two hours"
                    : `at least ${least} hours: the longest pause of backup.schedule and two hours, at most ${longestLook}`,
            fix: "Set it, or back up more often.",
        },
    ];
}

/** In hours. CloudWatch looks back a week at most. */
const longestLook = 168;

/** Hours from one backup to the next by a schedule; undefined where only AWS could tell. */
function longestPauseHours(schedule: string): number | undefined {
    const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
    if (count !== undefined) return Number(count) * (unit === "day" ? 24 : 1);
    return /^cron\(\d+ \d+ (\* \* \?|\? \* \*) \*\)$/.test(schedule) ? 24 : undefined;
}

export interface BackupParts extends Required<Pick<BackupArgs, keyof typeof backupDefaults>> {
    at: pulumi.Output<Location>;
    clusterArn: pulumi.Input<string>;
    lockFinalAfterDays?: number;
    kmsKeyArn: pulumi.Input<string>;
    tags: Record<string, string> | undefined;
}

export interface Backup {
    vault: aws.backup.Vault;
    /** When the plan came into being, in seconds since 1970. */
    since: pulumi.Output<number>;
}

/**
 * A daily backup of the cluster into a locked, encrypted vault. AWS Backup leaves Aurora out, without a failed job, in a
 * Region where somebody opted out of it, even if the cluster is named
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html). The opt-in is one setting of the whole
 * account in the Region, for every kind of resource at once (`aws.backup.RegionSettings`): not for one stack to decide. The
 * alarm on missing backups finds it out.
 */
export function backUp(name: string, parts: BackupParts, parent: pulumi.Resource): Backup {
    const { retentionInDays, schedule, kmsKeyArn, tags } = parts;
    const vault = new aws.backup.Vault(logicalName("backupVault", name), { kmsKeyArn, tags }, { parent });
    new aws.backup.VaultLockConfiguration(
        name,
        {
            backupVaultName: vault.name,
            minRetentionDays: retentionInDays,
            changeableForDays: parts.lockFinalAfterDays,
        },
        // Another retention replaces it, and a vault has one lock: deleting the old one last would delete the new one.
        { parent, deleteBeforeReplace: true },
    );
    const plan = new aws.backup.Plan(
        name,
        {
            rules: [
                {
                    ruleName: "scheduled",
                    targetVaultName: vault.name,
                    schedule,
                    // As the provider does by default (internal/service/backup/plan.go). AWS's own is eight hours, and then
                    // no alarm could tell a late backup from a missing one.
                    startWindow: 60,
                    lifecycle: { deleteAfter: retentionInDays },
                    recoveryPointTags: tags,
                },
            ],
            tags,
        },
        { parent },
    );
    const { role, grants } = backupRole(`${name}-backup`, parts, parent);
    new aws.backup.Selection(
        logicalName("backupSelection", name),
        { planId: plan.id, iamRoleArn: role.arn, resources: [parts.clusterArn] },
        { parent, dependsOn: grants },
    );
    // No other part says when it was made.
    const since = role.createDate.apply((date) => Math.floor(Date.parse(date) / 1000));
    return { vault, since };
}

function backupRole(name: string, parts: BackupParts, parent: pulumi.Resource) {
    const role = new aws.iam.Role(
        logicalName("role", name),
        {
            description: "Takes backups of the database",
            assumeRolePolicy: policyDocument([trustBackup]),
            tags: parts.tags,
        },
        { parent },
    );
    const takeSnapshots = new aws.iam.RolePolicyAttachment(
        name,
        {
            role: role.name,
            policyArn: parts.at.apply(
                ({ partition }) => `arn:${partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup`,
            ),
        },
        { parent },
    );
    const protect = new aws.iam.RolePolicy(
        name,
        {
            role: role.name,
            policy: pulumi.output(parts.clusterArn).apply((arn) => policyDocument([protectCluster(arn)])),
        },
        { parent },
    );
    return { role, grants: [takeSnapshots, protect] };
}

/**
 * AWS Backup does not document that it names its account or its plan when it assumes a role, and a backup that fails
 * for such a condition is found out too late. `iam:PassRole` keeps the role in its account.
 */
const trustBackup: Statement = {
    Sid: "Trust",
    Effect: "Allow",
    Principal: { Service: "backup.amazonaws.com" },
    Action: ["sts:AssumeRole"],
};
