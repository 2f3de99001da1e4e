import { AuroraCluster } from "../../../components";
import { network } from "../../support/references";
import {
    flag,
    kmsKey,
    logRetention,
    networkArg,
    networkFix,
    securityGroups,
    subnets,
    tags,
    wholeNumber,
} from "../given";
import type { Trial } from "../support";

const unlike = "a lower-case letter, then lower-case letters, digits and underscores";
const reserved = "none of admin, administrator, postgres, rdsadmin, root, user";

export const auroraClusterTrial: Trial = {
    component: AuroraCluster,
    good: () => ({ network }),
    table: [
        networkArg("network"),
        { arg: "network.vpcId", allowed: "the id of a VPC", fix: networkFix, refused: [undefined, "", null] },
        subnets("network.isolatedSubnetIds", "two subnet ids", [
            undefined,
            "subnet-1",
            [],
            ["subnet-1"],
            ["subnet-1", "subnet-1"],
            [1, 2],
        ]),
        {
            arg: "engine",
            allowed: '"aurora-postgresql", "aurora-mysql"',
            fix: 'Leave it out for "aurora-postgresql".',
            refused: ["postgres", "aurora", "Aurora-PostgreSQL", 17, null],
        },
        {
            arg: "engineVersion",
            allowed: "for aurora-postgresql 14, 15, 16, 17, or a minor version of these",
            fix: "Set the major version; AWS picks its current minor version.",
            refused: ["13", "8.0", "170", "latest", "", 8, null],
        },
        flag("allowMajorVersionUpgrade"),
        {
            arg: "applyChanges",
            allowed: '"Immediately", "InMaintenanceWindow"',
            fix: 'Leave it out for "Immediately".',
            refused: ["immediately", true, "", null],
        },
        {
            arg: "applyChanges",
            allowed: '"Immediately" while allowMajorVersionUpgrade is true',
            fix: "Upgrade at once, at a time that you choose; then remove both settings.",
            besides: { allowMajorVersionUpgrade: true },
            refused: ["InMaintenanceWindow"],
        },
        {
            arg: "applyChanges",
            allowed: '"Immediately" while restoreFrom is given',
            fix: "The next update sets what a restore leaves out: restore at once, then remove both settings.",
            besides: { restoreFrom: "orders-2026-01-01" },
            refused: ["InMaintenanceWindow"],
        },
        {
            arg: "preferredMaintenanceWindow",
            allowed: "ddd:hh:mm-ddd:hh:mm in UTC, days in lower case, at least 30 minutes",
            fix: "Leave it out for sun:03:00-sun:04:00.",
            refused: ["Sun:03:00-Sun:04:00", "03:00-04:00", "sun:03:00-sun:03:29", "sun:24:00-mon:01:00", "", 3, null],
        },
        {
            arg: "preferredMaintenanceWindow",
            allowed: "a window outside preferredBackupWindow, which is 02:00-03:00",
            fix: "RDS refuses windows that overlap: move one of them.",
            refused: ["sun:02:59-sun:04:00", "sun:23:00-mon:02:30", "mon:12:00-tue:12:00"],
        },
        {
            arg: "preferredBackupWindow",
            allowed: "hh:mm-hh:mm in UTC, at least 30 minutes",
            fix: "Leave it out for 02:00-03:00.",
            refused: ["sun:03:00-sun:04:00", "2:00-3:00", "02:00-02:29", "23:45-24:30", "02:00", "", 2, null],
        },
        {
            arg: "clusterIdentifier",
            allowed: "a lower-case letter, then lower-case letters, digits and single hyphens, at most 60 characters",
            fix: "Set one if the component's name and the stack's do not form one.",
            refused: ["Shop", "1shop", "shop-", "shop--x", "a".repeat(61), "", 5],
        },
        {
            arg: "databaseName",
            allowed:
                "a letter, then letters, digits and underscores, at most 63, none of mysql, postgres, rdsadmin, template0, template1, sys",
            fix: 'Leave it out for "app".',
            refused: ["1app", "my-app", "postgres", "MySQL", "a".repeat(64), "", 5, null],
        },
        {
            arg: "masterUsername",
            allowed: `${unlike}, at most 63, ${reserved}`,
            fix: 'Leave it out for "dbowner".',
            refused: ["admin", "postgres", "Owner", "db-owner", "a".repeat(64), "", 5, null],
        },
        {
            arg: "masterUsername",
            allowed: `${unlike}, at most 16, ${reserved}`,
            fix: 'Leave it out for "dbowner".',
            besides: { engine: "aurora-mysql" },
            refused: ["a".repeat(17)],
        },
        {
            arg: "masterPassword",
            allowed: "8 to 99 characters without / @ \" ' \\ and space",
            fix: "Leave it out for a random one.",
            refused: ["short", "p@ssword1", "with space", "a".repeat(100), 12345678],
            shown: "(hidden)",
        },
        {
            arg: "port",
            allowed: "a whole number from 1150 to 65535 other than 5432, the default port, which scanners try first",
            fix: "Leave it out for 15432.",
            refused: [5432, 1149, 65536, 15432.5, "15432", null],
        },
        {
            arg: "restoreFrom",
            allowed: "the identifier or the ARN of a cluster snapshot",
            fix: "aws rds describe-db-cluster-snapshots lists them.",
            refused: ["", "my snapshot", "arn:aws:s3:::bucket", "1st", 5, null],
        },
        wholeNumber("instances", 1, 16, "", "RDS takes a writer and up to 15 readers."),
        {
            arg: "instanceClass",
            allowed: '"db.serverless" or a provisioned class such as "db.r7g.large"',
            fix: "Leave it out for a serverless one.",
            refused: ["large", "r7g.large", "db.r7g", "DB.R7G.LARGE", "", 5, null],
        },
        {
            arg: "minCapacity",
            allowed: "a number of ACU from 0 to 256 in steps of 0.5",
            fix: "0 pauses the database when it is idle.",
            refused: [-0.5, 0.7, 256.5, "1", Number.NaN, null],
        },
        {
            arg: "maxCapacity",
            allowed: "a number of ACU from 1 to 256 in steps of 0.5",
            fix: "It limits what an instance costs.",
            refused: [0.5, 1.2, 257, "4", null],
        },
        {
            arg: "maxCapacity",
            allowed: "at least minCapacity, which is 8",
            fix: "Raise maxCapacity or lower minCapacity.",
            besides: { minCapacity: 8 },
            refused: [2, 7.5],
        },
        {
            ...wholeNumber("secondsUntilAutoPause", 300, 86400, "seconds", "Leave it out for AWS's 300."),
            besides: { minCapacity: 0 },
        },
        {
            arg: "secondsUntilAutoPause",
            allowed: "nothing while minCapacity is 0.5",
            fix: "Only a database with minCapacity 0 pauses: set that, or leave this out.",
            refused: [300, 600],
        },
        {
            arg: "maxCapacity",
            allowed: 'nothing while instanceClass is "db.r7g.large"',
            fix: 'Only "db.serverless" scales: leave it out, or change instanceClass.',
            besides: { instanceClass: "db.r7g.large" },
            refused: [4],
        },
        wholeNumber(
            "backupRetentionDays",
            1,
            35,
            "days",
            "RDS cannot turn Aurora's backups off; keep longer ones with AWS Backup.",
        ),
        flag("deletionProtection"),
        flag("finalSnapshot"),
        kmsKey("kmsKeyArn"),
        {
            arg: "databaseInsights",
            allowed: '"Standard", "Advanced"',
            fix: 'Leave it out for "Standard".',
            refused: ["advanced", "On", true, null],
        },
        logRetention("logRetentionInDays"),
        {
            arg: "monitoringInterval",
            allowed: "0, 1, 5, 10, 15, 30, 60",
            fix: "0 turns the metrics off.",
            refused: [2, 7, 61, -1, "60", null],
        },
        flag("auditLogging"),
        {
            ...wholeNumber("backtrackHours", 0, 72, "hours", "Leave it out for none."),
            besides: { engine: "aurora-mysql" },
        },
        {
            arg: "backtrackHours",
            allowed: "nothing or 0 for aurora-postgresql",
            fix: "Only Aurora MySQL can be backtracked: leave it out, and restore a backup to a point in time instead.",
            refused: [1, 24],
        },
        ...securityGroups("allowedSecurityGroupIds"),
        tags,
    ],
};
