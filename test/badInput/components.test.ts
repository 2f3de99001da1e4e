import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
    AuroraCluster,
    DatabaseProxy,
    DbPipeline,
    DbSecret,
    MigrationBuild,
    Network,
    Operations,
} from "../../components";
import { credential, database, network } from "../support/references";
import { build, flag, kmsKey, logRetention, notAGroup, reference, tags } from "./given";
import { type BadArg, covered, refuses } from "./support";

// What TypeScript would not let through comes from JavaScript, YAML and other languages, or by `as any`.
type Constructor = new (name: string, args: never) => unknown;
const make = (component: Constructor) => (args: Record<string, unknown>) => new component("it", args as never);

const networkFix = "Pass a Network, or the ids of an existing VPC.";
const networkArg = (arg: string) => reference(arg, "a Network, or ids as it has them", networkFix);
const subnets = (arg: string, least: string, refused: unknown[]): BadArg => ({
    arg,
    allowed: `a list of at least ${least}, each once`,
    fix: networkFix,
    refused,
});
const databaseArg = reference(
    "database",
    "an AuroraCluster, or what it has",
    "Pass an AuroraCluster, or what is known of an existing one.",
);
const parts = (arg: string, names: string[], fix: string): BadArg[] =>
    names.map((name) => ({
        arg: `${arg}.${name}`,
        allowed: "a value, or an Output of one",
        fix,
        refused: [undefined, "", null],
    }));
const wholeNumber = (arg: string, min: number, max: number, unit: string, fix: string): BadArg => ({
    arg,
    allowed: `a whole number from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`,
    fix,
    refused: [min - 1, max + 1, min + 0.5, `${min}`, null, Number.NaN],
});
const emails = (arg: string): BadArg[] => [
    {
        arg,
        allowed: "a list of texts",
        fix: "Put it in brackets, even if it is one.",
        refused: ["dba@example.com", {}, [1], null],
    },
    { arg: `${arg}[0]`, allowed: "an e-mail address", fix: "Correct it.", refused: ["dba", "", "a b@example.com"] },
];

const roleName = (arg: string, besides: Record<string, unknown>, refused: unknown[]): BadArg => ({
    arg,
    allowed: "a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL keeps",
    fix: "Change it.",
    besides,
    refused: ["", "app-planner", "app_planner/*", "*", "1st", "pg_planner", "a".repeat(64), 5, null, ...refused],
});
const postgresqlOnly = (what: string, besides: Record<string, unknown>): BadArg => ({
    arg: "database.engine",
    allowed: `"aurora-postgresql", with ${what}`,
    fix: "With Aurora MySQL, every build logs in with one credential of yours.",
    besides,
    refused: ["aurora-mysql"],
});

/** Of a build, how it logs in. */
const iam = {
    auth: "Iam",
    username: "app_planner",
    credential: undefined,
    database: { ...database, clusterResourceId: "cluster-ABC" },
};
const loginArgs: BadArg[] = [
    {
        arg: "auth",
        allowed: '"Secret", "Iam"',
        fix: 'Leave it out for "Secret".',
        refused: ["IAM", "Password", "", 5, null],
    },
    {
        arg: "credential",
        allowed: 'nothing with auth "Iam", which needs no password',
        fix: "Leave it out.",
        besides: iam,
        refused: [credential, {}, "x"],
    },
    {
        arg: "username",
        allowed: 'nothing without auth "Iam"; the secret names the user',
        fix: "Leave it out.",
        refused: ["app_planner", ""],
    },
    roleName("username", iam, [undefined]),
    {
        arg: "database.clusterResourceId",
        allowed: 'the resource id of the cluster, with auth "Iam"',
        fix: "Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
        besides: iam,
        refused: [undefined, "", null],
    },
    postgresqlOnly('auth "Iam"', iam),
];

