import { type DBCluster, paginateDescribeDBClusters, type RDSClient } from "@aws-sdk/client-rds";
import { clonePrefix, CloneTags } from "../../../../components/contract";
import { count } from "../../changesets";
import { awsErrors, messageOf } from "../../errors";
import { deleteClone } from "./clones";

/** Deletes the expired clones of a cluster; tries all of them before it fails. */
export async function reap(
    rds: RDSClient,
    sourceCluster: string,
    log: (line: string) => void,
    now = new Date(),
): Promise<void> {
    const failures: string[] = [];
    let deleted = 0;
    for await (const { DBClusters: clusters = [] } of paginateDescribeDBClusters({ client: rds }, {})) {
        for (const cluster of clusters.filter((candidate) => isExpiredClone(candidate, sourceCluster, now))) {
            const name = cluster.DBClusterIdentifier ?? "";
            try {
                await deleteClone(rds, name);
                deleted += 1;
                log(`Deleted ${name}: it expired at ${tagOf(cluster, CloneTags.expires)}.`);
            } catch (error) {
                failures.push(`${name}: ${messageOf(error)}`);
            }
        }
    }
    if (failures.length > 0) {
        throw new awsErrors.ClonesNotDeleted({ clones: failures });
    }
    log(`${count(deleted, "clone")} of ${sourceCluster} deleted.`);
}

/** A cluster that a rehearsal of this source created, by both its name and its tag, and that has expired. */
export function isExpiredClone(cluster: DBCluster, sourceCluster: string, now: Date): boolean {
    const { DBClusterIdentifier: identifier = "", Status: status } = cluster;
    const expires = Date.parse(tagOf(cluster, CloneTags.expires) ?? "");
    return (
        identifier !== sourceCluster &&
        identifier.startsWith(clonePrefix(sourceCluster)) &&
        tagOf(cluster, CloneTags.source) === sourceCluster &&
        // An invalid date never counts as expired: NaN compares as false.
        expires < now.getTime() &&
        status !== "deleting"
    );
}

function tagOf({ TagList: tags = [] }: DBCluster, key: string): string | undefined {
    return tags.find(({ Key }) => Key === key)?.Value;
}
