import { get, list, may } from "../resource";
import { type CompanionRule, type Rule, companion } from "../rule";
import { deniesPlainHttp, statementsOf } from "./policyDocument";
import { Types } from "./types";

/**
 * S3 keeps each setting of a bucket in a separate resource: a bucket is judged together with those that refer to it.
 */
interface Setting extends Omit<CompanionRule, "companion"> {
    /** Type of the resource that holds it. */
    type: string;
    /** Its name in messages. */
    what: string;
}

const settings: Setting[] = [
    {
        id: "s3-no-public-access",
        controls: ["S3.1", "S3.8"],
        title: "The bucket cannot be made public",
        what: "public access block",
        type: Types.bucketPublicAccessBlock,
        allowed: "a BucketPublicAccessBlock with all four settings true",
        fix: "Add one; DbPipeline does.",
        problems: differencesFrom({
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        }),
    },
    {
        id: "s3-tls-only",
        controls: ["S3.5"],
        title: "The bucket rejects requests without TLS",
        what: "policy",
        type: Types.bucketPolicy,
        allowed: "a BucketPolicy that denies all principals every action if aws:SecureTransport is false",
        fix: "Add one; DbPipeline does.",
        problems: (properties) => {
            const statements = statementsOf(get(properties, "policy"));
            // An unknown policy has no statements.
            const enough = statements.length === 0 || deniesPlainHttp(statements, ["*", "s3:*"]);
            return enough ? [] : ["no such statement"];
        },
    },
    {
        id: "s3-encrypted",
        controls: ["S3.17"],
        title: "KMS encrypts the bucket, with a bucket key",
        what: "encryption",
        type: Types.bucketEncryption,
        allowed: "sseAlgorithm aws:kms and bucketKeyEnabled true",
        fix: "Add a BucketServerSideEncryptionConfiguration; DbPipeline does.",
        problems: (properties) =>
            list(properties, "rules").flatMap(
                differencesFrom({
                    "applyServerSideEncryptionByDefault.sseAlgorithm": "aws:kms",
                    bucketKeyEnabled: true,
                }),
            ),
    },
    {
        id: "s3-versioned",
        controls: ["S3.14"],
        title: "The bucket is versioned",
        what: "versioning",
        type: Types.bucketVersioning,
        allowed: "a BucketVersioning with status Enabled",
        fix: "Add one; DbPipeline does.",
        problems: differencesFrom({ "versioningConfiguration.status": "Enabled" }),
    },
    {
        id: "s3-lifecycle",
        controls: ["S3.10", "S3.13"],
        title: "Old objects and old versions expire",
        what: "lifecycle",
        type: Types.bucketLifecycle,
        allowed: "a BucketLifecycleConfiguration with an enabled rule",
        fix: "Add one; DbPipeline does, see artifactRetentionDays.",
        problems: (properties) => {
            const rules = list(properties, "rules");
            const disabled = rules.length > 0 && !rules.some((rule) => may(rule, "status", "Enabled"));
            return disabled ? ["no enabled rule"] : [];
        },
    },
    {
        id: "s3-owner-enforced",
        controls: ["S3.12"],
        title: "The bucket has no ACLs",
        what: "ownership",
        type: Types.bucketOwnership,
        allowed: "BucketOwnershipControls with BucketOwnerEnforced",
        fix: "Add them; DbPipeline does.",
        problems: differencesFrom({ "rule.objectOwnership": "BucketOwnerEnforced" }),
    },
    {
        id: "s3-access-logged",
        controls: ["S3.9"],
        title: "Access to the bucket is logged",
        what: "access log",
        type: Types.bucketLogging,
        allowed: { prod: "a BucketLogging" },
        fix: "Add one; it needs a second bucket that receives the logs.",
    },
];

export const s3Rules: Rule[] = settings.map(({ what, type, ...rule }) =>
    companion({ ...rule, type: Types.bucket, companion: { type, property: "bucket", what } }),
);

/** The paths whose values differ from the required ones, with their values. */
function differencesFrom(wanted: Record<string, unknown>): (holder: unknown) => string[] {
    return (holder) =>
        Object.entries(wanted)
            .filter(([path, value]) => !may(holder, path, value))
            .map(([path]) => `${path} ${JSON.stringify(get(holder, path) ?? "nothing").replaceAll('"', "")}`);
}
