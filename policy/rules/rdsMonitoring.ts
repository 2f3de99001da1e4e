import { atLeast, between, equals, given, oneOf, satisfies } from "../conditions";
import { type Resource, get, hasUnknown, list, unknown } from "../resource";
import { type Finding, type Rule, findings, property, resourceRule, stackRule } from "../rule";
import { isMysql, isPostgres } from "./rds";
import { Types } from "./types";

// Logs, audit, parameters, metrics and events of the cluster.

const logExports: Rule[] = [
    property({
        id: "rds-postgres-log-exports",
        controls: ["RDS.34", "RDS.37", "RDS16"],
        title: "PostgreSQL's logs go to CloudWatch",
        type: Types.cluster,
        property: "enabledCloudwatchLogsExports",
        when: isPostgres,
        both: includes("postgresql", "iam-db-auth-error"),
        fix: "Set enabledCloudwatchLogsExports; AuroraCluster always does.",
    }),
    property({
        id: "rds-mysql-log-exports",
        controls: ["RDS.34", "RDS.37", "RDS16"],
        title: "MySQL's logs go to CloudWatch",
        type: Types.cluster,
        property: "enabledCloudwatchLogsExports",
        when: isMysql,
        both: includes("audit", "error", "slowquery"),
        fix: "Set enabledCloudwatchLogsExports; AuroraCluster always does.",
    }),
];

interface Parameter {
    name: string;
    value: string;
}

const parameters: Rule[] = [
    property({
        id: "rds-parameter-group",
        controls: ["CKV2_AWS_69"],
        title: "The cluster has its own parameter group",
        type: Types.cluster,
        property: "dbClusterParameterGroupName",
        both: given("the name of a cluster parameter group"),
        fix: "Set dbClusterParameterGroupName; RDS's default group cannot be changed. AuroraCluster always does.",
    }),
    parameterRule({
        id: "rds-postgres-tls",
        controls: ["CKV2_AWS_69"],
        title: "PostgreSQL rejects connections without TLS",
        family: "aurora-postgresql",
        allowed: "rds.force_ssl 1",
        fix: "Set the parameter; AuroraCluster always does.",
        parameters: { "rds.force_ssl": (value) => value === "1" },
    }),
    parameterRule({
        id: "rds-mysql-tls",
        controls: ["CKV2_AWS_69"],
        title: "MySQL rejects connections without TLS",
        family: "aurora-mysql",
        allowed: "require_secure_transport ON",
        fix: "Set the parameter; AuroraCluster always does.",
        parameters: { require_secure_transport: isOn },
    }),
    parameterRule({
        id: "rds-postgres-password-log",
        controls: ["no passwords in logs"],
        title: "PostgreSQL writes no statement, and therefore no password, to the exported log",
        family: "aurora-postgresql",
        allowed:
            "log_statement none, log_min_duration_statement -1, log_min_error_statement panic, pg_stat_statements.track_utility 0",
        fix: "Set the parameters; AuroraCluster always does. pgaudit logs schema changes with passwords redacted.",
        parameters: {
            log_statement: (value) => value === "none",
            log_min_duration_statement: (value) => value === "-1",
            log_min_error_statement: (value) => value === "panic",
            "pg_stat_statements.track_utility": (value) => value === "0",
        },
    }),
    parameterRule({
        id: "rds-mysql-slow-log",
        controls: ["CKV2_AWS_27"],
        title: "MySQL logs slow statements",
        family: "aurora-mysql",
        allowed: "slow_query_log 1",
        fix: "Set the parameter; without it the exported slow query log is empty.",
        parameters: { slow_query_log: isOn },
    }),
    parameterRule({
        id: "rds-postgres-audit",
        controls: ["RDS.45"],
        title: "PostgreSQL audits statements",
        family: "aurora-postgresql",
        allowed: { prod: "shared_preload_libraries with pgaudit, and pgaudit.log other than none" },
        fix: "Set auditLogging of AuroraCluster.",
        parameters: {
            shared_preload_libraries: (value) => (value ?? "").split(",").includes("pgaudit"),
            "pgaudit.log": (value) => value !== undefined && value !== "none",
        },
    }),
    parameterRule({
        id: "rds-mysql-audit",
        controls: ["RDS.45"],
        title: "MySQL audits statements",
        family: "aurora-mysql",
        allowed: { prod: "server_audit_logging 1, and server_audit_events" },
        fix: "Set auditLogging of AuroraCluster.",
        parameters: { server_audit_logging: isOn, server_audit_events: (value) => (value ?? "") !== "" },
    }),
];

