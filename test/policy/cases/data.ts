import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

// Backups, secrets, buckets, keys: what keeps the data.

const cluster = make(Types.cluster, {}, { outputs: { arn: "arn:cluster" } });
const plan = make(Types.backupPlan, {}, { name: "plan" });
const selection = (...resources: string[]) => make(Types.backupSelection, { planId: "plan-id", resources });
const vault = make(Types.vault, { kmsKeyArn: "arn:key" });
const secret = (inputs: object) => [make(Types.secret, inputs)];
const rotation = (rotationRules: object) => [make(Types.secretRotation, { secretId: "it-id", rotationRules })];
const secretPolicy = (inputs: object) => [make(Types.secretPolicy, { secretArn: "it-id", ...inputs })];
const bucket = make(Types.bucket, {});
const other = make(Types.bucket, {}, { name: "other" });
const key = (inputs: object) => [make(Types.key, inputs)];

/** The bucket with one of its settings. */
const bucketWith = (type: string, inputs: object) => [bucket, make(type, { bucket: "it-id", ...inputs })];
const encryption = (sseAlgorithm: string, bucketKeyEnabled?: boolean) =>
    bucketWith(Types.bucketEncryption, {
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm }, bucketKeyEnabled }],
    });
const publicAccess = (blockPublicPolicy: boolean) =>
    bucketWith(Types.bucketPublicAccessBlock, {
        blockPublicAcls: true,
        blockPublicPolicy,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    });
const insecure = { Bool: { "aws:SecureTransport": "false" } };

