import * as fs from "node:fs";
import { authRules, needsCredential } from "./auth";
import { bootstrapRules, bootstrapShape } from "./bootstrap";
import { driftRules } from "./drift";
import { reportName } from "./buildSpec";
import { guardRules } from "./guards";
import { type MigrationBuildArgs, Tool } from "./args";
import { Action } from "../contract";
import { Egress } from "../network";
import { groupExample, optionRules } from "./options";
import { rehearsalRules } from "./rehearsal";
import {
    credentialRules,
    databaseRules,
    listOfTexts,
    networkRules,
    optionalGroup,
    tagsRule,
    text,
} from "../shared/shape";
import { nameLimits, nameRule } from "../shared/names";
import { kmsKey, logRetention, matching, oneOf, required, type Rule, wholeNumber } from "../shared/validation";

const computeTypes = ["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map((size) => `BUILD_GENERAL1_${size}`);

/** Type checks of the args; the rules below rely on them. */
export function migrationBuildShape(args: MigrationBuildArgs): Rule[] {
    return [
        ...networkRules("network", args.network, "privateSubnetIds"),
        ...databaseRules("database", args.database),
        ...(needsCredential(args) ? credentialRules("credential", args.credential) : []),
        ...bootstrapShape(args.bootstrap),
        text(
            "toolchain",
            args.toolchain,
            "the path of a ZIP archive that exists",
            "Build it with `npm run toolchain`.",
        ),
        text("image", args.image, "the name of a build image", "Leave it out for AWS's."),
        listOfTexts("customCommands", args.customCommands),
        optionalGroup("rehearsal", args.rehearsal, `For example ${groupExample("rehearsal")}.`),
        optionalGroup("drift", args.drift, 'For example { schedule: "rate(1 day)", … }.'),
        optionalGroup("guards", args.guards, `For example ${groupExample("guards")}.`),
        tagsRule(args.tags),
    ];
}

export function migrationBuildRules(name: string, args: MigrationBuildArgs, toolchain: string | undefined): Rule[] {
    const { customCommands = [], network } = args;
    const endpoints = args.egress === Egress.Endpoints;
    const custom = args.tool === Tool.Custom;
    const endpointFix = 'Pass a Network made with egress "Endpoints", or choose another egress.';
    return [
        nameRule(name, nameLimits.reportGroup - `-${reportName}`.length),
        required(
            "action",
            args.action,
            Object.values(Action)
                .map((action) => JSON.stringify(action))
                .join(", "),
            "Set it to the action that the build runs.",
        ),
        oneOf("action", args.action, Object.values(Action), "Make a build for each action."),
        oneOf("tool", args.tool, Object.values(Tool), 'Leave it out for "Liquibase".'),
        {
            arg: "image",
            kind: "Missing",
            given: args.image,
            valid: !((custom || args.tool === Tool.Command) && endpoints) || args.image !== undefined,
            allowed: `an image that has your tool, with tool "${args.tool}" and egress "Endpoints"`,
            fix: "A build without internet access cannot install it: make a BuildImage, or choose an egress with NAT.",
        },
        {
            arg: "customCommands",
            kind: custom ? "Missing" : "Conflict",
            given: customCommands,
            valid: custom === customCommands.length > 0,
            allowed: custom ? "at least one command" : 'nothing without tool "Custom"',
            fix: custom ? "Give the commands that the build runs." : 'Leave it out, or set tool to "Custom".',
        },
        matching(
            "environmentName",
            args.environmentName ?? "",
            /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
            "1 to 100 letters, digits, hyphens and underscores",
            "Shorten it.",
        ),
        matching(
            "migrationsDirectory",
            args.migrationsDirectory,
            /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/,
            "a directory inside the source, relative to its root",
            'For example "migrations".',
        ),
        {
            arg: "toolchain",
            kind: "Missing",
            given: toolchain,
            valid: toolchain !== undefined && toolchain.endsWith(".zip") && fs.existsSync(toolchain),
            allowed: "the path of a ZIP archive that exists",
            fix: "Build it with `npm run toolchain`.",
        },
        wholeNumber(
            "timeoutMinutes",
            args.timeoutMinutes,
            { min: 5, max: 2160, unit: "minutes" },
            "Leave it out for 60.",
        ),
        oneOf("computeType", args.computeType, computeTypes, "Leave it out for the smallest."),
        oneOf("egress", args.egress, Object.values(Egress), "Take the network's."),
        ...(endpoints
            ? [
                  required("network.endpointSecurityGroupId", network.endpointSecurityGroupId, "an id", endpointFix),
                  required("network.s3PrefixListId", network.s3PrefixListId, "an id", endpointFix),
              ]
            : []),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
        ...authRules(args),
        ...bootstrapRules(args),
        ...rehearsalRules(args),
        ...driftRules(args),
        ...guardRules(args),
        ...optionRules(args),
    ];
}
