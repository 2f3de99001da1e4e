import type { Location } from "../shared/location";
import { arn, type Statement } from "../shared/statements";

// What the role of a build may do to log in to the database: read secrets, or ask for tokens.

export interface ReadableSecret {
    secretArn: string;
    /** Customer managed key that encrypts it. */
    kmsKeyArn?: string;
}

/** Reading these secrets, and decrypting them only. */
export function readSecrets(at: Location, secrets: ReadableSecret[]): Statement[] {
    if (secrets.length === 0) {
        return [];
    }
    // The key aws/secretsmanager lets every caller in the account use it through Secrets Manager.
    const keys = [...new Set(secrets.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn])))];
    return [
        {
            Sid: "ReadSecret",
            Effect: "Allow",
            Action: ["secretsmanager:GetSecretValue"],
            Resource: secrets.map(({ secretArn }) => secretArn),
        },
        ...keys.map((key, index): Statement => {
            const encrypted = secrets.filter(({ kmsKeyArn }) => kmsKeyArn === key).map(({ secretArn }) => secretArn);
            return {
                Sid: index === 0 ? "DecryptSecret" : `DecryptSecret${index + 1}`,
                Effect: "Allow",
                Action: ["kms:Decrypt"],
                Resource: [key],
                Condition: {
                    StringEquals: {
                        "kms:ViaService": `secretsmanager.${at.region}.amazonaws.com`,
                        "kms:EncryptionContext:SecretARN": encrypted.length === 1 ? encrypted[0]! : encrypted,
                    },
                },
            };
        }),
    ];
}

/** Logging in to one cluster as one user, by IAM. */
export function connectAs(at: Location, clusterResourceId: string, username: string): Statement {
    return {
        Sid: "ConnectAsUser",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: [arn(at, "rds-db", `dbuser:${clusterResourceId}/${username}`)],
    };
}

/**
 * Logging in to a cluster and to clones of it as one user, by IAM. What a clone's resource id will be nobody knows
 * before it is there, and IAM knows no condition that would tell a clone from another cluster.
 */
export function connectToClones(at: Location, username: string): Statement {
    return {
        Sid: "ConnectToClone",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: [arn(at, "rds-db", `dbuser:cluster-*/${username}`)],
    };
}
