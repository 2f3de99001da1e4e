import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AccessLogArgs, logAccess } from "./accessLog";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { ownKey, type OwnKeyArgs } from "../shared/ownKey";
import { keepPrivate, keepVersions } from "./privateBucket";
import { writeRecordsOnce } from "./recordStatements";
import { artifactPrefix } from "../shared/artifactStatements";

export interface ArtifactStoreArgs {
    at: pulumi.Output<Location>;
    pipelineName: string;
    kmsKeyArn: pulumi.Input<string> | undefined;
    retentionDays: number;
    /** Absent: access is not logged. */
    accessLog: Pick<AccessLogArgs, "bucket" | "retentionDays"> | undefined;
    forceDestroy: boolean;
    tags: Record<string, string> | undefined;
}

export interface ArtifactStore {
    bucketName: pulumi.Output<string>;
    bucketArn: pulumi.Output<string>;
    kmsKeyArn: pulumi.Output<string>;
    /** Resources that must exist before any object is put into the bucket: its retention and access rules. */
    ready: pulumi.Resource[];
}

/** Key prefix of toolchain archives in the bucket. */
export const toolchainPrefix = "toolchain/";

/** The bucket for artifacts: private, encrypted, versioned, TLS only, with expiration. */
export function artifactStore(name: string, args: ArtifactStoreArgs, parent: pulumi.Resource): ArtifactStore {
    const kmsKeyArn = pulumi.output(args.kmsKeyArn ?? ownKey(`${name}-artifacts`, keyArgs(args), parent));
    const bucket = new aws.s3.Bucket(
        logicalName("bucket", `${name}-artifacts`),
        { forceDestroy: args.forceDestroy, tags: args.tags },
        { parent },
    );
    const ready = [
        ...keepPrivate(
            `${name}-artifacts`,
            bucket,
            bucket.arn.apply((arn) => [writeRecordsOnce(arn)]),
            parent,
        ),
        encryption(name, bucket, kmsKeyArn, parent),
        ...versions(name, bucket, args, parent),
    ];
    if (args.accessLog !== undefined) {
        const { at, forceDestroy, tags } = args;
        const prefix = `${args.pipelineName}-artifacts/`;
        const logged = { ...args.accessLog, at, of: bucket, prefix, forceDestroy, tags };
        ready.push(logAccess(`${name}-artifacts`, logged, parent));
    }
    return { bucketName: bucket.id, bucketArn: bucket.arn, kmsKeyArn, ready };
}

function keyArgs({ at, pipelineName, forceDestroy, tags }: ArtifactStoreArgs): OwnKeyArgs {
    return {
        at,
        description: `Artifacts and notifications of the pipeline ${pipelineName}`,
        // A key that may be deleted together with its objects needs only a short waiting period.
        deletionWindowInDays: forceDestroy ? 7 : 30,
        tags,
    };
}

function encryption(
    name: string,
    bucket: aws.s3.Bucket,
    kmsKeyArn: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Resource {
    return new aws.s3.BucketServerSideEncryptionConfiguration(
        `${name}-artifacts`,
        {
            bucket: bucket.id,
            rules: [
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
                    // One KMS call for many objects: up to 99 % cheaper.
                    bucketKeyEnabled: true,
                },
            ],
        },
        { parent },
    );
}

function versions(
    name: string,
    bucket: aws.s3.Bucket,
    args: ArtifactStoreArgs,
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const versioning = keepVersions(`${name}-artifacts`, bucket, parent);
    const lifecycle = new aws.s3.BucketLifecycleConfiguration(
        `${name}-artifacts`,
        {
            bucket: bucket.id,
            rules: [
                {
                    id: "expire-artifacts",
                    status: "Enabled",
                    // Not the whole bucket: the toolchain is kept as long as the pipeline uses it, and the records of
                    // releases permanently, in every version.
                    filter: { prefix: artifactPrefix(args.pipelineName) },
                    expiration: { days: args.retentionDays },
                    noncurrentVersionExpiration: { noncurrentDays: args.retentionDays },
                },
                {
                    id: "expire-old-toolchains",
                    status: "Enabled",
                    filter: { prefix: toolchainPrefix },
                    noncurrentVersionExpiration: { noncurrentDays: args.retentionDays },
                },
                {
                    id: "abort-uploads",
                    status: "Enabled",
                    filter: { prefix: "" },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                },
            ],
        },
        { parent, dependsOn: [versioning] },
    );
    return [versioning, lifecycle];
}
