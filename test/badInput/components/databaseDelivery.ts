import { DatabaseDelivery } from "../../../components";
import { approvalRiskNames } from "../../../components/approvalRisks";
import { wordsAllowed } from "../../../components/optionRow";
import { DeliveryTool } from "../../../components/contract";
import { roleData } from "../../../components/databaseRoles";
import { lintFloorAllowed } from "../../../components/lintRules";
import { credential, database, network } from "../../support/references";
import { archiveForSuite } from "../../support/toolchain";
import {
    emails,
    flag,
    kmsKey,
    logRetention,
    notAGroup,
    optionalCredential,
    reference,
    secretFix,
    tags,
    wholeNumber,
} from "../given";
import type { BadArg, Trial } from "../support";

const source = { provider: "GitHub", repository: "acme/orders" };
/** Instead of an existing cluster. */
const given = { clusterIdentifier: undefined, database, administrator: credential };
const text = (arg: string, allowed: string, fix: string): BadArg => ({ arg, allowed, fix, refused: ["", 5, null] });
const roleName = (arg: string, fix: string): BadArg => ({
    arg,
    allowed:
        "a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL reserves",
    fix,
    refused: ["app-user", "*", "pg_x", "", 5],
});

export const databaseDeliveryTrial: Trial = {
    component: DatabaseDelivery,
    good: () => ({
        clusterIdentifier: "orders",
        network,
        source,
        environmentName: "dev",
        toolchain: archiveForSuite(),
    }),
    table: [
        text("clusterIdentifier", "the identifier of a cluster", "Name the cluster."),
        {
            arg: "clusterIdentifier",
            allowed: "the identifier of a cluster, without database",
            fix: "Give one of the two.",
            refused: [undefined],
        },
        {
            arg: "clusterIdentifier",
            allowed: "nothing with database",
            fix: "Give one of the two.",
            besides: given,
            refused: ["orders"],
        },
        {
            arg: "database",
            allowed: "an AuroraCluster, or what it has",
            fix: "Pass an AuroraCluster, or what is known of an existing one.",
            besides: given,
            refused: notAGroup,
        },
        {
            arg: "engine",
            allowed: '"aurora-postgresql", "aurora-mysql"',
            fix: 'Leave it out for "aurora-postgresql".',
            refused: ["postgres", "", 5, null],
        },
        {
            arg: "database.engine",
            allowed: '"aurora-mysql", as engine',
            fix: "Give the database's engine as engine too.",
            besides: { ...given, engine: "aurora-mysql" },
            refused: ["aurora-postgresql"],
        },
        text("databaseName", "the name of a database", "Give it, or leave it out."),
        text("securityGroupId", "the id of a security group", "Give it, or leave it out."),
        ...["databaseName", "securityGroupId"].map((arg) => ({
            arg,
            allowed: "nothing with database, which has it",
            fix: "Leave it out.",
            besides: given,
            refused: ["x"],
        })),
        optionalCredential("administrator"),
        {
            arg: "administrator",
            allowed: "the credential of the cluster's master user, with database",
            fix: secretFix,
            besides: given,
            refused: [undefined],
        },
        {
            arg: "rehearsal",
            allowed: '"aurora-postgresql", with a rehearsal',
            fix: "Leave it out: there is no rehearsal for Aurora MySQL.",
            besides: { engine: "aurora-mysql" },
            refused: [{}],
        },
        reference("network", "a Network, or ids as it has them", "Pass a Network, or the ids of an existing VPC."),
        {
            arg: "network.endpointSecurityGroupId",
            allowed: "an id",
            fix: 'Pass a Network made with egress "Endpoints", or choose another egress.',
            besides: { egress: "Endpoints", network: { ...network, s3PrefixListId: "pl-1" } },
            refused: [undefined],
        },
        {
            arg: "egress",
            allowed: '"NatPerAz", "SingleNat", "Endpoints"',
            fix: "Take the network's.",
            refused: ["Nat", "", 5, null],
        },
        reference(
            "source",
            "where the changes come from",
            'For example { provider: "GitHub", repository: "owner/name" }.',
        ),
        { arg: "source.repository", allowed: "owner/name", fix: "Name the repository.", refused: [undefined] },
        {
            arg: "tool",
            allowed: Object.values(DeliveryTool)
                .map((tool) => JSON.stringify(tool))
                .join(", "),
            fix: "Make a MigrationBuild for each action to use another.",
            refused: ["Custom", "liquibase", "", 5, null],
        },
        {
            arg: "migrationsDirectory",
            allowed: "a directory inside the source, relative to its root",
            fix: 'For example "migrations".',
            refused: ["/migrations", "../migrations", "", 5, null],
        },
        {
            arg: "environmentName",
            allowed: "1 to 100 letters, digits, hyphens and underscores",
            fix: "Shorten it.",
            refused: ["", "a b", "x".repeat(101), 5],
        },
        {
            arg: "users",
            allowed: "a group of arguments",
            fix: 'For example { extensions: ["pg_trgm"] }.',
            refused: notAGroup,
        },
        {
            arg: "users.extensions",
            allowed: '"aurora-postgresql", with such roles',
            fix: "Leave it out: create them as the administrator.",
            besides: { engine: "aurora-mysql" },
            refused: [["pg_trgm"]],
        },
        {
            arg: "users.auth",
            allowed: '"Secret", "Iam"',
            fix: 'Leave it out for "Secret".',
            refused: ["IAM", "", 5, null],
        },
        roleName("users.ownerRole", "Give one, of at most 63 characters."),
        roleName("users.migratorName", "Change it."),
        roleName("users.plannerName", "Change it."),
        {
            arg: "users",
            allowed: "a name of its own for each role",
            fix: "Change one: they have different privileges.",
            refused: [{ ownerRole: "a", migratorName: "m", plannerName: "m" }],
            shown: '["a","m","m"]',
        },
        ...(["extensions", "groupRoles", "applicationUsers", "takeOverFrom"] as const).map((key): BadArg => ({
            arg: `users.${key}`,
            allowed: roleData[key].allowed,
            fix: `For example ${roleData[key].example}.`,
            refused: ["shop", {}, [5], [null]],
        })),
        {
            arg: "users.applicationUsers",
            allowed: "names that no other role has, and groups that are in groupRoles",
            fix: "Correct these: shop is a member of none, which is not a group role.",
            refused: [[{ name: "shop", memberOf: ["none"] }]],
        },
        wholeNumber("rotationDays", 0, 90, "days", "0 turns rotation off."),
        {
            arg: "recoveryWindowInDays",
            allowed: "0, or a whole number from 7 to 30 days",
            fix: "0 deletes the secret for good at once.",
            refused: [1, 31, 7.5, "30", null],
        },
        flag("approval"),
        ...emails("approvalEmails"),
        {
            arg: "approvalFor",
            allowed: wordsAllowed(approvalRiskNames),
            fix: "Leave it out for every plan.",
            refused: [["risky"], ["code", "code"], "code", 5, [5], null],
        },
        {
            arg: "approvalFor",
            allowed: "nothing while approval is false, or with rehearsal, whose result a person reads",
            fix: "Leave it out.",
            besides: { approval: false },
            refused: [["code"]],
        },
        wholeNumber("bakeMinutes", 1, 1440, "minutes", "Leave it out to watch no alarm."),
        {
            arg: "bakeMinutes",
            allowed: "nothing while alarms is false, unless bakeAlarms names others",
            fix: "Add bakeAlarms, or leave alarms out.",
            besides: { alarms: false },
            refused: [15],
        },
        {
            arg: "bakeAlarms",
            allowed: "a list of texts",
            fix: "Use a list, even for a single value.",
            besides: { bakeMinutes: 15 },
            refused: ["api-errors", {}, [1], null],
        },
        {
            arg: "bakeAlarms",
            allowed: "the names of 1 to 5 metric alarms",
            fix: "Combine further metrics in one alarm by metric math.",
            besides: { bakeMinutes: 15 },
            refused: [[], ["a", "b", "c", "d", "e", "f"]],
        },
        {
            arg: "bakeAlarms",
            allowed: "nothing without bakeMinutes",
            fix: "Add bakeMinutes, or leave it out.",
            refused: [["api-errors"]],
        },
        {
            arg: "rehearsal",
            allowed: "a group of arguments",
            fix: "{} rehearses with the defaults.",
            refused: notAGroup,
        },
        {
            ...wholeNumber("rehearsal.lockBudgetMilliseconds", 0, 3_600_000, "milliseconds", "Leave it out for 1000."),
            besides: { rehearsal: {} },
        },
        kmsKey("rehearsal.clusterKmsKeyArn"),
        {
            arg: "guards",
            allowed: "a group of arguments",
            fix: "For example { lockTimeoutMilliseconds: 2000 }.",
            refused: notAGroup,
        },
        wholeNumber("guards.lockTimeoutMilliseconds", 1, 600_000, "milliseconds", "Leave it out for 5000."),
        kmsKey("guards.clusterKmsKeyArn"),
        flag("allowCode"),
        {
            arg: "lintFloor",
            allowed: lintFloorAllowed,
            fix: 'For example { locking: "warning", "ban-drop-table": "error" }.',
            refused: ["error", [], { locking: "fatal" }, 5, null],
        },
        {
            arg: "driftSchedule",
            allowed: "never, or a schedule of EventBridge: rate(1 day), cron(0 5 * * ? *)",
            fix: "A rate is a number and minutes, hours or days; cron has six fields.",
            refused: ["daily", "rate(0 days)", "", 5, null],
        },
        ...emails("notificationEmails"),
        {
            arg: "chatChannelArn",
            allowed: "the ARN of a channel (arn:aws:chatbot::<account>:chat-configuration/slack-channel/<name>)",
            fix: "Configure the channel in Amazon Q Developer in chat applications first.",
            refused: ["#oncall", "", 5, null],
        },
        ...["notifySuccess", "alarms", "databaseEvents", "dashboard", "accessLog", "forceDestroy"].map(flag),
        wholeNumber("vaultRetentionDays", 1, 3650, "days", "Leave it out for no vault."),
        logRetention("logRetentionInDays"),
        kmsKey("kmsKeyArn"),
        {
            arg: "toolchain",
            allowed: "the path of a ZIP archive that exists",
            fix: "Build it with `npm run toolchain`.",
            refused: ["missing.zip", "", 5, null],
        },
        tags,
    ],
};
