import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuild } from "@aws-sdk/client-codebuild";
import { CodePipeline } from "@aws-sdk/client-codepipeline";
import { EC2 } from "@aws-sdk/client-ec2";
import { IAM } from "@aws-sdk/client-iam";
import { RDS } from "@aws-sdk/client-rds";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SNS } from "@aws-sdk/client-sns";
import { STS } from "@aws-sdk/client-sts";
import { Artifacts, recordKey } from "../../components/contract";
import { putRecord } from "../../scripts/delivery/aws/putRecord";
import { account, region } from "../support/mocks";

// What the roles of the builds and of the pipeline call, and what they must not.

export const stack = "aurora-pipeline-prod";
export const bucket = `${stack}-artifacts-0a1b2c3`;
/** The builds of the pipeline, and the secrets that each reads. */
export const readBy: Record<string, User[]> = {
    bootstrap: ["administrator", "migrator", "planner"],
    plan: ["planner"],
    "rollback-plan": ["planner"],
    "deploy-plan": ["planner"],
    // It sets a password on its clone, and reads none.
    rehearse: [],
    deploy: ["migrator"],
    rollback: ["migrator"],
};
export const builds = Object.keys(readBy);
export type User = "administrator" | "migrator" | "planner";
/** Where CodePipeline keeps an artifact: 20 characters of the pipeline's name, 10 of the artifact's. */
export function artifactKey(name: string): string {
    return `${stack.slice(0, 20)}/${name.slice(0, 10)}/0123456`;
}
/** An artifact that there is. */
export const artifact = artifactKey(Artifacts.plan);
export const artifacts = Object.values(Artifacts);

/** The artifacts that the pipeline gives to a build and takes from it. */
export interface Passed {
    inputs: string[];
    outputs: string[];
}

/** What AWS's services, the builds and the pipeline use to make their calls. */
export function clientsOf(
    endpoint: string,
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) {
    const options = { endpoint, region, credentials, maxAttempts: 1 };
    return {
        codebuild: new CodeBuild(options),
        codepipeline: new CodePipeline(options),
        ec2: new EC2(options),
        iam: new IAM(options),
        logs: new CloudWatchLogs(options),
        rds: new RDS(options),
        s3: new S3({ ...options, forcePathStyle: true }),
        secrets: new SecretsManager(options),
        sns: new SNS(options),
        sts: new STS(options),
    };
}
export type Clients = ReturnType<typeof clientsOf>;

/** A request, and the statements that allow it. */
export interface Call {
    title: string;
    sids: string[];
    /** It needs all of them; otherwise each allows it by itself. */
    together?: true;
    /** Without this statement it would be tried again for an hour, and is left out. */
    notWithout?: string;
    send: (as: Clients) => Promise<unknown>;
}
export type Forbidden = Pick<Call, "title" | "send">;

/** What exists in the emulator, by what it is for. */
export interface Existing {
    /** Secrets of the database's users. */
    userSecretArns: Record<User, string>;
    /** The application's, whom the proxy logs in as. */
    proxySecretArn: string;
    otherSecretArn: string;
    /** Clones that a rehearsal left; each is deleted once. */
    clones: string[];
    vpcId: string;
    subnetIds: string[];
    otherSubnetId: string;
    securityGroupId: string;
    /** Of the artifacts, by name. */
    versions: Record<string, string>;
}

/** What CodeBuild and the delivery program do in a build. */
export function buildCalls(action: string, existing: Existing, users: User[], passed: Passed): Call[] {
    return [
        ...networkCalls(existing),
        ...logCalls(action),
        ...secretCalls(existing, users),
        ...passedCalls(existing.versions, passed),
        ...(changesDatabase(action) ? recordCalls(action) : []),
    ];
}

/** Reading each of these users' secrets. */
export function secretCalls({ userSecretArns }: Existing, users: User[]): Call[] {
    return users.map((user) => ({
        title: `read the credential of the ${user}`,
        sids: ["ReadSecret"],
        send: ({ secrets }) => secrets.getSecretValue({ SecretId: userSecretArns[user] }),
    }));
}

/** Putting a build into the VPC. */
export function networkCalls({ subnetIds, securityGroupId }: Existing): Call[] {
    return [
        {
            title: "see the network",
            sids: ["DescribeNetwork"],
            send: async ({ ec2 }) => {
                await ec2.describeSubnets({ SubnetIds: subnetIds });
                await ec2.describeSecurityGroups({ GroupIds: [securityGroupId] });
                await ec2.describeVpcs({});
                await ec2.describeDhcpOptions({});
                await ec2.describeNetworkInterfaces({});
            },
        },
        {
            title: "enter the network",
            sids: ["CreateNetworkInterface"],
            send: ({ ec2 }) => ec2.createNetworkInterface({ SubnetId: subnetIds[0], Groups: [securityGroupId] }),
        },
    ];
}

