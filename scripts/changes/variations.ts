import type { Environment } from "../../policy/rule";
import { type ConfigKey, configKeys, docOf } from "../../stacks/configKeys";

export type Values = Partial<Record<ConfigKey, string>>;

/** A change of one config key of a live stack. */
export interface Variation {
    key: ConfigKey;
    /** What the stack has besides its sample config, before and after; "" takes a key of the sample config out. */
    given: Values;
    /** The key before; undefined: not set. */
    from?: string;
    /** The key after; undefined: taken out again. */
    to?: string;
    /** Keys that have to change with it. */
    with?: Values;
}

const s3: Values = { sourceProvider: "S3", sourceBucket: "my-source-bucket", repository: "", branch: "" };
const existingVpc: Values = {
    vpcId: "vpc-0123456789abcdef0",
    privateSubnetIds: '["subnet-0123456789abcdef0"]',
    isolatedSubnetIds: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
};
const apiSecret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf";
const immediately: Values = { applyChanges: "Immediately" };
const majorUpgrade: Values = { ...immediately, allowMajorVersionUpgrade: "true" };
const { vpcId, ...subnets } = existingVpc;

/** Keys whose documented example will not do as a change of the sample config; the others are set to it. */
const special: { [key in ConfigKey]?: Omit<Variation, "key">[] } = {
    environment: [{ given: {}, to: "prod" }],
    sourceProvider: [
        { given: {}, to: "GitLab" },
        { given: {}, to: "CodeCommit", with: { repository: "my-repository" } },
        { given: {}, to: "S3", with: { ...s3 } },
    ],
    repository: [{ given: {}, to: "my-org/another-repository" }],
    branch: [{ given: {}, to: "release" }],
    sourceBucket: [{ given: s3, from: "my-source-bucket", to: "another-bucket" }],
    sourceKey: [{ given: s3, to: "migrations.zip" }],
    migrationsDirectory: [{ given: {}, to: "database/migrations" }],
    tool: [{ given: {}, to: "Flyway" }],
    engine: [{ given: {}, to: "aurora-mysql" }],
    engineVersion: [
        { given: {}, from: "16.8", to: "16.9" },
        { given: majorUpgrade, from: "16", to: "17" },
    ],
    allowMajorVersionUpgrade: [{ given: immediately, to: "true" }],
    applyChanges: [
        { given: {}, from: "Immediately", to: "InMaintenanceWindow" },
        { given: {}, from: "InMaintenanceWindow", to: "Immediately" },
    ],
    databaseName: [{ given: {}, to: "orders" }],
    instanceClass: [{ given: {}, to: "db.r7g.large" }],
    instances: [
        { given: {}, to: "3" },
        { given: {}, from: "3", to: "2" },
    ],
    minCapacity: [{ given: {}, to: "1" }],
    maxCapacity: [{ given: {}, to: "16" }],
    secondsUntilAutoPause: [{ given: { minCapacity: "0" }, from: "600", to: "900" }],
    restoreFrom: [
        { given: immediately, to: docOf("restoreFrom").example },
        { given: immediately, from: docOf("restoreFrom").example, to: "awsbackup:job-0a1b2c3d" },
        { given: immediately, from: docOf("restoreFrom").example },
    ],
    backtrackHours: [
        { given: { engine: "aurora-mysql" }, from: "24", to: "48" },
        { given: { engine: "aurora-mysql" }, from: "24", to: "0" },
    ],
    deletionProtection: [
        { given: {}, from: "true", to: "false" },
        { given: {}, from: "false", to: "true" },
    ],
    vpcId: [
        { given: {}, to: vpcId, with: subnets },
        { given: existingVpc, from: vpcId, to: "vpc-0fedcba9876543210" },
    ],
    privateSubnetIds: [{ given: existingVpc, from: existingVpc.privateSubnetIds, to: '["subnet-0123456789abcdef3"]' }],
    isolatedSubnetIds: [
        {
            given: existingVpc,
            from: existingVpc.isolatedSubnetIds,
            to: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2","subnet-0123456789abcdef4"]',
        },
    ],
    endpointSecurityGroupId: [
        {
            given: { ...existingVpc, egress: "Endpoints" },
            from: "sg-0123456789abcdef0",
            to: "sg-0123456789abcdef1",
        },
    ],
    cidrBlock: [{ given: {}, to: "10.1.0.0/16" }],
    availabilityZones: [
        { given: {}, to: "3" },
        { given: {}, from: "3", to: "2" },
    ],
    egress: [
        { given: {}, from: "SingleNat", to: "NatPerAz" },
        { given: {}, from: "NatPerAz", to: "SingleNat" },
        { given: {}, from: "NatPerAz", to: "Endpoints" },
        { given: {}, from: "Endpoints", to: "NatPerAz" },
    ],
    approval: [{ given: {}, from: "false", to: "true" }],
    approvalEmails: [{ given: { approval: "true" }, to: '["dba@example.com"]' }],
    approvalFor: [{ given: { approval: "true" }, to: '["destructive","locking","irreversible","code","drift"]' }],
    bakeMinutes: [{ given: { alarms: "true" }, to: "15" }],
    bakeAlarms: [{ given: { alarms: "true", bakeMinutes: "15" }, to: '["api-errors"]' }],
    deploymentWindowTimeZone: [{ given: { deploymentWindow: "* * 9-16 ? * MON-THU" }, to: "Europe/Berlin" }],
    lockBudgetMilliseconds: [{ given: { rehearsal: "true" }, to: "500" }],
    proxySecretArns: [
        { given: { minCapacity: "0.5" }, to: JSON.stringify([apiSecret]) },
        {
            given: { minCapacity: "0.5" },
            from: JSON.stringify([apiSecret]),
            to: JSON.stringify([apiSecret, apiSecret.replace("api", "worker")]),
        },
        { given: { minCapacity: "0.5" }, from: JSON.stringify([apiSecret]) },
    ],
    rotationDays: [
        { given: {}, from: "30", to: "60" },
        { given: {}, to: "60" },
    ],
};

/** Keys that an environment does not leave to config. */
const fixed: { [E in Environment]: ConfigKey[] } = { dev: [], prod: ["environment", "approval"] };

export function variations(environment: Environment): Variation[] {
    return configKeys
        .filter((key) => !fixed[environment].includes(key))
        .flatMap((key) => (special[key] ?? [{ given: {}, to: docOf(key).example }]).map((row) => ({ key, ...row })));
}
