import { PutObjectCommand, S3Client, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";

/** How long one attempt may take, and all of them together. */
const timeouts = { connectionTimeout: 3000, requestTimeout: 5000 };
const patienceMilliseconds = 15_000;

export interface RecordObject {
    bucket: string;
    key: string;
    /** JSON. */
    record: string;
}

/** What S3 answers where the key has an object already. */
const taken = "PreconditionFailed";

/**
 * Puts a record into its bucket, which encrypts it with its own key; false where its key has one already, which stays as
 * it is. S3 decides it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function putRecord({ bucket, key, record }: RecordObject, config: S3ClientConfig = {}): Promise<boolean> {
    const client = new S3Client({ maxAttempts: 3, requestHandler: timeouts, ...config });
    try {
        await client.send(
            new PutObjectCommand({
                Bucket: bucket,
                Key: key,
                Body: record,
                ContentType: "application/json",
                IfNoneMatch: "*",
            }),
            { abortSignal: AbortSignal.timeout(patienceMilliseconds) },
        );
        return true;
    } catch (error) {
        if (error instanceof S3ServiceException && error.name === taken) {
            return false;
        }
        throw error;
    } finally {
        client.destroy();
    }
}
