import {
    DBClusterNotFoundFault,
    DBInstanceNotFoundFault,
    DeleteDBClusterCommand,
    DeleteDBInstanceCommand,
    DescribeDBClustersCommand,
    type DBCluster,
    InvalidDBClusterStateFault,
    InvalidDBInstanceStateFault,
    RDSClient,
} from "@aws-sdk/client-rds";
import { setTimeout as sleep } from "node:timers/promises";

// What the rehearsal and the reaper share: finding a clone, and deleting it.

/** How long RDS may refuse a deletion because it is still busy with the clone. */
const deletionMinutes = 20;
const retryMilliseconds = 10_000;

export function rdsClient(): RDSClient {
    // A throttled or interrupted call is tried again, a few minutes in all.
    return new RDSClient({ maxAttempts: 8, retryMode: "adaptive" });
}

/** The cluster of an identifier; undefined if there is none. */
export async function findCluster(rds: RDSClient, identifier: string): Promise<DBCluster | undefined> {
    try {
        const { DBClusters: clusters } = await rds.send(
            new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }),
        );
        return clusters?.[0];
    } catch (error) {
        return ignore(error, DBClusterNotFoundFault);
    }
}

/** Deletes a clone and its instances, without snapshot or backups; it is under way when this returns. */
export async function deleteClone(
    rds: RDSClient,
    clone: string,
    { retryAfter = retryMilliseconds, minutes = deletionMinutes } = {},
): Promise<void> {
    const end = Date.now() + minutes * 60_000;
    for (;;) {
        try {
            return await tryToDelete(rds, clone);
        } catch (error) {
            // It is still being made, or its instances are not yet going.
            const busy = error instanceof InvalidDBClusterStateFault || error instanceof InvalidDBInstanceStateFault;
            if (!busy || Date.now() + retryAfter > end) {
                throw error;
            }
        }
        await sleep(retryAfter);
    }
}

async function tryToDelete(rds: RDSClient, clone: string): Promise<void> {
    const cluster = await findCluster(rds, clone);
    if (cluster === undefined || cluster.Status === "deleting") {
        return;
    }
    // One that is being made may not be among the members yet; it has the clone's own name.
    const members = (cluster.DBClusterMembers ?? []).flatMap(({ DBInstanceIdentifier: member }) => member ?? []);
    for (const instance of new Set([...members, clone])) {
        await deleteInstance(rds, instance);
    }
    try {
        await rds.send(
            new DeleteDBClusterCommand({
                DBClusterIdentifier: clone,
                SkipFinalSnapshot: true,
                DeleteAutomatedBackups: true,
            }),
        );
    } catch (error) {
        ignore(error, DBClusterNotFoundFault);
    }
}

async function deleteInstance(rds: RDSClient, instance: string): Promise<void> {
    try {
        await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: instance, SkipFinalSnapshot: true }));
    } catch (error) {
        // One that is going already refuses as well; the cluster's own deletion tells whether it really is.
        if (!(error instanceof InvalidDBInstanceStateFault)) {
            ignore(error, DBInstanceNotFoundFault);
        }
    }
}

function ignore(error: unknown, expected: new (...options: never[]) => Error): undefined {
    if (!(error instanceof expected)) {
        throw error;
    }
    return undefined;
}
