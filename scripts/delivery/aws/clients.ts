import type * as codepipeline from "@aws-sdk/client-codepipeline";
import type * as rds from "@aws-sdk/client-rds";
import type * as s3 from "@aws-sdk/client-s3";
import type * as secretsManager from "@aws-sdk/client-secrets-manager";
import type * as signer from "@aws-sdk/rds-signer";

// An SDK is loaded with its first client: loading all of them would cost each build a third of a second.
/* eslint-disable @typescript-eslint/no-require-imports -- an import would be loaded with the program. */

/** Without it, `requestTimeout` only writes a warning to the log. */
const ending = { throwOnRequestTimeout: true };

/**
 * The class of each service's client, and how patient that is. The SDK retries throttled and interrupted calls; the number
 * of attempts differs by service: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const services = {
    secretsManager: {
        load: () => (require("@aws-sdk/client-secrets-manager") as typeof secretsManager).SecretsManagerClient,
        // A build that cannot reach it must report that, not hang.
        limits: { maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, ...ending } },
    },
    rds: {
        load: () => (require("@aws-sdk/client-rds") as typeof rds).RDSClient,
        // RDS throttles polling for a clone or a snapshot: retried for a few minutes in all. A call that gets no answer
        // counts as failed: a snapshot is waited for while the deployment holds its lock.
        limits: {
            maxAttempts: 8,
            retryMode: "adaptive",
            requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, ...ending },
        },
    },
    s3: {
        load: () => (require("@aws-sdk/client-s3") as typeof s3).S3Client,
        // The database has already been changed when a record is written: allow seconds at most.
        limits: { maxAttempts: 3, requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, ...ending } },
    },
    codePipeline: {
        load: () => (require("@aws-sdk/client-codepipeline") as typeof codepipeline).CodePipelineClient,
        // The approver is recorded for information only: do without if the answer does not come at once.
        limits: { maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: 3_000, ...ending } },
    },
    /** Signs login tokens locally, without a network call. */
    signer: { load: () => (require("@aws-sdk/rds-signer") as typeof signer).Signer, limits: {} },
};

type Services = typeof services;
type ClientClass<S extends keyof Services> = ReturnType<Services[S]["load"]>;

/** The client of a service; `config` is for tests and for what the service needs to know. */
export function awsClient<S extends keyof Services>(
    service: S,
    config?: ConstructorParameters<ClientClass<S>>[0],
): InstanceType<ClientClass<S>> {
    const { load, limits } = services[service];
    const Client = load() as new (config: object) => InstanceType<ClientClass<S>>;
    return new Client({ ...limits, ...config });
}
