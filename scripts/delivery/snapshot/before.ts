import type * as clones from "../rehearsal/copies/clones";
import type { Context } from "../context";
import type { Deployment } from "../report/deployment";
import type * as take from "./take";

/** Takes a snapshot of the cluster before anything is changed, where the environment asks for it. */
export async function snapshotBefore({ settings, log, signal }: Context, deployment: Deployment): Promise<void> {
    const { snapshotCluster: cluster, releaseId } = settings;
    if (cluster === undefined) {
        return;
    }
    const { rdsClient, takeSnapshot } = aws();
    deployment.snapshot = await takeSnapshot(rdsClient(), { cluster, releaseId, log, signal });
    log(`Snapshot ${deployment.snapshot.arn} after ${deployment.snapshot.seconds.toFixed(0)} s.`);
}

/** What calls AWS. Loaded when it is needed: the SDK would cost every build a third of a second. */
function aws(): typeof clones & typeof take {
    /* eslint-disable @typescript-eslint/no-require-imports -- an import would be loaded with the program. */
    return {
        ...(require("../rehearsal/copies/clones") as typeof clones),
        ...(require("./take") as typeof take),
    };
    /* eslint-enable @typescript-eslint/no-require-imports */
}
