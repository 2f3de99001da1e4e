import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Rule } from "../shared/validation";
import { ApplyChanges } from "./changes";

// What happens to a cluster that is created from a snapshot (hashicorp/terraform-provider-aws,
// internal/service/rds/cluster.go, `resourceClusterCreate`): RestoreDBClusterFromSnapshot, then one ModifyDBCluster, at
// once, with the settings that the first call does not take. Neither call gets the inputs below, and RDS does not take
// them from the snapshot: IAM authentication is off.
//
// Another `pulumi up` finds nothing to do, because the inputs are unchanged: Pulumi asks the provider for a difference
// only if inputs differ (pulumi/pulumi, pkg/resource/deploy/step_generator.go, "Workaround #1251"). A refresh reads
// RDS's actual values into the state, so that `pulumi up --refresh` sets them.

/**
 * Inputs of the cluster that a restore does not set. It does not include what the snapshot decides (its user, its
 * encryption).
 */
export const notRestored = [
    "autoMinorVersionUpgrade",
    "databaseInsightsMode",
    "iamDatabaseAuthenticationEnabled",
    "performanceInsightsEnabled",
    "performanceInsightsKmsKeyId",
    "performanceInsightsRetentionPeriod",
];

/** Identifier or ARN of a cluster snapshot: a manual one, an automatic one or one of AWS Backup's. */
export const snapshot =
    /^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:\S+|(awsbackup:|rds:)?[a-zA-Z][a-zA-Z0-9-]*)$/;

/** IAM authentication is one of the changes that RDS can defer to the maintenance window. */
export function restoreRules({
    restoreFrom,
    applyChanges,
}: {
    restoreFrom?: string;
    applyChanges?: ApplyChanges;
}): Rule[] {
    return [
        {
            arg: "applyChanges",
            kind: "Conflict",
            given: applyChanges,
            valid: restoreFrom === undefined || applyChanges !== ApplyChanges.InMaintenanceWindow,
            allowed: '"Immediately" while restoreFrom is given',
            fix: "The next update sets what a restore leaves out: restore at once, then remove both settings.",
        },
    ];
}

/** Warns, after a restore that left IAM authentication off, what to do next. */
export function remindOfRefresh(name: string, cluster: aws.rds.Cluster, parent: pulumi.Resource): void {
    cluster.iamDatabaseAuthenticationEnabled.apply((enabled) => {
        if (enabled === false) {
            void pulumi.log.warn(
                `AuroraCluster "${name}" was restored without IAM authentication and Database Insights, which RDS does not ` +
                    "take from a snapshot: no build can log in with a token. Before the first delivery, run: pulumi up --refresh",
                parent,
            );
        }
    });
}
