import { notRestored } from "../../../components/cluster/restore";
import type { Destination, Mapping } from "../call";
import { call, drop, list, listed } from "./build";

const parameters = {
    parameters: (value: unknown) => ({
        Parameters: listed(value).map(({ name, value: text, applyMethod }) => ({
            ParameterName: name,
            ParameterValue: text,
            ApplyMethod: applyMethod,
        })),
    }),
};

// internal/service/rds/cluster.go, `resourceClusterCreate`: what each call of a restore is given.
const atRestore = [
    ...["backtrackWindow", "clusterIdentifier", "copyTagsToSnapshot", "databaseName", "dbClusterParameterGroupName"],
    ...["dbSubnetGroupName", "deletionProtection", "enabledCloudwatchLogsExports", "engine", "engineLifecycleSupport"],
    ...["engineMode", "engineVersion", "kmsKeyId", "port", "snapshotIdentifier", "tags", "vpcSecurityGroupIds"],
];
const afterRestore = [
    ...["backupRetentionPeriod", "masterPassword", "preferredBackupWindow", "preferredMaintenanceWindow"],
    "serverlessv2ScalingConfiguration",
];
const ofTheSnapshot = ["masterUsername", "storageEncrypted"];
const dropped = (...names: string[]) => Object.fromEntries(names.map((name) => [name, drop]));

const snapshotOnly = "only when the cluster is deleted";

export const databaseCalls: Record<string, Mapping> = {
    "aws:rds/cluster:Cluster": {
        notSent: {
            dbInstanceParameterGroupName: "only when the cluster is modified",
            allowMajorVersionUpgrade: "only when the cluster is modified",
            applyImmediately: "only when the cluster is modified",
            deleteAutomatedBackups: snapshotOnly,
            finalSnapshotIdentifier: snapshotOnly,
            skipFinalSnapshot: snapshotOnly,
        },
        calls: [
            // internal/service/rds/cluster.go: from a snapshot by RestoreDBClusterFromSnapshot
            call("rds", "CreateDBCluster", {
                when: ({ snapshotIdentifier }) => snapshotIdentifier === undefined,
                members: { ...clusterMembers(), snapshotIdentifier: drop, masterPassword: "MasterUserPassword" },
            }),
            call("rds", "RestoreDBClusterFromSnapshot", {
                when: ({ snapshotIdentifier }) => snapshotIdentifier !== undefined,
                members: { ...clusterMembers(), ...dropped(...afterRestore, ...notRestored, ...ofTheSnapshot) },
            }),
            call("rds", "ModifyDBCluster", {
                when: ({ snapshotIdentifier }) => snapshotIdentifier !== undefined,
                members: {
                    ...clusterMembers(),
                    ...dropped(...atRestore, ...notRestored, ...ofTheSnapshot),
                    masterPassword: "MasterUserPassword",
                },
                added: ({ clusterIdentifier }) => ({ DBClusterIdentifier: clusterIdentifier, ApplyImmediately: true }),
            }),
        ],
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        autoNamed: "identifier",
        notSent: { applyImmediately: "only when the instance is modified" },
        calls: [
            call("rds", "CreateDBInstance", {
                members: {
                    identifier: "DBInstanceIdentifier",
                    clusterIdentifier: "DBClusterIdentifier",
                    instanceClass: "DBInstanceClass",
                    performanceInsightsEnabled: "EnablePerformanceInsights",
                },
            }),
        ],
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": parameterGroup("DBClusterParameterGroup"),
    "aws:rds/parameterGroup:ParameterGroup": parameterGroup("DBParameterGroup"),
    "aws:rds/eventSubscription:EventSubscription": {
        autoNamed: "name",
        calls: [
            call("rds", "CreateEventSubscription", { members: { name: "SubscriptionName", snsTopic: "SnsTopicArn" } }),
        ],
    },
    "aws:rds/proxy:Proxy": {
        autoNamed: "name",
        calls: [call("rds", "CreateDBProxy", { members: { name: "DBProxyName", auths: "Auth" } })],
    },
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {
        calls: [call("rds", "ModifyDBProxyTargetGroup", { added: () => ({ TargetGroupName: "default" }) })],
    },
    "aws:rds/proxyTarget:ProxyTarget": {
        calls: [
            call("rds", "RegisterDBProxyTargets", { members: { dbClusterIdentifier: list("DBClusterIdentifiers") } }),
        ],
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        autoNamed: "name",
        calls: [
            call("rds", "CreateDBSubnetGroup", {
                members: { name: "DBSubnetGroupName", description: "DBSubnetGroupDescription" },
            }),
        ],
    },
};

function parameterGroup(kind: "DBClusterParameterGroup" | "DBParameterGroup"): Mapping {
    const named = { name: `${kind}Name` };
    return {
        autoNamed: "name",
        calls: [
            call("rds", `Create${kind}`, { members: { ...named, family: "DBParameterGroupFamily" } }),
            call("rds", `Modify${kind}`, { members: { ...named, ...parameters } }),
        ],
    };
}

function clusterMembers(): Record<string, Destination> {
    return {
        clusterIdentifier: "DBClusterIdentifier",
        enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
        iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
        performanceInsightsEnabled: "EnablePerformanceInsights",
        dbClusterParameterGroupName: "DBClusterParameterGroupName",
    };
}
