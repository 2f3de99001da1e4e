import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore } from "./artifactStore";
import { reaperSpec } from "../codeBuild/buildSpec";
import { options } from "../options";
import type { Location } from "../shared/location";
import { readToolchain, reapClones } from "../codeBuild/rehearsalStatements";
import { logicalName } from "../shared/names";
import { serviceRole, startOnSchedule } from "../shared/schedule";
import { policyDocument, writeLogs } from "../shared/statements";

export interface CloneReaperArgs {
    at: pulumi.Output<Location>;
    /** Cluster whose expired clones it deletes. */
    sourceCluster: pulumi.Input<string>;
    store: ArtifactStore;
    /** The delivery program. */
    toolchain: aws.s3.BucketObjectv2;
    logRetentionInDays: number;
    logKmsKeyArn: pulumi.Input<string> | undefined;
    tags: Record<string, string> | undefined;
}

/** A build that was killed cannot delete its clone; the reaper checks once an hour. */
const schedule = "rate(1 hour)";
const minutes = 30;

/**
 * Deletes clones that rehearsals left behind: a CodeBuild project that EventBridge starts. It runs outside the VPC,
 * because it calls only RDS's API, and costs a cent a day.
 */
export function cloneReaper(pipeline: string, args: CloneReaperArgs, parent: pulumi.Resource): void {
    const name = `${pipeline}-reaper`;
    const logGroup = new aws.cloudwatch.LogGroup(
        name,
        {
            name: `/aws/codebuild/${name}`,
            retentionInDays: args.logRetentionInDays,
            kmsKeyId: args.logKmsKeyArn,
            tags: args.tags,
        },
        { parent },
    );
    const role = serviceRole(
        name,
        {
            at: args.at,
            tags: args.tags,
            service: "codebuild",
            resource: `project/${name}`,
            description: "Deletes clones that rehearsals left",
        },
        parent,
    );
    const policy = grantReaper(name, role, logGroup, args, parent);
    const project = new aws.codebuild.Project(
        name,
        {
            name,
            description: "Deletes clones that rehearsals left behind",
            serviceRole: role.arn,
            source: {
                type: "S3",
                location: pulumi.interpolate`${args.store.bucketName}/${args.toolchain.key}`,
                buildspec: reaperSpec(),
            },
            artifacts: { type: "NO_ARTIFACTS" },
            encryptionKey: args.store.kmsKeyArn,
            environment: {
                type: "LINUX_CONTAINER",
                computeType: "BUILD_GENERAL1_SMALL",
                image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                imagePullCredentialsType: "CODEBUILD",
                privilegedMode: false,
                environmentVariables: [
                    { name: options.sourceCluster.variable, value: args.sourceCluster, type: "PLAINTEXT" },
                    // CodeBuild adds it to a project that lacks it.
                    { name: "CODEBUILD_CONFIG_AUTO_DISCOVER", value: "false", type: "PLAINTEXT" },
                ],
            },
            logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup.name } },
            concurrentBuildLimit: 1,
            autoRetryLimit: 0,
            buildTimeout: minutes,
            queuedTimeout: minutes,
            badgeEnabled: false,
            projectVisibility: "PRIVATE",
            tags: args.tags,
        },
        { parent, dependsOn: [policy] },
    );
    startOnSchedule(name, project, { at: args.at, expression: schedule, tags: args.tags }, parent);
}

function grantReaper(
    name: string,
    role: aws.iam.Role,
    logGroup: aws.cloudwatch.LogGroup,
    { at, sourceCluster, store, toolchain }: CloneReaperArgs,
    parent: pulumi.Resource,
): aws.iam.RolePolicy {
    const policy = pulumi
        .output({
            at,
            sourceCluster,
            logGroupArn: logGroup.arn,
            bucketArn: store.bucketArn,
            key: toolchain.key,
            kmsKeyArn: store.kmsKeyArn,
        })
        .apply((known) =>
            policyDocument([
                writeLogs(known.logGroupArn),
                ...readToolchain(known.at, known.bucketArn, known.key, known.kmsKeyArn),
                ...reapClones(known.at, known.sourceCluster),
            ]),
        );
    return new aws.iam.RolePolicy(logicalName("rolePolicy", name), { role: role.name, policy }, { parent });
}
