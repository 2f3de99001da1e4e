import { Types } from "../../../policy/rules/types";
import { type Cases, make } from "../support";

const cluster = (inputs: object) => [make(Types.cluster, { engine: "aurora-postgresql", ...inputs })];
const mysql = (inputs: object) => cluster({ engine: "aurora-mysql", ...inputs });
const instance = (inputs: object) => [make(Types.clusterInstance, inputs)];
const logs = (...enabledCloudwatchLogsExports: string[]) => ({ enabledCloudwatchLogsExports });
const group = (family: string, parameters: Record<string, string>) => [
    make(Types.clusterParameterGroup, {
        family,
        parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
    }),
];
const postgresGroup = (parameters: Record<string, string>) => group("aurora-postgresql17", parameters);
/** What keeps PostgreSQL from writing statements. */
const withoutStatements = {
    log_statement: "none",
    log_min_duration_statement: "-1",
    log_min_error_statement: "panic",
    "pg_stat_statements.track_utility": "0",
};
const mysqlGroup = (parameters: Record<string, string>) => group("aurora-mysql8.0", parameters);
const subscription = (inputs: object) => make(Types.eventSubscription, { snsTopic: "arn:aws:sns:::events", ...inputs });

export const rdsMonitoringCases: Cases = {
    "rds-postgres-log-exports": {
        passes: [cluster(logs("postgresql", "iam-db-auth-error")), mysql({})],
        fails: [
            {
                given: cluster(logs("postgresql")),
                messages: [
                    'Cluster "it": enabledCloudwatchLogsExports: given ["postgresql"]. Allowed in prod: a list with postgresql, iam-db-auth-error. Set enabledCloudwatchLogsExports; AuroraCluster always does. (RDS.34, RDS.37, RDS16)',
                ],
            },
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": enabledCloudwatchLogsExports: given nothing. Allowed in prod: a list with postgresql, iam-db-auth-error. Set enabledCloudwatchLogsExports; AuroraCluster always does. (RDS.34, RDS.37, RDS16)',
                ],
            },
        ],
    },
    "rds-mysql-log-exports": {
        passes: [mysql(logs("error", "audit", "slowquery")), cluster({})],
        fails: [
            {
                given: mysql(logs("error")),
                messages: [
                    'Cluster "it": enabledCloudwatchLogsExports: given ["error"]. Allowed in prod: a list with audit, error, slowquery. Set enabledCloudwatchLogsExports; AuroraCluster always does. (RDS.34, RDS.37, RDS16)',
                ],
            },
        ],
    },
    "rds-parameter-group": {
        passes: [cluster({ dbClusterParameterGroupName: "own" })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": dbClusterParameterGroupName: given nothing. Allowed in prod: the name of a cluster parameter group. Set dbClusterParameterGroupName; RDS\'s default group cannot be changed. AuroraCluster always does. (CKV2_AWS_69)',
                ],
            },
        ],
    },
    "rds-postgres-tls": {
        passes: [postgresGroup({ "rds.force_ssl": "1" }), mysqlGroup({})],
        fails: [
            {
                given: postgresGroup({ "rds.force_ssl": "0" }),
                messages: [
                    'ClusterParameterGroup "it": parameter rds.force_ssl: given "0". Allowed in prod: rds.force_ssl 1. Set the parameter; AuroraCluster always does. (CKV2_AWS_69)',
                ],
            },
            {
                given: postgresGroup({}),
                messages: [
                    'ClusterParameterGroup "it": parameter rds.force_ssl: given nothing. Allowed in prod: rds.force_ssl 1. Set the parameter; AuroraCluster always does. (CKV2_AWS_69)',
                ],
            },
        ],
    },
    "rds-mysql-tls": {
        passes: [mysqlGroup({ require_secure_transport: "ON" }), postgresGroup({})],
        fails: [
            {
                given: mysqlGroup({ require_secure_transport: "OFF" }),
                messages: [
                    'ClusterParameterGroup "it": parameter require_secure_transport: given "OFF". Allowed in prod: require_secure_transport ON. Set the parameter; AuroraCluster always does. (CKV2_AWS_69)',
                ],
            },
        ],
    },
    "rds-postgres-password-log": {
        passes: [postgresGroup(withoutStatements)],
        fails: Object.entries({
            log_statement: "ddl",
            log_min_duration_statement: "1000",
            log_min_error_statement: "error",
            "pg_stat_statements.track_utility": "1",
        }).map(([name, value]) => ({
            given: postgresGroup({ ...withoutStatements, [name]: value }),
            messages: [
                `ClusterParameterGroup "it": parameter ${name}: given "${value}". Allowed in prod: log_statement none, log_min_duration_statement -1, log_min_error_statement panic, pg_stat_statements.track_utility 0. Set the parameters; AuroraCluster always does. pgaudit logs schema changes with passwords redacted. (no passwords in logs)`,
            ],
        })),
    },
    "rds-mysql-slow-log": {
        passes: [mysqlGroup({ slow_query_log: "1" })],
        fails: [
            {
                given: mysqlGroup({}),
                messages: [
                    'ClusterParameterGroup "it": parameter slow_query_log: given nothing. Allowed in prod: slow_query_log 1. Set the parameter; without it the exported slow query log is empty. (CKV2_AWS_27)',
                ],
            },
        ],
    },
    "rds-postgres-audit": {
        passes: [postgresGroup({ shared_preload_libraries: "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role" })],
        fails: [
            {
                given: postgresGroup({ shared_preload_libraries: "pg_stat_statements" }),
                messages: [
                    'ClusterParameterGroup "it": parameter shared_preload_libraries: given "pg_stat_statements". Allowed in prod: shared_preload_libraries with pgaudit, and pgaudit.log other than none. Set auditLogging of AuroraCluster. (RDS.45)',
                    'ClusterParameterGroup "it": parameter pgaudit.log: given nothing. Allowed in prod: shared_preload_libraries with pgaudit, and pgaudit.log other than none. Set auditLogging of AuroraCluster. (RDS.45)',
                ],
            },
            {
                given: postgresGroup({ shared_preload_libraries: "pgaudit", "pgaudit.log": "none" }),
                messages: [
                    'ClusterParameterGroup "it": parameter pgaudit.log: given "none". Allowed in prod: shared_preload_libraries with pgaudit, and pgaudit.log other than none. Set auditLogging of AuroraCluster. (RDS.45)',
                ],
            },
        ],
    },
    "rds-mysql-audit": {
        passes: [mysqlGroup({ server_audit_logging: "1", server_audit_events: "CONNECT,QUERY_DDL" })],
        fails: [
            {
                given: mysqlGroup({ server_audit_logging: "0" }),
                messages: [
                    'ClusterParameterGroup "it": parameter server_audit_logging: given "0". Allowed in prod: server_audit_logging 1, and server_audit_events. Set auditLogging of AuroraCluster. (RDS.45)',
                    'ClusterParameterGroup "it": parameter server_audit_events: given nothing. Allowed in prod: server_audit_logging 1, and server_audit_events. Set auditLogging of AuroraCluster. (RDS.45)',
                ],
            },
        ],
    },
    "rds-enhanced-monitoring": {
        passes: [instance({ monitoringInterval: 60 })],
        fails: [
            {
                given: instance({ monitoringInterval: 0 }),
                messages: [
                    'ClusterInstance "it": monitoringInterval: given 0. Allowed in prod: 1 to 60 seconds. Set monitoringInterval of AuroraCluster, or leave its default. (RDS.6)',
                ],
            },
        ],
    },
    "rds-monitoring-role": {
        passes: [instance({ monitoringRoleArn: "arn:aws:iam::123456789012:role/monitoring" })],
        fails: [
            {
                given: instance({}),
                messages: [
                    'ClusterInstance "it": monitoringRoleArn: given nothing. Allowed in prod: the ARN of a role that monitoring.rds.amazonaws.com assumes. Set monitoringRoleArn; AuroraCluster always does. (RDS.6)',
                ],
            },
        ],
    },
    "rds-insights": {
        passes: [cluster({ databaseInsightsMode: "advanced" })],
        fails: [
            {
                given: cluster({ databaseInsightsMode: "standard" }),
                messages: [
                    'Cluster "it": databaseInsightsMode: given "standard". Allowed in prod: "advanced". Set databaseInsights of AuroraCluster. (CKV_AWS_353)',
                ],
            },
        ],
    },
    "rds-insights-enabled": {
        passes: [cluster({ performanceInsightsEnabled: true })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": performanceInsightsEnabled: given nothing. Allowed in prod: true. Set databaseInsights of AuroraCluster to Advanced. (CKV_AWS_353)',
                ],
            },
        ],
    },
    "rds-insights-retention": {
        passes: [cluster({ performanceInsightsRetentionPeriod: 465 })],
        fails: [
            {
                given: cluster({ performanceInsightsRetentionPeriod: 7 }),
                messages: [
                    'Cluster "it": performanceInsightsRetentionPeriod: given 7. Allowed in prod: at least 465 days. Set databaseInsights of AuroraCluster to Advanced. (CKV_AWS_353)',
                ],
            },
        ],
    },
    "rds-insights-key": {
        passes: [cluster({ performanceInsightsKmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1" })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": performanceInsightsKmsKeyId: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of AuroraCluster. (CKV_AWS_354)',
                ],
            },
        ],
    },
    "rds-events-db-cluster": {
        passes: [
            [...cluster({}), subscription({ sourceType: "db-cluster" })],
            [...cluster({}), subscription({})],
        ],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": event subscriptions: given []. Allowed in prod: an enabled EventSubscription for db-cluster with an SNS topic. Add one with a topic that a person reads. (RDS.19)',
                ],
            },
            {
                given: [...cluster({}), subscription({ enabled: false })],
                messages: [
                    'Cluster "it": event subscriptions: given [null]. Allowed in prod: an enabled EventSubscription for db-cluster with an SNS topic. Add one with a topic that a person reads. (RDS.19)',
                ],
            },
        ],
    },
    "rds-events-db-instance": {
        passes: [[...cluster({}), subscription({ sourceType: "db-instance" })]],
        fails: [
            {
                given: [...cluster({}), subscription({ sourceType: "db-cluster" })],
                messages: [
                    'Cluster "it": event subscriptions: given ["db-cluster"]. Allowed in prod: an enabled EventSubscription for db-instance with an SNS topic. Add one with a topic that a person reads. (RDS.20)',
                ],
            },
        ],
    },
    "rds-events-db-parameter-group": {
        passes: [[...cluster({}), subscription({ sourceType: "db-parameter-group" })]],
        fails: [
            {
                given: [...cluster({}), subscription({ sourceType: "db-cluster" })],
                messages: [
                    'Cluster "it": event subscriptions: given ["db-cluster"]. Allowed in prod: an enabled EventSubscription for db-parameter-group with an SNS topic. Add one with a topic that a person reads. (RDS.21)',
                ],
            },
        ],
    },
};
