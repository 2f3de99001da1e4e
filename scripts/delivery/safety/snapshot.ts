import { aws } from "../aws/calls";
import type { Snapshot } from "../aws/snapshot";
import type { Context } from "../context";

/** Takes a snapshot of the cluster before anything is changed, if the environment requires it. */
export async function snapshotBefore({
    settings,
    log,
    signal,
}: Pick<Context, "settings" | "log" | "signal">): Promise<Snapshot | undefined> {
    const { snapshotCluster: cluster, releaseId } = settings;
    if (cluster === undefined) {
        return undefined;
    }
    const rds = aws.clients().awsClient("rds");
    const snapshot = await aws.snapshot().takeSnapshot(rds, { cluster, releaseId, log, signal });
    log(`Snapshot ${snapshot.arn} after ${snapshot.seconds.toFixed(0)} s.`);
    return snapshot;
}
