import type * as pulumi from "@pulumi/pulumi";
import type { MigrationBuildArgs } from "../codeBuild/args";
import type { DriftArgs } from "../codeBuild/drift";
import { Action } from "../contract";
import { MigrationBuild } from "../migrationBuild";
import { hasOption } from "../optionRow";
import { optionRows } from "../options";
import type { PipelineBuildsArgs } from "../references";
import { valueAt } from "../codeBuild/options";
import type { DatabaseDeliveryArgs, Settings } from "./args";
import { type ChildOptions, type DatabaseUsers, loginOf } from "./users";

/** Creates the build with an action; `does` names it, where several builds have the action. */
export type CreateBuild = (action: Action, parts?: { does?: string; drift?: DriftArgs }) => MigrationBuild;

export function buildsOf(
    name: string,
    settings: Settings,
    { users, clusterKmsKeyArn }: { users: DatabaseUsers; clusterKmsKeyArn?: pulumi.Input<string> },
    options: ChildOptions,
): CreateBuild {
    const keyOf = (given: { clusterKmsKeyArn?: pulumi.Input<string> } = {}) => ({
        clusterKmsKeyArn: given.clusterKmsKeyArn ?? clusterKmsKeyArn,
    });
    return (action, { does = action.toLowerCase(), drift } = {}) => {
        const { guards, rehearsal, ...others } = optionsOf(action, settings);
        return new MigrationBuild(
            `${name}-${does}`,
            {
                action,
                tool: settings.tool,
                network: settings.network,
                database: settings.database,
                ...loginOf(action, users),
                environmentName: settings.environmentName,
                migrationsDirectory: settings.migrationsDirectory,
                egress: settings.egress,
                logRetentionInDays: settings.logRetentionInDays,
                kmsKeyArn: settings.kmsKeyArn,
                toolchain: settings.toolchain,
                drift,
                ...others,
                rehearsal: action === Action.Rehearse ? { ...rehearsal, ...keyOf(settings.rehearsal) } : undefined,
                // A plan encrypts nothing.
                guards: guards && (action === Action.Plan ? guards : { ...guards, ...keyOf(settings.guards) }),
                tags: settings.tags,
            },
            options,
        );
    };
}

/** The builds of the pipeline: a plan for each approval, each with a role that can write only that plan. */
export function pipelineBuilds(create: CreateBuild, settings: Settings): PipelineBuildsArgs {
    const { approval } = settings;
    const rehearses = settings.rehearsal !== undefined;
    return {
        bootstrap: create(Action.Bootstrap),
        plan: create(Action.Plan),
        rollbackPlan: approval ? create(Action.Plan, { does: "rollback-plan" }) : undefined,
        deployPlan: approval || rehearses ? create(Action.Plan, { does: "deploy-plan" }) : undefined,
        rehearse: rehearses ? create(Action.Rehearse) : undefined,
        deploy: create(Action.Deploy),
        rollback: create(Action.Rollback),
    };
}

/**
 * The delivery's options that a build takes, from the table in components/options.ts; the return type lists only the
 * groups with other fields as well.
 */
export function optionsOf(
    action: Action,
    settings: Partial<DatabaseDeliveryArgs>,
): Pick<MigrationBuildArgs, "guards" | "rehearsal"> {
    const args: Record<string, unknown> = {};
    for (const [, row] of optionRows()) {
        const given = row.doc !== undefined && hasOption(row, { action }) ? valueAt(settings, row.arg!) : undefined;
        if (given !== undefined) {
            const [name = "", inGroup] = row.arg!.split(".");
            args[name] = inGroup === undefined ? given : { ...(args[name] as object), [inGroup]: given };
        }
    }
    return args;
}
