import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Artifacts, Namespaces } from "../contract";
import { requiredText } from "../shared/shape";
import { matching, oneOf, required, type Rule } from "../shared/validation";

/** Where the migrations come from. The first three use AWS CodeConnections. */
export const SourceProvider = {
    /** github.com, through a connection. */
    GitHub: "GitHub",
    /** gitlab.com, through a connection. */
    GitLab: "GitLab",
    /** bitbucket.org, through a connection. */
    Bitbucket: "Bitbucket",
    /** A CodeCommit repository of the same account and region. */
    CodeCommit: "CodeCommit",
    /** A ZIP archive in a versioned bucket. */
    S3: "S3",
} as const;
export type SourceProvider = (typeof SourceProvider)[keyof typeof SourceProvider];

/** The source of a `DbPipeline`. A change is made in place and never replaces the pipeline. */
export interface SourceArgs {
    /** One of GitHub, GitLab, Bitbucket, CodeCommit, S3. */
    provider: SourceProvider;
    /**
     * Repository: `owner/name` (GitLab: `group/project`, with subgroups) for a connection, the repository name for
     * CodeCommit. Required for all but S3.
     */
    repository?: string;
    /** Branch whose pushes start the pipeline. Not for S3. Default: `main`. */
    branch?: string;
    /**
     * ARN of an AWS CodeConnections connection whose handshake is complete. GitHub, GitLab and Bitbucket only. Default:
     * a new connection, which stays PENDING until a person completes its handshake in the console; until then the
     * pipeline's source fails.
     */
    connectionArn?: pulumi.Input<string>;
    /**
     * S3 only: name of the bucket. It must be versioned, and must send its events to EventBridge so that uploads start
     * the pipeline.
     */
    bucket?: pulumi.Input<string>;
    /** S3 only: key of the ZIP archive in the bucket. */
    objectKey?: string;
    /**
     * Glob patterns, at most 8; a push starts the pipeline only if it changes a path that matches one. GitHub, GitLab
     * and Bitbucket only. Default: the migrations directory of the deploy build (`migrations/**`).
     */
    filePaths?: string[];
}

/** Whether the source goes through AWS CodeConnections. */
export function usesConnection(provider: SourceProvider): boolean {
    return provider !== SourceProvider.CodeCommit && provider !== SourceProvider.S3;
}

export function branchOf(source: SourceArgs): string {
    return source.branch ?? "main";
}

/** CodePipeline accepts at most 8 patterns in a trigger's list. */
const maximumFilePaths = 8;

export function sourceRules(source: SourceArgs): Rule[] {
    const { provider } = source;
    const providers = Object.values(SourceProvider);
    const rules = [oneOf("source.provider", provider, providers, "Choose where the migrations are kept.")];
    if (!providers.includes(provider)) {
        return rules;
    }
    return [...rules, ...(provider === SourceProvider.S3 ? objectRules(source) : repositoryRules(source))];
}

function objectRules(source: SourceArgs): Rule[] {
    return [
        requiredText("source.bucket", source.bucket, "the name of a bucket that keeps versions", "Name the bucket."),
        requiredText(
            "source.objectKey",
            source.objectKey,
            "the key of a ZIP archive in the bucket",
            "Name the archive.",
        ),
        absent(source, "repository"),
        absent(source, "branch"),
        absent(source, "connectionArn"),
        absent(source, "filePaths"),
    ];
}

function repositoryRules(source: SourceArgs): Rule[] {
    const connected = usesConnection(source.provider);
    const [pattern, allowed] = connected
        ? [/^[\w.-]+(\/[\w.-]+)+$/, "owner/name"]
        : [/^[\w.-]{1,100}$/, "the name of a CodeCommit repository"];
    const { repository, branch, connectionArn, filePaths } = source;
    return [
        repository === undefined
            ? required("source.repository", repository, allowed, "Name the repository.")
            : matching("source.repository", repository, pattern, allowed, "Set the name only, not a URL."),
        matching(
            "source.branch",
            branch,
            /^[^\s*?[\]~^:\\]+$/,
            "the name of one branch",
            "Give a name, not a pattern.",
        ),
        absent(source, "bucket"),
        absent(source, "objectKey"),
        ...(connected
            ? [
                  matching(
                      "source.connectionArn",
                      connectionArn,
                      /^arn:[\w-]+:(codeconnections|codestar-connections):/,
                      "the ARN of a CodeConnections connection",
                      "Copy it from the console: Developer Tools, Settings, Connections.",
                  ),
                  {
                      arg: "source.filePaths",
                      kind: "OutOfRange" as const,
                      given: filePaths,
                      valid: filePaths === undefined || (filePaths.length >= 1 && filePaths.length <= maximumFilePaths),
                      allowed: `1 to ${maximumFilePaths} glob patterns`,
                      fix: "Merge patterns, or leave it out for the migrations directory.",
                  },
              ]
            : [absent(source, "connectionArn"), absent(source, "filePaths")]),
    ];
}

