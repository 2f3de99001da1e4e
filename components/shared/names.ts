import { shortened } from "../contract";
import { matching, type Rule } from "./validation";

/**
 * AWS's maximum length of each kind of name that ours can reach, with the page that states it. Longer names are
 * shortened with a hash; shorter ones never change, so no existing resource is renamed.
 */
export const nameLimits = {
    /** `PipelineName` of `CreatePipeline`. */
    pipeline: 100,
    /** `AlarmName` of `PutMetricAlarm`. */
    alarm: 255,
    /** `ConnectionName` of `CreateConnection`. */
    connection: 32,
    /** `ReportGroupName` of `CreateReportGroup`; CodeBuild builds it from the names of the project and the report. */
    reportGroup: 128,
    /** `RoleName` of `CreateRole`. */
    role: 64,
    /** `PolicyName` of `PutRolePolicy`. */
    rolePolicy: 128,
    /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
    bucket: 63,
    /** `Name` of EventBridge's `PutRule`. */
    eventRule: 64,
    /** `Name` of `CreateNotificationRule`. */
    notificationRule: 64,
    /** `BackupVaultName` of `CreateBackupVault`. */
    backupVault: 50,
    /** `SelectionName` of `CreateBackupSelection`. */
    backupSelection: 50,
    /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
    lambdaFunction: 64,
    /** `StackName` of CloudFormation's `CreateStack`, less the `serverlessrepo-` that the application repository adds. */
    applicationStack: 113,
    /** `DBClusterIdentifier` of `CreateDBCluster`. */
    cluster: 63,
    /** `DBInstanceIdentifier` of `CreateDBInstance`. */
    instance: 63,
    /** `Name` of SNS's `CreateTopic`. */
    topic: 256,
    /** `DBProxyName` of `CreateDBProxy`. */
    proxy: 63,
} as const;

export type NamedResource = keyof typeof nameLimits;

/**
 * A hyphen and seven hexadecimal digits, which Pulumi appends to the logical name of a resource without an explicit
 * name.
 */
const autoNameSuffix = 8;

/** The logical name of a resource that Pulumi names, short enough for AWS with Pulumi's suffix. */
export function logicalName(kind: NamedResource, name: string): string {
    return shortened(name, nameLimits[kind] - autoNameSuffix);
}

/** An explicit name of a resource, short enough for AWS. */
export function fixedName(kind: NamedResource, name: string): string {
    return shortened(name, nameLimits[kind]);
}

/**
 * Rule for the name of a component that is part of its children's names: the characters and length that all of them
 * allow.
 */
export function nameRule(name: string, longest: number): Rule {
    const pattern = new RegExp(`^[A-Za-z0-9][A-Za-z0-9-]{0,${longest - 1}}$`);
    return matching("name", name, pattern, `1 to ${longest} letters, digits and hyphens`, "Change it.");
}
