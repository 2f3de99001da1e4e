import * as pulumi from "@pulumi/pulumi";
import { ApplyChanges, changeDefaults, changeRules } from "./changes";
import { restoreRules } from "./restore";
import { withDefaults } from "../shared/defaults";
import { Engine, engines, type EngineTraits, majorVersion, parameterFamily } from "../shared/engines";
import { refusedCharacters } from "../shared/password";
import type { NetworkRef } from "../references";
import { clientGroupRules } from "../shared/securityGroups";
import { flags, networkRules, tagsRule } from "../shared/shape";
import { formOf, isUnknown, kmsKey, logRetention, matching, oneOf, type Rule, wholeNumber } from "../shared/validation";

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

const serverlessClass = "db.serverless";

/** Unique to the stack: two environments can share an account. */
function defaultIdentifier(name: string): string {
    return `${name}-${pulumi.getStack()}`;
}

/** Type checks of the args; the rules below rely on them. */
export function auroraShape(args: AuroraClusterArgs): Rule[] {
    const { allowedSecurityGroupIds: groups, network } = args;
    return [
        ...networkRules("network", network, "isolatedSubnetIds"),
        ...flags(args, "allowMajorVersionUpgrade", "deletionProtection", "finalSnapshot", "auditLogging"),
        ...clientGroupRules("allowedSecurityGroupIds", groups),
        tagsRule(args.tags),
    ];
}

/** The validation rules of the args. Rules that compare two args use the defaults for absent ones. */
export function auroraRules(name: string, args: AuroraClusterArgs): Rule[] {
    const engine = oneOf("engine", args.engine, Object.values(Engine), 'Leave it out for "aurora-postgresql".');
    if (!engine.valid) {
        // Everything else depends on the engine.
        return [engine];
    }
    const traits = engines[args.engine ?? auroraDefaults.engine];
    return [
        ...versionRules(args),
        ...nameRules(name, args, traits),
        ...capacityRules(args),
        ...keepingRules(args, traits),
        ...changeRules(args),
        ...restoreRules(args),
        ...portAndPasswordRules(args, traits),
    ];
}

function versionRules(args: AuroraClusterArgs): Rule[] {
    const { engine = auroraDefaults.engine, engineVersion } = args;
    const { majorVersions } = engines[engine];
    return [
        {
            arg: "engineVersion",
            kind: "NotOneOf",
            given: engineVersion,
            valid: engineVersion === undefined || majorVersion(engine, `${engineVersion}`) !== undefined,
            allowed: `for ${engine} ${majorVersions.join(", ")}, or a minor version of these`,
            fix: "Give the major version; AWS picks its current minor one.",
        },
    ];
}

function nameRules(name: string, args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { masterUsername, databaseName } = args;
    const identifier = args.clusterIdentifier ?? defaultIdentifier(name);
    const longestUsername = traits.longestUsername;
    const longestDatabase = traits.longestDatabaseName;
    return [
        {
            arg: "clusterIdentifier",
            kind: "Malformed",
            given: identifier,
            // Instances and snapshots are named from it, within RDS's 63 characters.
            valid: /^[a-z](-?[a-z0-9])*$/.test(identifier) && identifier.length <= 60,
            allowed: "a lower-case letter, then lower-case letters, digits and single hyphens, at most 60 characters",
            fix: "Give one, where the component's name and the stack's do not make one.",
        },
        {
            arg: "databaseName",
            kind: formOf(databaseName),
            given: databaseName,
            valid:
                databaseName === undefined ||
                (typeof databaseName === "string" &&
                    /^[a-zA-Z][a-zA-Z0-9_]*$/.test(databaseName) &&
                    databaseName.length <= longestDatabase &&
                    !reservedDatabases.includes(databaseName.toLowerCase())),
            allowed: `a letter, then letters, digits and underscores, at most ${longestDatabase}, none of ${reservedDatabases.join(", ")}`,
            fix: 'Leave it out for "app".',
        },
        {
            arg: "masterUsername",
            kind: formOf(masterUsername),
            given: masterUsername,
            valid:
                masterUsername === undefined ||
                (typeof masterUsername === "string" &&
                    /^[a-z][a-z0-9_]*$/.test(masterUsername) &&
                    masterUsername.length <= longestUsername &&
                    !reservedUsers.includes(masterUsername)),
            allowed: `a lower-case letter, then lower-case letters, digits and underscores, at most ${longestUsername}, none of ${reservedUsers.join(", ")}`,
            fix: 'Leave it out for "dbowner".',
        },
    ];
}

/** Identifier or ARN of a cluster snapshot: a manual one, an automatic one or one of AWS Backup's. */
export const snapshot =
    /^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:\S+|(awsbackup:|rds:)?[a-zA-Z][a-zA-Z0-9-]*)$/;

const reservedDatabases = ["mysql", "postgres", "rdsadmin", "template0", "template1", "sys"];
/** Names that attackers try first, and names that RDS reserves. */
const reservedUsers = ["admin", "administrator", "postgres", "rdsadmin", "root", "user"];

