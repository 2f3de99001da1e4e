import { PutObjectCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/** How long one attempt may take, and all of them together. */
const timeouts = { connectionTimeout: 3000, requestTimeout: 5000 };
const patienceMilliseconds = 15_000;

export interface RecordObject {
    bucket: string;
    key: string;
    /** JSON. */
    record: string;
}

/** Puts a record into its bucket, which encrypts it with its own key. */
export async function putRecord({ bucket, key, record }: RecordObject, config: S3ClientConfig = {}): Promise<void> {
    const client = new S3Client({ maxAttempts: 3, requestHandler: timeouts, ...config });
    try {
        await client.send(
            new PutObjectCommand({ Bucket: bucket, Key: key, Body: record, ContentType: "application/json" }),
            { abortSignal: AbortSignal.timeout(patienceMilliseconds) },
        );
    } finally {
        client.destroy();
    }
}
