import type * as codepipeline from "@aws-sdk/client-codepipeline";
import type * as rds from "@aws-sdk/client-rds";
import type * as s3 from "@aws-sdk/client-s3";
import type * as secretsManager from "@aws-sdk/client-secrets-manager";

// The clients of AWS services. An SDK is loaded with its first client: loading all of them would cost each build a
// third of a second. The SDK retries throttled and interrupted calls; the number of attempts differs by client:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
/* eslint-disable @typescript-eslint/no-require-imports -- an import would be loaded with the program. */

/** A build that cannot reach Secrets Manager must report that, not hang. */
export function secretsManagerClient(
    config: secretsManager.SecretsManagerClientConfig = {},
): secretsManager.SecretsManagerClient {
    const { SecretsManagerClient } = require("@aws-sdk/client-secrets-manager") as typeof secretsManager;
    return new SecretsManagerClient({
        maxAttempts: 5,
        requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
        ...config,
    });
}

/**
 * RDS throttles polling for a clone or a snapshot: retried for a few minutes in all. A call that gets no answer counts as
 * failed: a snapshot is waited for while the deployment holds its lock.
 */
export function rdsClient(config: rds.RDSClientConfig = {}): rds.RDSClient {
    const { RDSClient } = require("@aws-sdk/client-rds") as typeof rds;
    return new RDSClient({
        maxAttempts: 8,
        retryMode: "adaptive",
        requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000 },
        ...config,
    });
}

/** The database has already been changed when a record is written: allow seconds at most. */
export function s3Client(config: s3.S3ClientConfig = {}): s3.S3Client {
    const { S3Client } = require("@aws-sdk/client-s3") as typeof s3;
    return new S3Client({
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000 },
        ...config,
    });
}

/** The approver is recorded for information only: do without if the answer does not come at once. */
export function codePipelineClient(
    config: codepipeline.CodePipelineClientConfig = {},
): codepipeline.CodePipelineClient {
    const { CodePipelineClient } = require("@aws-sdk/client-codepipeline") as typeof codepipeline;
    return new CodePipelineClient({
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 3_000, requestTimeout: 3_000 },
        ...config,
    });
}