export function logCalls(action: string): Call[] {
    return [
        {
            title: "log",
            sids: ["WriteLogs"],
            send: async ({ logs }) => {
                const stream = {
                    logGroupName: `/aws/codebuild/${stack}-${action}`,
                    logStreamName: `build-${(streams += 1)}`,
                };
                await logs.createLogStream(stream);
                await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: Date.now(), message: "tag, update" }] });
            },
        },
    ];
}
let streams = 0;

/** The emulator decides whether it may be asked, and then does not know the call. */
async function askForActions(codepipeline: CodePipeline, pipelineName: string): Promise<void> {
    try {
        await codepipeline.listActionExecutions({ pipelineName });
    } catch (error) {
        if ((error as Error).name !== "NotImplementedException") {
            throw error;
        }
    }
}

function changesDatabase(action: string): boolean {
    return action === "deploy" || action === "rollback";
}

/** What a deployment and a rollback leave behind, in the delivery program's own way. */
function recordCalls(action: string): Call[] {
    return [
        {
            title: "keep the record of the release",
            sids: ["KeepRecords"],
            send: async ({ s3 }) => {
                const { endpoint: at, credentials } = s3.config;
                const { protocol, hostname, port } = await at!();
                const key = recordKey(`release-abcdef0-${action}`);
                const config = { endpoint: `${protocol}//${hostname}:${port}`, region, credentials, maxAttempts: 1 };
                await putRecord({ bucket, key, record: "{}" }, { ...config, forcePathStyle: true });
            },
        },
        {
            title: "ask who approved",
            sids: ["ReadApproval"],
            send: ({ codepipeline }) => askForActions(codepipeline, stack),
        },
    ];
}

export function buildForbidden(action: string, existing: Existing, users: User[], passed: Passed): Forbidden[] {
    const { otherSecretArn, otherSubnetId, securityGroupId, userSecretArns } = existing;
    const others = Object.entries(userSecretArns).filter(([user]) => !users.includes(user as User));
    return [
        { title: "read another secret", send: ({ secrets }) => secrets.getSecretValue({ SecretId: otherSecretArn }) },
        ...others.map(([user, SecretId]) => ({
            title: `read the credential of the ${user}`,
            send: ({ secrets }: Clients) => secrets.getSecretValue({ SecretId }),
        })),
        ...Object.entries(userSecretArns).map(([user, SecretId]) => ({
            title: `change the credential of the ${user}`,
            send: ({ secrets }: Clients) => secrets.putSecretValue({ SecretId, SecretString: "{}" }),
        })),
        { title: "list secrets", send: ({ secrets }) => secrets.listSecrets({}) },
        {
            title: "enter another subnet",
            send: ({ ec2 }) => ec2.createNetworkInterface({ SubnetId: otherSubnetId, Groups: [securityGroupId] }),
        },
        { title: "see machines", send: ({ ec2 }) => ec2.describeInstances({}) },
        ...logForbidden(action),
        ...artifactForbidden,
        ...passedForbidden(passed),
        ...(changesDatabase(action)
            ? []
            : [
                  {
                      title: "write a record",
                      send: ({ s3 }: Clients) => s3.putObject({ Bucket: bucket, Key: record, Body: "forged" }),
                  },
              ]),
        { title: "ask about another pipeline", send: ({ codepipeline }) => askForActions(codepipeline, "another") },
        { title: "delete a record", send: ({ s3 }) => s3.deleteObject({ Bucket: bucket, Key: record }) },
        { title: "read the records", send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: record }) },
        { title: "read the toolchain itself", send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: toolchainKey }) },
        {
            title: "start a build",
            send: ({ codebuild }) => codebuild.startBuild({ projectName: `${stack}-${action}` }),
        },
        { title: "write to the approvers", send: publishTo(`${stack}-approval`) },
        { title: "make itself an administrator", send: makeAdministrator },
    ];
}

export function logForbidden(action: string): Forbidden[] {
    return [
        {
            title: "log as another build",
            send: ({ logs }) =>
                logs.createLogStream({ logGroupName: "/aws/codebuild/another", logStreamName: "forged" }),
        },
        {
            title: "delete its log",
            send: ({ logs }) => logs.deleteLogGroup({ logGroupName: `/aws/codebuild/${stack}-${action}` }),
        },
    ];
}

/** What CodePipeline does with the pipeline's role. */
export function pipelineCalls({ versions }: Existing): Call[] {
    return [
        findArtifacts(["InspectToolchain"]),
        {
            title: "pass artifacts on",
            sids: ["UseArtifacts"],
            send: async ({ s3 }) => {
                for (const name of artifacts) {
                    await s3.getObject({ Bucket: bucket, Key: artifactKey(name), VersionId: versions[name] });
                    await s3.putObject({ Bucket: bucket, Key: `${artifactKey(name)}-pipeline`, Body: "artifact" });
                }
            },
        },
        {
            title: "look for a newer toolchain",
            sids: ["InspectToolchain"],
            send: async ({ s3 }) => {
                await s3.getBucketVersioning({ Bucket: bucket });
                await s3.listObjectsV2({ Bucket: bucket, Prefix: "toolchain/" });
            },
        },
        {
            title: "read the toolchain",
            sids: ["ReadToolchain"],
            send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: toolchainKey }),
        },
        ...builds.map((action): Call => ({
            title: `run the build ${action}`,
            sids: ["StartBuilds"],
            send: async ({ codebuild }) => {
                const { build } = await codebuild.startBuild({ projectName: `${stack}-${action}` });
                await codebuild.batchGetBuilds({ ids: [build!.id!] });
            },
        })),
        { title: "ask for approval", sids: ["AskForApproval"], send: publishTo(`${stack}-approval`) },
    ];
}

