import { recordPrefix } from "../contract";
import type { Statement } from "../shared/statements";

// What a build may do for the record of its release. The key is the artifacts': `passArtifacts` lets it be used.

/**
 * Writing the records of releases, each once: only an upload with `If-None-Match: *`, which S3 refuses where the key has an
 * object. Neither reading nor deleting them.
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
 * Bucket policy: whoever writes a record, in this account, writes it once. An upload in parts or a copy cannot say that it
 * wants to be the first, and is refused:
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

/** Learning who approved an execution of one pipeline. */
export function readApproval(pipelineArn: string): Statement {
    return {
        Sid: "ReadApproval",
        Effect: "Allow",
        Action: ["codepipeline:ListActionExecutions"],
        Resource: [pipelineArn],
    };
}
