import * as pulumi from "@pulumi/pulumi";
import { RehearsalCopy } from "../contract";
import { type OptionName, options } from "../options";
import type { DatabaseRef } from "../references";
import type { Clones } from "./rehearsalStatements";
import { kmsKey, type Rule } from "../shared/validation";

/** How a release is rehearsed. A change is made in place. */
export interface RehearsalArgs {
    // Generated from components/options.ts by `npm run docs`.
    /** How the copy is made: "AuroraClone" or "DatabaseTemplate". Default: "AuroraClone". */
    copy?: RehearsalCopy;
    /**
     * How long a changeset may hold an ACCESS EXCLUSIVE lock on an existing table, in milliseconds, 0 to 3600000; a
     * longer lock fails the rehearsal. Default: 1000.
     */
    lockBudgetMilliseconds?: number;
    // End of the generated args.
    /**
     * ARN of the customer managed key of the cluster's storage; the clone is encrypted with it too. Default: AWS's key.
     */
    clusterKmsKeyArn?: pulumi.Input<string>;
}

/** The part of a build's args that a rehearsal depends on. */
export interface RehearsalBuild {
    action: string;
    tool?: string;
    timeoutMinutes?: number;
    database: DatabaseRef;
    rehearsal?: RehearsalArgs;
}

/** How long a clone outlives its build if the build could not delete it. */
const graceMinutes = 60;

export function rehearsalRules({ action, tool, rehearsal }: RehearsalBuild): Rule[] {
    return [
        {
            arg: "rehearsal",
            kind: "Conflict",
            given: rehearsal,
            valid: rehearsal === undefined || action === "Rehearse",
            allowed: 'nothing without action "Rehearse"',
            fix: 'Leave it out, or set action to "Rehearse".',
        },
        {
            arg: "tool",
            kind: "Conflict",
            given: tool,
            valid: action !== "Rehearse" || tool !== "Custom",
            allowed: '"Liquibase", with action "Rehearse"',
            fix: "Leave it out: custom commands cannot be observed.",
        },
        kmsKey("rehearsal.clusterKmsKeyArn", rehearsal?.clusterKmsKeyArn),
    ];
}

export function makesClones({ action, rehearsal }: RehearsalBuild): boolean {
    return action === "Rehearse" && (rehearsal?.copy ?? options.copy.default) === RehearsalCopy.AuroraClone;
}

/** The facts about the clones that the build's role needs. */
export function clonesOf({ database, rehearsal }: RehearsalBuild): pulumi.Output<pulumi.Unwrap<Clones>> {
    return pulumi.output({
        sourceCluster: pulumi.output(database.clusterIdentifier),
        kmsKeyArn: rehearsal?.clusterKmsKeyArn,
        subnetGroup: database.subnetGroupName,
        parameterGroup: database.parameterGroupName,
        instanceParameterGroup: database.instanceParameterGroupName,
    });
}

/** The facts about its clones that the build needs. */
export function cloneValues(
    { database, timeoutMinutes }: RehearsalBuild & { timeoutMinutes: number },
    cloneGroupId: pulumi.Input<string> | undefined,
): { [Name in OptionName]?: pulumi.Input<string> } {
    return {
        sourceCluster: database.clusterIdentifier,
        securityGroup: cloneGroupId,
        cloneLifetimeMinutes: String(timeoutMinutes + graceMinutes),
    };
}
