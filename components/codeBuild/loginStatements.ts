import type { Location } from "../shared/location";
import { arn, type Statement } from "../shared/statements";

// The permissions that a build's role needs to log in to the database with IAM.

/** Allows logging in to one cluster as the given users with IAM. */
export function connectAs(at: Location, clusterResourceId: string, usernames: string[]): Statement {
    return {
        Sid: "ConnectAsUser",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: usernames.map((username) => arn(at, "rds-db", `dbuser:${clusterResourceId}/${username}`)),
    };
}

/**
 * Denies logging in to any cluster with IAM and reading any password: a rehearsal logs in to its clone with a password
 * that it sets there. IAM cannot express "the clone only": the resource id of a clone is not known in advance, and
 * rds-db:connect has no condition that distinguishes a clone from another cluster.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
 */
export function denyLogins(): Statement {
    return {
        Sid: "DenyLogins",
        Effect: "Deny",
        Action: ["rds-db:connect", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
        Resource: ["*"],
    };
}
