import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { approvalDefaults, type DbPipelineArgs, dbPipelineDefaults, deploymentWindowDefaults } from "./pipeline/args";
import { artifactStore, type ArtifactStore, type ArtifactStoreArgs, toolchainPrefix } from "./pipeline/artifactStore";
import { cloneReaper } from "./pipeline/cloneReaper";
import { checkVariables, type Stage } from "./pipeline/conditions";
import { type Connection, connectionOf } from "./pipeline/connection";
import { artifactPrefix } from "./shared/artifactStatements";
import { pipelineUrl } from "./shared/console";
import { withDefaults } from "./shared/defaults";
import { type Location, locationOf } from "./shared/location";
import { topic } from "./shared/notifications";
import { triggers, usesConnection } from "./pipeline/source";
import { grantBuilds, grantPipeline, pipelineRole } from "./pipeline/role";
import { dbPipelineRules, dbPipelineShape } from "./pipeline/rules";
import { pipelineStages, type PipelineShape, pipelineVariables } from "./pipeline/stages";
import { type BuildRef, buildsByAction, type PipelineBuildsArgs } from "./references";
import { sourceEvents } from "./pipeline/sourceEvents";
import { validate } from "./shared/validation";

/** The migrations directory of a build that does not name one. */
const migrationsDirectory = "migrations";

/**
 * Delivers a database change from its source to the database: a CodePipeline (V2, `QUEUED`) with the stages Source,
 * Plan (creates the builds' users and makes a first plan), Rollback and Deploy (each: plan, approval, change). Each
 * stage holds one execution at a time; the others wait in front of it in order. The component's name becomes the
 * pipeline's: changing it replaces the pipeline. An execution started with the variable `ROLLBACK_TO` rolls back
 * instead, through its own plan and approval. The pipeline asks for approval; `Operations` sends every other
 * notification.
 *
 * Cost: $0.002 for each minute of an action after the first 100 of a month, and $1 a month for the key.
 */
export class DbPipeline extends pulumi.ComponentResource {
    /** Name of the pipeline. */
    public readonly pipelineName: pulumi.Output<string>;
    /** ARN of the pipeline. */
    public readonly pipelineArn: pulumi.Output<string>;
    /** Address of the pipeline in the AWS console. */
    public readonly consoleUrl: pulumi.Output<string>;
    /** Name of the bucket that contains the artifacts: plans, deployments, the toolchain. */
    public readonly artifactBucketName: pulumi.Output<string>;
    /** Key of the toolchain archive in that bucket, for a build that detects drift. */
    public readonly toolchainKey: pulumi.Output<string>;
    /** ARN of the key of the artifacts: the given one, or the pipeline's own. */
    public readonly kmsKeyArn: pulumi.Output<string>;
    /** ARN of the connection to the repository; absent for CodeCommit and S3. */
    public readonly connectionArn?: pulumi.Output<string>;
    /**
     * Status of the connection, if the pipeline created it: PENDING until a person completes its handshake in the
     * console.
     */
    public readonly connectionStatus?: pulumi.Output<string>;
    /** ARN of the topic that receives approval requests; absent without approval. */
    public readonly approvalTopicArn?: pulumi.Output<string>;

    constructor(name: string, args: DbPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("DbPipeline", name, dbPipelineShape(args));
        validate("DbPipeline", name, dbPipelineRules(name, args));
        // The args are not registered as inputs: they would delay every child until the builds exist.
        super("aurora-pipeline:index:DbPipeline", name, {}, opts);

        const at = locationOf(this);
        const builds = buildsByAction(args.builds);
        const store = artifactStore(name, storeArgs(name, args, at), this);
        const toolchain = uploadToolchain(name, args.builds.deploy, store, this);
        const connection = connectionOf(name, args, this);
        const approvalTopic = args.approval && approvalTopicOf(name, args, at, store, this);
        const stages = stagesOf(name, args, { store, toolchain, connection, approvalTopic });
        const role = pipelineRole(name, at, args.tags, this);
        const grants = [
            grantPipeline(
                name,
                {
                    source: args.source,
                    builds: Object.values(builds),
                    at,
                    store,
                    role,
                    toolchain,
                    connectionArn: connection?.arn,
                    approvalTopicArn: approvalTopic?.arn,
                    watchesAlarms: args.bake !== undefined,
                },
                this,
            ),
            ...grantBuilds(name, { builds, stages, at, store, approval: args.approval !== undefined }, this),
        ];
        const pipeline = new aws.codepipeline.Pipeline(
            name,
            {
                name,
                pipelineType: "V2",
                // Every execution deploys, in the order of its commits: PARALLEL would run two migrations at once,
                // SUPERSEDED would drop an execution that waits for its approval.
                executionMode: "QUEUED",
                roleArn: role.arn,
                artifactStores: [
                    { type: "S3", location: store.bucketName, encryptionKey: { type: "KMS", id: store.kmsKeyArn } },
                ],
                variables: pipelineVariables,
                stages,
                triggers: triggers(args.source, args.builds.deploy.migrationsDirectory ?? migrationsDirectory),
                tags: args.tags,
            },
            // CodePipeline starts a new pipeline at once: everything that the execution needs must exist.
            { parent: this, dependsOn: [...grants, ...store.ready, toolchain] },
        );
        reapClones(name, args, { at, store, toolchain }, this);
        if (!usesConnection(args.source.provider)) {
            sourceEvents(name, { at, source: args.source, pipelineArn: pipeline.arn, tags: args.tags }, this);
        }

        this.pipelineName = pipeline.name;
        this.pipelineArn = pipeline.arn;
        this.consoleUrl = pulumi
            .all([at, pipeline.name])
            .apply(([location, pipelineName]) => pipelineUrl(location, pipelineName));
        this.artifactBucketName = store.bucketName;
        this.toolchainKey = toolchain.key;
        this.kmsKeyArn = store.kmsKeyArn;
        this.connectionArn = connection?.arn;
        this.connectionStatus = connection?.status;
        this.approvalTopicArn = approvalTopic?.arn;
        this.registerOutputs({
            pipelineName: this.pipelineName,
            pipelineArn: this.pipelineArn,
            consoleUrl: this.consoleUrl,
            artifactBucketName: this.artifactBucketName,
            toolchainKey: this.toolchainKey,
            kmsKeyArn: this.kmsKeyArn,
            connectionArn: this.connectionArn,
            connectionStatus: this.connectionStatus,
            approvalTopicArn: this.approvalTopicArn,
        });
    }
}

