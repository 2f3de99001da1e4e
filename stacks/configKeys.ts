import { z } from "zod";
import { ApplyChanges, Auth, Egress, Engine, SourceProvider } from "../components";
import { allowedRoleName, roleNamePattern } from "../components/build/databaseUsers";
import { snapshot } from "../components/cluster/args";
import { changeDefaults, dailyWindowAllowed, weeklyWindowAllowed } from "../components/cluster/changes";
import { dailyWindow, weeklyWindow } from "../components/cluster/windows";
import { type LintFloor, lintFloorAllowed, lintFloorProblems } from "../components/lintRules";
import { isVpcCidr, vpcPrefix } from "../components/network/subnetPlan";

/** What a person needs to know about a key; error messages, `Pulumi.yaml` and docs/configuration.md repeat it. */
export interface KeyDoc {
    /** What it decides, and its default. */
    description: string;
    /** What will do, as the end of the sentence "Allowed: …". */
    allowed: string;
    /** A value that will do. */
    example: string;
}

const docs = z.registry<KeyDoc>();

// Config values arrive as text: numbers, booleans, lists and maps are their JSON.
const fromText = (text: unknown): unknown => {
    try {
        return typeof text === "string" ? JSON.parse(text) : text;
    } catch {
        return text;
    }
};

function described<T extends z.ZodType>(schema: T, doc: KeyDoc): z.ZodOptional<T> {
    const optional = schema.optional();
    docs.add(optional, doc);
    return optional;
}

const text = (pattern: RegExp, doc: KeyDoc) => described(z.string().regex(pattern), doc);

const choice = <T extends Record<string, string>>(values: T, description: string, example: T[keyof T]) =>
    described(z.enum(values), {
        description,
        allowed: Object.values(values)
            .map((value) => JSON.stringify(value))
            .join(", "),
        example,
    });

const wholeNumber = (min: number, max: number, unit: string, description: string, example: number) =>
    described(z.preprocess(fromText, z.number().int().min(min).max(max)), {
        description,
        allowed: `a whole number from ${min} to ${max} ${unit}`,
        example: `${example}`,
    });

const capacity = (min: number, description: string, example: number) =>
    described(z.preprocess(fromText, z.number().min(min).max(256).multipleOf(0.5)), {
        description,
        allowed: `a number of ACU from ${min} to 256 in steps of 0.5`,
        example: `${example}`,
    });

const flag = (description: string, example: boolean) =>
    described(z.preprocess(fromText, z.boolean()), { description, allowed: "true or false", example: `${example}` });

const list = (item: RegExp, min: number, doc: KeyDoc) =>
    described(z.preprocess(fromText, z.array(z.string().regex(item)).min(min)), doc);

const roleName = (description: string, suffix: string) =>
    text(roleNamePattern, {
        description: `${description} Default: the database's name and _${suffix}.`,
        allowed: allowedRoleName,
        example: `shop_${suffix}`,
    });

const environments = { dev: "dev", prod: "prod" } as const;