/** Of a build, the users that it creates. */
const bootstrap = {
    migrator: { username: "app_migrator", credential: { secretArn: "arn:migrator" } },
    planner: { username: "app_planner", credential: { secretArn: "arn:planner" } },
};
const creating = { action: "Bootstrap", bootstrap };
const user = "a user: its name, and its credential or none";
const bootstrapArgs: BadArg[] = [
    {
        arg: "bootstrap",
        allowed: "the users to create",
        fix: "For example { migrator: { username, credential }, planner: { username, credential } }.",
        besides: creating,
        refused: notAGroup,
    },
    {
        arg: "bootstrap",
        allowed: "the users to create",
        fix: "Name the migrator and the planner.",
        besides: creating,
        refused: [undefined],
    },
    ...["Plan", "Deploy", "Rollback", "Rehearse"].map((action) => ({
        arg: "bootstrap",
        allowed: 'nothing without action "Bootstrap"',
        fix: 'Leave it out, or set action to "Bootstrap".',
        besides: { action },
        refused: [bootstrap],
    })),
    ...["migrator", "planner"].flatMap((name): BadArg[] => [
        { ...reference(`bootstrap.${name}`, user, "For example { username, credential }."), besides: creating },
        roleName(`bootstrap.${name}.username`, creating, [undefined]),
        {
            arg: `bootstrap.${name}.credential`,
            allowed: "a DbSecret, or the ARN of one like it",
            fix: "Pass a DbSecret, or the ARN of an existing secret.",
            besides: creating,
            refused: notAGroup,
        },
        {
            arg: `bootstrap.${name}.credential.secretArn`,
            allowed: "a value, or an Output of one",
            fix: "Pass a DbSecret, or the ARN of an existing secret.",
            besides: creating,
            refused: [undefined, "", null],
        },
    ]),
    { ...roleName("bootstrap.ownerRole", creating, []), fix: "Give one, of at most 63 characters." },
    {
        arg: "bootstrap",
        allowed: "a name of its own for each role",
        fix: "Change one: what they may do differs.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, ownerRole: "app_planner" }],
        shown: '["app_planner","app_migrator","app_planner"]',
    },
    {
        arg: "bootstrap",
        allowed: "a name of its own for each role",
        fix: "Change one: what they may do differs.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, migrator: { ...bootstrap.migrator, username: "app_owner" } }],
        shown: '["app_owner","app_owner","app_planner"]',
    },
    {
        arg: "bootstrap",
        allowed: "a credential of its own for each user, and none of them the administrator's",
        fix: "Make a DbSecret for each.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, planner: { ...bootstrap.planner, credential: bootstrap.migrator.credential } }],
        shown: JSON.stringify([credential.secretArn, "arn:migrator", "arn:migrator"]),
    },
    {
        arg: "bootstrap.ownerRole",
        allowed: roleName("", {}, []).allowed,
        fix: "Give one, of at most 63 characters.",
        besides: { ...creating, database: { ...database, databaseName: "a".repeat(58) } },
        refused: [undefined],
        shown: `"${"a".repeat(58)}_owner"`,
    },
    {
        arg: "auth",
        allowed: '"Secret", with action "Bootstrap"',
        fix: "Leave it out: it logs in as the administrator, by the password that the cluster was made with.",
        besides: { ...iam, ...creating },
        refused: ["Iam"],
    },
    {
        arg: "tool",
        allowed: '"Liquibase", with action "Bootstrap"',
        fix: "Leave it out: without this build, your own commands find the users that you made.",
        besides: { ...creating, customCommands: ["./migrate"] },
        refused: ["Custom"],
    },
    postgresqlOnly('action "Bootstrap"', creating),
];

