import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../components/shared/location";
import {
    encryptMessages,
    keyAdministration,
    keyUse,
    policyDocument,
    type Statement,
} from "../components/shared/statements";
import type { Settings } from "./settings";

// Services that encrypt the environment's data on behalf of a caller in the account.
const services = ["backup", "codebuild", "rds", "s3", "secretsmanager", "sns"];

/** One customer managed key for everything that the environment stores: database, backups, secrets, artifacts, logs. */
export function createKey(name: string, settings: Settings): aws.kms.Key {
    const identity = aws.getCallerIdentityOutput();
    const region = aws.getRegionOutput();
    const partition = aws.getPartitionOutput();
    const policy = pulumi
        .all([identity.accountId, region.region, partition.partition])
        .apply(([account, region, partition]) => policyDocument(keyPolicy({ account, region, partition })));
    const key = new aws.kms.Key(
        name,
        {
            description: `Everything that ${name} stores`,
            enableKeyRotation: true,
            deletionWindowInDays: settings.keyDeletionWindowInDays,
            policy,
            tags: settings.tags,
        },
        // Without its key, the database, its backups and its logs are lost.
        { protect: settings.deletionProtection },
    );
    new aws.kms.Alias(name, { name: `alias/${name}`, targetKeyId: key.id });
    return key;
}

/** The policy of the key. In a key policy, `Resource: "*"` means the key itself. */
export function keyPolicy(at: Location): Statement[] {
    const account = { AWS: `arn:${at.partition}:iam::${at.account}:root` };
    const viaServices = services.map((service) => `${service}.${at.region}.amazonaws.com`);
    return [
        { Sid: "Administer", Effect: "Allow", Principal: account, Action: keyAdministration, Resource: ["*"] },
        {
            Sid: "UseThroughServices",
            Effect: "Allow",
            Principal: account,
            Action: [...keyUse, ...reencrypt],
            Resource: ["*"],
            Condition: { StringEquals: { "kms:ViaService": viaServices } },
        },
        {
            Sid: "LendToServices",
            Effect: "Allow",
            Principal: account,
            Action: ["kms:CreateGrant"],
            Resource: ["*"],
            Condition: {
                Bool: { "kms:GrantIsForAWSResource": "true" },
                StringEquals: { "kms:ViaService": viaServices },
            },
        },
        {
            Sid: "Logs",
            Effect: "Allow",
            Principal: { Service: `logs.${at.region}.amazonaws.com` },
            Action: [...keyUse, ...reencrypt],
            Resource: ["*"],
            Condition: {
                ArnLike: {
                    "kms:EncryptionContext:aws:logs:arn": `arn:${at.partition}:logs:${at.region}:${at.account}:log-group:*`,
                },
            },
        },
        ...encryptMessages(at),
    ];
}

/** Permissions that a change of the key of already encrypted data needs on both keys. */
const reencrypt = ["kms:ReEncryptFrom", "kms:ReEncryptTo"];
