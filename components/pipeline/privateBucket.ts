import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyPlainHttp, policyDocument, type Statement } from "../shared/statements";

/** Restricts a bucket to its owner: no ACLs, no public access, TLS only, and any additional statements. */
export function keepPrivate(
    name: string,
    bucket: aws.s3.Bucket,
    further: pulumi.Input<Statement[]>,
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const ownership = new aws.s3.BucketOwnershipControls(
        name,
        { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
        { parent },
    );
    const block = new aws.s3.BucketPublicAccessBlock(
        name,
        {
            bucket: bucket.id,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        { parent },
    );
    const policy = new aws.s3.BucketPolicy(
        name,
        {
            bucket: bucket.id,
            policy: pulumi
                .all([bucket.arn, further])
                .apply(([arn, statements]) => policyDocument([denyPlainHttp(arn), ...statements])),
        },
        // S3 rejects two concurrent changes of a bucket's access settings.
        { parent, dependsOn: [block, ownership] },
    );
    return [ownership, block, policy];
}

export function keepVersions(name: string, bucket: aws.s3.Bucket, parent: pulumi.Resource): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(
        name,
        { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
        { parent },
    );
}
