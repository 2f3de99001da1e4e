import * as v from "valibot";
import { ApplyChanges, Egress, Engine, SourceProvider } from "../components";
import { snapshot } from "../components/cluster/restore";
import { changeDefaults, dailyWindowAllowed, weeklyWindowAllowed } from "../components/cluster/changes";
import { dailyWindow, weeklyWindow } from "../components/cluster/windows";
import { isVpcCidr, vpcPrefix } from "../components/network/subnetPlan";
import {
    capacity,
    choice,
    flag,
    type KeyDoc,
    keyDocOf,
    type KeySchema,
    list,
    text,
    texts,
    textWhere,
    wholeNumber,
} from "./keyKinds";
import { optionKeys } from "./optionKeys";

const environments = { dev: "dev", prod: "prod" } as const;

/** Every key of the program's config. Absent keys leave the decision to the environment's profile or the component. */
const schemas = {
    environment: choice(
        environments,
        "Profile of the stack; a change replaces the cluster. Default: the stack's name.",
        "dev",
    ),

    sourceProvider: choice(SourceProvider, "Where the migrations are kept. Default: GitHub.", "GitHub"),
    repository: text(/^[\w.-]+(\/[\w.-]+)*$/, {
        description:
            "Repository that contains the migrations: owner/name, or the repository name for CodeCommit. Not for S3.",
        allowed: "owner/name, or the name of a CodeCommit repository, without a host",
        example: "my-org/my-repository",
    }),
    branch: text(/^[^\s:?*[\\^~]+$/, {
        description: "Branch to deploy. Default: main.",
        allowed: "the name of a branch",
        example: "main",
    }),
    connectionArn: text(/^arn:aws[\w-]*:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/, {
        description:
            "ARN of an available CodeConnections connection. Default: a new connection, whose handshake a person has to complete.",
        allowed: "the ARN of a CodeConnections connection",
        example: "arn:aws:codeconnections:eu-west-1:123456789012:connection/0a1b2c3d-0000-4000-8000-000000000000",
    }),
    sourceBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
        description: "Versioned bucket that contains the source archive. Only for S3.",
        allowed: "the name of an S3 bucket",
        example: "my-source-bucket",
    }),
    sourceKey: text(/^.+\.zip$/, {
        description: "Key of the source archive in the bucket. Only for S3. Default: source.zip.",
        allowed: "the key of a .zip object",
        example: "source.zip",
    }),
    migrationsDirectory: text(/^(?!\.\.?(\/|$))[\w.-]+(\/(?!\.\.?(\/|$))[\w.-]+)*$/, {
        description: "Directory of the migrations within the source. Default: migrations.",
        allowed: "a path relative to the root of the repository, without . or .. in it",
        example: "migrations",
    }),

    engine: choice(
        Engine,
        "Database engine; a change replaces the cluster. Default: aurora-postgresql.",
        "aurora-postgresql",
    ),
    engineVersion: text(/^\d+(\.\d+)?(\.mysql_aurora\.\d+(\.\d+)*)?$/, {
        description:
            "Version of the engine. The major version alone is recommended: RDS's minor upgrades are then kept. Default: the component's.",
        allowed: "a version such as 17, 16.8 or 8.0",
        example: "17",
    }),
    databaseName: text(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/, {
        description: "Database to which the migrations are applied; a change replaces the cluster. Default: app.",
        allowed: "a letter, then at most 62 letters, digits or underscores",
        example: "app",
    }),
    allowMajorVersionUpgrade: flag(
        "Whether a change of the major engineVersion upgrades the cluster in place; the database is unavailable during the upgrade. Default: false.",
        true,
    ),
    applyChanges: choice(
        ApplyChanges,
        "When changes to a running cluster are applied, with any restart that they need. Default: dev Immediately, prod InMaintenanceWindow.",
        "Immediately",
    ),
    preferredMaintenanceWindow: textWhere((window) => weeklyWindow(window) !== undefined, {
        description: `Weekly window for minor upgrades and deferred changes. Default: ${changeDefaults.preferredMaintenanceWindow}.`,
        allowed: weeklyWindowAllowed,
        example: "sat:22:00-sat:23:30",
    }),
    preferredBackupWindow: textWhere((window) => dailyWindow(window) !== undefined, {
        description: `Daily window for the automated backup of RDS. Default: ${changeDefaults.preferredBackupWindow}.`,
        allowed: dailyWindowAllowed,
        example: "00:00-00:30",
    }),
    instanceClass: text(/^db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)$/, {
        description: "Class of the database instances. Default: db.serverless.",
        allowed: "db.serverless or a provisioned class such as db.r7g.large",
        example: "db.serverless",
    }),
    instances: wholeNumber(
        1,
        16,
        "instances",
        "Number of database instances: one writer, the rest readers. Default: dev 1, prod 2.",
        2,
    ),
    minCapacity: capacity(0, "Minimum capacity; 0 pauses an idle cluster. Default: dev 0, prod 0.5.", 0.5),
    maxCapacity: capacity(1, "Maximum capacity, which limits the cost of the cluster. Default: dev 2, prod 8.", 8),
    secondsUntilAutoPause: wholeNumber(
        300,
        86400,
        "seconds",
        "Idle time before a cluster pauses. Default: dev 600.",
        600,
    ),
    restoreFrom: text(snapshot, {
        description:
            "Snapshot from which the cluster is created; a change replaces the cluster, removing the key does not. Default: an empty database.",
        allowed: "the identifier or the ARN of a cluster snapshot",
        example: "aurora-pipeline-prod-2026-01-01",
    }),
    backupRetentionDays: wholeNumber(1, 35, "days", "How long backups are kept. Default: dev 7, prod 30.", 14),
    backtrackHours: wholeNumber(
        0,
        72,
        "hours",
        "How far an Aurora MySQL cluster can be backtracked; 0 turns it off. Can only be turned on when the cluster is created. Default: dev 0, prod 24.",
        48,
    ),
    deletionProtection: flag("Whether the cluster is protected from deletion. Default: dev false, prod true.", true),

    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, {
        description:
            "An existing VPC, with privateSubnetIds and isolatedSubnetIds; a change replaces the cluster. Default: a network is created.",
        allowed: "the id of a VPC",
        example: "vpc-0123456789abcdef0",
    }),
    privateSubnetIds: list(/^subnet-[0-9a-f]{8,17}$/, 1, {
        description: "Subnets of the existing VPC for the builds, with a route to AWS's endpoints.",
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
    cidrBlock: textWhere(isVpcCidr, {
        description: "Address range of the network; a change replaces it and the cluster. Default: 10.0.0.0/16.",
        allowed: `a private IPv4 block on its boundary, from /${vpcPrefix.min} to /${vpcPrefix.max}: it has to hold 4 zones`,
        example: "10.0.0.0/16",
    }),
    availabilityZones: wholeNumber(2, 4, "zones", "Number of availability zones of the network. Default: 2.", 3),
    egress: choice(
        Egress,
        "How builds reach AWS: through NAT gateways, or through endpoints without internet access. Default: dev SingleNat, prod NatPerAz.",
        "Endpoints",
    ),

    approval: flag("Whether a person approves each plan. Default: dev false, prod true.", true),
    approvalEmails: list(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 1, {
        description:
            "E-mail addresses that are notified when a plan waits for approval; each confirms its subscription once.",
        allowed: "a list of e-mail addresses",
        example: '["dba@example.com"]',
    }),
    bakeMinutes: wholeNumber(
        1,
        1440,
        "minutes",
        "How long alarms are watched after each deployment, before the next one begins; an alarm fails the delivery and is reported. Default: never.",
        15,
    ),
    bakeAlarms: list(
        /^[\x20-\x7e]{1,255}$/,
        1,
        {
            description:
                "Metric alarms that are watched in bakeMinutes. Default: those on the database's CPU, memory, connections, deadlocks and replica lag.",
            allowed: "a list of the names of 1 to 5 alarms",
            example: '["api-errors"]',
        },
        5,
    ),
    rehearsal: flag(
        "Whether each release is rehearsed on a clone of the database before approval. Each rehearsal costs a few minutes of a clone. Default: false.",
        true,
    ),
    // The options of builds, from components/options.ts.
    ...optionKeys(),
    rotationDays: wholeNumber(1, 90, "days", "How often passwords are rotated. Default: dev never, prod 30.", 30),

    proxySecretArns: list(/^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/, 1, {
        description:
            "ARNs of the secrets of applications that connect through an RDS Proxy, encrypted with the AWS managed key or the stack's key. Default: no proxy.",
        allowed: "a list of ARNs of secrets",
        example: '["arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf"]',
    }),

    notificationEmails: list(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 1, {
        description:
            "E-mail addresses that are notified of failed deliveries, alarms and events; each confirms its subscription once. Default: none.",
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
        "How long daily backups are kept in a locked vault. Default: dev never, prod 35.",
        90,
    ),
    tags: texts(128, 256, {
        description: "Tags for every resource, in addition to Project and Stack. Default: none.",
        allowed: "a map of texts, keys up to 128 and values up to 256 characters",
        example: '{"team":"payments"}',
    }),
} satisfies Record<string, KeySchema<unknown>>;

/** The config as given, parsed. */
export type Config = { [Key in keyof typeof schemas]?: v.InferOutput<(typeof schemas)[Key]> };
export type ConfigKey = keyof Config;
export const configKeys = Object.keys(schemas) as ConfigKey[];

/** Reads the text of a key. */
export const readKey = (key: ConfigKey, text: string) => v.safeParse(schemas[key], text);

/** The documentation of a key. */
export function docOf(key: ConfigKey): KeyDoc {
    return keyDocOf(key, schemas[key]);
}
