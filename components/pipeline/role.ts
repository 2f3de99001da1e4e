import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore } from "./artifactStore";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { type SourceArgs, SourceProvider } from "./source";
import type { Stage } from "./conditions";
import { keepRecords, readApproval } from "./recordStatements";
import type { BuildRef } from "../references";
import { type PassedArtifacts, passArtifacts, useArtifacts } from "../shared/artifactStatements";
import * as statements from "../shared/statements";

type Action = aws.types.input.codepipeline.PipelineStageAction;

/** The role that the pipeline runs as. */
export function pipelineRole(
    name: string,
    at: pulumi.Output<Location>,
    tags: Record<string, string> | undefined,
    parent: pulumi.Resource,
): aws.iam.Role {
    return new aws.iam.Role(
        logicalName("role", `${name}-role`),
        {
            description: `Runs the pipeline ${name}`,
            // The pipeline's name is fixed, so that the trust policy can name the pipeline before it exists.
            assumeRolePolicy: at.apply((location) =>
                statements.policyDocument([
                    statements.trust(location, "codepipeline", statements.arn(location, "codepipeline", name)),
                ]),
            ),
            tags,
        },
        { parent },
    );
}

export interface PipelineParts {
    source: SourceArgs;
    builds: BuildRef[];
    at: pulumi.Output<Location>;
    store: ArtifactStore;
    role: aws.iam.Role;
    toolchain: aws.s3.BucketObjectv2;
    connectionArn: pulumi.Output<string> | undefined;
    approvalTopicArn: pulumi.Output<string> | undefined;
    /** Whether a condition of a stage watches alarms. */
    watchesAlarms: boolean;
}

/** The permissions of the pipeline itself: read its sources, start its builds, request approval. */
export function grantPipeline(name: string, parts: PipelineParts, parent: pulumi.Resource): aws.iam.RolePolicy {
    const { source, builds, at, store, role, toolchain, connectionArn, approvalTopicArn, watchesAlarms } = parts;
    const policy = pulumi
        .output({
            at,
            bucketArn: store.bucketArn,
            kmsKeyArn: store.kmsKeyArn,
            toolchainKey: toolchain.key,
            projectArns: builds.map((build) => build.projectArn),
            connectionArn,
            sourceBucket: source.bucket,
            approvalTopicArn,
        })
        .apply((known) =>
            statements.policyDocument([
                ...useArtifacts(known.at, { ...known, pipelineName: name }),
                ...statements.readObject("Toolchain", known.bucketArn, known.toolchainKey),
                ...sourceStatements(source, known),
                statements.startBuilds(known.projectArns),
                ...(known.approvalTopicArn === undefined
                    ? []
                    : statements.publish(known.at, known.approvalTopicArn, known.kmsKeyArn)),
                ...(watchesAlarms ? [statements.readAlarms(known.at)] : []),
            ]),
        );
    return new aws.iam.RolePolicy(logicalName("rolePolicy", `${name}-role`), { role: role.name, policy }, { parent });
}

function sourceStatements(
    source: SourceArgs,
    known: { at: Location; connectionArn?: string; sourceBucket?: string },
): statements.Statement[] {
    if (known.connectionArn !== undefined) {
        return [statements.useConnection(known.connectionArn)];
    }
    return source.provider === SourceProvider.S3
        ? statements.readObject("Source", `arn:${known.at.partition}:s3:::${known.sourceBucket}`, source.objectKey!)
        : [statements.readRepository(known.at, source.repository!)];
}

/** The permissions that the pipeline adds to the builds' roles: its artifacts, and reading who approved. */
export function grantBuilds(
    name: string,
    { builds, stages, at, store, approval }: Pick<PipelineParts, "at" | "store"> & BuildGrants,
    parent: pulumi.Resource,
): aws.iam.RolePolicy[] {
    const known = pulumi.output({ at, bucketArn: store.bucketArn, kmsKeyArn: store.kmsKeyArn });
    const policyOf = (action: string, artifacts: PassedArtifacts) =>
        known.apply(({ at: location, bucketArn, kmsKeyArn }) =>
            statements.policyDocument([
                ...passArtifacts(location, { bucketArn, kmsKeyArn, pipelineName: name }, artifacts),
                ...(leavesRecord(action) ? [keepRecords(bucketArn)] : []),
                ...(leavesRecord(action) && approval
                    ? [readApproval(statements.arn(location, "codepipeline", name))]
                    : []),
            ]),
        );
    return Object.entries(builds).map(
        ([action, build]) =>
            new aws.iam.RolePolicy(
                logicalName("rolePolicy", `${name}-${action}-artifacts`),
                { role: build.roleName, policy: policyOf(action, artifactsOf(stages, build)) },
                { parent },
            ),
    );
}

interface BuildGrants {
    /** By action. */
    builds: Record<string, BuildRef>;
    /** The stages that start them. */
    stages: Stage[];
    /** Whether an approval is required. */
    approval: boolean;
}

/** The artifacts that all actions together pass to a build's project and receive from it. */
export function artifactsOf(stages: Stage[], { projectName }: Pick<BuildRef, "projectName">): PassedArtifacts {
    // The stages are built here from plain values; the values that they carry, such as a project's name, are passed on
    // unchanged.
    const actions = stages.flatMap((stage) => stage.actions as Action[]);
    const own = actions.filter(
        ({ configuration }) => (configuration as Record<string, unknown> | undefined)?.["ProjectName"] === projectName,
    );
    const names = (lists: unknown[]) => [...new Set((lists as (string[] | undefined)[]).flatMap((list) => list ?? []))];
    return {
        inputs: names(own.map(({ inputArtifacts }) => inputArtifacts)),
        outputs: names(own.map(({ outputArtifacts }) => outputArtifacts)),
    };
}

function leavesRecord(action: string): boolean {
    return action === "deploy" || action === "rollback";
}
