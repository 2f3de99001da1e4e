import type { DatabaseSettings } from "../../scripts/delivery/settings";
import { AuroraClone } from "../../scripts/delivery/aws/clones/auroraClone";
import { deleteClone } from "../../scripts/delivery/aws/clones/clones";
import { reap } from "../../scripts/delivery/aws/clones/reaper";
import { takeSnapshot } from "../../scripts/delivery/aws/snapshot";
import { account, region } from "../support/mocks";
import { type Call, type Clients, type Forbidden, stack } from "./iamCalls";

// What the roles of builds do to clusters, in the delivery program's own way, and what they must not.

const silent = () => undefined;

/** Nobody connects to it here. */
const nobody = () => Promise.reject(new Error("There is no database behind the emulator."));
const database: DatabaseSettings = {
    host: "localhost",
    port: 15432,
    name: "app",
    username: "app_migrator",
    credential: { password: nobody, another: nobody, advice: () => "" },
    caBundle: "",
    silenceSeconds: 45,
};

/** A rehearsal's clone: made like the original, and deleted. */
export const rehearsalCalls: Call[] = [
    {
        title: "rehearse on a clone",
        sids: ["DeleteClone", "DescribeClusters", "MakeClone", "MakeCloneInstance", "SetClonePassword", "TagClone"],
        together: true,
        send: async ({ rds }) => {
            const clone = new AuroraClone({
                rds,
                rehearsal: {
                    sourceCluster: stack,
                    securityGroup: "sg-clones",
                    copy: "AuroraClone",
                    cloneLifetimeMinutes: 60,
                    lockBudgetMilliseconds: 1000,
                },
                database,
                log: silent,
                signal: new AbortController().signal,
                secondsBetweenLooks: 1,
                retryDeletionAfter: 10,
                // There is no server behind the emulator.
                open: () => Promise.resolve(),
            });
            await clone.make();
            await clone.remove();
        },
    },
];

const restore = (changes: object): Call["send"] => {
    const good = {
        DBClusterIdentifier: `${stack}-rehearsal-forbidden`,
        SourceDBClusterIdentifier: stack,
        RestoreType: "copy-on-write",
        UseLatestRestorableTime: true,
        DBSubnetGroupName: stack,
        DBClusterParameterGroupName: stack,
    };
    return ({ rds }) => rds.restoreDBClusterToPointInTime({ ...good, ...changes });
};

export const rehearsalForbidden: Forbidden[] = [
    { title: "clone another cluster", send: restore({ SourceDBClusterIdentifier: "another" }) },
    { title: "make a cluster of another name", send: restore({ DBClusterIdentifier: "forbidden" }) },
    { title: "put a clone into other subnets", send: restore({ DBSubnetGroupName: "another" }) },
    { title: "take TLS off a clone", send: restore({ DBClusterParameterGroupName: "another" }) },
    {
        title: "add an instance to the original",
        send: ({ rds }) =>
            rds.createDBInstance({
                DBInstanceIdentifier: `${stack}-rehearsal-forbidden`,
                DBClusterIdentifier: stack,
                DBInstanceClass: "db.serverless",
                DBParameterGroupName: stack,
                Engine: "aurora-postgresql",
            }),
    },
    {
        title: "set the master password of the original",
        send: ({ rds }) =>
            rds.modifyDBCluster({
                DBClusterIdentifier: stack,
                MasterUserPassword: "forged-forged",
                ApplyImmediately: true,
            }),
    },
    {
        title: "set the master password of another cluster",
        send: ({ rds }) => rds.modifyDBCluster({ DBClusterIdentifier: "another", MasterUserPassword: "forged-forged" }),
    },
    {
        title: "tag the original",
        send: ({ rds }) => rds.addTagsToResource({ ResourceName: clusterArn, Tags: [{ Key: "a", Value: "b" }] }),
    },
    ...clusterForbidden(),
];

/** The reaper's: it finds clones whose time has passed, and deletes them. `clone` names one that is there. */
export function reaperCalls(clone: () => string): Call[] {
    return [
        { title: "look for clones", sids: ["DescribeClusters"], send: ({ rds }) => reap(rds, stack, silent) },
        {
            title: "delete a clone",
            sids: ["DeleteClone", "DescribeClusters"],
            together: true,
            send: ({ rds }) => deleteClone(rds, clone(), { retryAfter: 10 }),
        },
    ];
}

export const reaperForbidden: Forbidden[] = [{ title: "make a clone", send: restore({}) }, ...clusterForbidden()];

/** The snapshot before a deployment. */
export function snapshotCalls(action: string): Call[] {
    return action !== "deploy"
        ? []
        : [
              {
                  title: "take a snapshot",
                  sids: ["TagSnapshot", "TakeSnapshot"],
                  together: true,
                  notWithout: "DescribeSnapshot",
                  send: ({ rds }) =>
                      takeSnapshot(rds, {
                          cluster: stack,
                          releaseId: `release-${(snapshots += 1)}`,
                          log: silent,
                          secondsBetweenLooks: 1,
                          signal: new AbortController().signal,
                      }),
              },
              {
                  title: "look at a snapshot",
                  sids: ["DescribeSnapshot"],
                  send: ({ rds }) =>
                      rds.describeDBClusterSnapshots({ DBClusterSnapshotIdentifier: `${stack}-release-of-somebody` }),
              },
          ];
}
let snapshots = 0;

/** What no role of the pipeline may do to a cluster, whatever else it does. */
export function clusterForbidden(): Forbidden[] {
    return [
        ...[stack, "another"].map((cluster) => ({
            title: `delete the cluster ${cluster}`,
            send: ({ rds }: Clients) => rds.deleteDBCluster({ DBClusterIdentifier: cluster, SkipFinalSnapshot: true }),
        })),
        {
            title: "delete an instance of the original",
            send: ({ rds }) => rds.deleteDBInstance({ DBInstanceIdentifier: `${stack}-1`, SkipFinalSnapshot: true }),
        },
        { title: "change the cluster", send: changeCluster },
        {
            title: "delete a snapshot",
            send: ({ rds }) =>
                rds.deleteDBClusterSnapshot({ DBClusterSnapshotIdentifier: `${stack}-release-of-somebody` }),
        },
    ];
}

/** What a statement denies, so that even an administrator with the role's policies could not do it. */
export function changeCluster({ rds }: Clients): Promise<unknown> {
    return rds.modifyDBCluster({ DBClusterIdentifier: stack, BackupRetentionPeriod: 7 });
}

export const clusterArn = `arn:aws:rds:${region}:${account}:cluster:${stack}`;
