import {
    DBClusterNotFoundFault,
    DBInstanceNotFoundFault,
    DeleteDBClusterCommand,
    DeleteDBInstanceCommand,
    DescribeDBClustersCommand,
    type DBCluster,
    InvalidDBClusterStateFault,
    InvalidDBInstanceStateFault,
    type RDSClient,
} from "@aws-sdk/client-rds";
import { retrying } from "../../retrying";

// What the rehearsal and the reaper share: finding and deleting a clone.

/** How long RDS may refuse a deletion because it is still working on the clone. */
const deletionMinutes = 20;
const retryMilliseconds = 10_000;

/** The cluster with this identifier; undefined if there is none. */
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

/** Starts deleting a clone and its instances, without snapshots or backups. */
export async function deleteClone(
    rds: RDSClient,
    clone: string,
    { retryAfter = retryMilliseconds, minutes = deletionMinutes } = {},
): Promise<void> {
    // The clone is still being created, or its instances are not being deleted yet.
    const isBusy = (error: Error) =>
        error instanceof InvalidDBClusterStateFault || error instanceof InvalidDBInstanceStateFault;
    await retrying({ when: isBusy, pauseMillis: retryAfter, withinMillis: minutes * 60_000 }, () =>
        tryToDelete(rds, clone),
    );
}

async function tryToDelete(rds: RDSClient, clone: string): Promise<void> {
    const cluster = await findCluster(rds, clone);
    if (cluster === undefined || cluster.Status === "deleting") {
        return;
    }
    // An instance that is being created may not be listed as a member yet; it has the clone's own name.
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
        // An instance that is being deleted refuses too; the deletion of the cluster shows whether it really is.
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
