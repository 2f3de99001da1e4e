import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Auth } from "../contract";
import type { DatabaseRef, SecretRef } from "../references";
import { Engine } from "../shared/engines";
import { accountErrors } from "../shared/errors";
import type { DatabaseDeliveryArgs } from "./args";

/** What a delivery must know about its database. */
export interface KnownDatabase {
    database: DatabaseRef;
    administrator: SecretRef;
    /** Key of the cluster's storage; undefined if that is not known. */
    clusterKmsKeyArn?: pulumi.Input<string>;
}

/** The given database, or what AWS knows about the existing cluster. */
export function knownDatabase(
    name: string,
    args: DatabaseDeliveryArgs & { engine: Engine },
    parent: pulumi.Resource,
): KnownDatabase {
    const { database, administrator, clusterIdentifier } = args;
    return database === undefined
        ? lookedUp(name, { ...args, clusterIdentifier: clusterIdentifier! }, parent)
        : { database, administrator: administrator! };
}

type Existing = DatabaseDeliveryArgs & { engine: Engine; clusterIdentifier: pulumi.Input<string> };

function lookedUp(name: string, args: Existing, parent: pulumi.Resource): KnownDatabase {
    const { clusterIdentifier, engine } = args;
    const cluster = aws.rds
        .getClusterOutput({ clusterIdentifier }, { parent })
        .apply((found) => usableCluster(name, args, found));
    return {
        database: {
            engine,
            clusterIdentifier: cluster.clusterIdentifier,
            endpoint: cluster.endpoint,
            port: cluster.port,
            databaseName: args.databaseName ?? cluster.databaseName,
            securityGroupId: args.securityGroupId ?? cluster.apply((found) => found.vpcSecurityGroupIds[0]!),
            clusterResourceId: cluster.clusterResourceId,
            instanceIdentifiers: cluster.clusterMembers,
            parameterGroupName: cluster.dbClusterParameterGroupName,
            subnetGroupName: cluster.dbSubnetGroupName,
        },
        administrator: args.administrator ?? {
            secretArn: cluster.apply((found) => found.masterUserSecrets[0]!.secretArn),
            kmsKeyArn: cluster.apply((found) => found.masterUserSecrets[0]!.kmsKeyId),
        },
        // A cluster without encryption has none.
        clusterKmsKeyArn: cluster.apply(({ kmsKeyId }) => kmsKeyId || undefined) as pulumi.Output<string>,
    };
}

/** The cluster, if a pipeline can work on it as it is; otherwise an error for the first thing that prevents it. */
export function usableCluster(
    name: string,
    { engine, administrator, databaseName, securityGroupId, users }: Existing,
    found: aws.rds.GetClusterResult,
): aws.rds.GetClusterResult {
    const refuse = (problem: string, fix: string): never => {
        throw new accountErrors.ClusterNotUsable({ name, cluster: found.clusterIdentifier, problem, fix });
    };
    if (found.engine !== engine) {
        refuse(
            `its engine is ${found.engine}, and engine is "${engine}"`,
            `Set engine to one of ${Object.values(Engine).join(", ")}, as the cluster's, or name another cluster.`,
        );
    }
    if (administrator === undefined && found.masterUserSecrets.length === 0) {
        refuse(
            "RDS manages no secret of its master user",
            "Pass administrator, with the ARN of a secret with the master user's username and password.",
        );
    }
    if (databaseName === undefined && !found.databaseName) {
        refuse("no database was created with it", "Pass databaseName.");
    }
    if (securityGroupId === undefined && found.vpcSecurityGroupIds.length === 0) {
        refuse("it has no security group", "Pass securityGroupId.");
    }
    if (users?.auth === Auth.Iam && !found.iamDatabaseAuthenticationEnabled) {
        refuse(
            'it does not allow IAM authentication, and users.auth is "Iam"',
            "Enable it on the cluster, or leave users.auth out.",
        );
    }
    return found;
}
