import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
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
            /^(cron\((\S+ ){5}\S+\)|rate\(\d+ (hours?|days?)\))$/,
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

export interface BackupParts extends Required<Pick<BackupArgs, keyof typeof backupDefaults>> {
    at: pulumi.Output<Location>;
    clusterArn: pulumi.Input<string>;
    lockFinalAfterDays?: number;
    kmsKeyArn: pulumi.Input<string>;
    tags: Record<string, string> | undefined;
}

/** A daily backup of the cluster into a locked, encrypted vault. */
export function backUp(name: string, parts: BackupParts, parent: pulumi.Resource): aws.backup.Vault {
    const { retentionInDays, schedule, kmsKeyArn, tags } = parts;
    const vault = new aws.backup.Vault(logicalName("backupVault", name), { kmsKeyArn, tags }, { parent });
    new aws.backup.VaultLockConfiguration(
        name,
        {
            backupVaultName: vault.name,
            minRetentionDays: retentionInDays,
            changeableForDays: parts.lockFinalAfterDays,
        },
        { parent },
    );
    const plan = new aws.backup.Plan(
        name,
        {
            rules: [
                {
                    ruleName: "scheduled",
                    targetVaultName: vault.name,
                    schedule,
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
    return vault;
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
