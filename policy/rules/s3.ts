import { type Resource, type Stack, get, list, may } from "../resource";
import { type Finding, type Rule, findings, stackRule } from "../rule";
import { deniesPlainHttp, statementsOf } from "./policyDocument";
import { Types } from "./types";

// S3 keeps each of a bucket's settings in a resource of its own: a bucket is judged with those that refer to it.

const noPublicAccess = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};
const kmsWithBucketKey = { "applyServerSideEncryptionByDefault.sseAlgorithm": "aws:kms", bucketKeyEnabled: true };

export const s3Rules: Rule[] = [
    stackRule({
        id: "s3-no-public-access",
        controls: ["S3.1", "S3.8"],
        title: "The bucket cannot be made public",
        types: [Types.bucket],
        allowed: "a BucketPublicAccessBlock with all four settings true",
        fix: "Add one; DbPipeline does.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketPublicAccessBlock, "public access block", ({ properties }) =>
                differences(properties, noPublicAccess),
            ),
    }),
    stackRule({
        id: "s3-tls-only",
        controls: ["S3.5"],
        title: "The bucket turns away who comes without TLS",
        types: [Types.bucket],
        allowed: "a BucketPolicy that denies everybody every action where aws:SecureTransport is false",
        fix: "Add one; DbPipeline does.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketPolicy, "policy", ({ properties }) => {
                const statements = statementsOf(get(properties, "policy"));
                // A policy that is not known yet has no statements.
                const enough = statements.length === 0 || deniesPlainHttp(statements, ["*", "s3:*"]);
                return enough ? [] : ["no such statement"];
            }),
    }),
    stackRule({
        id: "s3-encrypted",
        controls: ["S3.17"],
        title: "KMS encrypts the bucket, with a bucket key",
        types: [Types.bucket],
        allowed: "sseAlgorithm aws:kms and bucketKeyEnabled true",
        fix: "Add a BucketServerSideEncryptionConfiguration; DbPipeline does.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketEncryption, "encryption", ({ properties }) =>
                list(properties, "rules").flatMap((rule) => differences(rule, kmsWithBucketKey)),
            ),
    }),
    stackRule({
        id: "s3-versioned",
        controls: ["S3.14"],
        title: "The bucket keeps what is overwritten",
        types: [Types.bucket],
        allowed: "a BucketVersioning with status Enabled",
        fix: "Add one; DbPipeline does.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketVersioning, "versioning", ({ properties }) =>
                differences(properties, { "versioningConfiguration.status": "Enabled" }),
            ),
    }),
    stackRule({
        id: "s3-lifecycle",
        controls: ["S3.10", "S3.13"],
        title: "Old objects and old versions expire",
        types: [Types.bucket],
        allowed: "a BucketLifecycleConfiguration with an enabled rule",
        fix: "Add one; DbPipeline does, see artifactRetentionDays.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketLifecycle, "lifecycle", ({ properties }) => {
                const rules = list(properties, "rules");
                const disabled = rules.length > 0 && !rules.some((rule) => may(rule, "status", "Enabled"));
                return disabled ? ["no enabled rule"] : [];
            }),
    }),
    stackRule({
        id: "s3-owner-enforced",
        controls: ["S3.12"],
        title: "The bucket has no ACLs",
        types: [Types.bucket],
        allowed: "BucketOwnershipControls with BucketOwnerEnforced",
        fix: "Add them; DbPipeline does.",
        check: (bucket, _environment, stack) =>
            settingOf(bucket, stack, Types.bucketOwnership, "ownership", ({ properties }) =>
                differences(properties, { "rule.objectOwnership": "BucketOwnerEnforced" }),
            ),
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

/** The paths whose values are others than wanted, with what they are. */
function differences(holder: unknown, wanted: Record<string, unknown>): string[] {
    return Object.entries(wanted)
        .filter(([path, value]) => !may(holder, path, value))
        .map(([path]) => `${path} ${JSON.stringify(get(holder, path) ?? "nothing").replaceAll('"', "")}`);
}
