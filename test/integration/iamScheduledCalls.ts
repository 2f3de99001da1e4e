import {
    artifact,
    artifactForbidden,
    bucket,
    type Call,
    type Clients,
    type Existing,
    type Forbidden,
    logCalls,
    logForbidden,
    makeAdministrator,
    stack,
    toolchainKey,
} from "./iamCalls";

// What the roles of scheduled builds, of the rules that start them and of a database proxy call.

/** What a build does that starts on a schedule, not by the pipeline: a look for drift, and the reaper. */
export function scheduledCalls(name: string): Call[] {
    return [
        ...logCalls(name),
        {
            title: "find the toolchain",
            sids: ["InspectToolchainBucket"],
            send: async ({ s3 }) => {
                await s3.getBucketLocation({ Bucket: bucket });
                await s3.getBucketAcl({ Bucket: bucket });
            },
        },
        {
            title: "read the toolchain",
            sids: ["ReadToolchain"],
            send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: toolchainKey }),
        },
    ];
}

export function scheduledForbidden(name: string, { otherSecretArn, userSecretArns }: Existing): Forbidden[] {
    return [
        ...[otherSecretArn, userSecretArns.administrator].map((SecretId) => ({
            title: `read the secret ${SecretId}`,
            send: ({ secrets }: Clients) => secrets.getSecretValue({ SecretId }),
        })),
        ...logForbidden(name),
        ...artifactForbidden,
        { title: "read an artifact", send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: artifact }) },
        {
            title: "exchange the toolchain",
            send: ({ s3 }) => s3.putObject({ Bucket: bucket, Key: toolchainKey, Body: "another" }),
        },
        { title: "start a build", send: ({ codebuild }) => codebuild.startBuild({ projectName: `${stack}-deploy` }) },
        { title: "make itself an administrator", send: makeAdministrator },
    ];
}

/** Starting one build, by a rule of EventBridge. */
export function startCalls(project: string): Call[] {
    return [
        {
            title: `start ${project}`,
            sids: ["StartBuild"],
            send: ({ codebuild }) => codebuild.startBuild({ projectName: project }),
        },
    ];
}

export const startForbidden: Forbidden[] = [
    { title: "start a deployment", send: ({ codebuild }) => codebuild.startBuild({ projectName: `${stack}-deploy` }) },
    { title: "make itself an administrator", send: makeAdministrator },
];

/** What a proxy does for the application that connects to it. */
export function proxyCalls({ proxySecretArn }: Existing): Call[] {
    return [
        {
            title: "log in as the application",
            sids: ["ReadSecret"],
            send: ({ secrets }) => secrets.getSecretValue({ SecretId: proxySecretArn }),
        },
    ];
}

export function proxyForbidden({ otherSecretArn, proxySecretArn, userSecretArns }: Existing): Forbidden[] {
    return [
        ...[otherSecretArn, ...Object.values(userSecretArns)].map((SecretId) => ({
            title: `read the secret ${SecretId}`,
            send: ({ secrets }: Clients) => secrets.getSecretValue({ SecretId }),
        })),
        {
            title: "change the secret",
            send: ({ secrets }) => secrets.putSecretValue({ SecretId: proxySecretArn, SecretString: "{}" }),
        },
        { title: "make itself an administrator", send: makeAdministrator },
    ];
}
