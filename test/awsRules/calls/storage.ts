import type { Mapping } from "../call";
import type { Inputs } from "../inputs";
import { call, drop, listed, pairs } from "./build";

const bucketOf = { bucket: "Bucket" };

export const storageCalls: Record<string, Mapping> = {
    "aws:backup/plan:Plan": {
        autoNamed: "name",
        calls: [
            call("backup", "CreateBackupPlan", {
                members: {
                    name: drop,
                    tags: "BackupPlanTags",
                    // internal/service/backup/plan.go: expandBackupRuleInputs
                    rules: (rules, { name }) => ({
                        BackupPlan: {
                            BackupPlanName: name,
                            Rules: listed(rules).map(
                                ({ targetVaultName, schedule, startWindow, lifecycle, ...rest }) => ({
                                    ...rest,
                                    TargetBackupVaultName: targetVaultName,
                                    ScheduleExpression: schedule,
                                    StartWindowMinutes: startWindow,
                                    Lifecycle: lifecycle && { DeleteAfterDays: (lifecycle as Inputs).deleteAfter },
                                }),
                            ),
                        },
                    }),
                },
            }),
        ],
    },
    "aws:backup/selection:Selection": {
        autoNamed: "name",
        calls: [
            call("backup", "CreateBackupSelection", {
                members: { planId: "BackupPlanId", iamRoleArn: drop, name: drop, resources: drop },
                added: ({ iamRoleArn, name, resources }) => ({
                    BackupSelection: {
                        SelectionName: name,
                        IamRoleArn: iamRoleArn,
                        Resources: resources,
                    },
                }),
            }),
        ],
    },
    "aws:backup/vault:Vault": {
        autoNamed: "name",
        calls: [
            call("backup", "CreateBackupVault", {
                members: { name: "BackupVaultName", kmsKeyArn: "EncryptionKeyArn", tags: "BackupVaultTags" },
            }),
        ],
    },
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
        calls: [call("backup", "PutBackupVaultLockConfiguration")],
    },
    "aws:kms/alias:Alias": { calls: [call("kms", "CreateAlias", { members: { name: "AliasName" } })] },
    "aws:kms/key:Key": {
        calls: [
            call("kms", "CreateKey", {
                // KMS has other names for both.
                members: {
                    tags: (value) => ({
                        Tags: Object.entries(value as object).map(([TagKey, TagValue]) => ({
                            TagKey,
                            TagValue: TagValue as unknown,
                        })),
                    }),
                },
            }),
            call("kms", "EnableKeyRotation", {
                members: { enableKeyRotation: drop },
                added: () => ({ KeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" }),
            }),
            call("kms", "ScheduleKeyDeletion", {
                members: { deletionWindowInDays: "PendingWindowInDays" },
                added: () => ({ KeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" }),
            }),
        ],
    },
    "aws:s3/bucket:Bucket": {
        autoNamed: "bucket",
        notSent: {
            forceDestroy: "only when the bucket is destroyed",
            tags: "by PutBucketTagging, which takes any text",
        },
        calls: [call("s3", "CreateBucket")],
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        calls: [
            call("s3", "PutBucketLifecycleConfiguration", {
                members: { rules: (value) => ({ LifecycleConfiguration: { Rules: value } }) },
            }),
        ],
    },
    "aws:s3/bucketLogging:BucketLogging": {
        calls: [
            call("s3", "PutBucketLogging", {
                members: { ...bucketOf, targetBucket: drop, targetPrefix: drop, targetObjectKeyFormat: drop },
                added: ({ targetBucket, targetPrefix }) => ({
                    BucketLoggingStatus: {
                        LoggingEnabled: {
                            TargetBucket: targetBucket,
                            TargetPrefix: targetPrefix,
                        },
                    },
                }),
            }),
        ],
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        notSent: { source: "the file itself" },
        calls: [call("s3", "PutObject")],
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        calls: [
            call("s3", "PutBucketOwnershipControls", {
                members: { rule: (value) => ({ OwnershipControls: { Rules: [value] } }) },
            }),
        ],
    },
    "aws:s3/bucketPolicy:BucketPolicy": { calls: [call("s3", "PutBucketPolicy")] },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        calls: [
            call("s3", "PutPublicAccessBlock", {
                members: Object.fromEntries(
                    ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map(
                        (name) => [name, drop],
                    ),
                ),
                added: ({ bucket: _, ...rest }) => ({ PublicAccessBlockConfiguration: rest }),
            }),
        ],
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        calls: [
            call("s3", "PutBucketEncryption", {
                members: {
                    rules: (value) => ({
                        ServerSideEncryptionConfiguration: {
                            Rules: listed(value).map(({ applyServerSideEncryptionByDefault: given, ...rule }) => ({
                                ...rule,
                                ApplyServerSideEncryptionByDefault: {
                                    SSEAlgorithm: (given as Inputs).sseAlgorithm,
                                    KMSMasterKeyID: (given as Inputs).kmsMasterKeyId,
                                },
                            })),
                        },
                    }),
                },
            }),
        ],
    },
    "aws:s3/bucketVersioning:BucketVersioning": { calls: [call("s3", "PutBucketVersioning")] },
    "aws:secretsmanager/secret:Secret": {
        autoNamed: "name",
        notSent: { recoveryWindowInDays: "only when the secret is deleted" },
        calls: [call("secretsmanager", "CreateSecret")],
    },
    "aws:secretsmanager/secretPolicy:SecretPolicy": {
        calls: [
            call("secretsmanager", "PutResourcePolicy", {
                members: { secretArn: "SecretId", policy: "ResourcePolicy" },
            }),
        ],
    },
    "aws:secretsmanager/secretRotation:SecretRotation": { calls: [call("secretsmanager", "RotateSecret")] },
    "aws:secretsmanager/secretVersion:SecretVersion": { calls: [call("secretsmanager", "PutSecretValue")] },
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": {
        autoNamed: "name",
        calls: [
            call("serverlessrepo", "CreateCloudFormationChangeSet", {
                members: {
                    name: "StackName",
                    parameters: (value) => ({
                        ParameterOverrides: pairs(value),
                    }),
                },
            }),
        ],
    },
    "random:index/randomId:RandomId": {
        calls: [],
        notSent: { byteLength: "made by the provider", keepers: "made by the provider" },
    },
    "random:index/randomPassword:RandomPassword": {
        calls: [],
        notSent: Object.fromEntries(
            ["length", "keepers", "minLower", "minNumeric", "minSpecial", "minUpper", "overrideSpecial", "special"].map(
                (name) => [name, "made by the provider"],
            ),
        ),
    },
};