/** Rejects an argument of another provider, because ignoring it silently would be misleading. */
function absent(source: SourceArgs, arg: keyof SourceArgs): Rule {
    const given = source[arg];
    return {
        arg: `source.${arg}`,
        kind: "Conflict",
        given: pulumi.Output.isInstance(given) ? "an Output" : given,
        valid: given === undefined,
        allowed: `nothing with provider "${source.provider}"`,
        fix: "Leave it out.",
    };
}

/** The source action of the provider. None of them polls: triggers or EventBridge start the pipeline. */
export function sourceAction(
    source: SourceArgs,
    connectionArn: pulumi.Input<string> | undefined,
): aws.types.input.codepipeline.PipelineStageAction {
    return {
        name: Artifacts.source,
        category: "Source",
        owner: "AWS",
        version: "1",
        namespace: Namespaces.source,
        outputArtifacts: [Artifacts.source],
        ...providerOf(source, connectionArn),
    };
}

function providerOf(
    source: SourceArgs,
    connectionArn: pulumi.Input<string> | undefined,
): { provider: string; configuration: Record<string, pulumi.Input<string>> } {
    switch (source.provider) {
        case SourceProvider.S3:
            return s3Object(source.bucket!, source.objectKey!);
        case SourceProvider.CodeCommit:
            return {
                provider: "CodeCommit",
                configuration: {
                    RepositoryName: source.repository!,
                    BranchName: branchOf(source),
                    OutputArtifactFormat: "CODE_ZIP",
                    PollForSourceChanges: "false",
                },
            };
        default:
            return {
                provider: "CodeStarSourceConnection",
                configuration: {
                    ConnectionArn: connectionArn!,
                    FullRepositoryId: source.repository!,
                    BranchName: branchOf(source),
                    OutputArtifactFormat: "CODE_ZIP",
                    // The trigger below filters by path; this setting would start the pipeline for every push as well.
                    DetectChanges: "false",
                },
            };
    }
}

/** An S3 source action's provider and configuration. */
export function s3Object(
    bucket: pulumi.Input<string>,
    key: pulumi.Input<string>,
): { provider: string; configuration: Record<string, pulumi.Input<string>> } {
    return { provider: "S3", configuration: { S3Bucket: bucket, S3ObjectKey: key, PollForSourceChanges: "false" } };
}

/** The output variable of the source action that contains its revision. */
export function revisionVariable(provider: SourceProvider): string {
    return `#{${Namespaces.source}.${provider === SourceProvider.S3 ? "VersionId" : "CommitId"}}`;
}

/**
 * The trigger for a connection: pushes to the branch that change one of the paths. Pull requests never start the
 * pipeline: they would run SQL that has not been reviewed.
 */
export function triggers(
    source: SourceArgs,
    migrationsDirectory: pulumi.Input<string>,
): aws.types.input.codepipeline.PipelineTrigger[] {
    if (!usesConnection(source.provider)) {
        return [];
    }
    const includes = source.filePaths ?? [pulumi.interpolate`${migrationsDirectory}/**`];
    return [
        {
            providerType: "CodeStarSourceConnection",
            gitConfiguration: {
                sourceActionName: Artifacts.source,
                pushes: [{ branches: { includes: [branchOf(source)] }, filePaths: { includes } }],
            },
        },
    ];
}

/** The trigger for CodeCommit and S3: an EventBridge pattern. */
export function eventPattern(
    event: { repositoryArn: string; branch: string } | { bucket: string; objectKey: string },
): string {
    if ("bucket" in event) {
        return JSON.stringify({
            source: ["aws.s3"],
            "detail-type": ["Object Created"],
            detail: { bucket: { name: [event.bucket] }, object: { key: [event.objectKey] } },
        });
    }
    return JSON.stringify({
        source: ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        resources: [event.repositoryArn],
        detail: {
            event: ["referenceCreated", "referenceUpdated"],
            referenceType: ["branch"],
            referenceName: [event.branch],
        },
    });
}
