import { absent, atLeast, between, equals, given, noneOf, orAbsent, satisfies } from "../conditions";
import { type Resource, get } from "../resource";
import { type Rule, findings, property, resourceRule, stackRule } from "../rule";
import { subnetsOf, waysOut } from "./routes";
import { Types } from "./types";

// The cluster: encryption, backups, protection, access, versions. Its logs and metrics are in rdsMonitoring.ts.

export const isPostgres = (cluster: Resource) => get(cluster.properties, "engine") === "aurora-postgresql";
export const isMysql = (cluster: Resource) => get(cluster.properties, "engine") === "aurora-mysql";

const encryption: Rule[] = [
    property({
        id: "rds-storage-encrypted",
        controls: ["RDS.27", "CKV_AWS_96", "RDS2"],
        title: "The cluster's storage is encrypted",
        type: Types.cluster,
        property: "storageEncrypted",
        both: equals(true),
        fix: "Set storageEncrypted; AuroraCluster always does.",
    }),
    property({
        id: "rds-customer-key",
        controls: ["CKV_AWS_327"],
        title: "A customer managed key encrypts the cluster",
        type: Types.cluster,
        property: "kmsKeyId",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn of AuroraCluster.",
    }),
];

const data: Rule[] = [
    property({
        id: "rds-deletion-protection",
        controls: ["RDS.7", "CKV_AWS_139", "RDS10"],
        title: "RDS refuses to delete the cluster",
        type: Types.cluster,
        property: "deletionProtection",
        prod: equals(true),
        fix: "Set deletionProtection of AuroraCluster.",
    }),
    resourceRule({
        id: "rds-protect",
        controls: ["RDS.7"],
        title: "Pulumi refuses to delete the cluster",
        types: [Types.cluster],
        allowed: { prod: "true" },
        fix: "Set deletionProtection of AuroraCluster, or the resource option protect.",
        check: ({ protect }) => findings({ what: "option protect", given: protect, valid: protect }),
    }),
    property({
        id: "rds-backup-retention",
        controls: ["RDS.50", "CKV_AWS_133"],
        title: "Backups are kept long enough",
        type: Types.cluster,
        property: "backupRetentionPeriod",
        dev: between(7, 35, "days"),
        prod: between(14, 35, "days"),
        fix: "Set backupRetentionDays of AuroraCluster.",
    }),
    resourceRule({
        id: "rds-final-snapshot",
        controls: ["data"],
        title: "Deleting the cluster takes a snapshot first",
        types: [Types.cluster],
        allowed: { prod: "skipFinalSnapshot false and a finalSnapshotIdentifier" },
        fix: "Set finalSnapshot of AuroraCluster.",
        check: ({ properties }) =>
            findings(
                {
                    what: "skipFinalSnapshot",
                    given: get(properties, "skipFinalSnapshot"),
                    valid: get(properties, "skipFinalSnapshot") !== true,
                },
                {
                    what: "finalSnapshotIdentifier",
                    given: get(properties, "finalSnapshotIdentifier"),
                    valid: get(properties, "finalSnapshotIdentifier") !== undefined,
                },
            ),
    }),
    property({
        id: "rds-keep-automated-backups",
        controls: ["data"],
        title: "Automated backups outlive the cluster",
        type: Types.cluster,
        property: "deleteAutomatedBackups",
        prod: equals(false),
        fix: "Set deleteAutomatedBackups to false; AuroraCluster does with finalSnapshot.",
    }),
    property({
        id: "rds-tags-on-snapshots",
        controls: ["RDS.16"],
        title: "Snapshots get the cluster's tags",
        type: Types.cluster,
        property: "copyTagsToSnapshot",
        both: equals(true),
        fix: "Set copyTagsToSnapshot; AuroraCluster always does.",
    }),
    property({
        id: "rds-backtrack",
        controls: ["RDS.14"],
        title: "A MySQL cluster can be backtracked by a day",
        type: Types.cluster,
        property: "backtrackWindow",
        when: isMysql,
        prod: atLeast(86400, "seconds"),
        fix: "Set backtrackHours of AuroraCluster to 24 or more.",
    }),
];

const defaultPorts = [3306, 5432];
const triedUsernames = ["admin", "administrator", "postgres", "root"];

