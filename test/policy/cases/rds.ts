import { Types } from "../../../policy/rules/types";
import { type Cases, make, routedSubnet } from "../support";

const cluster = (inputs: object, rest = {}) => [make(Types.cluster, { engine: "aurora-postgresql", ...inputs }, rest)];
const mysql = (inputs: object) => cluster({ engine: "aurora-mysql", ...inputs });
const instance = (inputs: object) => [make(Types.clusterInstance, inputs)];
const instanceOf = (name: string) => make(Types.clusterInstance, { clusterIdentifier: "it-id" }, { name });
const subnets = [
    ...routedSubnet("private", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-id" }),
    ...routedSubnet("private6", { destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-id" }),
    ...routedSubnet("isolated", { destinationCidrBlock: "10.1.0.0/16", vpcPeeringConnectionId: "pcx-id" }),
];

export const rdsCases: Cases = {
    "rds-storage-encrypted": {
        passes: [cluster({ storageEncrypted: true })],
        fails: [
            {
                given: cluster({ storageEncrypted: false }),
                messages: [
                    'Cluster "it": storageEncrypted: given false. Allowed in prod: true. Set storageEncrypted; AuroraCluster always does. (RDS.27, CKV_AWS_96, RDS2)',
                ],
            },
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": storageEncrypted: given nothing. Allowed in prod: true. Set storageEncrypted; AuroraCluster always does. (RDS.27, CKV_AWS_96, RDS2)',
                ],
            },
        ],
    },
    "rds-customer-key": {
        passes: [cluster({ kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1" })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": kmsKeyId: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of AuroraCluster. (CKV_AWS_327)',
                ],
            },
        ],
    },
    "rds-deletion-protection": {
        passes: [cluster({ deletionProtection: true })],
        fails: [
            {
                given: cluster({ deletionProtection: false }),
                messages: [
                    'Cluster "it": deletionProtection: given false. Allowed in prod: true. Set deletionProtection of AuroraCluster. (RDS.7, CKV_AWS_139, RDS10)',
                ],
            },
        ],
    },
    "rds-protect": {
        passes: [cluster({}, { protect: true })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": option protect: given false. Allowed in prod: true. Set deletionProtection of AuroraCluster, or the resource option protect. (RDS.7)',
                ],
            },
        ],
    },
    "rds-backup-retention": {
        passes: [cluster({ backupRetentionPeriod: 14 }), cluster({ backupRetentionPeriod: 35 })],
        fails: [
            {
                given: cluster({ backupRetentionPeriod: 13 }),
                messages: [
                    'Cluster "it": backupRetentionPeriod: given 13. Allowed in prod: 14 to 35 days. Set backupRetentionDays of AuroraCluster. (RDS.50, CKV_AWS_133)',
                ],
            },
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": backupRetentionPeriod: given nothing. Allowed in prod: 14 to 35 days. Set backupRetentionDays of AuroraCluster. (RDS.50, CKV_AWS_133)',
                ],
            },
        ],
    },
    "rds-final-snapshot": {
        passes: [cluster({ skipFinalSnapshot: false, finalSnapshotIdentifier: "last-1" })],
        fails: [
            {
                given: cluster({ skipFinalSnapshot: true }),
                messages: [
                    'Cluster "it": skipFinalSnapshot: given true. Allowed in prod: skipFinalSnapshot false and a finalSnapshotIdentifier. Set finalSnapshot of AuroraCluster. (data)',
                    'Cluster "it": finalSnapshotIdentifier: given nothing. Allowed in prod: skipFinalSnapshot false and a finalSnapshotIdentifier. Set finalSnapshot of AuroraCluster. (data)',
                ],
            },
        ],
    },
    "rds-keep-automated-backups": {
        passes: [cluster({ deleteAutomatedBackups: false })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": deleteAutomatedBackups: given nothing. Allowed in prod: false. Set deleteAutomatedBackups to false; AuroraCluster does with finalSnapshot. (data)',
                ],
            },
        ],
    },
    "rds-tags-on-snapshots": {
        passes: [cluster({ copyTagsToSnapshot: true })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": copyTagsToSnapshot: given nothing. Allowed in prod: true. Set copyTagsToSnapshot; AuroraCluster always does. (RDS.16)',
                ],
            },
        ],
    },
    "rds-backtrack": {
        passes: [mysql({ backtrackWindow: 86400 }), cluster({})],
        fails: [
            {
                given: mysql({ backtrackWindow: 3600 }),
                messages: [
                    'Cluster "it": backtrackWindow: given 3600. Allowed in prod: at least 86400 seconds. Set backtrackHours of AuroraCluster to 24 or more. (RDS.14)',
                ],
            },
        ],
    },
    "rds-iam-authentication": {
        passes: [cluster({ iamDatabaseAuthenticationEnabled: true })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": iamDatabaseAuthenticationEnabled: given nothing. Allowed in prod: true. Set iamDatabaseAuthenticationEnabled; AuroraCluster always does. (RDS.12, RDS6)',
                ],
            },
        ],
    },
    "rds-port": {
        passes: [cluster({ port: 15432 })],
        fails: [
            {
                given: cluster({ port: 5432 }),
                messages: [
                    'Cluster "it": port: given 5432. Allowed in prod: a port other than 3306 and 5432. Set port of AuroraCluster, or leave its default. (RDS.23, RDS11)',
                ],
            },
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": port: given nothing. Allowed in prod: a port other than 3306 and 5432. Set port of AuroraCluster, or leave its default. (RDS.23, RDS11)',
                ],
            },
        ],
    },
    "rds-master-username": {
        passes: [cluster({ masterUsername: "dbowner" })],
        fails: [
            {
                given: cluster({ masterUsername: "postgres" }),
                messages: [
                    'Cluster "it": masterUsername: given "postgres". Allowed in prod: a name other than admin, administrator, postgres, root. Set masterUsername of AuroraCluster, or leave its default. (RDS.24)',
                ],
            },
        ],
    },
    "rds-not-public": {
        passes: [instance({ publiclyAccessible: false }), instance({})],
        fails: [
            {
                given: instance({ publiclyAccessible: true }),
                messages: [
                    'ClusterInstance "it": publiclyAccessible: given true. Allowed in prod: false, or nothing. Leave publiclyAccessible out; AuroraCluster always does. (RDS.2, CKV_AWS_17)',
                ],
            },
        ],
    },
    "rds-isolated-subnets": {
        passes: [[...subnets, make(Types.subnetGroup, { subnetIds: ["isolated-id", "subnet-of-others"] })]],
        fails: [
            {
                given: [
                    ...subnets,
                    make(Types.subnetGroup, { subnetIds: ["isolated-id", "private-id", "private6-id"] }),
                ],
                messages: [
                    'SubnetGroup "it": subnetIds: given ["private","private6"]. Allowed in prod: subnets without a route to 0.0.0.0/0 or ::/0 (isolatedSubnetIds of Network). Pass AuroraCluster a network whose isolatedSubnetIds are isolated. (RDS.2, CKV_AWS_17)',
                ],
            },
        ],
    },
    "rds-subnet-group": {
        passes: [cluster({ dbSubnetGroupName: "isolated" })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": dbSubnetGroupName: given nothing. Allowed in prod: the name of a subnet group. Set dbSubnetGroupName; without it RDS takes the default VPC. AuroraCluster always does. (RDS.2)',
                ],
            },
        ],
    },
    "rds-instances": {
        passes: [[...cluster({}), instanceOf("one"), instanceOf("two")]],
        fails: [
            {
                given: [...cluster({}), instanceOf("one")],
                messages: [
                    'Cluster "it": instances: given 1. Allowed in prod: at least 2 instances. Set instances of AuroraCluster. (RDS.15)',
                ],
            },
        ],
    },
    "rds-zones-left-to-aws": {
        passes: [cluster({})],
        fails: [
            {
                given: cluster({ availabilityZones: ["eu-central-1a"] }),
                messages: [
                    'Cluster "it": availabilityZones: given ["eu-central-1a"]. Allowed in prod: nothing: with fewer than 3 zones, every later update replaces the cluster. Remove availabilityZones; the subnet group decides. (RDS.15)',
                ],
            },
        ],
    },
    "rds-cluster-minor-upgrades": {
        passes: [cluster({}), cluster({ autoMinorVersionUpgrade: true })],
        fails: [
            {
                given: cluster({ autoMinorVersionUpgrade: false }),
                messages: [
                    'Cluster "it": autoMinorVersionUpgrade: given false. Allowed in prod: true, or nothing. Leave autoMinorVersionUpgrade out. (RDS.35)',
                ],
            },
        ],
    },
    "rds-instance-minor-upgrades": {
        passes: [instance({}), instance({ autoMinorVersionUpgrade: true })],
        fails: [
            {
                given: instance({ autoMinorVersionUpgrade: false }),
                messages: [
                    'ClusterInstance "it": autoMinorVersionUpgrade: given false. Allowed in prod: true, or nothing. Leave autoMinorVersionUpgrade out. (RDS.13)',
                ],
            },
        ],
    },
    "rds-postgres-version": {
        passes: [cluster({ engineVersion: "17" }), cluster({ engineVersion: "16.8" }), mysql({ engineVersion: "8.0" })],
        fails: [
            {
                given: cluster({ engineVersion: "12.4" }),
                messages: [
                    'Cluster "it": engineVersion: given "12.4". Allowed in prod: 14 to 18. Set engineVersion of AuroraCluster, or leave its default. (CKV_AWS_250, CKV_AWS_388)',
                ],
            },
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": engineVersion: given nothing. Allowed in prod: 14 to 18. Set engineVersion of AuroraCluster, or leave its default. (CKV_AWS_250, CKV_AWS_388)',
                ],
            },
        ],
    },
    "rds-mysql-version": {
        passes: [mysql({ engineVersion: "8.0" }), mysql({ engineVersion: "8.0.mysql_aurora.3.08.0" })],
        fails: [
            {
                given: mysql({ engineVersion: "5.7" }),
                messages: [
                    'Cluster "it": engineVersion: given "5.7". Allowed in prod: 8.0 or 8.4. Set engineVersion of AuroraCluster, or leave its default. (CKV_AWS_388)',
                ],
            },
        ],
    },
    "rds-no-extended-support": {
        passes: [cluster({ engineLifecycleSupport: "open-source-rds-extended-support-disabled" })],
        fails: [
            {
                given: cluster({}),
                messages: [
                    'Cluster "it": engineLifecycleSupport: given nothing. Allowed in prod: "open-source-rds-extended-support-disabled". Set engineLifecycleSupport; AuroraCluster always does. (CKV_AWS_388)',
                ],
            },
        ],
    },
};
