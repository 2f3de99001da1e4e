import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { artifactStore, type ArtifactStore, type ArtifactStoreArgs, toolchainPrefix } from "./pipeline/artifactStore";
import { cloneReaper } from "./pipeline/cloneReaper";
import { checkVariables, type Stage } from "./pipeline/conditions";
import { artifactPrefix } from "./shared/artifactStatements";
import { pipelineUrl } from "./shared/console";
import { recordPrefix } from "./contract";
import { withDefaults } from "./shared/defaults";
import { type Location, locationOf } from "./shared/location";
import { fixedName, nameLimits, nameRule } from "./shared/names";
import { emailRules, topic } from "./shared/notifications";
import { sourceRules, triggers, usesConnection, type SourceArgs } from "./pipeline/source";
import { grantBuilds, grantPipeline, pipelineRole } from "./pipeline/role";
import { pipelineStages, type PipelineShape, pipelineVariables } from "./pipeline/stages";
import { type BuildRef, buildsByAction, type PipelineBuildsArgs } from "./references";
import {
    flags,
    isGroup,
    listOfTexts,
    optionalGroup,
    pipelineBuildsRules,
    reference,
    tagsRule,
    text,
} from "./shared/shape";
import { sourceEvents } from "./pipeline/sourceEvents";
import { kmsKey, logRetention, type Rule, validate, wholeNumber } from "./shared/validation";

/** The approval before anything changes the database. */
export interface ApprovalArgs {
    /** E-mail addresses that are asked; each must confirm its subscription once. Default: none (approve in the console). */
    emails?: string[];
    /** Minutes after which an unanswered request counts as a rejection, 5 to 86400. Default: 10080 (a week). */
    timeoutMinutes?: number;
}

/** Arguments of a `DbPipeline`. Unless said otherwise, a change is made in place and costs nothing. */
export interface DbPipelineArgs {
    /** Where the changes come from. */
    source: SourceArgs;
    /** The builds; they must have been made for the same database. */
    builds: PipelineBuildsArgs;
    /** Ask a person before a deployment and a rollback, in the same stage. Default: nobody is asked. */
    approval?: ApprovalArgs;
    /**
     * ARN of the KMS key for artifacts and the request for approval; builds with a key of their own must have the same
     * one. Its policy must let the account's IAM policies decide and, with `builds.rehearse`, admit CloudWatch Logs. Default: a key of the pipeline's own ($1 a month), which
     * fits `Operations` as well.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * Days that artifacts are kept, 1 to 3650. Default: 90. The plan that was approved is among them; the records of
     * releases (`deployments/` in the bucket) are not, they stay.
     */
    artifactRetentionDays?: number;
    /** Days that the log of what deletes left-over clones is kept; only with `builds.rehearse`. Default: 30. */
    logRetentionInDays?: number;
    /** Logs access to the artifact bucket; the log costs its storage, a few cents a month. Default: true. */
    accessLog?: boolean;
    /**
     * Name of the bucket that takes that log; its policy must admit `logging.s3.amazonaws.com`, and SSE-S3 must encrypt it:
     * S3 delivers no log to a bucket that KMS encrypts. Default: a bucket of the pipeline's own.
     */
    accessLogBucket?: pulumi.Input<string>;
    /** Days that the pipeline's own bucket keeps the log, 1 to 3650. Default: 365. */
    accessLogRetentionDays?: number;
    /**
     * Whether destroying the pipeline also deletes the artifacts and their access log, and its key after 7 days instead
     * of 30. Default: false; then destroying it fails until the buckets are empty.
     */
    forceDestroy?: boolean;
    /** Tags of every resource. Default: none. */
    tags?: { [key: string]: string };
}

/** Written once; the documentation above is compared with it by a test. */
export const dbPipelineDefaults = {
    artifactRetentionDays: 90,
    logRetentionInDays: 30,
    accessLog: true,
    accessLogRetentionDays: 365,
    forceDestroy: false,
} satisfies Partial<DbPipelineArgs>;
export const approvalDefaults = { timeoutMinutes: 7 * 24 * 60 } satisfies ApprovalArgs;

/** Of a build that does not say where its migrations are. */
const migrationsDirectory = "migrations";

