import * as aws from "@pulumi/aws";

// AWS's partitions, and what they lack of what this package uses: the one place that says it. A test compares it with
// the endpoints that AWS publishes (botocore, `endpoints.json`); docs/regions.md says it to people.

export interface Partition {
    /** CodeStar Notifications: messages about pipelines and builds, to a topic and to chat. */
    notificationRules: boolean;
    /** CodeConnections: sources in GitHub, GitLab and Bitbucket. */
    connections: boolean;
    /** Whether interface endpoints are named `com.amazonaws.<region>.<service>` throughout. */
    endpointNames: boolean;
    /** Whether both environments are meant to run there. */
    supported: boolean;
}

export const partitions: Record<string, Partition> = {
    aws: { notificationRules: true, connections: true, endpointNames: true, supported: true },
    "aws-us-gov": { notificationRules: false, connections: true, endpointNames: true, supported: true },
    // Service principals, KMS conditions and some names of endpoints have other suffixes there, which nothing tests.
    "aws-cn": { notificationRules: false, connections: false, endpointNames: false, supported: false },
};

/** The partition of a region, by its name; undefined for one that is not in the table (AWS's isolated partitions). */
export function partitionOf(region: string): Partition | undefined {
    const names = { "cn-": "aws-cn", "us-gov-": "aws-us-gov" };
    const special = Object.entries(names).find(([prefix]) => region.startsWith(prefix));
    if (special !== undefined) {
        return partitions[special[1]];
    }
    return /^(us-iso|eu-isoe|eusc-)/.test(region) ? undefined : partitions.aws;
}

/**
 * Whether notification rules can be made. It is decided by the region of the provider's config, before anything is asked of
 * AWS: whether there is a resource cannot depend on an output.
 */
export function hasNotificationRules(): boolean {
    const region = aws.config.region;
    return region === undefined || (partitionOf(region)?.notificationRules ?? false);
}
