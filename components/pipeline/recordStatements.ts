import { recordPrefix } from "../contract";
import type { Statement } from "../shared/statements";

// What a build may do for the record of its release. The key is the artifacts': `useArtifacts` lets it be used.

/** Writing the records of releases, which nothing deletes; neither reading nor deleting them. */
export function keepRecords(bucketArn: string): Statement {
    return {
        Sid: "KeepRecords",
        Effect: "Allow",
        Action: ["s3:PutObject"],
        Resource: [`${bucketArn}/${recordPrefix}*`],
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
