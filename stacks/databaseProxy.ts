import type * as pulumi from "@pulumi/pulumi";
import { DatabaseProxy, type DatabaseRef, type NetworkRef } from "../components";
import { databaseIdentifier } from "./names";
import type { Settings } from "./settings";

/** The proxy for applications; undefined if config names none of their secrets. */
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
              // A secret encrypted with the AWS managed key needs no key permission; this key may be used only for
              // these secrets.
              credentials: proxySecretArns.map((secretArn) => ({ secretArn, kmsKeyArn })),
              logRetentionInDays: logRetentionDays,
              kmsKeyArn,
              tags,
          });
}
