import * as pulumi from "@pulumi/pulumi";
import type { DbPipelineArgs } from "./args";
import { toolchainPrefix } from "./artifactStore";
import { plansAgain } from "./stages";
import { mostRules } from "./conditions";
import { windowRules } from "../codeBuild/windowRules";
import { cronAllowed } from "../cronWindow";
import { type BuildRef, buildsByAction } from "../references";
import { sourceRules } from "./source";
import { recordPrefix } from "../contract";
import { artifactPrefix } from "../shared/artifactStatements";
import { nameLimits, nameRule } from "../shared/names";
import { emailRules } from "../shared/notifications";
import {
    flag,
    flags,
    isGroup,
    listOfTexts,
    optionalGroup,
    pipelineBuildsRules,
    reference,
    tagsRule,
    text,
} from "../shared/shape";
import { kindOf, kmsKey, logRetention, type Rule, wholeNumber } from "../shared/validation";

/** Type checks of the args; the rules below rely on them. */
export function dbPipelineShape(args: DbPipelineArgs): Rule[] {
    const { source, approval, accessLogBucket } = args;
    const builds: unknown = args.builds;
    return [
        ...reference("source", source, {
            parts: ["provider"],
            allowed: "where the changes come from",
            fix: 'For example { provider: "GitHub", repository: "owner/name" }.',
        }),
        ...(isGroup(source) ? [listOfTexts("source.filePaths", source.filePaths)] : []),
        ...pipelineBuildsRules("builds", builds),
        optionalGroup("approval", approval, "{} asks for approval in the console alone."),
        ...(isGroup(approval)
            ? [listOfTexts("approval.emails", approval.emails), flag("approval.byRisk", approval.byRisk)]
            : []),
        optionalGroup("deploymentWindow", args.deploymentWindow, 'For example { cron: "* * 9-16 ? * MON-THU" }.'),
        ...(isGroup(args.deploymentWindow)
            ? reference("deploymentWindow", args.deploymentWindow, {
                  parts: ["cron"],
                  allowed: cronAllowed,
                  fix: 'For example { cron: "* * 9-16 ? * MON-THU" }.',
              })
            : []),
        optionalGroup("bake", args.bake, 'For example { minutes: 15, alarmNames: ["api-errors"] }.'),
        ...(isGroup(args.bake)
            ? reference("bake", args.bake, {
                  parts: ["minutes", "alarmNames"],
                  allowed: "minutes, and the names of alarms",
                  fix: 'For example { minutes: 15, alarmNames: ["api-errors"] }.',
              })
            : []),
        ...flags(args, "accessLog", "forceDestroy"),
        text("accessLogBucket", accessLogBucket, "the name of a bucket", "Leave it out to create one."),
        tagsRule(args.tags),
    ];
}

