import * as pulumi from "@pulumi/pulumi";
import { ApplyChanges, changeDefaults } from "./changes";
import { withDefaults } from "../shared/defaults";
import { Engine, engines, parameterFamily } from "../shared/engines";
import type { NetworkRef } from "../references";

/** How much RDS records about the database's activity. */
export const DatabaseInsights = {
    /** Seven days of performance data; free. */
    Standard: "Standard",
    /** Fifteen months of performance data, execution plans and lock analysis; charged per vCPU or ACU. */
    Advanced: "Advanced",
} as const;
export type DatabaseInsights = (typeof DatabaseInsights)[keyof typeof DatabaseInsights];

export interface AuroraClusterArgs {
    /** The VPC; the cluster is placed in its isolated subnets. A change replaces the cluster. */
    network: NetworkRef;
    /** "aurora-postgresql" or "aurora-mysql". A change replaces the cluster. Default: "aurora-postgresql". */
    engine?: Engine;
    /**
     * Version of the engine; the major version alone is recommended: PostgreSQL "14" to "17", MySQL "8.0" or "8.4". The
     * cluster then gets AWS's default minor version and keeps the minor upgrades of RDS: an automatic upgrade is not
     * reported as a change, and no update reverts or repeats it. A full version is a minimum; a higher one upgrades the
     * cluster. Another major version needs `allowMajorVersionUpgrade`. Default: "17" for PostgreSQL, "8.0" for MySQL.
     */
    engineVersion?: string;
    /**
     * Whether a change of the major version upgrades the cluster in place, with the parameter groups of the new family.
     * The database is unavailable during the upgrade. Default: false.
     */
    allowMajorVersionUpgrade?: boolean;
    /**
     * When changes to the running cluster are applied: "Immediately", by the `pulumi up` that makes them, or
     * "InMaintenanceWindow"; see `ApplyChanges`. Default: "Immediately".
     */
    applyChanges?: ApplyChanges;
    /**
     * Weekly window for minor upgrades and deferred changes of the cluster and its instances: ddd:hh:mm-ddd:hh:mm in
     * UTC, at least 30 minutes, outside `preferredBackupWindow`. Changed in place. Default: "sun:03:00-sun:04:00".
     */
    preferredMaintenanceWindow?: string;
    /**
     * Daily window for the automated backup of RDS: hh:mm-hh:mm in UTC, at least 30 minutes; it must not contain the
     * start of another backup or lie in the hour after it. Changed in place. Default: "02:00-03:00".
     */
    preferredBackupWindow?: string;
    /**
     * Identifier of the cluster: lower-case letters, digits and single hyphens, at most 60. A change replaces the
     * cluster. Default: the component's and the stack's name, joined by a hyphen.
     */
    clusterIdentifier?: string;
    /** Database that is created with the cluster. A change replaces the cluster. Default: "app". */
    databaseName?: string;
    /** Administrative user; avoid names that attackers try first. A change replaces the cluster. Default: "dbowner". */
    masterUsername?: string;
    /**
     * Password of the administrative user when the cluster is created; later changes are ignored, because rotation owns
     * the password. Default: a random one.
     */
    masterPassword?: pulumi.Input<string>;
    /**
     * Snapshot from which the cluster is created: identifier or ARN of a cluster snapshot, including AWS Backup's. A
     * different snapshot replaces the cluster; data written since then is only in its final snapshot, and
     * `deletionProtection` prevents the replacement. Removing the arg later keeps the cluster. `databaseName` and
     * `masterUsername` must match the snapshot; the password becomes `masterPassword`, and a `DbSecret` is updated. IAM
     * authentication and Database Insights are off until the next `pulumi up --refresh`, so `applyChanges` must be
     * "Immediately". Default: none, an empty database.
     */
    restoreFrom?: string;
    /**
     * Port, other than the engine's well-known one. A change restarts the cluster and does not update the port in
     * secrets (see `DbSecret`). Default: 15432 for PostgreSQL, 13306 for MySQL.
     */
    port?: number;
    /** Number of instances, 1 to 16: the first is the writer, the others readers in other zones. Default: 1. */
    instances?: number;
    /**
     * Class of the instances: "db.serverless", or a provisioned one such as "db.r7g.large", which costs the same
     * whether used or idle. Default: "db.serverless".
     */
    instanceClass?: string;
    /**
     * Minimum capacity of a serverless instance in ACU (2 GiB), in steps of 0.5; 0 pauses it when idle. An ACU costs
     * about $0.12 an hour: 0.5 is about $44 per month and instance. Default: 0.5.
     */
    minCapacity?: number;
    /** Maximum capacity of a serverless instance in ACU, 1 to 256, which limits its cost. Default: 2. */
    maxCapacity?: number;
    /** Idle seconds before a serverless instance pauses, 300 to 86400. Only with minCapacity 0; AWS's default is 300. */
    secondsUntilAutoPause?: number;
    /** Days that automated backups are kept, 1 to 35. Default: 7. */
    backupRetentionDays?: number;
    /** Whether RDS and Pulumi refuse to delete the cluster. Default: false. */
    deletionProtection?: boolean;
    /** Whether deleting the cluster takes a snapshot first and keeps its automated backups. Default: true. */
    finalSnapshot?: boolean;
    /**
     * ARN of the KMS key for the storage, the performance data and the logs; its policy must allow CloudWatch Logs to
     * use it. A change replaces the cluster. Default: the AWS managed key.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * "Standard", or "Advanced", which requires performance data to be kept for 465 days. Both settings are sent
     * together, also to an existing cluster. Default: "Standard".
     */
    databaseInsights?: DatabaseInsights;
    /** Days that the database's logs are kept, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /** Seconds between operating system metrics: 1, 5, 10, 15, 30, 60, or 0 for none. Default: 60. */
    monitoringInterval?: number;
    /**
     * Whether schema and role changes are audited: with pgaudit for PostgreSQL (it also needs `CREATE EXTENSION
     * pgaudit` and the role `rds_pgaudit`), with the server audit log for MySQL. If turned on later, it takes effect at
     * the next reboot. Default: false.
     */
    auditLogging?: boolean;
    /**
     * Hours that an Aurora MySQL cluster can be backtracked, 0 to 72; $0.012 per million change records and hour. Not
     * available in every region. RDS turns it on only when it creates or restores a cluster; 0 turns it off. Default:
     * 0.
     */
    backtrackHours?: number;
    /**
     * Security groups that may connect, by a stable name: `{ api: group.id }`. Builds add themselves. Default: none.
     */
    allowedSecurityGroupIds?: { [key: string]: pulumi.Input<string> };
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const auroraDefaults = {
    engine: Engine.AuroraPostgresql,
    allowMajorVersionUpgrade: false,
    databaseName: "app",
    masterUsername: "dbowner",
    instances: 1,
    instanceClass: "db.serverless",
    minCapacity: 0.5,
    maxCapacity: 2,
    backupRetentionDays: 7,
    deletionProtection: false,
    finalSnapshot: true,
    databaseInsights: DatabaseInsights.Standard,
    logRetentionInDays: 30,
    monitoringInterval: 60,
    auditLogging: false,
    backtrackHours: 0,
    ...changeDefaults,
} satisfies Partial<AuroraClusterArgs>;

/** The args with every default filled in, and the values derived from them. */
export type AuroraSettings = ReturnType<typeof auroraSettings>;

export function auroraSettings(name: string, args: AuroraClusterArgs) {
    const settings = withDefaults(args, auroraDefaults);
    const traits = engines[settings.engine];
    const engineVersion = args.engineVersion ?? traits.defaultVersion;
    return {
        ...settings,
        traits,
        engineVersion,
        family: parameterFamily(settings.engine, engineVersion),
        port: args.port ?? traits.defaultPort,
        clusterIdentifier: args.clusterIdentifier ?? defaultIdentifier(name),
        applyImmediately: settings.applyChanges === ApplyChanges.Immediately,
        serverless: settings.instanceClass === serverlessClass,
        // RDS requires fifteen months for "Advanced"; seven days are free.
        insightsRetentionDays: settings.databaseInsights === DatabaseInsights.Advanced ? 465 : 7,
    };
}

/** Instance class of instances that scale by themselves. */
export const serverlessClass = "db.serverless";

/** Unique to the stack: two environments can share an account. */
export function defaultIdentifier(name: string): string {
    return `${name}-${pulumi.getStack()}`;
}
