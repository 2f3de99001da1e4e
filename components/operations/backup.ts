import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { alarmThresholds } from "./alarms";
import { policyDocument, protectCluster, type Statement } from "../shared/statements";
import { matching, type Rule, wholeNumber } from "../shared/validation";

/** Backups in addition to the cluster's automated ones, which are lost if someone deletes them. */
export interface BackupArgs {
    /** Days that each daily backup is kept, 1 to 3650; no one can delete it earlier. Default: 35. */
    retentionInDays?: number;
    /**
     * Schedule in AWS's cron form, UTC; not in the hour before the cluster's own backup or maintenance window. Default:
     * "cron(0 5 * * ? *)".
     */
    schedule?: string;
    /**
     * Days after which the vault's lock becomes final, 3 to 36500: from then on no one, AWS included, can relax or
     * remove it, and the vault stays until its last backup has expired. Default: never; administrators of the vault can
     * remove the lock.
     */
    lockFinalAfterDays?: number;
}

/** The defaults; a test compares the docstrings above with them. */
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
            "Leave it out for a lock that can be removed.",
        ),
    ];
}

/** The alarm on missing backups must allow for the longest interval of the schedule. */
export function missingRules(given: BackupArgs | undefined, backupHours: number | undefined): Rule[] {
    const { schedule = backupDefaults.schedule } = given ?? {};
    // Another rule reports an invalid schedule.
    if (given === undefined || !wellFormed.test(String(schedule))) return [];
    const pause = longestPauseHours(schedule);
    const least = pause === undefined ? undefined : pause + 2;
    const hours = backupHours ?? alarmThresholds.backupHours;
    return [
        {
            arg: "thresholds.backupHours",
            kind: backupHours === undefined ? "Missing" : "OutOfRange",
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

/** In hours. CloudWatch evaluates at most the last week. */
const longestLook = 168;

/** Hours between two backups of a schedule; undefined if only AWS could compute it. */
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
    /** When the plan was created, in seconds since 1970. */
    since: pulumi.Output<number>;
}

/**
 * A daily backup of the cluster into a locked, encrypted vault. In a Region where the account has not opted in to
 * Aurora, AWS Backup skips it without a failed job, even if the cluster is named
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html). The opt-in is one setting of the
 * whole account in the Region, for all resource types at once (`aws.backup.RegionSettings`), so a single stack does not
 * set it. The alarm on missing backups detects it.
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
        // A change of the retention replaces it, and a vault has only one lock: deleting the old one last would delete
        // the new one.
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
                    // The provider's default (internal/service/backup/plan.go). AWS's own is eight hours, with which no
                    // alarm could distinguish a late backup from a missing one.
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
    // No other resource records when it was created.
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
        logicalName("rolePolicy", name),
        {
            role: role.name,
            policy: pulumi.output(parts.clusterArn).apply((arn) => policyDocument([protectCluster(arn)])),
        },
        { parent },
    );
    return { role, grants: [takeSnapshots, protect] };
}

/**
 * AWS Backup does not document that it passes its account or its plan when it assumes a role, and a backup that fails
 * because of such a condition would be noticed too late. `iam:PassRole` limits the role to its account.
 */
const trustBackup: Statement = {
    Sid: "Trust",
    Effect: "Allow",
    Principal: { Service: "backup.amazonaws.com" },
    Action: ["sts:AssumeRole"],
};