/**
 * Takes a database change from its source to the database: a CodePipeline (V2, `QUEUED`) with the stages Source, Plan
 * (the builds' users beside a first plan), Rollback and Deploy (each: plan, approval, change). Each stage holds one
 * execution at a time; the others wait in front of it, and none overtakes. The component's name becomes the pipeline's:
 * changing it replaces the pipeline. Started with the variable `ROLLBACK_TO`, an execution rolls back instead, through its
 * own plan and approval. The pipeline asks for approval; `Operations` sends every other notification.
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
    /** Name of the bucket with the artifacts: plans, deployments, the toolchain. */
    public readonly artifactBucketName: pulumi.Output<string>;
    /** Key of the toolchain archive in that bucket, for a build that looks for drift. */
    public readonly toolchainKey: pulumi.Output<string>;
    /** ARN of the key of the artifacts: the one that was given, or the pipeline's own. */
    public readonly kmsKeyArn: pulumi.Output<string>;
    /** ARN of the connection to the repository; absent for CodeCommit and S3. */
    public readonly connectionArn?: pulumi.Output<string>;
    /** Status of the connection, if the pipeline made it: PENDING until a person completes its handshake in the console. */
    public readonly connectionStatus?: pulumi.Output<string>;
    /** ARN of the topic that asks for approval; absent without approval. */
    public readonly approvalTopicArn?: pulumi.Output<string>;

    constructor(name: string, args: DbPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("DbPipeline", name, shape(args));
        validate("DbPipeline", name, rules(name, args));
        // Not the args: as inputs of the component they would hold every child up until the builds are there.
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
                // Every run deploys, in the order of its commits: PARALLEL would run two migrations at once, SUPERSEDED
                // drop a run that waits for its approval.
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
            // CodePipeline runs a new pipeline at once: all that the run needs must be there.
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

/** The types that the rules below take for granted. */
function shape(args: DbPipelineArgs): Rule[] {
    const { source, approval, accessLogBucket } = args;
    const builds: unknown = args.builds;
    return [
        ...reference("source", source, {
            parts: ["provider"],
            allowed: "where the changes come from",
            fix: 'For example { provider: "GitHub", repository: "owner/name" }.',
        }),
        ...(isGroup(source) ? [listOfTexts("source.filePaths", source.filePaths)] : []),
        ...pipelineBuildsRules("builds", builds),
        optionalGroup("approval", approval, "{} asks for approval in the console alone."),
        ...(isGroup(approval) ? [listOfTexts("approval.emails", approval.emails)] : []),
        ...flags(args, "accessLog", "forceDestroy"),
        text("accessLogBucket", accessLogBucket, "the name of a bucket", "Leave it out for one of its own."),
        tagsRule(args.tags),
    ];
}

function rules(name: string, args: DbPipelineArgs): Rule[] {
    return [
        nameRule(name, nameLimits.pipeline),
        {
            arg: "name",
            given: name,
            // Artifacts lie below the name: they expire, and what lies below these does not.
            valid: ![recordPrefix, toolchainPrefix].includes(artifactPrefix(name)),
            allowed: "a name that the artifact bucket has no other use for",
            fix: "Change it.",
        },
        ...sourceRules(args.source),
        wholeNumber(
            "approval.timeoutMinutes",
            args.approval?.timeoutMinutes,
            { min: 5, max: 86400, unit: "minutes" },
            "Leave it out for a week.",
        ),
        ...emailRules("approval.emails", args.approval?.emails),
        wholeNumber(
            "artifactRetentionDays",
            args.artifactRetentionDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for 90 days.",
        ),
        ...accessLogRules(args),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        {
            arg: "builds.rehearse",
            given: args.builds.rehearse && "a build",
            valid: args.builds.rehearse === undefined || args.builds.plan !== undefined,
            allowed: "nothing without builds.plan",
            fix: "Add the build that plans: its plan is what is rehearsed.",
        },
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function accessLogRules({ accessLog, accessLogBucket, accessLogRetentionDays }: DbPipelineArgs): Rule[] {
    const off = accessLog === false;
    const only = (arg: string, given: unknown): Rule => ({
        arg,
        given: pulumi.Output.isInstance(given) ? "an Output" : given,
        valid: !off || given === undefined,
        allowed: "nothing while accessLog is false",
        fix: "Leave it out, or leave accessLog out.",
    });
    return [
        only("accessLogBucket", accessLogBucket),
        only("accessLogRetentionDays", accessLogRetentionDays),
        wholeNumber(
            "accessLogRetentionDays",
            accessLogRetentionDays,
            { min: 1, max: 3650, unit: "days" },
            "Leave it out for 365 days.",
        ),
        {
            arg: "accessLogRetentionDays",
            given: accessLogRetentionDays,
            valid: accessLogBucket === undefined || accessLogRetentionDays === undefined,
            allowed: "nothing with accessLogBucket, which keeps its objects by rules of its own",
            fix: "Leave one of them out.",
        },
    ];
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

/** The archive is named by its content: another toolchain is another object, and a change of the pipeline that shows. */
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

interface Connection {
    arn: pulumi.Output<string>;
    /** Known for a connection of our own only. */
    status?: pulumi.Output<string>;
}

function connectionOf(name: string, args: DbPipelineArgs, parent: pulumi.Resource): Connection | undefined {
    const { provider, connectionArn } = args.source;
    if (!usesConnection(provider)) {
        return undefined;
    }
    if (connectionArn !== undefined) {
        return { arn: pulumi.output(connectionArn) };
    }
    const connectionName = fixedName("connection", name);
    const connection = new aws.codeconnections.Connection(
        `${name}-source`,
        { name: connectionName, providerType: provider, tags: args.tags },
        // Another provider replaces it, and an account has each name of a connection once.
        { parent, deleteBeforeReplace: true },
    );
    connection.connectionStatus.apply((status) => {
        if (status === "PENDING") {
            void pulumi.log.warn(
                `The connection to ${provider} waits for its handshake: AWS console, Developer Tools, Settings, ` +
                    `Connections, "${connectionName}", Update pending connection. The pipeline's source fails until then.`,
                parent,
            );
        }
    });
    return { arn: connection.arn, status: connection.connectionStatus };
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
        records: { bucket: store.bucketName, pipelineName: name },
    });
    return checkVariables(stages, args.source.provider);
}

function projectNames({ bootstrap, plan, rehearse, deploy, rollback }: PipelineBuildsArgs): PipelineShape["projects"] {
    return {
        bootstrap: bootstrap?.projectName,
        plan: plan?.projectName,
        rehearse: rehearse?.projectName,
        deploy: deploy.projectName,
        rollback: rollback?.projectName,
    };
}

/** What a rehearsal that was killed left behind is deleted in time. */
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
