export type Values = Record<string, string>;

const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf";
const vpc: Values = {
    vpcId: "vpc-0123456789abcdef0",
    privateSubnetIds: '["subnet-0123456789abcdef0"]',
    isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
};

/** Conflicting keys: as the message names them, in both environments unless one is given. */
export const contradictions: { title: string; values: Values; keys: string; only?: string }[] = [
    { title: "one instance with prod", values: { instances: "1" }, keys: "instances, environment", only: "prod" },
    { title: "prod without approval", values: { approval: "false" }, keys: "approval, environment", only: "prod" },
    {
        title: "e-mails without approval",
        values: { approvalEmails: '["a@b.de"]' },
        keys: "approvalEmails, approval",
        only: "dev",
    },
    {
        title: "a time zone that does not exist",
        values: { deploymentWindow: "* * 9-16 ? * MON-THU", deploymentWindowTimeZone: "Europe/Bonn" },
        keys: "deploymentWindowTimeZone",
    },
    {
        title: "a time zone without a window",
        values: { deploymentWindowTimeZone: "Europe/Berlin" },
        keys: "deploymentWindowTimeZone, deploymentWindow",
    },
    {
        title: "risks without approval",
        values: { approvalFor: '["code"]' },
        keys: "approvalFor, approval",
        only: "dev",
    },
    {
        title: "risks with a rehearsal",
        values: { approvalFor: '["code"]', approval: "true", rehearsal: "true" },
        keys: "approvalFor, rehearsal",
    },
    {
        title: "alarms without a time to watch them",
        values: { bakeAlarms: '["api-errors"]' },
        keys: "bakeAlarms, bakeMinutes",
    },
    {
        title: "a time to watch no alarms",
        values: { bakeMinutes: "15" },
        keys: "bakeMinutes, alarms, bakeAlarms",
        only: "dev",
    },
    {
        title: "a pause with a minimum",
        values: { minCapacity: "1", secondsUntilAutoPause: "600" },
        keys: "secondsUntilAutoPause, minCapacity",
    },
    {
        title: "more minimum than maximum",
        values: { minCapacity: "9", maxCapacity: "8" },
        keys: "minCapacity, maxCapacity",
    },
    {
        title: "capacity of a fixed size",
        values: { instanceClass: "db.r7g.large", minCapacity: "1" },
        keys: "minCapacity, instanceClass",
    },
    {
        title: "a version of the other engine",
        values: { engine: "aurora-mysql", engineVersion: "16" },
        keys: "engineVersion, engine",
    },
    { title: "backtrack of PostgreSQL", values: { backtrackHours: "24" }, keys: "backtrackHours, engine" },
    {
        title: "a rehearsal of MySQL",
        values: { engine: "aurora-mysql", rehearsal: "true" },
        keys: "rehearsal, engine",
    },
    {
        title: "Flyway on MySQL",
        values: { engine: "aurora-mysql", tool: "Flyway" },
        keys: "tool, engine",
    },
    {
        title: "a user's name that is too long for MySQL",
        values: { engine: "aurora-mysql", ownerName: "a".repeat(33) },
        keys: "ownerName, engine",
    },
    {
        title: "a database's name that is too long for the users' names in MySQL",
        values: { engine: "aurora-mysql", databaseName: "a".repeat(24) },
        keys: "databaseName, engine",
    },
    { title: "an owner that is the administrator", values: { ownerName: "dbowner" }, keys: "ownerName" },
    { title: "a planner that is the migrator", values: { plannerName: "app_migrator" }, keys: "plannerName" },
    {
        title: "a name too long for the users' names",
        values: { databaseName: "a".repeat(55) },
        keys: "databaseName, engine",
    },
    { title: "a group role that is the owner", values: { groupRoles: '[{"name":"app_owner"}]' }, keys: "groupRoles" },
    {
        title: "a user that is a group role",
        values: { groupRoles: '[{"name":"a"}]', applicationUsers: '[{"name":"a"}]' },
        keys: "applicationUsers, groupRoles",
    },
    {
        title: "a user in a group that there is none of",
        values: { applicationUsers: '[{"name":"a","memberOf":["b"]}]' },
        keys: "applicationUsers, groupRoles",
    },
    {
        title: "extensions of MySQL",
        values: { engine: "aurora-mysql", extensions: '["a"]' },
        keys: "extensions, engine",
    },
    { title: "users that PostgreSQL keeps", values: { databaseName: "pg" }, keys: "databaseName, engine" },
    { title: "users that begin with pg_", values: { databaseName: "pg_shop" }, keys: "databaseName, engine" },
    {
        title: "a proxy before a cluster that is to pause",
        values: { proxySecretArns: JSON.stringify([secretArn]), minCapacity: "0" },
        keys: "proxySecretArns, minCapacity",
    },
    {
        title: "a secret twice",
        values: { proxySecretArns: JSON.stringify([secretArn, secretArn]), minCapacity: "0.5" },
        keys: "proxySecretArns",
    },
    { title: "no owner", values: { repository: "orders" }, keys: "repository, sourceProvider" },
    { title: "an owner in CodeCommit", values: { sourceProvider: "CodeCommit" }, keys: "repository, sourceProvider" },
    { title: "a bucket of GitHub", values: { sourceBucket: "my-bucket" }, keys: "sourceBucket, sourceProvider" },
    { title: "a key of GitHub", values: { sourceKey: "source.zip" }, keys: "sourceKey, sourceProvider" },
    {
        title: "a repository of S3",
        values: { sourceProvider: "S3", sourceBucket: "my-bucket" },
        keys: "repository, sourceProvider",
    },
    { title: "addresses of an existing VPC", values: { ...vpc, cidrBlock: "10.0.0.0/16" }, keys: "cidrBlock, vpcId" },
    { title: "zones of an existing VPC", values: { ...vpc, availabilityZones: "3" }, keys: "availabilityZones, vpcId" },
    {
        title: "an existing VPC without its endpoints",
        values: { ...vpc, egress: "Endpoints" },
        keys: "endpointSecurityGroupId, egress, vpcId",
    },
    {
        title: "endpoints of a network with NAT",
        values: { ...vpc, endpointSecurityGroupId: "sg-0123456789abcdef0", egress: "SingleNat" },
        keys: "endpointSecurityGroupId, egress, vpcId",
    },
    {
        title: "a database among the builds",
        values: { ...vpc, privateSubnetIds: '["subnet-0123456789abcdef1"]' },
        keys: "privateSubnetIds, isolatedSubnetIds",
    },
    {
        title: "a subnet twice",
        values: { ...vpc, isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef1"]' },
        keys: "isolatedSubnetIds",
    },
    {
        title: "a major upgrade in the maintenance window",
        values: { allowMajorVersionUpgrade: "true", applyChanges: "InMaintenanceWindow" },
        keys: "applyChanges, allowMajorVersionUpgrade",
    },
    {
        title: "a restore whose rest waits for the maintenance window",
        values: { restoreFrom: "orders-2026-01-01", applyChanges: "InMaintenanceWindow" },
        keys: "applyChanges, restoreFrom",
    },
    {
        title: "a backup during the maintenance",
        values: { preferredBackupWindow: "03:30-04:30" },
        keys: "preferredMaintenanceWindow, preferredBackupWindow",
    },
    {
        title: "a maintenance over the end of the week during the backup",
        values: { preferredMaintenanceWindow: "sun:23:00-mon:02:30" },
        keys: "preferredMaintenanceWindow, preferredBackupWindow",
    },
    {
        title: "a backup when the vault's begins",
        values: { preferredBackupWindow: "04:45-05:15", vaultRetentionDays: "35" },
        keys: "preferredBackupWindow, vaultRetentionDays",
    },
    {
        title: "a maintenance in the hour after the vault's backup begins",
        values: { preferredMaintenanceWindow: "wed:05:30-wed:06:30", vaultRetentionDays: "35" },
        keys: "preferredMaintenanceWindow, vaultRetentionDays",
    },
    {
        title: "a lock budget without a rehearsal",
        values: { lockBudgetMilliseconds: "500" },
        keys: "lockBudgetMilliseconds, rehearsal",
    },
];
