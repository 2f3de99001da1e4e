import * as pulumi from "@pulumi/pulumi";
import { guardDefaults, GuardVariables, snapshotPrefix, snapshotVariable } from "../contract";
import type { Location } from "../shared/location";
import type { DatabaseRef } from "../references";
import { shareStorageKey } from "./rehearsalStatements";
import { flag } from "../shared/shape";
import { arn, protectCluster, type Statement } from "../shared/statements";
import { kmsKey, type Rule, wholeNumber } from "../shared/validation";

/** What keeps a deployment or a rollback from hurting a database that is in use. A change is made in place. */
export interface GuardArgs {
    /**
     * Milliseconds that a statement waits for a lock, and everybody else behind it, 1 to 600000; one that does not get it
     * is tried again. Changesets outside a transaction (`CREATE INDEX CONCURRENTLY`) wait as long as it takes. Default: 5000.
     */
    lockTimeoutMilliseconds?: number;
    /**
     * Milliseconds that a statement in a transaction may run, 0 to 86400000; 0 for as long as it needs. One that runs
     * longer fails the deployment, which is undone. Default: 0.
     */
    statementTimeoutMilliseconds?: number;
    /** Seconds that a changeset is tried again that did not get its locks, 0 to 3600. Default: 120. */
    lockRetryBudgetSeconds?: number;
    /** Seconds to wait for another deployment that holds Liquibase's lock, and is alive, 0 to 3600. Default: 300. */
    deploymentWaitSeconds?: number;
    /**
     * Takes a snapshot of the cluster before a deployment, and waits for it: minutes, and $0.021 a GB and month until
     * somebody deletes it. Only with action "Deploy". Default: false.
     */
    snapshotBeforeDeploy?: boolean;
    /** ARN of the customer managed key of the cluster's storage, which its snapshot shares. Default: AWS's key. */
    clusterKmsKeyArn?: pulumi.Input<string>;
}

/** Written once; the documentation above is compared with it by a test. */
export const guardArgsDefaults = { ...guardDefaults, snapshotBeforeDeploy: false } satisfies GuardArgs;

/** The part of a build's args that the guards depend on. */
interface GuardedBuild {
    action: string;
    tool?: string;
    database: DatabaseRef;
    guards?: GuardArgs;
}

export function guardRules(build: GuardedBuild): Rule[] {
    const { guards = {} } = build;
    const range = (arg: keyof typeof guardDefaults, min: number, max: number, unit: string) =>
        wholeNumber(`guards.${arg}`, guards[arg], { min, max, unit }, `Leave it out for ${guardDefaults[arg]}.`);
    return [
        {
            arg: "guards",
            given: build.guards,
            valid: build.guards === undefined || isGuarded(build),
            allowed: 'nothing but with action "Deploy" or "Rollback" and tool "Liquibase"',
            fix: "Leave it out: no other build changes the database by itself.",
        },
        range("lockTimeoutMilliseconds", 1, 600_000, "milliseconds"),
        range("statementTimeoutMilliseconds", 0, 86_400_000, "milliseconds"),
        range("lockRetryBudgetSeconds", 0, 3600, "seconds"),
        range("deploymentWaitSeconds", 0, 3600, "seconds"),
        flag("guards.snapshotBeforeDeploy", guards.snapshotBeforeDeploy),
        {
            arg: "guards.snapshotBeforeDeploy",
            given: guards.snapshotBeforeDeploy,
            valid: guards.snapshotBeforeDeploy !== true || build.action === "Deploy",
            allowed: 'nothing but with action "Deploy"',
            fix: "Leave it out: a rollback goes back from what a deployment left.",
        },
        kmsKey("guards.clusterKmsKeyArn", guards.clusterKmsKeyArn),
    ];
}

/** Variables of a build that is guarded; none of others. */
export function guardVariables(build: GuardedBuild): [name: string, value: pulumi.Input<string>][] {
    if (!isGuarded(build)) {
        return [];
    }
    const given = Object.entries(build.guards ?? {}).filter(([, value]) => value !== undefined);
    const guards = { ...guardDefaults, ...(Object.fromEntries(given) as GuardArgs) };
    return [
        [GuardVariables.lockTimeout, String(guards.lockTimeoutMilliseconds)],
        [GuardVariables.statementTimeout, String(guards.statementTimeoutMilliseconds)],
        [GuardVariables.lockRetryBudget, String(guards.lockRetryBudgetSeconds)],
        [GuardVariables.deploymentWait, String(guards.deploymentWaitSeconds)],
        ...snapshotVariables(build),
    ];
}

function snapshotVariables(build: GuardedBuild): [name: string, value: pulumi.Input<string>][] {
    return takesSnapshot(build) ? [[snapshotVariable, build.database.clusterIdentifier]] : [];
}

/** What a build's role must know of the snapshot that it takes; undefined for one that takes none. */
export function snapshotOf(build: GuardedBuild): SnapshotSource | undefined {
    return takesSnapshot(build)
        ? { cluster: build.database.clusterIdentifier, kmsKeyArn: build.guards?.clusterKmsKeyArn }
        : undefined;
}

interface SnapshotSource {
    cluster: pulumi.Input<string>;
    kmsKeyArn?: pulumi.Input<string>;
}

function takesSnapshot({ action, guards }: GuardedBuild): boolean {
    return action === "Deploy" && (guards?.snapshotBeforeDeploy ?? guardArgsDefaults.snapshotBeforeDeploy);
}

/** Taking snapshots of one cluster, by their names; changing or deleting the cluster is denied, whatever else is allowed. */
export function snapshotStatements(at: Location, source: pulumi.Unwrap<SnapshotSource> | undefined): Statement[] {
    if (source === undefined) {
        return [];
    }
    const cluster = arn(at, "rds", `cluster:${source.cluster}`);
    const snapshots = arn(at, "rds", `cluster-snapshot:${snapshotPrefix(source.cluster)}*`);
    return [
        {
            Sid: "TakeSnapshot",
            Effect: "Allow",
            Action: ["rds:CreateDBClusterSnapshot"],
            Resource: [cluster, snapshots],
        },
        { Sid: "TagSnapshot", Effect: "Allow", Action: ["rds:AddTagsToResource"], Resource: [snapshots] },
        {
            Sid: "DescribeSnapshot",
            Effect: "Allow",
            Action: ["rds:DescribeDBClusterSnapshots"],
            Resource: [cluster, snapshots],
        },
        protectCluster(cluster),
        ...(source.kmsKeyArn === undefined ? [] : shareStorageKey(at, source.kmsKeyArn)),
    ];
}

function isGuarded({ action, tool }: GuardedBuild): boolean {
    return (action === "Deploy" || action === "Rollback") && tool !== "Custom";
}
