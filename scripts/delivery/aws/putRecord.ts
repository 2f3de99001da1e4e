import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import { awsClient } from "./clients";

/** How long all attempts together may take. */
const patienceMilliseconds = 15_000;

export interface RecordObject {
    bucket: string;
    key: string;
    /** JSON. */
    record: string;
}

/** What S3 answers if the key already has an object. */
const taken = "PreconditionFailed";
/** What S3 answers while another upload to the key is in progress, which may be an earlier attempt of this one. */
const conflicting = "ConditionalRequestConflict";
const pauseMilliseconds = 500;

/**
 * Writes a record to its bucket, which encrypts it with the bucket's own key. Never overwrites: returns false if the
 * key already exists. S3 decides atomically:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function putRecord({ bucket, key, record }: RecordObject, config: S3ClientConfig = {}): Promise<boolean> {
    const client = awsClient("s3", config);
    const abortSignal = AbortSignal.timeout(patienceMilliseconds);
    const upload = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: record,
        ContentType: "application/json",
        IfNoneMatch: "*",
    });
    try {
        for (;;) {
            try {
                await client.send(upload, { abortSignal });
                return true;
            } catch (error) {
                const name = error instanceof S3ServiceException ? error.name : undefined;
                if (name === taken) return false;
                if (name !== conflicting || abortSignal.aborted) throw error;
            }
            await sleep(pauseMilliseconds);
        }
    } finally {
        client.destroy();
    }
}
