import * as pulumi from "@pulumi/pulumi";
import { Action } from "./contract";
import { DbPipeline } from "./dbPipeline";
import { databaseDeliveryDefaults, type DatabaseDeliveryArgs, type Settings } from "./delivery/args";
import { buildsOf, type CreateBuild, pipelineBuilds } from "./delivery/builds";
import { knownDatabase } from "./delivery/database";
import { databaseDeliveryRules, databaseDeliveryShape } from "./delivery/rules";
import {
    applicationSecretArns,
    type ChildOptions,
    createDatabaseUsers,
    credentialsOf,
    type DatabaseUsers,
} from "./delivery/users";
import type { MigrationBuild } from "./migrationBuild";
import { Operations } from "./operations";
import { databaseAlarmNames } from "./operations/alarm";
import type { PipelineBuildsArgs } from "./references";
import { withDefaults } from "./shared/defaults";
import { validate } from "./shared/validation";
import { packagedToolchain } from "./toolchain";

/**
 * Everything in front of one database: its users with their secrets, the builds, the pipeline with its approval, drift
 * detection, notifications, alarms and a dashboard, with the defaults of a production environment. The database may be
 * an existing Aurora cluster: nothing of it changes but one rule for each build in its security group, and what the
 * first run of the pipeline does in it (docs/adopting.md). The component's name becomes the pipeline's: changing it
 * replaces the pipeline.
 *
 * Cost: that of its parts, about $10 a month without deliveries.
 */
export class DatabaseDelivery extends pulumi.ComponentResource {
    /** Name of the pipeline. */
    public readonly pipelineName: pulumi.Output<string>;
    /** ARN of the pipeline. */
    public readonly pipelineArn: pulumi.Output<string>;
    /** Address of the pipeline in the AWS console. */
    public readonly consoleUrl: pulumi.Output<string>;
    /** ARN of the connection to the repository; absent for CodeCommit and S3. */
    public readonly connectionArn?: pulumi.Output<string>;
    /**
     * Status of the connection, if the pipeline created it: PENDING until a person completes its handshake in the
     * console.
     */
    public readonly connectionStatus?: pulumi.Output<string>;
    /** Secrets with the credentials of the users for applications, by user; absent without any. */
    public readonly applicationSecretArns?: pulumi.Output<{ [key: string]: string }>;
    /** ARN of the topic that receives all notifications; further recipients can subscribe to it. */
    public readonly topicArn: pulumi.Output<string>;
    /** Address of the dashboard in the AWS console; absent without a dashboard. */
    public readonly dashboardUrl?: pulumi.Output<string>;

    constructor(name: string, args: DatabaseDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("DatabaseDelivery", name, databaseDeliveryShape(args));
        const given = withDefaults(args, databaseDeliveryDefaults);
        const environmentName = args.environmentName ?? pulumi.getStack();
        const toolchain = args.toolchain ?? packagedToolchain();
        validate("DatabaseDelivery", name, databaseDeliveryRules(name, { ...given, environmentName }, toolchain));
        // The args are not registered as inputs: they would delay every child until the whole database exists.
        super("aurora-pipeline:index:DatabaseDelivery", name, {}, opts);

        const { clusterKmsKeyArn, ...known } = knownDatabase(name, given, this);
        const settings: Settings = { ...given, ...known, environmentName, users: args.users ?? {} };
        // A program that created these components itself keeps them when it moves them into a delivery.
        const options: ChildOptions = { parent: this, aliases: [{ parent: opts?.parent ?? pulumi.rootStackResource }] };
        const users = createDatabaseUsers(name, settings, options);
        const createBuild = buildsOf(name, settings, { users, clusterKmsKeyArn }, options);
        const builds = pipelineBuilds(createBuild, settings);
        const pipeline = createPipeline(name, settings, builds, options);
        const drift = createDriftBuild(settings, createBuild, pipeline);
        const operations = createOperations(name, settings, { users, builds, drift, pipeline }, options);

        this.pipelineName = pipeline.pipelineName;
        this.pipelineArn = pipeline.pipelineArn;
        this.consoleUrl = pipeline.consoleUrl;
        this.connectionArn = pipeline.connectionArn;
        this.connectionStatus = pipeline.connectionStatus;
        this.applicationSecretArns = applicationSecretArns(users);
        this.topicArn = operations.topicArn;
        this.dashboardUrl = operations.dashboardUrl;
        this.registerOutputs({
            pipelineName: this.pipelineName,
            pipelineArn: this.pipelineArn,
            consoleUrl: this.consoleUrl,
            connectionArn: this.connectionArn,
            connectionStatus: this.connectionStatus,
            applicationSecretArns: this.applicationSecretArns,
            topicArn: this.topicArn,
            dashboardUrl: this.dashboardUrl,
        });
    }
}

function createPipeline(
    name: string,
    settings: Settings,
    builds: PipelineBuildsArgs,
    options: ChildOptions,
): DbPipeline {
    const { source, approval, approvalEmails, forceDestroy, accessLog, logRetentionInDays, kmsKeyArn, tags } = settings;
    const { guards, bakeMinutes: minutes, bakeAlarms } = settings;
    return new DbPipeline(
        name,
        {
            source,
            builds,
            approval: approval ? { emails: approvalEmails, byRisk: settings.approvalFor !== undefined } : undefined,
            deploymentWindow:
                guards?.deploymentWindow === undefined
                    ? undefined
                    : { cron: guards.deploymentWindow, timeZone: guards.deploymentWindowTimeZone },
            bake: minutes === undefined ? undefined : { minutes, alarmNames: bakeAlarms ?? databaseAlarmNames(name) },
            forceDestroy,
            accessLog,
            accessLogRetentionDays: accessLog ? logRetentionInDays : undefined,
            logRetentionInDays,
            kmsKeyArn,
            tags,
        },
        options,
    );
}

/** The build that detects drift on a schedule; undefined without one. */
function createDriftBuild(
    { driftSchedule: schedule }: Settings,
    createBuild: CreateBuild,
    { artifactBucketName, toolchainKey, kmsKeyArn }: DbPipeline,
): MigrationBuild | undefined {
    return schedule === "never"
        ? undefined
        : createBuild(Action.Drift, {
              drift: { schedule, toolchainBucket: artifactBucketName, toolchainKey, toolchainKmsKeyArn: kmsKeyArn },
          });
}

function createOperations(
    name: string,
    settings: Settings,
    parts: {
        users: DatabaseUsers;
        builds: PipelineBuildsArgs;
        drift: MigrationBuild | undefined;
        pipeline: DbPipeline;
    },
    options: ChildOptions,
): Operations {
    const { notificationEmails, chatChannelArn, notifySuccess, alarms, databaseEvents, dashboard } = settings;
    const { vaultRetentionDays: retentionInDays } = settings;
    return new Operations(
        name,
        {
            pipeline: parts.pipeline,
            builds: parts.builds,
            drift: parts.drift,
            database: settings.database,
            credentials: credentialsOf(parts.users),
            notificationEmails,
            chatChannelArn,
            notifySuccess,
            alarms,
            databaseEvents,
            dashboard,
            backup: retentionInDays === undefined ? undefined : { retentionInDays },
            // The AWS managed key would exclude the services that publish; the pipeline has a key that allows them.
            kmsKeyArn: settings.kmsKeyArn ?? parts.pipeline.kmsKeyArn,
            tags: settings.tags,
        },
        options,
    );
}
