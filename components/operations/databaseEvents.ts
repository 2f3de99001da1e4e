import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseRef } from "../references";

/** The RDS events to report, by source type: those that Security Hub requires, and others that need attention. */
const categories = {
    "db-cluster": ["configuration change", "deletion", "failover", "failure", "maintenance"],
    "db-instance": [
        "configuration change",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
        "recovery",
    ],
    "db-parameter-group": ["configuration change"],
} as const;
type Source = keyof typeof categories;

/** Reports events of the cluster, its instances and their parameter group (RDS.19, RDS.20, RDS.21). */
export function subscribeToEvents(
    name: string,
    args: { database: DatabaseRef; topicArn: pulumi.Input<string>; tags: Record<string, string> | undefined },
    parent: pulumi.Resource,
): void {
    const { clusterIdentifier, instanceIdentifiers, instanceParameterGroupName } = args.database;
    const sources: Record<Source, pulumi.Input<pulumi.Input<string>[]> | undefined> = {
        "db-cluster": [clusterIdentifier],
        "db-instance": instanceIdentifiers,
        "db-parameter-group": instanceParameterGroupName === undefined ? undefined : [instanceParameterGroupName],
    };
    for (const [sourceType, eventCategories] of Object.entries(categories)) {
        new aws.rds.EventSubscription(
            `${name}-${sourceType}`,
            {
                sourceType,
                sourceIds: sources[sourceType as Source],
                eventCategories: [...eventCategories],
                snsTopic: args.topicArn,
                tags: args.tags,
            },
            { parent },
        );
    }
}
