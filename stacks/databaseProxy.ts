import type * as pulumi from "@pulumi/pulumi";
import { DatabaseProxy, type DatabaseRef, type NetworkRef } from "../components";
import { databaseIdentifier } from "./names";
import type { Settings } from "./settings";

/** What applications connect through; nothing where config names no secrets of theirs. */
export function createDatabaseProxy(
    name: string,
    settings: Settings,
    parts: { network: NetworkRef; cluster: DatabaseRef; kmsKeyArn?: pulumi.Input<string> },
): DatabaseProxy | undefined {
    const { proxySecretArns, logRetentionDays, tags } = settings;
    const { network, cluster, kmsKeyArn } = parts;
    return proxySecretArns === undefined
        ? undefined
        : new DatabaseProxy(name, {
              network,
              database: cluster,
              proxyName: databaseIdentifier(name),
              // A secret that AWS's key encrypts needs no other; this one may be used for these secrets only.
              credentials: proxySecretArns.map((secretArn) => ({ secretArn, kmsKeyArn })),
              logRetentionInDays: logRetentionDays,
              kmsKeyArn,
              tags,
          });
}