describe("bad args", function () {
    // The first program of a process loads the AWS SDK.
    this.timeout(20_000);

    describe("of a Network", () => {
        refuses("Network", make(Network), {}, [
            {
                arg: "cidrBlock",
                allowed: "an IPv4 range from /16 to /24 that starts on its own boundary",
                fix: 'For example "10.0.0.0/16".',
                refused: [
                    "10.0.0.0/25",
                    "10.0.0.0/15",
                    "10.0.0.1/16",
                    "10.0.0/16",
                    "300.0.0.0/16",
                    "10.0.0.0",
                    "fd00::/16",
                    "",
                    10,
                    null,
                ],
            },
            wholeNumber("availabilityZones", 2, 4, "", "Aurora needs two zones; the address plan has room for four."),
            {
                arg: "egress",
                allowed: '"NatPerAz", "SingleNat", "Endpoints"',
                fix: 'Leave it out for "SingleNat".',
                refused: ["Nat", "endpoints", "", true, null],
            },
            {
                arg: "flowLogs",
                allowed: '"Reject", "All"',
                fix: 'Leave it out for "Reject".',
                refused: ["REJECT", "Accept", true, null],
            },
            logRetention("logRetentionInDays"),
            kmsKey("logKmsKeyArn"),
            tags,
        ]);
    });

    describe("of an AuroraCluster", () => {
        const unlike = "a lower-case letter, then lower-case letters, digits and underscores";
        const reserved = "none of admin, administrator, postgres, rdsadmin, root, user";
        refuses("AuroraCluster", make(AuroraCluster), { network }, [
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
                fix: "Give the major version; AWS picks its current minor one.",
                refused: ["13", "8.0", "170", "latest", "", 8, null],
            },
            flag("allowMajorVersionUpgrade"),
            {
                arg: "clusterIdentifier",
                allowed:
                    "a lower-case letter, then lower-case letters, digits and single hyphens, at most 60 characters",
                fix: "Give one, where the component's name and the stack's do not make one.",
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
                allowed: "a whole number from 1150 to 65535 other than 5432, which everybody scans first",
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
                fix: "Only Aurora MySQL can be wound back: leave it out, and restore a backup to a point in time instead.",
                refused: [1, 24],
            },
            {
                arg: "allowedSecurityGroupIds",
                allowed: "a group of arguments",
                fix: "For example { api: group.id }.",
                refused: notAGroup,
            },
            {
                arg: "allowedSecurityGroupIds.api",
                allowed: "the id of a security group",
                fix: "For example { api: group.id }.",
                refused: ["api", "sg-", "", 1, null],
            },
            tags,
        ]);
    });

    describe("of a DbSecret", () => {
        const rotation = { afterDays: 30, network };
        refuses(
            "DbSecret",
            make(DbSecret),
            { database, username: "app" },
            [
                databaseArg,
                ...parts("database", ["endpoint", "port", "securityGroupId"], databaseArg.fix),
                {
                    arg: "database.engine",
                    allowed: '"aurora-postgresql", "aurora-mysql"',
                    fix: "DbSecret is for Aurora only.",
                    refused: ["postgres", "mysql", 5],
                },
                {
                    arg: "username",
                    allowed: "the name of a database user",
                    fix: "Set it.",
                    refused: [undefined, "", 5, null],
                },
                {
                    arg: "password",
                    allowed: "a text",
                    fix: "Leave it out for a random one.",
                    refused: ["", 5, null],
                    shown: "(hidden)",
                },
                {
                    arg: "loginDatabase",
                    allowed: "the name of a database",
                    fix: "Leave it out for the database itself.",
                    refused: ["", 5, null, true],
                },
                kmsKey("kmsKeyArn"),
                {
                    arg: "recoveryWindowInDays",
                    allowed: "0, or a whole number from 7 to 30 days",
                    fix: "0 deletes the secret for good at once.",
                    refused: [1, 6, 31, 7.5, -1, "30", null],
                },
                {
                    arg: "rotation",
                    allowed: "a group of arguments",
                    fix: "For example { afterDays: 30, network }.",
                    refused: notAGroup,
                },
                networkArg("rotation.network"),
                ...[
                    wholeNumber("rotation.afterDays", 1, 90, "days", "To rotate never, leave rotation out."),
                    logRetention("rotation.logRetentionInDays"),
                    subnets("rotation.network.privateSubnetIds", "one subnet id", [undefined, [], "subnet-1"]),
                ].map((row) => ({
                    ...row,
                    besides: { rotation },
                    refused: row.refused.filter((value) => value !== null),
                })),
                tags,
            ].map((row) => (row.arg.startsWith("rotation.") ? { besides: { rotation }, ...row } : row)),
        );
    });

    describe("of a DatabaseProxy", () => {
        const good = { network, database, credentials: [credential] };
        const secrets = "Pass the secrets of the applications' users.";
        refuses("DatabaseProxy", make(DatabaseProxy), good, [
            networkArg("network"),
            { arg: "network.vpcId", allowed: "the id of a VPC", fix: networkFix, refused: [undefined, "", null] },
            subnets("network.isolatedSubnetIds", "two subnet ids", [undefined, [], ["subnet-1"], [1, 2]]),
            databaseArg,
            {
                arg: "database.engine",
                allowed: '"aurora-postgresql", "aurora-mysql"',
                fix: "DatabaseProxy is for Aurora only.",
                refused: ["postgres", 17],
            },
            {
                arg: "credentials",
                allowed: "a list of at least one secret",
                fix: secrets,
                refused: [undefined, null, [], {}, credential.secretArn],
            },
            {
                arg: "credentials[0]",
                allowed: "a DbSecret, or the ARN of one like it",
                fix: "Pass a DbSecret, or the ARN of an existing secret.",
                refused: notAGroup,
            },
            {
                arg: "proxyName",
                allowed: "a letter, then letters, digits and single hyphens, at most 60 characters",
                fix: "Give one, where the component's name and the stack's do not make one.",
                refused: ["1shop", "shop_proxy", "shop-", "shop--x", "a".repeat(61), "", 5],
            },
            {
                arg: "iamAuthentication",
                allowed: '"Required", "Disabled"',
                fix: 'Leave it out for "Required".',
                refused: ["REQUIRED", "Enabled", true, "", null],
            },
            wholeNumber("idleTimeoutSeconds", 1, 28_800, "seconds", "Leave it out for 1800."),
            wholeNumber("maxConnectionsPercent", 1, 100, "percent", "Leave it out for 90."),
            {
                arg: "allowedSecurityGroupIds",
                allowed: "a group of arguments",
                fix: "For example { api: group.id }.",
                refused: notAGroup,
            },
            {
                arg: "allowedSecurityGroupIds.api",
                allowed: "the id of a security group",
                fix: "For example { api: group.id }.",
                refused: ["api", "", 5, null],
            },
            logRetention("logRetentionInDays"),
            kmsKey("kmsKeyArn"),
            tags,
        ]);
    });

    describe("of a MigrationBuild", () => {
        const directory = mkdtempSync(path.join(tmpdir(), "bad-input-"));
        const toolchain = path.join(directory, "toolchain.zip");
        before(() => writeFileSync(toolchain, ""));
        after(() => rmSync(directory, { recursive: true }));

        const good = { action: "Plan", network, database, credential, environmentName: "dev", toolchain };
        const endpointFix = 'Pass a Network made with egress "Endpoints", or choose another egress.';
        refuses("MigrationBuild", make(MigrationBuild), good, [
            {
                arg: "action",
                allowed: '"Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift"',
                fix: "Say what the build does.",
                refused: [undefined],
            },
            {
                arg: "action",
                allowed: '"Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift"',
                fix: "Make a build for each action.",
                refused: ["plan", "Apply", 5, true],
            },
            {
                arg: "tool",
                allowed: '"Liquibase", "Custom"',
                fix: 'Leave it out for "Liquibase".',
                refused: ["liquibase", "Flyway", "", 5, null],
            },
            networkArg("network"),
            { arg: "network.vpcId", allowed: "the id of a VPC", fix: networkFix, refused: [undefined, "", null] },
            subnets("network.privateSubnetIds", "one subnet id", [
                undefined,
                "subnet-1",
                [],
                [5],
                ["subnet-1", "subnet-1"],
                null,
            ]),
            databaseArg,
            ...parts("database", ["engine", "clusterIdentifier", "databaseName"], databaseArg.fix),
            reference(
                "credential",
                "a DbSecret, or the ARN of one like it",
                "Pass a DbSecret, or the ARN of an existing secret.",
            ),
            ...parts("credential", ["secretArn"], "Pass a DbSecret, or the ARN of an existing secret."),
            {
                arg: "environmentName",
                allowed: "1 to 32 letters, digits, hyphens and underscores",
                fix: "Shorten it.",
                refused: ["", "with space", "a".repeat(33), "-dev", 5],
            },
            {
                arg: "migrationsDirectory",
                allowed: "a directory inside the source, relative to its root",
                fix: 'For example "migrations".',
                refused: ["/migrations", "../migrations", "a/../b", "a//b", "", 5, null],
            },
            {
                arg: "toolchain",
                allowed: "the path of a ZIP archive that exists",
                fix: "Make it with `npm run toolchain`.",
                refused: ["missing.zip", __filename, "", 5],
            },
            wholeNumber("timeoutMinutes", 5, 2160, "minutes", "Leave it out for 60."),
            {
                arg: "computeType",
                allowed:
                    '"BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE", "BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE"',
                fix: "Leave it out for the smallest.",
                refused: ["SMALL", "small", "", 5, null],
            },
            {
                arg: "image",
                allowed: "the name of a build image",
                fix: "Leave it out for AWS's.",
                refused: ["", 5, null],
            },
            {
                arg: "egress",
                allowed: '"NatPerAz", "SingleNat", "Endpoints"',
                fix: "Take the network's.",
                refused: ["Nat", "", true, null],
            },
            ...["endpointSecurityGroupId", "s3PrefixListId"].map((id) => ({
                arg: `network.${id}`,
                allowed: "an id",
                fix: endpointFix,
                besides: {
                    egress: "Endpoints",
                    network: { ...network, endpointSecurityGroupId: "sg-1", s3PrefixListId: "pl-1" },
                },
                refused: [undefined, "", null],
            })),
            logRetention("logRetentionInDays"),
            kmsKey("kmsKeyArn"),
            ...loginArgs,
            ...bootstrapArgs,
            {
                arg: "customCommands",
                allowed: "a list of texts",
                fix: "Put it in brackets, even if it is one.",
                besides: { tool: "Custom" },
                refused: ["echo", {}, [1], null],
            },
            {
                arg: "customCommands",
                allowed: "at least one command",
                fix: "Give the commands that the build runs.",
                besides: { tool: "Custom" },
                refused: [[]],
            },
            {
                arg: "customCommands",
                allowed: 'nothing without tool "Custom"',
                fix: 'Leave it out, or set tool to "Custom".',
                refused: [["echo"]],
            },
            {
                arg: "rehearsal",
                allowed: "a group of arguments",
                fix: "For example { lockBudgetMilliseconds: 500 }.",
                besides: { action: "Rehearse" },
                refused: notAGroup,
            },
            {
                arg: "rehearsal",
                allowed: 'nothing without action "Rehearse"',
                fix: 'Leave it out, or set action to "Rehearse".',
                refused: [{}, { lockBudgetMilliseconds: 500 }],
            },
            {
                ...wholeNumber(
                    "rehearsal.lockBudgetMilliseconds",
                    0,
                    3_600_000,
                    "milliseconds",
                    "Leave it out for 1000.",
                ),
                besides: { action: "Rehearse" },
            },
            { ...kmsKey("rehearsal.clusterKmsKeyArn"), besides: { action: "Rehearse" } },
            {
                arg: "drift",
                allowed: "a group of arguments",
                fix: 'For example { schedule: "rate(1 day)", … }.',
                besides: { action: "Drift" },
                refused: notAGroup,
            },
            {
                arg: "drift",
                allowed: 'nothing without action "Drift"',
                fix: 'Leave it out, or set action to "Drift".',
                refused: [{}, { toolchainBucket: "artifacts" }],
            },
            {
                arg: "drift.schedule",
                allowed: "a schedule of EventBridge: rate(1 day), cron(0 5 * * ? *)",
                fix: "A rate is a number and minutes, hours or days; cron has six fields.",
                besides: { action: "Drift" },
                refused: ["daily", "rate(0 days)", "rate(1 week)", "cron(0 5 * * ?)", "", 5],
            },
            { ...kmsKey("drift.toolchainKmsKeyArn"), besides: { action: "Drift" } },
            {
                arg: "guards",
                allowed: "a group of arguments",
                fix: "For example { lockTimeoutMilliseconds: 2000 }.",
                besides: { action: "Deploy" },
                refused: notAGroup,
            },
            {
                arg: "guards",
                allowed: 'nothing but with action "Deploy" or "Rollback" and tool "Liquibase"',
                fix: "Leave it out: no other build changes the database by itself.",
                refused: [{}, { lockTimeoutMilliseconds: 500 }],
            },
            { ...flag("guards.snapshotBeforeDeploy"), besides: { action: "Deploy" } },
            {
                arg: "guards.snapshotBeforeDeploy",
                allowed: 'nothing but with action "Deploy"',
                fix: "Leave it out: a rollback goes back from what a deployment left.",
                besides: { action: "Rollback" },
                refused: [true],
            },
            { ...kmsKey("guards.clusterKmsKeyArn"), besides: { action: "Deploy" } },
            ...(
                [
                    ["lockTimeoutMilliseconds", 1, 600_000, "milliseconds", 5000],
                    ["statementTimeoutMilliseconds", 0, 86_400_000, "milliseconds", 0],
                    ["lockRetryBudgetSeconds", 0, 3600, "seconds", 120],
                    ["deploymentWaitSeconds", 0, 3600, "seconds", 300],
                ] as const
            ).map(([arg, least, greatest, unit, byDefault]) => ({
                ...wholeNumber(`guards.${arg}`, least, greatest, unit, `Leave it out for ${byDefault}.`),
                besides: { action: "Deploy" },
            })),
            tags,
        ]);
    });

    describe("of a DbPipeline", () => {
        const source = { provider: "GitHub", repository: "acme/orders" };
        const good = { source, builds: { deploy: build } };
        const s3 = { source: { provider: "S3", bucket: "my-bucket", objectKey: "source.zip" } };
        const nothing = (arg: string, provider: string, given: unknown): BadArg => ({
            arg: `source.${arg}`,
            allowed: `nothing with provider "${provider}"`,
            fix: "Leave it out.",
            besides: provider === "S3" ? s3 : {},
            refused: [given],
        });
        refuses("DbPipeline", make(DbPipeline), good, [
            reference(
                "source",
                "where the changes come from",
                'For example { provider: "GitHub", repository: "owner/name" }.',
            ),
            {
                arg: "source.provider",
                allowed: '"GitHub", "GitLab", "Bitbucket", "CodeCommit", "S3"',
                fix: "Choose where the migrations are kept.",
                refused: ["github", "Gitea", 5],
            },
            {
                arg: "source.repository",
                allowed: "owner/name",
                fix: "Give the name alone, not a URL.",
                refused: ["orders", "https://github.com/acme/orders", "acme/", "", 5, null],
            },
            { arg: "source.repository", allowed: "owner/name", fix: "Name the repository.", refused: [undefined] },
            {
                arg: "source.branch",
                allowed: "the name of one branch",
                fix: "Give a name, not a pattern.",
                refused: ["release/*", "a b", "", 5, null],
            },
            {
                arg: "source.connectionArn",
                allowed: "the ARN of a CodeConnections connection",
                fix: "Copy it from the console: Developer Tools, Settings, Connections.",
                refused: ["my-connection", "arn:aws:s3:::bucket", "", 5, null],
            },
            {
                arg: "source.filePaths",
                allowed: "a list of texts",
                fix: "Put it in brackets, even if it is one.",
                refused: ["migrations/**", [5], {}, null],
            },
            {
                arg: "source.filePaths",
                allowed: "1 to 8 glob patterns",
                fix: "Merge patterns, or leave it out for the migrations directory.",
                refused: [[], Array.from({ length: 9 }, (_, index) => `${index}/**`)],
            },
            nothing("bucket", "GitHub", "my-bucket"),
            nothing("objectKey", "GitHub", "source.zip"),
            nothing("repository", "S3", "acme/orders"),
            nothing("branch", "S3", "main"),
            nothing("filePaths", "S3", ["migrations/**"]),
            {
                arg: "source.bucket",
                allowed: "the name of a bucket that keeps versions",
                fix: "Name the bucket.",
                besides: s3,
                refused: [undefined, "", 5, null],
            },
            {
                arg: "source.objectKey",
                allowed: "the key of a ZIP archive in the bucket",
                fix: "Name the archive.",
                besides: s3,
                refused: [undefined, "", 5, null],
            },
            reference("builds", "builds, one of them deploy", "For example { plan, deploy, rollback }."),
            reference("builds.deploy", "a MigrationBuild, or what it has", "Pass a MigrationBuild."),
            {
                arg: "builds.plan",
                allowed: "a MigrationBuild, or what it has",
                fix: "Pass a MigrationBuild.",
                refused: notAGroup,
            },
            ...parts("builds.deploy", ["projectName", "projectArn", "roleName", "toolchain"], "Pass a MigrationBuild."),
            {
                arg: "approval",
                allowed: "a group of arguments",
                fix: "{} asks for approval in the console alone.",
                refused: notAGroup,
            },
            ...emails("approval.emails"),
            wholeNumber("approval.timeoutMinutes", 5, 86400, "minutes", "Leave it out for a week."),
            wholeNumber("artifactRetentionDays", 1, 3650, "days", "Leave it out for 90 days."),
            logRetention("logRetentionInDays"),
            flag("accessLog"),
            {
                arg: "accessLogBucket",
                allowed: "the name of a bucket",
                fix: "Leave it out for one of its own.",
                refused: ["", 5, null],
            },
            {
                arg: "accessLogBucket",
                allowed: "nothing while accessLog is false",
                fix: "Leave it out, or leave accessLog out.",
                besides: { accessLog: false },
                refused: ["my-logs"],
            },
            wholeNumber("accessLogRetentionDays", 1, 3650, "days", "Leave it out for 365 days."),
            {
                arg: "accessLogRetentionDays",
                allowed: "nothing with accessLogBucket, which keeps its objects by rules of its own",
                fix: "Leave one of them out.",
                besides: { accessLogBucket: "my-logs" },
                refused: [90],
            },
            flag("forceDestroy"),
            kmsKey("kmsKeyArn"),
            tags,
        ]);
    });

    describe("of Operations", () => {
        const pipeline = {
            pipelineName: "orders",
            pipelineArn: "arn:aws:codepipeline:eu-central-1:123456789012:orders",
        };
        const threshold = (name: string, min: number, max: number, unit: string, preset: number): BadArg => ({
            ...wholeNumber(`thresholds.${name}`, min, max, unit, `Leave it out for ${preset}.`),
        });
        refuses("Operations", make(Operations), { pipeline, builds: { deploy: build }, database }, [
            reference("pipeline", "a DbPipeline, or what it has", "Pass a DbPipeline."),
            ...parts("pipeline", ["pipelineName", "pipelineArn"], "Pass a DbPipeline."),
            reference("builds", "builds, one of them deploy", "For example { plan, deploy, rollback }."),
            {
                arg: "drift",
                allowed: "a MigrationBuild, or what it has",
                fix: "Pass a MigrationBuild.",
                refused: notAGroup,
            },
            databaseArg,
            {
                arg: "credentials",
                allowed: "a group of arguments",
                fix: "For example { administrator: secret }.",
                refused: notAGroup,
            },
            {
                arg: "credentials",
                allowed: "names of 1 to 32 lower-case letters, digits and hyphens",
                fix: "For example { administrator: secret }.",
                refused: [{ Administrator: credential }],
                shown: '"Administrator"',
            },
            {
                arg: "credentials.administrator",
                allowed: "a DbSecret, or the ARN of one like it",
                fix: "Pass a DbSecret, or the ARN of an existing secret.",
                refused: notAGroup,
            },
            ...emails("notificationEmails"),
            {
                arg: "chatChannelArn",
                allowed: "the ARN of a channel (arn:aws:chatbot::<account>:chat-configuration/slack-channel/<name>)",
                fix: "Configure the channel in Amazon Q Developer in chat applications first.",
                refused: ["#oncall", "arn:aws:sns:eu-central-1:123456789012:oncall", "", 5, null],
            },
            ...["notifySuccess", "alarms", "databaseEvents", "dashboard"].map(flag),
            {
                arg: "thresholds",
                allowed: "a group of arguments",
                fix: "For example { cpuPercent: 80 }.",
                refused: notAGroup,
            },
            {
                arg: "thresholds",
                allowed: "nothing while alarms is false",
                fix: "Leave it out, or leave alarms out.",
                besides: { alarms: false },
                refused: [{ cpuPercent: 80 }],
            },
            threshold("capacityPercent", 1, 100, "percent", 90),
            threshold("cpuPercent", 1, 100, "percent", 90),
            threshold("freeMemoryMiB", 1, 1_048_576, "MiB", 256),
            threshold("connections", 1, 16_000, "connections", 300),
            threshold("replicaLagMilliseconds", 1, 3_600_000, "milliseconds", 2000),
            threshold("deadlocksPerMinute", 0, 10_000, "a minute", 0),
            threshold("buildMinutes", 1, 2160, "minutes", 30),
            {
                arg: "backup",
                allowed: "a group of arguments",
                fix: "For example { retentionInDays: 35 }.",
                refused: notAGroup,
            },
            wholeNumber("backup.retentionInDays", 1, 3650, "days", "Leave it out for 35."),
            {
                arg: "backup.schedule",
                allowed: "a schedule such as cron(0 5 * * ? *) or rate(12 hours)",
                fix: "Leave it out for every day at 5 o'clock UTC.",
                refused: ["daily", "0 5 * * *", "cron(5)", "", 5, null],
            },
            wholeNumber(
                "backup.lockFinalAfterDays",
                3,
                36_500,
                "days",
                "Leave it out for a lock that can be taken off.",
            ),
            kmsKey("kmsKeyArn"),
            tags,
        ]);
    });

    it("are tried for every arg of every component in the schema", () => {
        const file = path.join(__dirname, "..", "..", "components", "schema.json");
        const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
            resources: Record<string, { inputProperties: object }>;
        };
        for (const [token, { inputProperties }] of Object.entries(resources)) {
            const tried = covered[token.split(":").at(-1) as string] ?? new Set();
            assert.deepEqual(
                Object.keys(inputProperties).filter((arg) => !tried.has(arg)),
                [],
                token,
            );
        }
    });
});