export const dataCases: Cases = {
    "backup-plan": {
        passes: [[cluster, plan, selection("arn:cluster")]],
        fails: [
            {
                given: [cluster],
                messages: [
                    'Cluster "it": backup plans: given 0. Allowed in prod: a backup plan whose selection names the cluster. Add a Plan, and a Selection with the cluster\'s ARN. (CKV2_AWS_8, Backup.1)',
                ],
            },
            {
                given: [cluster, plan, selection("arn:other")],
                messages: [
                    'Cluster "it": backup plans: given 0. Allowed in prod: a backup plan whose selection names the cluster. Add a Plan, and a Selection with the cluster\'s ARN. (CKV2_AWS_8, Backup.1)',
                ],
            },
        ],
    },
    "backup-vault-key": {
        passes: [[vault]],
        fails: [
            {
                given: [make(Types.vault, {})],
                messages: [
                    'Vault "it": kmsKeyArn: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn. (Backup.1)',
                ],
            },
        ],
    },
    "backup-vault-locked": {
        passes: [[vault, make(Types.vaultLock, { backupVaultName: "it-id" })]],
        fails: [
            {
                given: [vault],
                messages: [
                    'Vault "it": lock: given nothing. Allowed in prod: a VaultLockConfiguration. Add a VaultLockConfiguration for the vault. (CKV2_AWS_8)',
                ],
            },
        ],
    },
    "secret-rotation": {
        passes: [[...secret({}), ...rotation({ automaticallyAfterDays: 30 })]],
        fails: [
            {
                given: secret({}),
                messages: [
                    'Secret "it": rotation: given nothing. Allowed in prod: a SecretRotation. Set rotation of DbSecret. (SecretsManager.1, CKV2_AWS_57)',
                ],
            },
        ],
    },
    "secret-rotation-interval": {
        environment: "dev",
        passes: [
            rotation({ automaticallyAfterDays: 90 }),
            rotation({ scheduleExpression: "rate(30 days)" }),
            rotation({ scheduleExpression: "rate(4 hours)" }),
        ],
        fails: [
            {
                given: rotation({ automaticallyAfterDays: 91 }),
                messages: [
                    'SecretRotation "it": rotationRules: given {"automaticallyAfterDays":91}. Allowed in dev: automaticallyAfterDays up to 90, or a scheduleExpression such as rate(30 days). Set rotation.afterDays of DbSecret. (SecretsManager.4)',
                ],
            },
            {
                given: rotation({}),
                messages: [
                    'SecretRotation "it": rotationRules: given {}. Allowed in dev: automaticallyAfterDays up to 90, or a scheduleExpression such as rate(30 days). Set rotation.afterDays of DbSecret. (SecretsManager.4)',
                ],
            },
        ],
    },
    "secret-key": {
        passes: [secret({ kmsKeyId: "arn:key" })],
        fails: [
            {
                given: secret({}),
                messages: [
                    'Secret "it": kmsKeyId: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of DbSecret. (CKV_AWS_149)',
                ],
            },
        ],
    },
    "secret-policy": {
        passes: [[...secret({}), ...secretPolicy({})]],
        fails: [
            {
                given: secret({}),
                messages: [
                    'Secret "it": policy: given nothing. Allowed in prod: a SecretPolicy. Add a SecretPolicy; DbSecret always does. (secret policy)',
                ],
            },
        ],
    },
    "secret-policy-not-public": {
        passes: [secretPolicy({ blockPublicPolicy: true })],
        fails: [
            {
                given: secretPolicy({}),
                messages: [
                    'SecretPolicy "it": blockPublicPolicy: given nothing. Allowed in prod: true. Set blockPublicPolicy; DbSecret always does. (secret policy)',
                ],
            },
        ],
    },
    "secret-recovery-window": {
        passes: [secret({ recoveryWindowInDays: 30 }), secret({})],
        fails: [
            {
                given: secret({ recoveryWindowInDays: 0 }),
                messages: [
                    'Secret "it": recoveryWindowInDays: given 0. Allowed in prod: 30 days, or nothing (AWS\'s 30). Set recoveryWindowInDays of DbSecret. (SecretsManager.3)',
                ],
            },
        ],
    },
    "s3-no-public-access": {
        passes: [publicAccess(true)],
        fails: [
            {
                given: [bucket],
                messages: [
                    'Bucket "it": public access block: given nothing. Allowed in prod: a BucketPublicAccessBlock with all four settings true. Add one; DbPipeline does. (S3.1, S3.8)',
                ],
            },
            {
                given: publicAccess(false),
                messages: [
                    'Bucket "it": public access block: given "blockPublicPolicy false". Allowed in prod: a BucketPublicAccessBlock with all four settings true. Add one; DbPipeline does. (S3.1, S3.8)',
                ],
            },
        ],
    },
    "s3-tls-only": {
        passes: [
            bucketWith(Types.bucketPolicy, {
                policy: policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Condition: insecure }),
            }),
        ],
        fails: [
            {
                given: [bucket],
                messages: [
                    'Bucket "it": policy: given nothing. Allowed in prod: a BucketPolicy that denies all principals every action if aws:SecureTransport is false. Add one; DbPipeline does. (S3.5)',
                ],
            },
            {
                given: bucketWith(Types.bucketPolicy, {
                    policy: policy({
                        Effect: "Deny",
                        Principal: { AWS: "arn:someone" },
                        Action: "s3:*",
                        Condition: insecure,
                    }),
                }),
                messages: [
                    'Bucket "it": policy: given "no such statement". Allowed in prod: a BucketPolicy that denies all principals every action if aws:SecureTransport is false. Add one; DbPipeline does. (S3.5)',
                ],
            },
            {
                given: bucketWith(Types.bucketPolicy, {
                    policy: policy({ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Condition: insecure }),
                }),
                messages: [
                    'Bucket "it": policy: given "no such statement". Allowed in prod: a BucketPolicy that denies all principals every action if aws:SecureTransport is false. Add one; DbPipeline does. (S3.5)',
                ],
            },
        ],
    },
    "s3-encrypted": {
        passes: [encryption("aws:kms", true)],
        fails: [
            {
                given: [bucket],
                messages: [
                    'Bucket "it": encryption: given nothing. Allowed in prod: sseAlgorithm aws:kms and bucketKeyEnabled true. Add a BucketServerSideEncryptionConfiguration; DbPipeline does. (S3.17)',
                ],
            },
            {
                given: encryption("AES256"),
                messages: [
                    'Bucket "it": encryption: given "applyServerSideEncryptionByDefault.sseAlgorithm AES256, bucketKeyEnabled nothing". Allowed in prod: sseAlgorithm aws:kms and bucketKeyEnabled true. Add a BucketServerSideEncryptionConfiguration; DbPipeline does. (S3.17)',
                ],
            },
        ],
    },
    "s3-versioned": {
        passes: [bucketWith(Types.bucketVersioning, { versioningConfiguration: { status: "Enabled" } })],
        fails: [
            {
                given: bucketWith(Types.bucketVersioning, { versioningConfiguration: { status: "Suspended" } }),
                messages: [
                    'Bucket "it": versioning: given "versioningConfiguration.status Suspended". Allowed in prod: a BucketVersioning with status Enabled. Add one; DbPipeline does. (S3.14)',
                ],
            },
        ],
    },
    "s3-lifecycle": {
        passes: [bucketWith(Types.bucketLifecycle, { rules: [{ status: "Enabled" }] })],
        fails: [
            {
                given: bucketWith(Types.bucketLifecycle, { rules: [{ status: "Disabled" }] }),
                messages: [
                    'Bucket "it": lifecycle: given "no enabled rule". Allowed in prod: a BucketLifecycleConfiguration with an enabled rule. Add one; DbPipeline does, see artifactRetentionDays. (S3.10, S3.13)',
                ],
            },
        ],
    },
    "s3-owner-enforced": {
        passes: [bucketWith(Types.bucketOwnership, { rule: { objectOwnership: "BucketOwnerEnforced" } })],
        fails: [
            {
                given: bucketWith(Types.bucketOwnership, { rule: { objectOwnership: "ObjectWriter" } }),
                messages: [
                    'Bucket "it": ownership: given "rule.objectOwnership ObjectWriter". Allowed in prod: BucketOwnershipControls with BucketOwnerEnforced. Add them; DbPipeline does. (S3.12)',
                ],
            },
        ],
    },
    "s3-access-logged": {
        passes: [bucketWith(Types.bucketLogging, { targetBucket: "logs" })],
        fails: [
            // The other bucket takes the logs of this one: its own access is not logged.
            {
                given: [
                    bucket,
                    other,
                    make(Types.bucketLogging, { bucket: "it-id", targetBucket: "other-id" }, { name: "log" }),
                ],
                messages: [
                    'Bucket "other": access log: given nothing. Allowed in prod: a BucketLogging. Add one; it needs a second bucket that receives the logs. (S3.9)',
                ],
            },
        ],
    },
    "kms-rotation": {
        passes: [key({ enableKeyRotation: true })],
        fails: [
            {
                given: key({}),
                messages: [
                    'Key "it": enableKeyRotation: given nothing. Allowed in prod: true. Set enableKeyRotation. (KMS.4)',
                ],
            },
        ],
    },
    "kms-policy": {
        passes: [key({ policy: policy({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" } }) })],
        fails: [
            {
                given: key({}),
                messages: [
                    'Key "it": policy: given nothing. Allowed in prod: a policy whose principals are named. Set policy, without the principal "*". (KMS.5)',
                ],
            },
            {
                given: key({ policy: policy({ Effect: "Allow", Principal: { AWS: "*" } }) }),
                messages: [
                    'Key "it": policy, statement One, Principal: given "*". Allowed in prod: a policy whose principals are named. Set policy, without the principal "*". (KMS.5)',
                ],
            },
        ],
    },
    "kms-deletion-window": {
        passes: [key({ deletionWindowInDays: 30 })],
        fails: [
            {
                given: key({ deletionWindowInDays: 7 }),
                messages: [
                    'Key "it": deletionWindowInDays: given 7. Allowed in prod: 30. Set deletionWindowInDays. (KMS.3)',
                ],
            },
        ],
    },
};
