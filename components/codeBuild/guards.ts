import * as pulumi from "@pulumi/pulumi";
import { snapshotPrefix } from "../contract";
import type { Location } from "../shared/location";
import { options } from "../options";
import type { DatabaseRef } from "../references";
import { shareStorageKey } from "./rehearsalStatements";
import { arn, protectCluster, type Statement } from "../shared/statements";
import { kmsKey, type Rule } from "../shared/validation";
import { zoneRules } from "./windowRules";

/** Limits that protect a database in use during a deployment or a rollback. A change is made in place. */
export interface GuardArgs {
    // Generated from components/options.ts by `npm run docs`.
    /**
     * How long a statement waits for a lock, blocking the statements behind it, in milliseconds, 1 to 600000. A
     * changeset that does not get its lock is retried. Changesets outside a transaction (`CREATE INDEX CONCURRENTLY`)
     * wait without a limit. Default: 5000.
     */
    lockTimeoutMilliseconds?: number;
    /**
     * How long a statement in a transaction may run, in milliseconds, 0 to 86400000; 0 means no limit. A statement that
     * exceeds it fails the deployment, which is then undone. Default: 0.
     */
    statementTimeoutMilliseconds?: number;
    /** How long a changeset that does not get its locks is retried, in seconds, 0 to 3600. Default: 120. */
    lockRetryBudgetSeconds?: number;
    /**
     * How long to wait for another running deployment that holds Liquibase's lock, in seconds, 0 to 3600; a plan waits
     * only if it is refused meanwhile. With action "Plan", "Deploy" or "Rollback". Default: 300.
     */
    deploymentWaitSeconds?: number;
    /**
     * The window in which deployments may begin, as a cron expression: `* * 9-16 ? * MON-THU` are the hours from 9:00
     * to 16:59. A deployment outside it is refused before it changes anything; a rollback needs no window. Only with
     * action "Deploy". Default: none.
     */
    deploymentWindow?: string;
    /** Time zone of `guards.deploymentWindow`, as in the IANA database. Only with action "Deploy". Default: "UTC". */
    deploymentWindowTimeZone?: string;
    /**
     * Takes a snapshot of the cluster before a deployment and waits for it. This takes minutes and costs $0.021 per GB
     * and month until someone deletes the snapshot. Only with action "Deploy". Default: false.
     */
    snapshotBeforeDeploy?: boolean;
    // End of the generated args.
    /**
     * ARN of the customer managed key of the cluster's storage; the snapshot is encrypted with it too. Default: AWS's
     * key.
     */
    clusterKmsKeyArn?: pulumi.Input<string>;
}

/** The part of a build's args that the guards depend on. */
interface GuardedBuild {
    action: string;
    tool?: string;
    database: DatabaseRef;
    guards?: GuardArgs;
}

export function guardRules(build: GuardedBuild): Rule[] {
    return [
        {
            arg: "guards",
            kind: "Conflict",
            given: build.guards,
            valid: build.guards === undefined || isGuarded(build) || waitsOnly(build),
            allowed:
                'nothing but with action "Deploy" or "Rollback", and not with tool "Custom"; with action "Plan", deploymentWaitSeconds alone',
            fix: "Leave it out: no other build changes the database.",
        },
        ...zoneRules({
            cron: ["guards.deploymentWindow", build.guards?.deploymentWindow],
            timeZone: ["guards.deploymentWindowTimeZone", build.guards?.deploymentWindowTimeZone],
        }),
        kmsKey("guards.clusterKmsKeyArn", build.guards?.clusterKmsKeyArn),
    ];
}

/** A plan changes nothing, but it may wait for a deployment. */
function waitsOnly({ action, tool, guards = {} }: GuardedBuild): boolean {
    const given = Object.entries(guards).filter(([, value]) => value !== undefined);
    const itsOwn = given.length > 0 && given.every(([name]) => name === "deploymentWaitSeconds");
    return action === "Plan" && tool !== "Custom" && itsOwn;
}

/** The snapshot that a build takes, and what its role needs for it; undefined for a build that takes none. */
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
    return action === "Deploy" && (guards?.snapshotBeforeDeploy ?? options.snapshotBeforeDeploy.default);
}

/** Allows taking snapshots of one cluster, by their names; explicitly denies changing or deleting the cluster. */
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