export function pipelineForbidden({ userSecretArns }: Existing): Forbidden[] {
    return [
        { title: "run another build", send: ({ codebuild }) => codebuild.startBuild({ projectName: "another" }) },
        { title: "delete a build", send: ({ codebuild }) => codebuild.deleteProject({ name: `${stack}-plan` }) },
        { title: "write to those on call", send: publishTo(`${stack}-notifications`) },
        {
            title: "read a credential",
            send: ({ secrets }) => secrets.getSecretValue({ SecretId: userSecretArns.migrator }),
        },
        {
            title: "exchange the toolchain",
            send: ({ s3 }) => s3.putObject({ Bucket: bucket, Key: toolchainKey, Body: "another" }),
        },
        ...artifactForbidden,
        { title: "make itself an administrator", send: makeAdministrator },
    ];
}

function findArtifacts(inspectAlso: string[] = []): Call {
    return {
        title: "find the artifacts",
        sids: ["InspectArtifactBucket", ...inspectAlso],
        send: async ({ s3 }) => {
            await s3.getBucketLocation({ Bucket: bucket });
            await s3.getBucketAcl({ Bucket: bucket });
        },
    };
}

/** What CodeBuild does with the artifacts of an action. */
function passedCalls(versions: Record<string, string>, { inputs, outputs }: Passed): Call[] {
    return [
        findArtifacts(),
        ...inputs.map((name): Call => ({
            title: `read the artifact ${name}`,
            sids: ["ReadInputs"],
            send: async ({ s3 }) => {
                await s3.getObject({ Bucket: bucket, Key: artifactKey(name) });
                await s3.getObject({ Bucket: bucket, Key: artifactKey(name), VersionId: versions[name] });
            },
        })),
        ...outputs.map((name): Call => ({
            title: `write the artifact ${name}`,
            sids: ["WriteOutputs"],
            send: ({ s3 }) => s3.putObject({ Bucket: bucket, Key: `${artifactKey(name)}-build`, Body: "output" }),
        })),
    ];
}

/** Each artifact that is not an input cannot be read, each that is not the output cannot be written or deleted. */
function passedForbidden({ inputs, outputs }: Passed): Forbidden[] {
    const others = (names: string[]) => artifacts.filter((name) => !names.includes(name));
    return [
        ...others(inputs).map((name) => ({
            title: `read the artifact ${name}`,
            send: ({ s3 }: Clients) => s3.getObject({ Bucket: bucket, Key: artifactKey(name) }),
        })),
        ...others(outputs).flatMap((name) => [
            {
                title: `overwrite the artifact ${name}`,
                send: ({ s3 }: Clients) => s3.putObject({ Bucket: bucket, Key: artifactKey(name), Body: "forged" }),
            },
            {
                title: `copy over the artifact ${name}`,
                send: ({ s3 }: Clients) =>
                    s3.copyObject({
                        Bucket: bucket,
                        Key: artifactKey(name),
                        CopySource: `${bucket}/${artifactKey(Artifacts.source)}`,
                    }),
            },
        ]),
        {
            title: "exchange the toolchain",
            send: ({ s3 }) => s3.putObject({ Bucket: bucket, Key: toolchainKey, Body: "another" }),
        },
    ];
}

const record = recordKey("release-abcdef0-01234567");
export const toolchainKey = "toolchain/toolchain-0123456789abcdef.zip";

export const artifactForbidden: Forbidden[] = [
    {
        title: "read artifacts of others",
        send: ({ s3 }) => s3.getObject({ Bucket: bucket, Key: "other-pipeline/Plan/1" }),
    },
    { title: "delete artifacts", send: ({ s3 }) => s3.deleteObject({ Bucket: bucket, Key: artifact }) },
    { title: "open the bucket", send: ({ s3 }) => s3.deleteBucketPolicy({ Bucket: bucket }) },
    { title: "read another bucket", send: ({ s3 }) => s3.getObject({ Bucket: "another-bucket", Key: artifact }) },
];

function publishTo(topic: string): Call["send"] {
    return ({ sns }) => sns.publish({ TopicArn: `arn:aws:sns:${region}:${account}:${topic}`, Message: "Approve?" });
}

export function makeAdministrator({ iam }: Clients): Promise<unknown> {
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    return iam.attachRolePolicy({ RoleName: `${stack}-deploy`, PolicyArn });
}
