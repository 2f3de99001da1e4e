import { withDefaults } from "../shared/defaults";
import { formOf, oneOf, type Rule } from "../shared/validation";
import { dailyWindow, overlap, weeklyWindow } from "./windows";

// When changes reach the cluster. The provider's behaviour (hashicorp/terraform-provider-aws,
// internal/service/rds/cluster.go): every ModifyDBCluster carries `ApplyImmediately`, false unless it is set; only with
// true does it wait until nothing is pending (`waitDBClusterUpdated`). A change that waits for the window is in no
// output until then: the next preview shows it again.

/** When changes to a running cluster and its instances are applied. */
export const ApplyChanges = {
    /** By the `pulumi up` that makes them, which waits for them. A restart or failover that RDS needs happens then. */
    Immediately: "Immediately",
    /**
     * In the next maintenance window: changes that RDS can defer (class, minor version, port, IAM authentication) are
     * applied up to a week after `pulumi up`, and previews show them until then. Changes that it cannot defer are
     * applied at once.
     */
    InMaintenanceWindow: "InMaintenanceWindow",
} as const;
export type ApplyChanges = (typeof ApplyChanges)[keyof typeof ApplyChanges];

/** The args that the rules check. */
interface ChangeArgs {
    applyChanges?: ApplyChanges;
    allowMajorVersionUpgrade?: boolean;
    preferredBackupWindow?: string;
    preferredMaintenanceWindow?: string;
}

/** The default windows; the docstrings of the args repeat them. AWS Backup's daily job starts an hour after both. */
export const changeDefaults = {
    applyChanges: ApplyChanges.Immediately,
    preferredBackupWindow: "02:00-03:00",
    preferredMaintenanceWindow: "sun:03:00-sun:04:00",
} satisfies ChangeArgs;

export const dailyWindowAllowed = "hh:mm-hh:mm in UTC, at least 30 minutes";
export const weeklyWindowAllowed = "ddd:hh:mm-ddd:hh:mm in UTC, days in lower case, at least 30 minutes";

export function changeRules(args: ChangeArgs): Rule[] {
    const { allowMajorVersionUpgrade, applyChanges } = args;
    const { preferredBackupWindow, preferredMaintenanceWindow } = withDefaults(args, changeDefaults);
    const backup = dailyWindow(preferredBackupWindow);
    const maintenance = weeklyWindow(preferredMaintenanceWindow);
    return [
        oneOf("applyChanges", applyChanges, Object.values(ApplyChanges), 'Leave it out for "Immediately".'),
        {
            arg: "applyChanges",
            kind: "Conflict",
            given: applyChanges,
            // RDS would keep using the old parameter groups, and deleting them would fail.
            valid: applyChanges !== ApplyChanges.InMaintenanceWindow || allowMajorVersionUpgrade !== true,
            allowed: '"Immediately" while allowMajorVersionUpgrade is true',
            fix: "Upgrade at once, at a time that you choose; then remove both settings.",
        },
        {
            arg: "preferredBackupWindow",
            kind: formOf(preferredBackupWindow),
            given: preferredBackupWindow,
            valid: backup !== undefined,
            allowed: dailyWindowAllowed,
            fix: `Leave it out for ${changeDefaults.preferredBackupWindow}.`,
        },
        {
            arg: "preferredMaintenanceWindow",
            kind: formOf(preferredMaintenanceWindow),
            given: preferredMaintenanceWindow,
            valid: maintenance !== undefined,
            allowed: weeklyWindowAllowed,
            fix: `Leave it out for ${changeDefaults.preferredMaintenanceWindow}.`,
        },
        {
            arg: "preferredMaintenanceWindow",
            kind: "Conflict",
            given: preferredMaintenanceWindow,
            valid: backup === undefined || maintenance === undefined || !overlap(backup, maintenance),
            allowed: `a window outside preferredBackupWindow, which is ${preferredBackupWindow}`,
            fix: "RDS refuses windows that overlap: move one of them.",
        },
    ];
}
