import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { keepPrivate, keepVersions } from "./privateBucket";
import { deliverAccessLog } from "../shared/statements";

export interface AccessLogArgs {
    at: pulumi.Output<Location>;
    /** The bucket whose access is logged. */
    of: aws.s3.Bucket;
    /** Prefix of the keys of its log. */
    prefix: string;
    /** An existing bucket, whose policy allows S3's log delivery. Absent: a bucket of its own. */
    bucket: pulumi.Input<string> | undefined;
    /** Settings of a bucket of its own. */
    retentionDays: number;
    forceDestroy: boolean;
    tags: Record<string, string> | undefined;
}

/** Logs access to a bucket. */
export function logAccess(name: string, args: AccessLogArgs, parent: pulumi.Resource): pulumi.Resource {
    const own = args.bucket === undefined ? logBucket(`${name}-access-log`, args, parent) : undefined;
    return new aws.s3.BucketLogging(
        name,
        {
            bucket: args.of.id,
            targetBucket: own?.bucket.id ?? (args.bucket as pulumi.Input<string>),
            targetPrefix: args.prefix,
        },
        { parent, dependsOn: own?.ready },
    );
}

/** The bucket that receives the log: private and TLS only like the other one, and writable by S3 alone. */
function logBucket(name: string, args: AccessLogArgs, parent: pulumi.Resource) {
    const bucket = new aws.s3.Bucket(
        logicalName("bucket", name),
        { forceDestroy: args.forceDestroy, tags: args.tags },
        { parent },
    );
    const admitted = pulumi
        .all([args.at, bucket.arn, args.of.arn])
        .apply(([at, arn, loggedArn]) => [deliverAccessLog(at, { arn, prefix: args.prefix }, loggedArn)]);
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        {
            bucket: bucket.id,
            // S3 silently delivers no log to a bucket that is encrypted with KMS by default.
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        },
        { parent },
    );
    const versioning = keepVersions(name, bucket, parent);
    const lifecycle = new aws.s3.BucketLifecycleConfiguration(
        name,
        {
            bucket: bucket.id,
            rules: [
                {
                    id: "expire-logs",
                    status: "Enabled",
                    filter: { prefix: "" },
                    expiration: { days: args.retentionDays },
                    noncurrentVersionExpiration: { noncurrentDays: 30 },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                },
            ],
        },
        { parent, dependsOn: [versioning] },
    );
    return { bucket, ready: [...keepPrivate(name, bucket, admitted, parent), encryption, lifecycle] };
}
