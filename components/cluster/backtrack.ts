import * as pulumi from "@pulumi/pulumi";
import { describeFailure } from "../shared/validation";

/**
 * Regions whose Aurora MySQL cannot be wound back: Cape Town, Hong Kong, Milan, Stockholm, Bahrain, São Paulo and Ningxia
 * (https://repost.aws/knowledge-center/aurora-mysql-cluster-backtrack, noted 2026-11-29). RDS itself refuses in any other.
 */
export const regionsWithoutBacktrack = [
    "af-south-1",
    "ap-east-1",
    "eu-south-1",
    "eu-north-1",
    "me-south-1",
    "sa-east-1",
    "cn-northwest-1",
];

/** The window in seconds; an error where the region has none to offer. */
export function backtrackSeconds(name: string, region: string, hours: number): number {
    if (hours > 0 && regionsWithoutBacktrack.includes(region)) {
        const failure = describeFailure({
            arg: "backtrackHours",
            given: hours,
            valid: false,
            allowed: `0 in ${region}, where Aurora MySQL has no backtrack`,
            fix: "Set 0, and restore a backup to a point in time instead; or choose another region.",
        });
        throw new pulumi.RunError(`AuroraCluster "${name}" cannot be wound back.\n${failure}`);
    }
    return hours * 3600;
}
