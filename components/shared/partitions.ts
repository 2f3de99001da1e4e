import * as aws from "@pulumi/aws";

// AWS's partitions, and the features used by this package that they lack; nothing else in the code contains this. A
// test compares it with the endpoints that AWS publishes (botocore, `endpoints.json`); docs/regions.md documents it.

export interface Partition {
    /** CodeStar Notifications: messages about pipelines and builds, to a topic and to chat. */
    notificationRules: boolean;
    /** CodeConnections: sources in GitHub, GitLab and Bitbucket. */
    connections: boolean;
    /** Whether all interface endpoints are named `com.amazonaws.<region>.<service>`. */
    endpointNames: boolean;
    /** Whether both environments are supported there. */
    supported: boolean;
}

export const partitions: Record<string, Partition> = {
    aws: { notificationRules: true, connections: true, endpointNames: true, supported: true },
    "aws-us-gov": { notificationRules: false, connections: true, endpointNames: true, supported: true },
    // Service principals, KMS conditions and some endpoint names have other suffixes there, which are not tested.
    "aws-cn": { notificationRules: false, connections: false, endpointNames: false, supported: false },
};

/**
 * The partition of a region, by its name; undefined for a region that is not in the table (AWS's isolated partitions).
 */
export function partitionOf(region: string): Partition | undefined {
    const names = { "cn-": "aws-cn", "us-gov-": "aws-us-gov" };
    const special = Object.entries(names).find(([prefix]) => region.startsWith(prefix));
    if (special !== undefined) {
        return partitions[special[1]];
    }
    return /^(us-iso|eu-isoe|eusc-)/.test(region) ? undefined : partitions.aws;
}

/**
 * Whether notification rules can be created. The region in the provider's config decides it, before any call to AWS:
 * whether a resource exists must not depend on an output.
 */
export function hasNotificationRules(): boolean {
    const region = aws.config.region;
    return region === undefined || (partitionOf(region)?.notificationRules ?? false);
}
