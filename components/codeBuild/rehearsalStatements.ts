import { clonePrefix, CloneTags } from "../contract";
import type { Location } from "../shared/location";
import { useBucketKey } from "../shared/artifactStatements";
import { arn, type Statement } from "../shared/statements";

// The permissions of a rehearsal and its reaper on clusters: everything on clones, by their names, and nothing on the
// original.

export interface Clones {
    /** Identifier of the cluster to clone. */
    sourceCluster: string;
    /** Customer managed key of its storage. */
    kmsKeyArn?: string;
    /** The names of the groups that the clone takes over from the original, if they are known. */
    subnetGroup?: string;
    parameterGroup?: string;
    instanceParameterGroup?: string;
}

/** Allows cloning one cluster, and deleting the clones. */
export function makeClones(at: Location, clones: Clones): Statement[] {
    const { sourceCluster, kmsKeyArn } = clones;
    const { clusters, instances } = cloneArns(at, sourceCluster);
    const source = arn(at, "rds", `cluster:${sourceCluster}`);
    const group = (kind: string, name: string | undefined) => arn(at, "rds", `${kind}:${name ?? "*"}`);
    // Aurora has no option groups of its own: a cluster uses the one that RDS provides for its version.
    const common = [group("og", "default:*"), group("subgrp", clones.subnetGroup)];
    const tagged = { StringEquals: { [`aws:RequestTag/${CloneTags.source}`]: sourceCluster } };
    return [
        describeClusters(at),
        {
            Sid: "MakeClone",
            Effect: "Allow",
            Action: ["rds:RestoreDBClusterToPointInTime"],
            Resource: [source, clusters, group("cluster-pg", clones.parameterGroup), ...common],
        },
        {
            Sid: "MakeCloneInstance",
            Effect: "Allow",
            Action: ["rds:CreateDBInstance"],
            Resource: [instances, clusters, group("pg", clones.instanceParameterGroup), ...common],
        },
        {
            Sid: "SetClonePassword",
            Effect: "Allow",
            Action: ["rds:ModifyDBCluster"],
            Resource: [clusters],
        },
        {
            Sid: "TagClone",
            Effect: "Allow",
            Action: ["rds:AddTagsToResource"],
            Resource: [clusters, instances],
            Condition: tagged,
        },
        ...deleteClones(at, sourceCluster),
        ...(kmsKeyArn === undefined ? [] : shareStorageKey(at, kmsKeyArn)),
    ];
}

/** Allows finding the clones of one cluster and deleting them; explicitly denies deleting the cluster itself. */
export function reapClones(at: Location, sourceCluster: string): Statement[] {
    return [describeClusters(at), ...deleteClones(at, sourceCluster)];
}

/** Allows reading the delivery program, the only object in the artifact bucket that scheduled builds need. */
export function readToolchain(at: Location, bucketArn: string, key: string, kmsKeyArn: string): Statement[] {
    return [
        {
            Sid: "ReadToolchain",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectVersion"],
            Resource: [`${bucketArn}/${key}`],
        },
        {
            Sid: "InspectToolchainBucket",
            Effect: "Allow",
            Action: ["s3:GetBucketAcl", "s3:GetBucketLocation"],
            Resource: [bucketArn],
        },
        useBucketKey(at, "DecryptToolchain", { bucketArn, kmsKeyArn }, ["kms:Decrypt"]),
    ];
}

/** Allows reading names, states and tags: RDS returns a list only to a caller that may see all of it. */
function describeClusters(at: Location): Statement {
    return {
        Sid: "DescribeClusters",
        Effect: "Allow",
        Action: ["rds:DescribeDBClusters", "rds:DescribeDBInstances"],
        Resource: [arn(at, "rds", "cluster:*"), arn(at, "rds", "db:*")],
    };
}

function deleteClones(at: Location, sourceCluster: string): Statement[] {
    const { clusters, instances } = cloneArns(at, sourceCluster);
    return [
        {
            Sid: "DeleteClone",
            Effect: "Allow",
            Action: ["rds:DeleteDBCluster", "rds:DeleteDBInstance"],
            Resource: [clusters, instances],
        },
        {
            Sid: "ProtectSource",
            Effect: "Deny",
            Action: ["rds:Delete*", "rds:Failover*", "rds:Modify*", "rds:Reboot*", "rds:Stop*"],
            Resource: [arn(at, "rds", `cluster:${sourceCluster}`)],
        },
    ];
}

/** RDS encrypts a clone or a snapshot with the original's key, on behalf of the caller. */
export function shareStorageKey(at: Location, kmsKeyArn: string): Statement[] {
    const viaRds = { "kms:ViaService": `rds.${at.region}.amazonaws.com` };
    return [
        {
            Sid: "LendStorageKey",
            Effect: "Allow",
            Action: ["kms:CreateGrant"],
            Resource: [kmsKeyArn],
            Condition: { Bool: { "kms:GrantIsForAWSResource": "true" }, StringEquals: viaRds },
        },
        {
            Sid: "DescribeStorageKey",
            Effect: "Allow",
            Action: ["kms:DescribeKey"],
            Resource: [kmsKeyArn],
            Condition: { StringEquals: viaRds },
        },
    ];
}

function cloneArns(at: Location, sourceCluster: string): { clusters: string; instances: string } {
    const names = `${clonePrefix(sourceCluster)}*`;
    return { clusters: arn(at, "rds", `cluster:${names}`), instances: arn(at, "rds", `db:${names}`) };
}
