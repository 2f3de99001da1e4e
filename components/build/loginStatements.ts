import type { Location } from "../shared/location";
import { arn, type Statement } from "../shared/statements";

// What the role of a build may do to log in to the database by IAM: ask for tokens.

/** Logging in to one cluster as some users, by IAM. */
export function connectAs(at: Location, clusterResourceId: string, usernames: string[]): Statement {
    return {
        Sid: "ConnectAsUser",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: usernames.map((username) => arn(at, "rds-db", `dbuser:${clusterResourceId}/${username}`)),
    };
}

/**
 * Logging in to no cluster at all by IAM, and reading no password, whatever else is allowed: a rehearsal logs in to its clone
 * with a password that it has set there. IAM could not say "the clone only": nobody knows the resource id of a clone before
 * it is there, and rds-db:connect has no condition that tells a clone from another cluster.
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
