import { mkdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { asset } from "@pulumi/pulumi";
import { runBuild } from "../codeBuild/build";
import { actionVariables } from "../codeBuild/environment";
import type { RunningBuilds } from "../codeBuild/running";
import type { Runtimes } from "../codeBuild/runtimes";
import type { AccessKeys } from "../cloud/accessKeys";
import type { Definition } from "../definition";
import { programErrors } from "../errors";
import type { RecordedResource } from "../recorded";
import { deliver, type Source } from "../source/source";
import type { ArtifactStore } from "./artifacts";
import type { ActionContext, ActionResult, ActionRunner } from "./execution";
import type { Provider } from "./model";

/** What the actions of one execution work with. */
export interface Host {
    executionId: string;
    definition: Definition;
    artifacts: ArtifactStore;
    runtimes: Runtimes;
    /** What a build image sets beside. */
    image: Record<string, string>;
    /** What builds sign their calls of AWS with. */
    keys: AccessKeys;
    source: Source;
    /** Jars that the source's changelog needs. */
    jars?: string[];
    /** Directory of the buckets' objects. */
    buckets: string;
    /** Builds of all executions. */
    builds: RunningBuilds;
    /** Answers a manual approval. */
    approver: ActionRunner;
    /** Directory of the execution. */
    directory: string;
}

/** Does what each provider of the recorded pipeline does. */
export function createRunner(host: Host): ActionRunner {
    const runners: Record<Provider, ActionRunner> = {
        CodeStarSourceConnection: (context) => deliverSource(context, host),
        CodeCommit: (context) => deliverSource(context, host),
        S3: (context) => deliverObject(context, host),
        S3Deploy: (context) => storeArtifact(context, host),
        CodeBuild: (context) => build(context, host),
        Manual: (context) => approve(context, host),
    };
    return (context) => runners[context.action.provider](context);
}

/** The repository as the source. Variables as the providers of repositories give them. */
async function deliverSource({ action, configuration, log }: ActionContext, host: Host): Promise<ActionResult> {
    const { source, definition, jars } = host;
    const { head, revision } = source;
    const target = host.artifacts.create(outputOf(action.name, action.outputs));
    await deliver(source, target, definition.migrationsDirectory, jars);
    log(`Revision ${revision} (${head.message.split("\n", 1)[0]})`);
    return {
        status: "Succeeded",
        variables: {
            CommitId: revision,
            CommitMessage: head.message,
            AuthorDate: head.authorDate,
            CommitterDate: head.committerDate,
            BranchName: configuration["BranchName"] ?? "",
            ...(configuration["FullRepositoryId"] && { FullRepositoryName: configuration["FullRepositoryId"] }),
            ...(configuration["ConnectionArn"] && { ConnectionArn: configuration["ConnectionArn"] }),
            ...(configuration["RepositoryName"] && { RepositoryName: configuration["RepositoryName"] }),
        },
    };
}

/** An object that the program uploads is that file; any other one is the user's source. */
async function deliverObject(context: ActionContext, host: Host): Promise<ActionResult> {
    const { S3Bucket: bucket = "", S3ObjectKey: key = "" } = context.configuration;
    const object = host.definition.resources.find(
        ({ type, inputs }) =>
            type === "aws:s3/bucketObjectv2:BucketObjectv2" && inputs["bucket"] === bucket && inputs["key"] === key,
    );
    const variables = { BucketName: bucket, ObjectKey: key };
    if (!object) {
        await deliverSource(context, host);
        const { revision } = host.source;
        return { status: "Succeeded", variables: { ...variables, VersionId: revision, ETag: revision } };
    }
    const file = await pathOf(object);
    context.log(`Object ${key} is ${file}`);
    host.artifacts.addArchive(outputOf(context.action.name, context.action.outputs), file);
    const { versionId, etag } = object.outputs as Record<string, string>;
    return { status: "Succeeded", variables: { ...variables, VersionId: versionId!, ETag: etag! } };
}

/** What an action stores is where the run's buckets are, as a user finds it on AWS. */
async function storeArtifact({ action, configuration, log }: ActionContext, host: Host): Promise<ActionResult> {
    const { BucketName: bucket = "", ObjectKey: key = "" } = configuration;
    const [input = ""] = action.inputs;
    const file = join(host.buckets, bucket, key);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, host.artifacts.zip(input), { mode: 0o600 });
    log(`Stored ${input} as s3://${bucket}/${key}`);
    return { status: "Succeeded" };
}

async function build({ stage, action, configuration, log, signal }: ActionContext, host: Host): Promise<ActionResult> {
    const results = join(host.directory, stage, action.name);
    mkdirSync(results, { recursive: true });
    const [output] = action.outputs;
    const project = host.definition.projects.get(configuration["ProjectName"]!)!;
    const running = () =>
        runBuild(
            {
                id: host.executionId,
                project,
                variables: actionVariables(configuration),
                inputs: action.inputs,
                // CodePipeline asks for it only where there are several inputs.
                primarySource: configuration["PrimarySource"] ?? action.inputs[0] ?? "",
                output,
                revision: host.source.revision,
                initiator: `codepipeline/${host.definition.pipeline.name}`,
                region: host.definition.region,
            },
            {
                artifacts: host.artifacts,
                secrets: host.definition.secrets,
                runtimes: host.runtimes,
                image: { ...host.image, ...host.keys.environment(project.role) },
                results,
                log,
                signal,
            },
        );
    const { succeeded, exported, message } = await host.builds.run(project, running);
    return { status: succeeded ? "Succeeded" : "Failed", variables: exported, message };
}

function approve(context: ActionContext, host: Host): Promise<ActionResult> {
    const { CustomData: text, ExternalEntityLink: link } = context.configuration;
    for (const line of [...(text?.split("\n") ?? []), ...(link ? [link] : [])]) context.log(line);
    return host.approver(context);
}

function outputOf(action: string, outputs: readonly string[]): string {
    const [output] = outputs;
    if (!output) throw new programErrors.SourceWithoutOutput({ action });
    return output;
}

async function pathOf({ name, inputs }: RecordedResource): Promise<string> {
    const source = inputs["source"] as asset.FileAsset | undefined;
    const path = await source?.path;
    if (!path) throw new programErrors.ObjectNotFromFile({ object: name });
    return path;
}
