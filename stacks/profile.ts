import type { ConfigOptions } from "../components/options";
import type { ApplyChanges, DatabaseInsights, Egress, FlowLogTraffic } from "../components";

/**
 * The differences between environments, all of them data. A config key of the same name overrides a value. Options of a
 * build keep their own defaults unless a profile sets them.
 */
export interface Profile extends ConfigOptions {
    /** Number of availability zones of the network. */
    availabilityZones: number;
    /** How builds reach AWS's endpoints. */
    egress: Egress;
    /** Traffic that the flow log records. */
    flowLogs: FlowLogTraffic;

    /** Database instances; the second and later ones are readers in other zones. */
    instances: number;
    /** Minimum capacity in ACU; 0 pauses an idle cluster. */
    minCapacity: number;
    /** Maximum capacity in ACU. */
    maxCapacity: number;
    /** Idle seconds before a cluster with a minimum capacity of 0 pauses. */
    secondsUntilAutoPause?: number;
    /** Days that automated backups are kept. */
    backupRetentionDays: number;
    /** When changes to a running cluster are applied. */
    applyChanges: ApplyChanges;
    /** Whether RDS and Pulumi refuse to delete the cluster. */
    deletionProtection: boolean;
    /** Hours that a cluster can be backtracked; Aurora MySQL only. */
    backtrackHours: number;
    /** Whether deleting the cluster takes a snapshot first. */
    finalSnapshot: boolean;
    databaseInsights: DatabaseInsights;
    /** Whether statements are audited (pgaudit, server audit log). */
    auditLogging: boolean;
    /** Whether access to the artifacts is logged. */
    accessLog: boolean;

    /** Whether a customer managed key encrypts the environment's data; AWS managed keys otherwise. */
    customerKey: boolean;
    /** Days in which the deletion of that key can be cancelled. */
    keyDeletionWindowInDays: number;
    /** Days in which a deleted secret can be restored. */
    recoveryWindowInDays: number;
    /** Days between password rotations; if absent, passwords are not rotated. */
    rotationDays?: number;
    /** Days that logs are kept. */
    logRetentionDays: number;

    /** Whether a person approves each plan before it is deployed. */
    approval: boolean;
    /** Whether successful deliveries are reported, in addition to those that failed or wait. */
    notifySuccess: boolean;
    /** Whether there are alarms. */
    alarms: boolean;
    /** Whether failovers, failures, maintenance and changes of the cluster are reported. */
    databaseEvents: boolean;
    /** Whether there is a dashboard of the database and the deliveries. */
    dashboard: boolean;
    /** Days that a locked vault keeps daily backups, in addition to the cluster's own; if absent, there is no vault. */
    vaultRetentionDays?: number;
    /** Whether each release is rehearsed on a clone of the data before it is approved. */
    rehearsal: boolean;
    /** Minimum values that config cannot lower. */
    atLeast: { approval: boolean; instances: number };
}
