import {
    CreateDBClusterSnapshotCommand,
    DBClusterSnapshotAlreadyExistsFault,
    DescribeDBClusterSnapshotsCommand,
    type RDSClient,
    waitUntilDBClusterSnapshotAvailable,
} from "@aws-sdk/client-rds";
import { snapshotPrefix } from "../../../components/contract";
import { awsErrors, messageOf } from "../errors";

/** How long a snapshot may take; Aurora's take minutes at any size. */
const patienceSeconds = 3600;

export interface SnapshotOptions {
    /** Identifier of the cluster. */
    cluster: string;
    releaseId: string;
    /** The longest pause between two polls. */
    secondsBetweenLooks?: number;
    log: (line: string) => void;
    signal: AbortSignal;
}

/** A completed snapshot. */
export interface Snapshot {
    arn: string;
    /** How long the build waited for it. */
    seconds: number;
}

/** Takes a snapshot of the cluster and waits for it. A retried build finds the snapshot of the first attempt. */
export async function takeSnapshot(rds: RDSClient, options: SnapshotOptions): Promise<Snapshot> {
    const started = performance.now();
    const name = snapshotName(options.cluster, options.releaseId);
    try {
        await begin(rds, name, options);
        await waitUntilDBClusterSnapshotAvailable(
            {
                client: rds,
                maxWaitTime: patienceSeconds,
                minDelay: 1,
                maxDelay: options.secondsBetweenLooks ?? 15,
                abortSignal: options.signal,
            },
            { DBClusterSnapshotIdentifier: name },
        );
        const { DBClusterSnapshots: found = [] } = await rds.send(
            new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: name }),
        );
        const arn = found[0]?.DBClusterSnapshotArn ?? "";
        return { arn, seconds: (performance.now() - started) / 1000 };
    } catch (error) {
        throw new awsErrors.SnapshotFailed({ snapshot: name, cluster: options.cluster, reason: messageOf(error) });
    }
}

async function begin(rds: RDSClient, name: string, { cluster, releaseId, log }: SnapshotOptions): Promise<void> {
    try {
        await rds.send(
            new CreateDBClusterSnapshotCommand({
                DBClusterIdentifier: cluster,
                DBClusterSnapshotIdentifier: name,
                Tags: [{ Key: "aurora-pipeline:release", Value: releaseId }],
            }),
        );
        log(`Taking the snapshot ${name} …`);
    } catch (error) {
        if (!(error instanceof DBClusterSnapshotAlreadyExistsFault)) {
            throw error;
        }
        log(`The snapshot ${name} already exists: an earlier attempt of this release took it.`);
    }
}

/** RDS allows letters, digits and single hyphens, 63 at most. */
function snapshotName(cluster: string, releaseId: string): string {
    const release = releaseId.replace(/^release-/, "").replaceAll(/[^A-Za-z0-9]+/g, "-");
    return `${snapshotPrefix(cluster)}${release}`.replace(/-+$/, "");
}
