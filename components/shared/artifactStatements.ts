import type { Location } from "./location";
import type { Statement } from "./statements";

// Permissions on the artifact bucket, for the builds' roles and the pipeline's.

/** CodePipeline stores the artifacts of a pipeline under the first 20 characters of its name. */
export function artifactPrefix(pipelineName: string): string {
    return `${pipelineName.slice(0, 20)}/`;
}

/**
 * All artifacts with one name of a pipeline: `<pipeline, 20 characters>/<artifact, 10 characters>/<random>`. AWS
 * documents that both are truncated, and shows it in the events of actions (`myPipeline/SourceArti/EXAMPLE`):
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-truncated-artifacts
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export function artifactFolder(pipelineName: string, artifact: string): string {
    return `${artifactPrefix(pipelineName)}${artifact.slice(0, 10)}/`;
}

interface Store {
    bucketArn: string;
    kmsKeyArn: string;
    pipelineName: string;
}

/**
 * Allows reading and writing all of the pipeline's artifacts, and nothing else in the bucket: the permissions of
 * CodePipeline itself.
 */
export function useArtifacts(at: Location, store: Store): Statement[] {
    return [
        inspectArtifactBucket(store),
        {
            Sid: "UseArtifacts",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            Resource: [`${store.bucketArn}/${artifactPrefix(store.pipelineName)}*`],
        },
        useBucketKey(at, "UseArtifactKey", store, [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
        ]),
    ];
}

/** A build's input and output artifacts, by name. */
export interface PassedArtifacts {
    inputs: string[];
    outputs: string[];
}

/** Allows reading exactly these artifacts of the pipeline, and writing exactly those. */
export function passArtifacts(at: Location, store: Store, { inputs, outputs }: PassedArtifacts): Statement[] {
    const objectsOf = (artifacts: string[]) =>
        artifacts.map((artifact) => `${store.bucketArn}/${artifactFolder(store.pipelineName, artifact)}*`);
    const reads: Statement = {
        Sid: "ReadInputs",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion"],
        Resource: objectsOf(inputs),
    };
    const writes: Statement = {
        Sid: "WriteOutputs",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: objectsOf(outputs),
    };
    return [
        inspectArtifactBucket(store),
        ...(inputs.length > 0 ? [reads] : []),
        ...(outputs.length > 0 ? [writes] : []),
        // The KMS permissions that S3 needs to read an object, and to write one, including in parts:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
        useBucketKey(at, "UseArtifactKey", store, [
            "kms:Decrypt",
            ...(outputs.length > 0 ? ["kms:GenerateDataKey"] : []),
        ]),
    ];
}

function inspectArtifactBucket({ bucketArn }: Pick<Store, "bucketArn">): Statement {
    return {
        Sid: "InspectArtifactBucket",
        Effect: "Allow",
        Action: ["s3:GetBucketAcl", "s3:GetBucketLocation"],
        Resource: [bucketArn],
    };
}

/**
 * Allows using the key of a bucket for the objects of that bucket, through S3. The key may also encrypt other data; S3
 * puts the object or, with a bucket key, the bucket into the encryption context:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
 */
export function useBucketKey(
    at: Location,
    sid: string,
    { bucketArn, kmsKeyArn }: Pick<Store, "bucketArn" | "kmsKeyArn">,
    actions: string[],
): Statement {
    return {
        Sid: sid,
        Effect: "Allow",
        Action: actions,
        Resource: [kmsKeyArn],
        Condition: {
            StringEquals: { "kms:ViaService": `s3.${at.region}.amazonaws.com` },
            StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, `${bucketArn}/*`] },
        },
    };
}