function capacityRules(args: AuroraClusterArgs): Rule[] {
    const { minCapacity, maxCapacity, secondsUntilAutoPause } = args;
    const { instanceClass, minCapacity: least, maxCapacity: greatest } = withDefaults(args, auroraDefaults);
    const capacities = { minCapacity, maxCapacity, secondsUntilAutoPause };
    const isStep = (value: unknown, min: number) =>
        typeof value === "number" && value >= min && value <= 256 && Number.isInteger(value * 2);
    return [
        wholeNumber("instances", args.instances, { min: 1, max: 16 }, "RDS takes a writer and up to 15 readers."),
        matching(
            "instanceClass",
            args.instanceClass,
            /^db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)$/,
            '"db.serverless" or a provisioned class such as "db.r7g.large"',
            "Leave it out for a serverless one.",
        ),
        {
            arg: "minCapacity",
            kind: typeof minCapacity === "number" ? "OutOfRange" : "WrongType",
            given: minCapacity,
            valid: minCapacity === undefined || isStep(minCapacity, 0),
            allowed: "a number of ACU from 0 to 256 in steps of 0.5",
            fix: "0 pauses the database when it is idle.",
        },
        {
            arg: "maxCapacity",
            kind: typeof maxCapacity === "number" ? "OutOfRange" : "WrongType",
            given: maxCapacity,
            valid: maxCapacity === undefined || isStep(maxCapacity, 1),
            allowed: "a number of ACU from 1 to 256 in steps of 0.5",
            fix: "It limits what an instance costs.",
        },
        {
            arg: "maxCapacity",
            kind: "Conflict",
            given: greatest,
            valid: !isStep(least, 0) || !isStep(greatest, 1) || greatest >= least,
            allowed: `at least minCapacity, which is ${least}`,
            fix: "Raise maxCapacity or lower minCapacity.",
        },
        wholeNumber(
            "secondsUntilAutoPause",
            secondsUntilAutoPause,
            { min: 300, max: 86400, unit: "seconds" },
            "Leave it out for AWS's 300.",
        ),
        {
            arg: "secondsUntilAutoPause",
            kind: "Conflict",
            given: secondsUntilAutoPause,
            valid: secondsUntilAutoPause === undefined || least === 0 || !isStep(least, 0),
            allowed: `nothing while minCapacity is ${least}`,
            fix: "Only a database with minCapacity 0 pauses: set that, or leave this out.",
        },
        ...Object.entries(capacities).map(([arg, given]): Rule => ({
            arg,
            kind: "Conflict",
            given,
            valid: given === undefined || instanceClass === serverlessClass,
            allowed: `nothing while instanceClass is ${JSON.stringify(instanceClass)}`,
            fix: 'Only "db.serverless" scales: leave it out, or change instanceClass.',
        })),
    ];
}

function keepingRules(args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { backtrackHours } = args;
    return [
        wholeNumber(
            "backupRetentionDays",
            args.backupRetentionDays,
            { min: 1, max: 35, unit: "days" },
            "RDS cannot turn Aurora's backups off; keep longer ones with AWS Backup.",
        ),
        oneOf(
            "databaseInsights",
            args.databaseInsights,
            Object.values(DatabaseInsights),
            'Leave it out for "Standard".',
        ),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        oneOf("monitoringInterval", args.monitoringInterval, [0, 1, 5, 10, 15, 30, 60], "0 turns the metrics off."),
        wholeNumber("backtrackHours", backtrackHours, { min: 0, max: 72, unit: "hours" }, "Leave it out for none."),
        {
            arg: "backtrackHours",
            kind: "Conflict",
            given: backtrackHours,
            valid: traits.canBacktrack || !backtrackHours,
            allowed: `nothing or 0 for ${args.engine ?? auroraDefaults.engine}`,
            fix: "Only Aurora MySQL can be wound back: leave it out, and restore a backup to a point in time instead.",
        },
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function portAndPasswordRules(args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { port, masterPassword: password } = args;
    const { wellKnownPort, defaultPort, longestPassword } = traits;
    const refused = [...refusedCharacters];
    return [
        {
            ...wholeNumber("port", port, { min: 1150, max: 65535 }, `Leave it out for ${defaultPort}.`),
            valid:
                port === undefined ||
                (Number.isInteger(port) && port >= 1150 && port <= 65535 && port !== wellKnownPort),
            allowed: `a whole number from 1150 to 65535 other than ${wellKnownPort}, which everybody scans first`,
        },
        matching(
            "restoreFrom",
            args.restoreFrom,
            snapshot,
            "the identifier or the ARN of a cluster snapshot",
            "aws rds describe-db-cluster-snapshots lists them.",
        ),
        {
            arg: "masterPassword",
            kind: formOf(password),
            given: password,
            valid:
                password === undefined ||
                isUnknown(password) ||
                (typeof password === "string" &&
                    password.length >= 8 &&
                    password.length <= longestPassword &&
                    !refused.some((character) => password.includes(character))),
            allowed: `8 to ${longestPassword} characters without / @ " ' \\ and space`,
            fix: "Leave it out for a random one.",
            secret: true,
        },
    ];
}