export function dbPipelineRules(name: string, args: DbPipelineArgs): Rule[] {
    return [
        nameRule(name, nameLimits.pipeline),
        {
            arg: "name",
            kind: "Conflict",
            given: name,
            // Artifacts are stored below the name and expire, while objects below these prefixes do not.
            valid: ![recordPrefix, toolchainPrefix].includes(artifactPrefix(name)),
            allowed: "a name that is not reserved in the artifact bucket",
            fix: "Change it.",
        },
        ...sourceRules(args.source),
        wholeNumber(
            "approval.timeoutMinutes",
            args.approval?.timeoutMinutes,
            { min: 5, max: 86400, unit: "minutes" },
            "Leave it out for a week.",
        ),
        ...emailRules("approval.emails", args.approval?.emails),
        ...windowRules({
            cron: ["deploymentWindow.cron", args.deploymentWindow?.cron],
            timeZone: ["deploymentWindow.timeZone", args.deploymentWindow?.timeZone],
        }),
        ...bakeRules(args.bake),
        wholeNumber(
            "artifactRetentionDays",
            args.artifactRetentionDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for 90 days.",
        ),
        ...accessLogRules(args),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        {
            arg: "builds.rehearse",
            kind: "Conflict",
            given: args.builds.rehearse && "a build",
            valid: args.builds.rehearse === undefined || args.builds.plan !== undefined,
            allowed: "nothing without builds.plan",
            fix: "Add the build that plans: its plan is what is rehearsed.",
        },
        {
            arg: "approval.byRisk",
            kind: "Conflict",
            given: args.approval?.byRisk,
            valid: !args.approval?.byRisk || (args.builds.plan !== undefined && args.builds.rehearse === undefined),
            allowed: "true only with builds.plan, and without builds.rehearse, whose result a person reads",
            fix: "Leave it out, or change the builds.",
        },
        ...planRules(args),
        ...ownProjectRules(args.builds),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

/** The builds of the plans that an approval or a rehearsal needs: neither missing nor left over. */
function planRules({ builds, approval }: DbPipelineArgs): Rule[] {
    const needed = plansAgain({
        plan: builds.plan !== undefined,
        rollback: builds.rollback !== undefined,
        approval: approval !== undefined,
        rehearse: builds.rehearse !== undefined,
    });
    return (["rollbackPlan", "deployPlan"] as const).map((plan): Rule => {
        const given = builds[plan];
        return {
            arg: `builds.${plan}`,
            kind: needed[plan] ? "Missing" : "Conflict",
            given: given && "a build",
            valid: needed[plan] === (given !== undefined),
            allowed: needed[plan]
                ? "a build that plans, with its own project and role"
                : plan === "rollbackPlan"
                  ? "nothing without builds.plan, builds.rollback and approval"
                  : "nothing without builds.plan, and approval or builds.rehearse",
            fix: needed[plan] ? "Add a MigrationBuild with action Plan." : "Leave it out.",
        };
    });
}

/** A project that two actions shared could write the artifacts of both. */
function ownProjectRules(builds: DbPipelineArgs["builds"]): Rule[] {
    const named = Object.entries(buildsByAction(builds)).filter(([, build]) => build !== undefined);
    return named.map(([action, build], index): Rule => {
        const same = named.slice(0, index).find(([, other]) => sameProject(build, other));
        return {
            arg: "builds",
            kind: "Conflict",
            given: same && `one project for ${same[0]} and ${action}`,
            valid: same === undefined,
            allowed: "a project for each build: its role may write only the artifact of its own action",
            fix: "Make a MigrationBuild for each.",
        };
    });
}

function sameProject(one: BuildRef, other: BuildRef): boolean {
    return one === other || one.projectName === other.projectName;
}

function bakeRules(bake: DbPipelineArgs["bake"]): Rule[] {
    return bake === undefined
        ? []
        : [
              wholeNumber("bake.minutes", bake.minutes, bakeMinutes, "15 is a good start."),
              alarmCountRule("bake.alarmNames", bake.alarmNames),
          ];
}

/** Minutes that alarms can be watched after a deployment. */
export const bakeMinutes = { min: 1, max: 1440, unit: "minutes" };

/** CodePipeline takes a rule for each alarm, and few of them. */
export function alarmCountRule(arg: string, given: unknown): Rule {
    const names = Array.isArray(given) ? (given as unknown[]) : [];
    return {
        arg,
        kind: Array.isArray(given) ? "OutOfRange" : kindOf(given),
        given,
        valid: names.length >= 1 && names.length <= mostRules && names.every((name) => name !== ""),
        allowed: `the names of 1 to ${mostRules} metric alarms`,
        fix: "Combine further metrics in one alarm by metric math.",
    };
}

function accessLogRules({ accessLog, accessLogBucket, accessLogRetentionDays }: DbPipelineArgs): Rule[] {
    const off = accessLog === false;
    const only = (arg: string, given: unknown): Rule => ({
        arg,
        kind: "Conflict",
        given: pulumi.Output.isInstance(given) ? "an Output" : given,
        valid: !off || given === undefined,
        allowed: "nothing while accessLog is false",
        fix: "Leave it out, or leave accessLog out.",
    });
    return [
        only("accessLogBucket", accessLogBucket),
        only("accessLogRetentionDays", accessLogRetentionDays),
        wholeNumber(
            "accessLogRetentionDays",
            accessLogRetentionDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for 365 days.",
        ),
        {
            arg: "accessLogRetentionDays",
            kind: "Conflict",
            given: accessLogRetentionDays,
            valid: accessLogBucket === undefined || accessLogRetentionDays === undefined,
            allowed: "nothing with accessLogBucket, which has its own lifecycle rules",
            fix: "Leave one of them out.",
        },
    ];
}
