import { MigrationBuild } from "../../../components";
import { approvalRiskNames } from "../../../components/approvalRisks";
import { wordsAllowed } from "../../../components/optionRow";
import { lintFloorAllowed } from "../../../components/lintRules";
import { numberRows } from "../../support/optionRows";
import { credential, database, network } from "../../support/references";
import { archiveForSuite } from "../../support/toolchain";
import {
    credentialArg,
    cron,
    databaseArg,
    flag,
    kmsKey,
    logRetention,
    networkArg,
    networkFix,
    notAGroup,
    parts,
    secretFix,
    subnets,
    tags,
    timeZone,
    wholeNumber,
} from "../given";
import type { Trial } from "../support";
import { bootstrapArgs, loginArgs, rehearsing } from "./migrationBuildUsers";

const endpointFix = 'Pass a Network made with egress "Endpoints", or choose another egress.';

export const migrationBuildTrial: Trial = {
    component: MigrationBuild,
    good: () => ({
        ...{ action: "Plan", network, database, credential, environmentName: "dev" },
        toolchain: archiveForSuite(),
    }),
    table: [
        {
            arg: "action",
            allowed: '"Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback", "Drift"',
            fix: "Set it to the action that the build runs.",
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
            allowed: '"Liquibase", "Flyway", "Sql", "Command", "Custom"',
            fix: 'Leave it out for "Liquibase".',
            refused: ["liquibase", "flyway", "", 5, null],
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
        credentialArg("credential"),
        ...parts("credential", ["secretArn"], secretFix),
        kmsKey("credential.kmsKeyArn"),
        {
            arg: "environmentName",
            allowed: "1 to 100 letters, digits, hyphens and underscores",
            fix: "Shorten it.",
            refused: ["", "with space", "a".repeat(101), "-dev", 5],
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
            fix: "Build it with `npm run toolchain`.",
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
            arg: "image",
            allowed: 'an image that has your tool, with tool "Custom" and egress "Endpoints"',
            fix: "A build without internet access cannot install it: make a BuildImage, or choose an egress with NAT.",
            besides: {
                tool: "Custom",
                customCommands: ["tool up"],
                egress: "Endpoints",
                network: { ...network, endpointSecurityGroupId: "sg-1", s3PrefixListId: "pl-1" },
            },
            refused: [undefined],
        },
        {
            arg: "image",
            allowed: 'an image that has your tool, with tool "Command" and egress "Endpoints"',
            fix: "A build without internet access cannot install it: make a BuildImage, or choose an egress with NAT.",
            besides: {
                tool: "Command",
                egress: "Endpoints",
                network: { ...network, endpointSecurityGroupId: "sg-1", s3PrefixListId: "pl-1" },
            },
            refused: [undefined],
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
            fix: "Use a list, even for a single value.",
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
        { ...flag("allowCode"), besides: { action: "Plan" } },
        {
            arg: "allowCode",
            allowed: 'nothing but with action "Plan", "Rehearse", "Deploy" or "Rollback", and not with tool "Custom"',
            fix: "Leave it out: no other build reads a changelog.",
            besides: { tool: "Custom", customCommands: ["echo"] },
            refused: [true],
        },
        {
            arg: "rehearsal",
            allowed: "a group of arguments",
            fix: "For example { lockBudgetMilliseconds: 500 }.",
            besides: rehearsing,
            refused: notAGroup,
        },
        {
            arg: "rehearsal",
            allowed: 'nothing without action "Rehearse"',
            fix: 'Leave it out, or set action to "Rehearse".',
            refused: [{}, { lockBudgetMilliseconds: 500 }],
        },
        {
            ...wholeNumber("rehearsal.lockBudgetMilliseconds", 0, 3_600_000, "milliseconds", "Leave it out for 1000."),
            besides: rehearsing,
        },
        { ...kmsKey("rehearsal.clusterKmsKeyArn"), besides: rehearsing },
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
            arg: "approvalFor",
            allowed: wordsAllowed(approvalRiskNames),
            fix: "Leave it out for every plan.",
            refused: [["risky"], ["code", "code"], "code", 5, [5], null],
        },
        {
            arg: "lintFloor",
            allowed: lintFloorAllowed,
            fix: 'For example { locking: "warning", "ban-drop-table": "error" }.',
            besides: { action: "Plan" },
            refused: ["locking", 1, null, ["locking"], { lock: "warning" }, { locking: 1 }, { locking: "fatal" }],
        },
        {
            arg: "lintFloor",
            allowed: 'nothing but with action "Plan" or "Deploy", and not with tool "Custom"',
            fix: "Leave it out: no other build lints.",
            besides: { action: "Rollback" },
            refused: [{}, { locking: "warning" }],
        },
        {
            arg: "guards",
            allowed: "a group of arguments",
            fix: "For example { lockTimeoutMilliseconds: 2000 }.",
            besides: { action: "Deploy" },
            refused: notAGroup,
        },
        {
            arg: "guards",
            allowed:
                'nothing but with action "Deploy" or "Rollback", and not with tool "Custom"; with action "Plan", deploymentWaitSeconds alone',
            fix: "Leave it out: no other build changes the database.",
            refused: [{}, { lockTimeoutMilliseconds: 500 }],
        },
        { ...flag("guards.snapshotBeforeDeploy"), besides: { action: "Deploy" } },
        {
            arg: "guards.snapshotBeforeDeploy",
            allowed: 'nothing but with action "Deploy"',
            fix: "Leave it out: a rollback reverts a deployment that may have taken one.",
            besides: { action: "Rollback" },
            refused: [true],
        },
        cron("guards.deploymentWindow", { action: "Deploy" }),
        timeZone("guards.deploymentWindowTimeZone", {
            action: "Deploy",
            guards: { deploymentWindow: "* * 9-16 ? * MON-THU" },
        }),
        { ...kmsKey("guards.clusterKmsKeyArn"), besides: { action: "Deploy" } },
        ...numberRows("guards").flatMap(([, { arg, range, unit, default: byDefault }]) =>
            arg === undefined
                ? []
                : {
                      ...wholeNumber(arg, ...range, unit, `Leave it out for ${byDefault}.`),
                      besides: { action: "Deploy" },
                  },
        ),
        tags,
    ],
};