const metrics: Rule[] = [
    property({
        id: "rds-enhanced-monitoring",
        controls: ["RDS.6"],
        title: "Instances report operating system metrics",
        type: Types.clusterInstance,
        property: "monitoringInterval",
        both: between(1, 60, "seconds"),
        fix: "Set monitoringInterval of AuroraCluster, or leave its default.",
    }),
    property({
        id: "rds-monitoring-role",
        controls: ["RDS.6"],
        title: "Instances have a role for operating system metrics",
        type: Types.clusterInstance,
        property: "monitoringRoleArn",
        both: given("the ARN of a role that monitoring.rds.amazonaws.com assumes"),
        fix: "Set monitoringRoleArn; AuroraCluster always does.",
    }),
    property({
        id: "rds-insights",
        controls: ["CKV_AWS_353"],
        title: "Database Insights is on",
        type: Types.cluster,
        property: "databaseInsightsMode",
        dev: oneOf("standard", "advanced"),
        prod: equals("advanced"),
        fix: "Set databaseInsights of AuroraCluster.",
    }),
    property({
        id: "rds-insights-enabled",
        controls: ["CKV_AWS_353"],
        title: "Performance data is collected",
        type: Types.cluster,
        property: "performanceInsightsEnabled",
        prod: equals(true),
        fix: "Set databaseInsights of AuroraCluster to Advanced.",
    }),
    property({
        id: "rds-insights-retention",
        controls: ["CKV_AWS_353"],
        title: "Performance data is kept for 15 months",
        type: Types.cluster,
        property: "performanceInsightsRetentionPeriod",
        prod: atLeast(465, "days"),
        fix: "Set databaseInsights of AuroraCluster to Advanced.",
    }),
    property({
        id: "rds-insights-key",
        controls: ["CKV_AWS_354"],
        title: "A customer managed key encrypts performance data",
        type: Types.cluster,
        property: "performanceInsightsKmsKeyId",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn of AuroraCluster.",
    }),
];

const subscribedSources = { "RDS.19": "db-cluster", "RDS.20": "db-instance", "RDS.21": "db-parameter-group" };

const events: Rule[] = Object.entries(subscribedSources).map(([control, source]) =>
    stackRule({
        id: `rds-events-${source}`,
        controls: [control],
        title: `Events of type ${source} are reported`,
        types: [Types.cluster],
        allowed: { prod: `an enabled EventSubscription for ${source} with an SNS topic` },
        fix: "Add one with a topic that a person reads.",
        check(_cluster, _environment, stack) {
            const subscriptions = stack.all(Types.eventSubscription).map(({ properties }) => properties);
            const covers = (properties: Record<string, unknown>) =>
                [source, undefined, unknown].includes(get(properties, "sourceType") as string) &&
                get(properties, "enabled") !== false &&
                get(properties, "snsTopic") !== undefined;
            const given = subscriptions.map((properties) => get(properties, "sourceType"));
            return findings({ what: "event subscriptions", given, valid: subscriptions.some(covers) });
        },
    }),
);

export const rdsMonitoringRules: Rule[] = [...logExports, ...parameters, ...metrics, ...events];

function includes(...wanted: string[]) {
    return satisfies(
        `a list with ${wanted.join(", ")}`,
        (value) => Array.isArray(value) && wanted.every((item) => value.includes(item)),
    );
}

function isOn(value: string | undefined): boolean {
    return ["1", "ON", "on"].includes(value ?? "");
}

function parameterRule(
    spec: Omit<Parameters<typeof resourceRule>[0], "types" | "check"> & {
        /** Prefix of the group's family: the engine. */
        family: string;
        parameters: Record<string, (value: string | undefined) => boolean>;
    },
): Rule {
    const check = ({ properties }: Resource): Finding[] => {
        const family = get(properties, "family");
        if (
            typeof family !== "string" ||
            !family.startsWith(spec.family) ||
            get(properties, "parameters") === unknown
        ) {
            return [];
        }
        const parameters = list<Parameter>(properties, "parameters");
        const valueOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.value;
        return Object.entries(spec.parameters).flatMap(([name, holds]) =>
            findings({
                what: `parameter ${name}`,
                given: valueOf(name),
                valid: hasUnknown(valueOf(name)) || holds(valueOf(name)),
            }),
        );
    };
    return resourceRule({ ...spec, types: [Types.clusterParameterGroup], check });
}
