import { type Resource, type Stack, get, list } from "../resource";
import { type Finding, type Rule, findings, stackRule } from "../rule";
import { deniesPlainHttp, statementsOf } from "./policyDocument";
import { Types } from "./types";

// S3 keeps each of a bucket's settings in a resource of its own: a bucket is judged with those that refer to it.

export const s3Rules: Rule[] = [
    stackRule({
        id: "s3-no-public-access",
        controls: ["S3.1", "S3.8"],
        title: "The bucket cannot be made public",
        types: [Types.bucket],
        allowed: "a BucketPublicAccessBlock with all four settings true",
        fix: "Add one; DbPipeline does.",
        check(bucket, _environment, stack) {
            const settings = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
            const missing = (block: Resource) =>
                settings.filter((setting) => get(block.properties, setting) !== true).map((setting) => `no ${setting}`);
            return settingOf(bucket, stack, Types.bucketPublicAccessBlock, "public access block", missing);
        },
    }),
    stackRule({
        id: "s3-tls-only",
        controls: ["S3.5"],
        title: "The bucket turns away who comes without TLS",
        types: [Types.bucket],
        allowed: "a BucketPolicy that denies everybody every action where aws:SecureTransport is false",
        fix: "Add one; DbPipeline does.",
        check(bucket, _environment, stack) {
            return settingOf(bucket, stack, Types.bucketPolicy, "policy", ({ properties }) => {
                const statements = statementsOf(get(properties, "policy"));
                // A policy that is not known yet has no statements.
                return statements.length === 0 || deniesPlainHttp(statements, ["*", "s3:*"])
                    ? []
                    : ["no such statement"];
            });
        },
    }),
    stackRule({
        id: "s3-encrypted",
        controls: ["S3.17"],
        title: "KMS encrypts the bucket, with a bucket key",
        types: [Types.bucket],
        allowed: "sseAlgorithm aws:kms and bucketKeyEnabled true",
        fix: "Add a BucketServerSideEncryptionConfiguration; DbPipeline does.",
        check(bucket, _environment, stack) {
            return settingOf(bucket, stack, Types.bucketEncryption, "encryption", ({ properties }) =>
                list(properties, "rules").flatMap((rule) => {
                    const algorithm = get(rule, "applyServerSideEncryptionByDefault.sseAlgorithm");
                    const bucketKey = get(rule, "bucketKeyEnabled");
                    return algorithm === "aws:kms" && bucketKey === true
                        ? []
                        : [`sseAlgorithm ${String(algorithm)}, bucketKeyEnabled ${String(bucketKey)}`];
                }),
            );
        },
    }),
    stackRule({
        id: "s3-versioned",
        controls: ["S3.14"],
        title: "The bucket keeps what is overwritten",
        types: [Types.bucket],
        allowed: "a BucketVersioning with status Enabled",
        fix: "Add one; DbPipeline does.",
        check(bucket, _environment, stack) {
            return settingOf(bucket, stack, Types.bucketVersioning, "versioning", ({ properties }) => {
                const status = get(properties, "versioningConfiguration.status");
                return status === "Enabled" ? [] : [String(status)];
            });
        },
    }),
    stackRule({
        id: "s3-lifecycle",
        controls: ["S3.10", "S3.13"],
        title: "Old objects and old versions expire",
        types: [Types.bucket],
        allowed: "a BucketLifecycleConfiguration with an enabled rule",
        fix: "Add one; DbPipeline does, see artifactRetentionDays.",
        check(bucket, _environment, stack) {
            return settingOf(bucket, stack, Types.bucketLifecycle, "lifecycle", ({ properties }) =>
                list(properties, "rules").some((rule) => get(rule, "status") === "Enabled") ? [] : ["no enabled rule"],
            );
        },
    }),
    stackRule({
        id: "s3-owner-enforced",
        controls: ["S3.12"],
        title: "The bucket has no ACLs",
        types: [Types.bucket],
        allowed: "BucketOwnershipControls with BucketOwnerEnforced",
        fix: "Add them; DbPipeline does.",
        check(bucket, _environment, stack) {
            return settingOf(bucket, stack, Types.bucketOwnership, "ownership", ({ properties }) => {
                const ownership = get(properties, "rule.objectOwnership");
                return ownership === "BucketOwnerEnforced" ? [] : [String(ownership)];
            });
        },
    }),
    stackRule({
        id: "s3-access-logged",
        controls: ["S3.9"],
        title: "Access to the bucket is logged",
        types: [Types.bucket],
        allowed: { prod: "a BucketLogging" },
        fix: "Add one; it needs a second bucket that takes the logs.",
        check: (bucket, _environment, stack) => settingOf(bucket, stack, Types.bucketLogging, "access log", () => []),
    }),
];

/** Judges the resource that holds one setting of the bucket; without it the setting is what is missing. */
function settingOf(
    bucket: Resource,
    stack: Stack,
    type: string,
    what: string,
    problemsOf: (setting: Resource) => string[],
): Finding[] {
    const settings = stack.referring(type, "bucket", bucket);
    const problems = settings.flatMap(problemsOf);
    const given = settings.length === 0 ? undefined : problems.join(", ");
    return findings({ what, given, valid: settings.length > 0 && problems.length === 0 });
}