/** Every key of the program's config. Absent keys leave the decision to the environment's profile or the component. */
export const configSchema = z.object({
    environment: choice(
        environments,
        "Profile of the stack; a change replaces the cluster. Default: the stack's name.",
        "dev",
    ),

    sourceProvider: choice(SourceProvider, "Where the migrations are kept. Default: GitHub.", "GitHub"),
    repository: text(/^[\w.-]+(\/[\w.-]+)*$/, {
        description: "Repository with the migrations: owner/name, or its name in CodeCommit. Not for S3.",
        allowed: "owner/name, or the name of a CodeCommit repository, without a host",
        example: "my-org/my-repository",
    }),
    branch: text(/^[^\s:?*[\\^~]+$/, {
        description: "Branch that is deployed. Default: main.",
        allowed: "the name of a branch",
        example: "main",
    }),
    connectionArn: text(/^arn:aws[\w-]*:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/, {
        description:
            "ARN of a CodeConnections connection that is available. Default: one is created, and a person completes its handshake.",
        allowed: "the ARN of a CodeConnections connection",
        example: "arn:aws:codeconnections:eu-west-1:123456789012:connection/0a1b2c3d-0000-4000-8000-000000000000",
    }),
    sourceBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
        description: "Versioned bucket that holds the source archive. Only for S3.",
        allowed: "the name of an S3 bucket",
        example: "my-source-bucket",
    }),
    sourceKey: text(/^.+\.zip$/, {
        description: "Key of the source archive in the bucket. Only for S3. Default: source.zip.",
        allowed: "the key of a .zip object",
        example: "source.zip",
    }),
    migrationsDirectory: text(/^(?!\.\.?(\/|$))[\w.-]+(\/(?!\.\.?(\/|$))[\w.-]+)*$/, {
        description: "Directory of the migrations in the source. Default: migrations.",
        allowed: "a path relative to the root of the repository, without . and ..",
        example: "migrations",
    }),

    engine: choice(
        Engine,
        "Database engine; a change replaces the cluster. Default: aurora-postgresql.",
        "aurora-postgresql",
    ),
    engineVersion: text(/^\d+(\.\d+)*(\.mysql_aurora\.\d+(\.\d+)*)?$/, {
        description:
            "Version of the engine, best the major one only: minor upgrades of RDS are kept. Default: the component's.",
        allowed: "a version such as 17, 16.8 or 8.0",
        example: "17",
    }),
    databaseName: text(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/, {
        description: "Database that the migrations run in; a change replaces the cluster. Default: app.",
        allowed: "a letter, then at most 62 letters, digits or underscores",
        example: "app",
    }),
    allowMajorVersionUpgrade: flag(
        "Whether another major engineVersion upgrades the cluster in place; the database is away meanwhile. Default: false.",
        true,
    ),
    applyChanges: choice(
        ApplyChanges,
        "When changes of a live cluster are applied; a restart that they need happens then. Default: dev Immediately, prod InMaintenanceWindow.",
        "Immediately",
    ),
    preferredMaintenanceWindow: described(
        z.string().refine((window) => weeklyWindow(window) !== undefined),
        {
            description: `Weekly window for minor upgrades and changes that wait for it. Default: ${changeDefaults.preferredMaintenanceWindow}.`,
            allowed: weeklyWindowAllowed,
            example: "sat:22:00-sat:23:30",
        },
    ),
    preferredBackupWindow: described(
        z.string().refine((window) => dailyWindow(window) !== undefined),
        {
            description: `Daily window of RDS's own backup. Default: ${changeDefaults.preferredBackupWindow}.`,
            allowed: dailyWindowAllowed,
            example: "00:00-00:30",
        },
    ),
    instanceClass: text(/^db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)$/, {
        description: "Class of the database instances. Default: db.serverless.",
        allowed: "db.serverless or a provisioned class such as db.r7g.large",
        example: "db.serverless",
    }),
    instances: wholeNumber(
        1,
        16,
        "instances",
        "Database instances, one writer and readers. Default: dev 1, prod 2.",
        2,
    ),
    minCapacity: capacity(0, "Least capacity; 0 pauses an idle cluster. Default: dev 0, prod 0.5.", 0.5),
    maxCapacity: capacity(1, "Greatest capacity, the limit of what the cluster costs. Default: dev 2, prod 8.", 8),
    secondsUntilAutoPause: wholeNumber(
        300,
        86400,
        "seconds",
        "Idle time before a cluster pauses. Default: dev 600.",
        600,
    ),
    restoreFrom: text(snapshot, {
        description:
            "Snapshot that the cluster begins with; a change replaces the cluster, taking it out does not. Default: an empty database.",
        allowed: "the identifier or the ARN of a cluster snapshot",
        example: "aurora-pipeline-prod-2026-01-01",
    }),
    backupRetentionDays: wholeNumber(1, 35, "days", "How long backups are kept. Default: dev 7, prod 30.", 14),
    backtrackHours: wholeNumber(
        0,
        72,
        "hours",
        "How far an Aurora MySQL cluster can be wound back in place, 0 for not at all; only from its creation on. Default: dev 0, prod 24.",
        48,
    ),
    deletionProtection: flag("Whether the cluster refuses deletion. Default: dev false, prod true.", true),

    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, {
        description:
            "An existing VPC, with privateSubnetIds and isolatedSubnetIds; a change replaces the cluster. Default: a network is created.",
        allowed: "the id of a VPC",
        example: "vpc-0123456789abcdef0",
    }),
    privateSubnetIds: list(/^subnet-[0-9a-f]{8,17}$/, 1, {
        description: "Subnets of the existing VPC for the builds, with a way to AWS's endpoints.",
        allowed: "a list of at least 1 subnet id",
        example: '["subnet-0123456789abcdef0"]',
    }),
    isolatedSubnetIds: list(/^subnet-[0-9a-f]{8,17}$/, 2, {
        description: "Subnets of the existing VPC for the database, in at least two zones.",
        allowed: "a list of at least 2 subnet ids",
        example: '["subnet-0123456789abcdef1","subnet-0123456789abcdef2"]',
    }),
    endpointSecurityGroupId: text(/^sg-[0-9a-f]{8,17}$/, {
        description: "Security group of the existing VPC's interface endpoints. Only with egress Endpoints.",
        allowed: "the id of a security group",
        example: "sg-0123456789abcdef0",
    }),
    cidrBlock: described(z.string().refine(isVpcCidr), {
        description: "Addresses of the network; a change replaces it and the cluster. Default: 10.0.0.0/16.",
        allowed: `an IPv4 block on its boundary, from /${vpcPrefix.min} to /${vpcPrefix.max}: it has to hold 4 zones`,
        example: "10.0.0.0/16",
    }),
    availabilityZones: wholeNumber(2, 4, "zones", "Zones of the network, as many as the region has. Default: 2.", 3),
    egress: choice(
        Egress,
        "How builds reach AWS: through NAT gateways, or by endpoints with no way to the internet. Default: dev SingleNat, prod NatPerAz.",
        "Endpoints",
    ),

    approval: flag("Whether a person approves each plan. Default: dev false, prod true.", true),
    approvalEmails: list(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 1, {
        description:
            "E-mail addresses that are notified when a plan waits for approval; each confirms its subscription once.",
        allowed: "a list of e-mail addresses",
        example: '["dba@example.com"]',
    }),
    rehearsal: flag(
        "Whether each release is rehearsed on a clone of the data before approval; a few minutes of a clone each. Default: false.",
        true,
    ),
    lockBudgetMilliseconds: wholeNumber(
        0,
        3_600_000,
        "milliseconds",
        "Longest ACCESS EXCLUSIVE lock of a changeset in a rehearsal. Default: 1000.",
        500,
    ),
    allowCode: flag(
        "Whether changelogs may run code of the repository, before anybody approves it: classes of its jars, programs. Default: false.",
        true,
    ),
    lockTimeoutMilliseconds: wholeNumber(
        1,
        600_000,
        "milliseconds",
        "How long a statement waits for a lock before it is tried again. Default: 5000.",
        2000,
    ),
    statementTimeoutMilliseconds: wholeNumber(
        0,
        86_400_000,
        "milliseconds",
        "How long a statement in a transaction may run; 0 for as long as it needs. Default: 0.",
        600_000,
    ),
    lockRetryBudgetSeconds: wholeNumber(
        0,
        3600,
        "seconds",
        "How long a changeset that does not get its locks is retried. Default: 120.",
        300,
    ),
    deploymentWaitSeconds: wholeNumber(
        0,
        3600,
        "seconds",
        "How long a deployment waits for another one that runs. Default: 300.",
        600,
    ),
    lintFloor: described(
        z.preprocess(
            fromText,
            z.custom<LintFloor>((floor) => lintFloorProblems(floor).length === 0),
        ),
        {
            description:
                "Levels of the linter that lint.yaml and waivers cannot go below; takes the place of the default. Default: dev {}, prod destructive, failing, guards and locking warning, misread-strings and tracking-tables error.",
            allowed: lintFloorAllowed,
            example: '{"destructive":"warning","locking":"error"}',
        },
    ),
    snapshotBeforeDeploy: flag(
        "Whether a deployment begins with a snapshot of the cluster: minutes more, and nothing deletes it. Default: false.",
        true,
    ),
    driftSchedule: text(/^(never|rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/, {
        description:
            "When drift detection runs; drift that it finds notifies the topic. Default: dev never, prod rate(1 day).",
        allowed: "never, or a schedule of EventBridge in UTC",
        example: "cron(0 5 * * ? *)",
    }),
    databaseAuth: choice(
        Auth,
        "How builds authenticate to the database: by passwords, or by IAM tokens. Default: Secret.",
        "Iam",
    ),
    ownerName: roleName(
        "Role that owns what migrations create. Another name creates another role, which takes over what the old one owns.",
        "owner",
    ),
    migratorName: roleName("User that deploys. Another name creates another user, and leaves the old one.", "migrator"),
    plannerName: roleName("User that plans. Another name creates another user, and leaves the old one.", "planner"),
    rotationDays: wholeNumber(1, 90, "days", "How often passwords are rotated. Default: dev never, prod 30.", 30),

    proxySecretArns: list(/^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/, 1, {
        description:
            "Secrets of applications that connect through an RDS Proxy, encrypted with AWS's key or the stack's. Default: no proxy.",
        allowed: "a list of ARNs of secrets",
        example: '["arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf"]',
    }),

    notificationEmails: list(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 1, {
        description:
            "E-mail addresses that are notified of failed deliveries, alarms and events; each confirms its subscription once. Default: nobody.",
        allowed: "a list of e-mail addresses",
        example: '["oncall@example.com"]',
    }),
    chatChannelArn: text(
        /^arn:aws[\w-]*:chatbot::\d{12}:chat-configuration\/(slack-channel|microsoft-teams-channel)\/[\w-]+$/,
        {
            description: "Slack or Teams channel in Amazon Q Developer that is notified of deliveries. Default: none.",
            allowed: "the ARN of a chat configuration",
            example: "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/oncall",
        },
    ),
    alarms: flag("Whether there are alarms on the database and deliveries. Default: dev false, prod true.", true),
    vaultRetentionDays: wholeNumber(
        1,
        3650,
        "days",
        "How long a locked vault keeps daily backups. Default: dev never, prod 35.",
        90,
    ),
    tags: described(z.preprocess(fromText, z.record(z.string().min(1).max(128), z.string().max(256))), {
        description: "Tags of every resource, beside Project and Stack. Default: none.",
        allowed: "a map of texts, keys up to 128 and values up to 256 characters",
        example: '{"team":"payments"}',
    }),
});

/** The config as given, parsed. */
export type Config = z.infer<typeof configSchema>;
export type ConfigKey = keyof Config;
export const configKeys = Object.keys(configSchema.shape) as ConfigKey[];

/** What a person needs to know about a key. */
export function docOf(key: ConfigKey): KeyDoc {
    const doc = docs.get(configSchema.shape[key]);
    if (doc === undefined) {
        throw new Error(`The config key ${key} is not documented.`);
    }
    return doc;
}
