import { accountErrors } from "../shared/errors";

/**
 * Regions where Aurora MySQL has no backtrack: Cape Town, Hong Kong, Milan, Stockholm, Bahrain, São Paulo and Ningxia
 * (https://repost.aws/knowledge-center/aurora-mysql-cluster-backtrack, noted 2026-11-29). In any other such region RDS
 * itself rejects it.
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

/** The backtrack window in seconds; throws in a region without backtrack. */
export function backtrackSeconds(name: string, region: string, hours: number): number {
    if (hours > 0 && regionsWithoutBacktrack.includes(region)) {
        throw new accountErrors.BacktrackNotInRegion({ name, region, hours });
    }
    return hours * 3600;
}
