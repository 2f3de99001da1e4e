import { failureOf, oneOf } from "./validation";

// The differences between Aurora PostgreSQL and Aurora MySQL, as data. The components contain no `if (postgres)`.

/** Engine of the cluster. */
export const Engine = {
    /** Aurora PostgreSQL. */
    AuroraPostgresql: "aurora-postgresql",
    /** Aurora MySQL. */
    AuroraMysql: "aurora-mysql",
} as const;
export type Engine = (typeof Engine)[keyof typeof Engine];

/** A parameter of a parameter group, in the form that its resource takes. */
export interface Parameter {
    name: string;
    value: string;
    /** Static parameters take effect only at a reboot; RDS rejects "immediate" for them. */
    applyMethod: "immediate" | "pending-reboot";
}

export interface EngineTraits {
    /** The well-known port, which attackers scan first; a cluster may not use it (RDS.23). */
    wellKnownPort: number;
    defaultPort: number;
    /** Major versions in AWS's standard support, oldest first. */
    majorVersions: string[];
    defaultVersion: string;
    /** The longest names that the engine accepts. */
    longestDatabaseName: number;
    longestUsername: number;
    /** Names of databases and users that the server keeps for itself, and the names that it accepts. */
    reservedNames?: { pattern: RegExp; allowed: string };
    /** The longest password that RDS accepts. */
    longestPassword: number;
    /** The longest name of a user that the server accepts. */
    longestRoleName: number;
    /** Whether a release can be rehearsed on a copy of the database. */
    canRehearse: boolean;
    /** Whether the pipeline also creates extensions, group roles and users for applications. */
    declaredRoles: boolean;
    /** A database that every server has in addition to that of the environment. */
    maintenanceDatabase?: string;
    /** Whether the cluster can be backtracked. */
    canBacktrack: boolean;
    /** Logs that RDS exports to CloudWatch. */
    logExports: string[];
    /** Parameters of the whole cluster: TLS for every connection, and no password in a log that CloudWatch keeps. */
    clusterParameters: Parameter[];
    /** Additional parameters with `auditLogging`. */
    auditParameters: Parameter[];
    /** Which of these logs reports lock waits, and the expression that matches them. */
    lockWaits: { log: string; pattern: string };
    /** Parameters of each instance. */
    instanceParameters: Parameter[];
    /** Engine in the JSON of a secret, in AWS's form. */
    secretEngine: string;
    /** Engine family of RDS Proxy, in AWS's form. */
    proxyFamily: string;
    /** AWS's rotation function for a user who changes their own password. */
    rotationApplication: string;
}

const immediate = (name: string, value: string): Parameter => ({ name, value, applyMethod: "immediate" });
const atReboot = (name: string, value: string): Parameter => ({ name, value, applyMethod: "pending-reboot" });

/**
 * AWS's rotation function sends `ALTER USER … WITH PASSWORD '…'`, and PostgreSQL logs statements unmodified: a schema
 * change, a slow one, a failed one, one that waits for a lock. None of these logs is turned on, so that no password
 * reaches the exported log. Instead, pgaudit, which redacts passwords, logs schema and role changes, and Database
 * Insights shows slow statements. https://www.postgresql.org/docs/current/runtime-config-logging.html
 */
const withoutStatementTexts: Parameter[] = [
    immediate("log_statement", "none"),
    immediate("log_min_duration_statement", "-1"),
    // This also covers messages about lock waits, which log_lock_waits writes.
    immediate("log_min_error_statement", "panic"),
    // Utility statements are stored unmodified: anyone who can read statistics would see the password.
    immediate("pg_stat_statements.track_utility", "0"),
];

export const engines: Record<Engine, EngineTraits> = {
    "aurora-postgresql": {
        wellKnownPort: 5432,
        defaultPort: 15432,
        majorVersions: ["14", "15", "16", "17"],
        defaultVersion: "17",
        longestDatabaseName: 63,
        longestUsername: 63,
        longestPassword: 99,
        reservedNames: {
            pattern: /^pg(_|$)/,
            allowed: "a name that is not pg and does not begin with pg_: PostgreSQL reserves such names",
        },
        longestRoleName: 63,
        canRehearse: true,
        declaredRoles: true,
        maintenanceDatabase: "postgres",
        canBacktrack: false,
        logExports: ["postgresql", "iam-db-auth-error"],
        lockWaits: { log: "postgresql", pattern: "still waiting for|acquired .*Lock|deadlock detected" },
        clusterParameters: [immediate("rds.force_ssl", "1"), ...withoutStatementTexts],
        auditParameters: [
            // The list replaces the engine's default, pg_stat_statements, which Database Insights needs.
            atReboot("shared_preload_libraries", "pg_stat_statements,pgaudit"),
            atReboot("pgaudit.role", "rds_pgaudit"),
            immediate("pgaudit.log", "ddl,role"),
        ],
        // Logs a migration that waits for a lock.
        instanceParameters: [immediate("log_lock_waits", "1")],
        secretEngine: "postgres",
        proxyFamily: "POSTGRESQL",
        rotationApplication: "SecretsManagerRDSPostgreSQLRotationSingleUser",
    },
    "aurora-mysql": {
        wellKnownPort: 3306,
        defaultPort: 13306,
        majorVersions: ["8.0", "8.4"],
        defaultVersion: "8.0",
        longestDatabaseName: 64,
        longestUsername: 16,
        longestPassword: 41,
        longestRoleName: 32,
        canRehearse: false,
        declaredRoles: false,
        canBacktrack: true,
        logExports: ["audit", "error", "slowquery"],
        // The wait time of a slow statement is in the comment before it.
        lockWaits: { log: "slowquery", pattern: "Lock_time: (0\\.[1-9]|[1-9])" },
        clusterParameters: [
            immediate("require_secure_transport", "ON"),
            // Without it the exported slow query log would be empty.
            immediate("slow_query_log", "1"),
            immediate("long_query_time", "1"),
        ],
        auditParameters: [
            immediate("server_audit_logging", "1"),
            // Not QUERY_DCL: AWS does not document that its audit log hides the password of ALTER USER.
            immediate("server_audit_events", "CONNECT,QUERY_DDL"),
        ],
        // A deployment finds in it whether the one that holds the lock is alive, and who blocks a changeset. Otherwise it is
        // on only where Database Insights manages it:
        // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.EnableMySQL.html
        instanceParameters: [
            atReboot("performance_schema", "1"),
            // With a binary log, the migrator could create no trigger or function without it: it is no superuser.
            immediate("log_bin_trust_function_creators", "1"),
        ],
        secretEngine: "mysql",
        proxyFamily: "MYSQL",
        rotationApplication: "SecretsManagerRDSMySQLRotationSingleUser",
    },
};

/** The major version of a version that AWS supports ("17" of "17.4", "8.0" of "8.0.mysql_aurora.3.08.0"). */
export function majorVersion(engine: Engine, version: string): string | undefined {
    return engines[engine].majorVersions.find((major) => version === major || version.startsWith(`${major}.`));
}

/** Family of the parameter groups. */
export function parameterFamily(engine: Engine, version: string): string {
    return `${engine}${majorVersion(engine, version)}`;
}

/** Whether it is the name of an engine. */
export function isEngine(name: unknown): name is Engine {
    return (Object.values(Engine) as unknown[]).includes(name);
}

/** The engine may not be known until now, as for an existing cluster from another stack. */
export function traitsOf(engine: string): EngineTraits {
    if (!isEngine(engine)) {
        throw failureOf(oneOf("database.engine", engine, Object.values(Engine), "Pass a cluster of Aurora."));
    }
    return engines[engine];
}
