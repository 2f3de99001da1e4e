import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AuroraSettings } from "./args";
import { locationOf } from "../shared/location";
import { logicalName } from "../shared/names";
import { arn, policyDocument, trust } from "../shared/statements";

export interface InstanceParts {
    cluster: aws.rds.Cluster;
    subnetGroup: aws.rds.SubnetGroup;
    parameterGroup: aws.rds.ParameterGroup;
}

/**
 * The writer and its readers. An instance is identified by its number: adding or removing one does not change the
 * others.
 */
export function createInstances(
    parent: pulumi.Resource,
    name: string,
    settings: AuroraSettings,
    parts: InstanceParts,
): aws.rds.ClusterInstance[] {
    const monitoring = settings.monitoringInterval > 0 ? createMonitoringRole(parent, name, settings) : undefined;
    const instances: aws.rds.ClusterInstance[] = [];
    for (let number = 1; number <= settings.instances; number++) {
        // The first instance of a cluster becomes its writer, so create it first.
        const writer = instances.slice(0, 1);
        const instance = new aws.rds.ClusterInstance(
            logicalName("instance", `${name}-${number}`),
            {
                clusterIdentifier: parts.cluster.id,
                engine: settings.engine,
                instanceClass: settings.instanceClass,
                dbSubnetGroupName: parts.subnetGroup.name,
                dbParameterGroupName: parts.parameterGroup.name,
                publiclyAccessible: false,
                // The instance with the lowest tier becomes the writer first; 0 and 1 also scale with the writer.
                promotionTier: number - 1,
                autoMinorVersionUpgrade: true,
                applyImmediately: settings.applyImmediately,
                // Only the cluster has a backup window: RDS rejects it here.
                preferredMaintenanceWindow: settings.preferredMaintenanceWindow,
                copyTagsToSnapshot: true,
                ...insights(settings),
                monitoringInterval: settings.monitoringInterval,
                monitoringRoleArn: monitoring?.role.arn,
                tags: settings.tags,
            },
            { parent, dependsOn: monitoring ? [...writer, monitoring.permission] : writer },
        );
        instances.push(instance);
    }
    return instances;
}

/** Settings of the performance data; those of cluster and instances have to match. */
export function insights(settings: AuroraSettings) {
    return {
        performanceInsightsEnabled: true,
        performanceInsightsRetentionPeriod: settings.insightsRetentionDays,
        performanceInsightsKmsKeyId: settings.kmsKeyArn,
    };
}

interface MonitoringRole {
    role: aws.iam.Role;
    permission: aws.iam.RolePolicyAttachment;
}

function createMonitoringRole(parent: pulumi.Resource, name: string, settings: AuroraSettings): MonitoringRole {
    const at = locationOf(parent);
    const role = new aws.iam.Role(
        logicalName("role", `${name}-monitoring`),
        {
            description: `Delivers operating system metrics of ${settings.clusterIdentifier}`,
            assumeRolePolicy: at.apply((location) =>
                policyDocument([trust(location, "monitoring.rds", arn(location, "rds", "db:*"))]),
            ),
            tags: settings.tags,
        },
        { parent },
    );
    const permission = new aws.iam.RolePolicyAttachment(
        `${name}-monitoring`,
        {
            role: role.name,
            policyArn: at.apply(
                ({ partition }) => `arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
            ),
        },
        { parent },
    );
    return { role, permission };
}
