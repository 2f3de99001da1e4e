import * as pulumi from "@pulumi/pulumi";
import { Copies, RehearsalVariables } from "../contract";
import type { DatabaseRef } from "../references";
import type { Clones } from "./rehearsalStatements";
import { kmsKey, oneOf, type Rule, wholeNumber } from "../shared/validation";

/** Ways to a copy of the data. */
export const RehearsalCopy = {
    /**
     * A copy-on-write clone of the cluster on a serverless instance of its own; it costs what its minutes cost. The build
     * reaches the clone only: by the network, and by a password that the original refuses.
     */
    AuroraClone: "AuroraClone",
    /**
     * A copy of the database in the same server, while nobody else is connected to it: for small databases of one's own. What
     * a rehearsal runs can reach the original, which is in that server, with the credential of the build.
     */
    DatabaseTemplate: "DatabaseTemplate",
} as const;
export type RehearsalCopy = (typeof RehearsalCopy)[keyof typeof RehearsalCopy];

/** How a release is rehearsed. A change is made in place. */
export interface RehearsalArgs {
    /** How the copy is made: "AuroraClone" or "DatabaseTemplate". Default: "AuroraClone". */
    copy?: RehearsalCopy;
    /**
     * Milliseconds that a changeset may hold an ACCESS EXCLUSIVE lock on a table that was there before, 0 to 3600000; one
     * that holds it longer fails the rehearsal. Default: 1000.
     */
    lockBudgetMilliseconds?: number;
    /** ARN of the customer managed key of the cluster's storage, which its clone shares. Default: AWS's key. */
    clusterKmsKeyArn?: pulumi.Input<string>;
}

/** Written once; the documentation above is compared with it by a test. */
export const rehearsalDefaults = {
    copy: RehearsalCopy.AuroraClone,
    lockBudgetMilliseconds: 1000,
} satisfies RehearsalArgs;

/** The part of a build's args that a rehearsal depends on. */
export interface RehearsalBuild {
    action: string;
    tool?: string;
    timeoutMinutes?: number;
    database: DatabaseRef;
    rehearsal?: RehearsalArgs;
}

/** A clone outlives its build by so long, if the build could not delete it. */
const graceMinutes = 60;

export function rehearsalRules({ action, tool, rehearsal }: RehearsalBuild): Rule[] {
    return [
        {
            arg: "rehearsal",
            given: rehearsal,
            valid: rehearsal === undefined || action === "Rehearse",
            allowed: 'nothing without action "Rehearse"',
            fix: 'Leave it out, or set action to "Rehearse".',
        },
        {
            arg: "tool",
            given: tool,
            valid: action !== "Rehearse" || tool !== "Custom",
            allowed: '"Liquibase", with action "Rehearse"',
            fix: "Leave it out: what custom commands do, nobody can watch.",
        },
        oneOf("rehearsal.copy", rehearsal?.copy, Object.values(RehearsalCopy), 'Leave it out for "AuroraClone".'),
        wholeNumber(
            "rehearsal.lockBudgetMilliseconds",
            rehearsal?.lockBudgetMilliseconds,
            { min: 0, max: 3_600_000, unit: "milliseconds" },
            "Leave it out for 1000.",
        ),
        kmsKey("rehearsal.clusterKmsKeyArn", rehearsal?.clusterKmsKeyArn),
    ];
}

export function makesClones({ action, rehearsal }: RehearsalBuild): boolean {
    return action === "Rehearse" && (rehearsal?.copy ?? rehearsalDefaults.copy) === Copies.auroraClone;
}

/** What the build's role must know of the clones. */
export function clonesOf({ database, rehearsal }: RehearsalBuild): pulumi.Output<pulumi.Unwrap<Clones>> {
    return pulumi.output({
        sourceCluster: pulumi.output(database.clusterIdentifier),
        kmsKeyArn: rehearsal?.clusterKmsKeyArn,
        subnetGroup: database.subnetGroupName,
        parameterGroup: database.parameterGroupName,
        instanceParameterGroup: database.instanceParameterGroupName,
    });
}

/** Variables of a build that rehearses; none of others. */
export function rehearsalVariables(
    build: RehearsalBuild & { timeoutMinutes: number },
    cloneGroupId: pulumi.Input<string> | undefined,
): [name: string, value: pulumi.Input<string>][] {
    if (build.action !== "Rehearse") {
        return [];
    }
    const { copy, lockBudgetMilliseconds } = { ...rehearsalDefaults, ...build.rehearsal };
    return [
        [RehearsalVariables.sourceCluster, build.database.clusterIdentifier],
        [RehearsalVariables.copy, copy],
        ...(cloneGroupId === undefined
            ? []
            : [[RehearsalVariables.securityGroup, cloneGroupId] satisfies [string, pulumi.Input<string>]]),
        [RehearsalVariables.cloneLifetime, String(build.timeoutMinutes + graceMinutes)],
        [RehearsalVariables.lockBudget, String(lockBudgetMilliseconds)],
    ];
}