function storeArgs(name: string, args: DbPipelineArgs, at: pulumi.Output<Location>): ArtifactStoreArgs {
    return {
        at,
        pipelineName: name,
        kmsKeyArn: args.kmsKeyArn,
        retentionDays: args.artifactRetentionDays ?? dbPipelineDefaults.artifactRetentionDays,
        accessLog: accessLogArgs(args),
        forceDestroy: args.forceDestroy ?? dbPipelineDefaults.forceDestroy,
        tags: args.tags,
    };
}

function accessLogArgs(args: DbPipelineArgs): ArtifactStoreArgs["accessLog"] {
    const { accessLog, accessLogBucket: bucket, accessLogRetentionDays } = withDefaults(args, dbPipelineDefaults);
    return accessLog ? { bucket, retentionDays: accessLogRetentionDays } : undefined;
}

/**
 * The archive's name contains its hash: another toolchain is another object, and therefore a visible change of the
 * pipeline.
 */
function uploadToolchain(
    name: string,
    deploy: BuildRef,
    store: ArtifactStore,
    parent: pulumi.Resource,
): aws.s3.BucketObjectv2 {
    const archive = pulumi.output(deploy.toolchain);
    return new aws.s3.BucketObjectv2(
        `${name}-toolchain`,
        {
            bucket: store.bucketName,
            key: archive.apply((file) => `${toolchainPrefix}${path.basename(file)}`),
            source: archive.apply((file) => new pulumi.asset.FileAsset(file)),
            contentType: "application/zip",
        },
        { parent, dependsOn: store.ready },
    );
}

function approvalTopicOf(
    name: string,
    args: DbPipelineArgs,
    at: pulumi.Output<Location>,
    store: ArtifactStore,
    parent: pulumi.Resource,
): aws.sns.Topic {
    const { emails = [] } = args.approval ?? {};
    return topic(
        `${name}-approval`,
        { at, kmsKeyArn: store.kmsKeyArn, emails, publishers: ["codepipeline.amazonaws.com"], tags: args.tags },
        parent,
    );
}

interface StageParts {
    store: ArtifactStore;
    toolchain: aws.s3.BucketObjectv2;
    connection: Connection | undefined;
    approvalTopic: aws.sns.Topic | undefined;
}

function stagesOf(
    name: string,
    args: DbPipelineArgs,
    { store, toolchain, connection, approvalTopic }: StageParts,
): Stage[] {
    const stages = pipelineStages({
        source: args.source,
        connectionArn: connection?.arn,
        toolchain: { bucket: store.bucketName, key: toolchain.key },
        projects: projectNames(args.builds),
        approval: approvalTopic && {
            topicArn: approvalTopic.arn,
            timeoutMinutes: args.approval?.timeoutMinutes ?? approvalDefaults.timeoutMinutes,
        },
        window: args.deploymentWindow && {
            ...withDefaults(args.deploymentWindow, deploymentWindowDefaults),
            ...{ bucket: store.bucketName, prefix: `${artifactPrefix(name)}Waiting/`, kmsKeyArn: store.kmsKeyArn },
        },
        bake: args.bake,
        approvalByRisk: args.approval?.byRisk ?? approvalDefaults.byRisk,
        records: { bucket: store.bucketName, pipelineName: name },
    });
    return checkVariables(stages, args.source.provider);
}

function projectNames(builds: PipelineBuildsArgs): PipelineShape["projects"] {
    return {
        bootstrap: builds.bootstrap?.projectName,
        plan: builds.plan?.projectName,
        rollbackPlan: builds.rollbackPlan?.projectName,
        deployPlan: builds.deployPlan?.projectName,
        rehearse: builds.rehearse?.projectName,
        deploy: builds.deploy.projectName,
        rollback: builds.rollback?.projectName,
    };
}

/** Deletes what a killed rehearsal left behind. */
function reapClones(
    name: string,
    args: DbPipelineArgs,
    parts: { at: pulumi.Output<Location>; store: ArtifactStore; toolchain: aws.s3.BucketObjectv2 },
    parent: pulumi.Resource,
): void {
    const sourceCluster = args.builds.rehearse?.clonesOf;
    if (sourceCluster !== undefined) {
        const logRetentionInDays = args.logRetentionInDays ?? dbPipelineDefaults.logRetentionInDays;
        cloneReaper(
            name,
            { ...parts, sourceCluster, logRetentionInDays, logKmsKeyArn: args.kmsKeyArn, tags: args.tags },
            parent,
        );
    }
}
