import type { LintFloor } from "../components/lintRules";
import type { ApplyChanges, DatabaseInsights, Egress, FlowLogTraffic } from "../components";

/** What tells one environment from another: decisions, all of them data. A config key of the same name overrides one. */
export interface Profile {
    /** Zones that the network spans. */
    availabilityZones: number;
    /** How builds reach AWS's endpoints. */
    egress: Egress;
    /** Traffic that the flow log records. */
    flowLogs: FlowLogTraffic;

    /** Database instances; the second and later ones are readers in other zones. */
    instances: number;
    /** Least capacity in ACU; 0 pauses an idle cluster. */
    minCapacity: number;
    /** Greatest capacity in ACU. */
    maxCapacity: number;
    /** Idle seconds before a cluster with a least capacity of 0 pauses. */
    secondsUntilAutoPause?: number;
    /** Days that automated backups are kept. */
    backupRetentionDays: number;
    /** When changes of a live cluster are applied. */
    applyChanges: ApplyChanges;
    /** Whether RDS and Pulumi refuse to delete the cluster. */
    deletionProtection: boolean;
    /** Hours that a cluster can be wound back in place; Aurora MySQL only. */
    backtrackHours: number;
    /** Whether deleting the cluster takes a snapshot first. */
    finalSnapshot: boolean;
    databaseInsights: DatabaseInsights;
    /** Whether statements are audited (pgaudit, server audit log). */
    auditLogging: boolean;
    /** Whether access to the artifacts is logged. */
    accessLog: boolean;

    /** Whether a customer managed key encrypts what the environment stores; AWS managed keys otherwise. */
    customerKey: boolean;
    /** Days in which the deletion of that key can be taken back. */
    keyDeletionWindowInDays: number;
    /** Days in which a deleted secret can be restored. */
    recoveryWindowInDays: number;
    /** Days between rotations of the password; absent, it is not rotated. */
    rotationDays?: number;
    /** Days that logs are kept. */
    logRetentionDays: number;

    /** Whether a person approves each plan before it is deployed. */
    approval: boolean;
    /** Whether deliveries that succeeded are news, beside those that failed or wait. */
    notifySuccess: boolean;
    /** Whether alarms call somebody. */
    alarms: boolean;
    /** Whether failovers, failures, maintenance and changes of the cluster are told. */
    databaseEvents: boolean;
    /** Whether there is a dashboard of the database and the deliveries. */
    dashboard: boolean;
    /** Days that a locked vault keeps a daily backup, beside the cluster's own; absent, there is no vault. */
    vaultRetentionDays?: number;
    /** Whether each release is rehearsed on a clone of the data before it is approved. */
    rehearsal: boolean;
    /** Milliseconds that a changeset may hold an ACCESS EXCLUSIVE lock in a rehearsal. */
    lockBudgetMilliseconds: number;
    /** Whether a deployment begins with a snapshot of the cluster. */
    snapshotBeforeDeploy: boolean;
    /** When drift is looked for, as EventBridge writes it; absent, never. */
    driftSchedule?: string;
    /** Levels of the linter that the repository cannot go below: by rule or group. */
    lintFloor: LintFloor;
    /** What config may not go below. */
    atLeast: { approval: boolean; instances: number };
}