const access: Rule[] = [
    property({
        id: "rds-iam-authentication",
        controls: ["RDS.12", "RDS6"],
        title: "Database users can authenticate with IAM",
        type: Types.cluster,
        property: "iamDatabaseAuthenticationEnabled",
        both: equals(true),
        fix: "Set iamDatabaseAuthenticationEnabled; AuroraCluster always does.",
    }),
    property({
        id: "rds-port",
        controls: ["RDS.23", "RDS11"],
        title: "The cluster does not listen on the engine's default port",
        type: Types.cluster,
        property: "port",
        both: noneOf("a port other than 3306 and 5432", ...defaultPorts),
        fix: "Set port of AuroraCluster, or leave its default.",
    }),
    property({
        id: "rds-master-username",
        controls: ["RDS.24"],
        title: "The master user does not have a common name",
        type: Types.cluster,
        property: "masterUsername",
        both: noneOf("a name other than admin, administrator, postgres, root", ...triedUsernames),
        fix: "Set masterUsername of AuroraCluster, or leave its default.",
    }),
    property({
        id: "rds-not-public",
        controls: ["RDS.2", "CKV_AWS_17"],
        title: "No instance has a public address",
        type: Types.clusterInstance,
        property: "publiclyAccessible",
        both: orAbsent(equals(false)),
        fix: "Leave publiclyAccessible out; AuroraCluster always does.",
    }),
    stackRule({
        id: "rds-isolated-subnets",
        controls: ["RDS.2", "CKV_AWS_17"],
        title: "The cluster is in isolated subnets",
        types: [Types.subnetGroup],
        allowed: "subnets without a route to 0.0.0.0/0 or ::/0 (isolatedSubnetIds of Network)",
        fix: "Pass AuroraCluster a network whose isolatedSubnetIds are isolated.",
        check(subnetGroup, _environment, stack) {
            const open = subnetsOf(subnetGroup, "subnetIds", stack).filter(
                (subnet) => waysOut(subnet, stack).length > 0,
            );
            return findings({ what: "subnetIds", given: open.map(({ name }) => name), valid: open.length === 0 });
        },
    }),
    property({
        id: "rds-subnet-group",
        controls: ["RDS.2"],
        title: "The cluster has its own subnet group",
        type: Types.cluster,
        property: "dbSubnetGroupName",
        both: given("the name of a subnet group"),
        fix: "Set dbSubnetGroupName; without it RDS takes the default VPC. AuroraCluster always does.",
    }),
];

const availability: Rule[] = [
    stackRule({
        id: "rds-instances",
        controls: ["RDS.15"],
        title: "The cluster survives the loss of a zone",
        types: [Types.cluster],
        allowed: { dev: "at least 1 instance", prod: "at least 2 instances" },
        fix: "Set instances of AuroraCluster.",
        check(cluster, environment, stack) {
            const instances = stack.referring(Types.clusterInstance, "clusterIdentifier", cluster).length;
            const least = environment === "prod" ? 2 : 1;
            return findings({ what: "instances", given: instances, valid: instances >= least });
        },
    }),
    property({
        id: "rds-zones-left-to-aws",
        controls: ["RDS.15"],
        title: "The subnet group decides the zones",
        type: Types.cluster,
        property: "availabilityZones",
        both: absent("nothing: with fewer than 3 zones, every later update replaces the cluster"),
        fix: "Remove availabilityZones; the subnet group decides.",
    }),
];

const versions: Rule[] = [
    property({
        id: "rds-cluster-minor-upgrades",
        controls: ["RDS.35"],
        title: "The cluster gets minor versions automatically",
        type: Types.cluster,
        property: "autoMinorVersionUpgrade",
        both: orAbsent(equals(true)),
        fix: "Leave autoMinorVersionUpgrade out.",
    }),
    property({
        id: "rds-instance-minor-upgrades",
        controls: ["RDS.13"],
        title: "Instances get minor versions automatically",
        type: Types.clusterInstance,
        property: "autoMinorVersionUpgrade",
        both: orAbsent(equals(true)),
        fix: "Leave autoMinorVersionUpgrade out.",
    }),
    property({
        id: "rds-postgres-version",
        controls: ["CKV_AWS_250", "CKV_AWS_388"],
        title: "The PostgreSQL version is in standard support",
        type: Types.cluster,
        property: "engineVersion",
        when: isPostgres,
        both: satisfies("14 to 18", (version) => typeof version === "string" && /^1[4-8](\.|$)/.test(version)),
        fix: "Set engineVersion of AuroraCluster, or leave its default.",
    }),
    property({
        id: "rds-mysql-version",
        controls: ["CKV_AWS_388"],
        title: "The MySQL version is in standard support",
        type: Types.cluster,
        property: "engineVersion",
        when: isMysql,
        both: satisfies("8.0 or 8.4", (version) => typeof version === "string" && /^8\.[04](\.|$)/.test(version)),
        fix: "Set engineVersion of AuroraCluster, or leave its default.",
    }),
    property({
        id: "rds-no-extended-support",
        controls: ["CKV_AWS_388"],
        title: "The cluster does not enter paid Extended Support",
        type: Types.cluster,
        property: "engineLifecycleSupport",
        both: equals("open-source-rds-extended-support-disabled"),
        fix: "Set engineLifecycleSupport; AuroraCluster always does.",
    }),
];

export const rdsRules: Rule[] = [...encryption, ...data, ...access, ...availability, ...versions];
