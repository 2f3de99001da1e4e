import { recordPrefix } from "../contract";
import type { Statement } from "../shared/statements";

// The permissions of a build for the record of its release. The artifacts' key encrypts it: `passArtifacts` grants the
// use of the key.

/**
 * Allows writing the records of releases, each once: only an upload with `If-None-Match: *`, which S3 rejects if the
 * key has an object. Reading and deleting are not included.
 */
export function keepRecords(bucketArn: string): Statement {
    return {
        Sid: "KeepRecords",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: [`${bucketArn}/${recordPrefix}*`],
        Condition: { Null: { "s3:if-none-match": "false" } },
    };
}

/**
 * Bucket policy: principals of this account can write each record only once. Multipart uploads and copies cannot
 * require that the key is unused, and are rejected:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export function writeRecordsOnce(bucketArn: string): Statement {
    return {
        Sid: "WriteRecordsOnce",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:PutObject"],
        Resource: [`${bucketArn}/${recordPrefix}*`],
        Condition: { Null: { "s3:if-none-match": "true" } },
    };
}

/** Allows reading who approved an execution of one pipeline. */
export function readApproval(pipelineArn: string): Statement {
    return {
        Sid: "ReadApproval",
        Effect: "Allow",
        Action: ["codepipeline:ListActionExecutions"],
        Resource: [pipelineArn],
    };
}
