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
 * Logging in to a cluster and to clones of it as some users, by IAM. What a clone's resource id will be nobody knows
 * before it is there, and IAM knows no condition that would tell a clone from another cluster.
 */
export function connectToClones(at: Location, usernames: string[]): Statement {
    return {
        Sid: "ConnectToClone",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: usernames.map((username) => arn(at, "rds-db", `dbuser:cluster-*/${username}`)),
    };
}
