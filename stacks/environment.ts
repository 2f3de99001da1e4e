import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    type Action,
    AuroraCluster,
    type DatabaseProxy,
    DbPipeline,
    type DriftArgs,
    MigrationBuild,
    Network,
    type NetworkRef,
    Operations,
    type PipelineBuildsArgs,
    type SourceArgs,
} from "../components";
import { engines } from "../components/shared/engines";
import { rollbackVariable } from "../components/contract";
import { buildOptions } from "./buildOptions";
import type { Settings } from "./config";
import { createDatabaseProxy } from "./databaseProxy";
import {
    applicationSecretArns,
    createDatabaseUsers,
    credentialsOf,
    type DatabaseUsers,
    loginOf,
} from "./databaseUsers";
import { createKey } from "./key";
import { databaseIdentifier } from "./names";

/** The outputs of a stack. */
export interface EnvironmentOutputs {
    pipelineName: pulumi.Output<string>;
    /** Address of the pipeline in the AWS console. */
    pipelineConsoleUrl: pulumi.Output<string>;
    /** Connection to the repository; undefined for CodeCommit and S3. */
    connectionArn?: pulumi.Output<string>;
    /** Whether that connection still waits for its handshake; undefined for one that config names. */
    connectionStatus?: pulumi.Output<string>;
    clusterEndpoint: pulumi.Output<string>;
    clusterReaderEndpoint: pulumi.Output<string>;
    /** Secret with the credential of the database's administrator. */
    secretArn: pulumi.Output<string>;
    /** Secrets with the credentials of the users for applications, by user; undefined without any. */
    applicationSecretArns?: pulumi.Output<{ [user: string]: string }>;
    /** Address that applications connect to; undefined without a proxy. */
    proxyEndpoint?: pulumi.Output<string>;
    /** Security group of the proxy, for a rule that admits an application; undefined without a proxy. */
    proxySecurityGroupId?: pulumi.Output<string>;
    /** The command that rolls back a release and everything after it, with plan and approval. */
    howToRollBack: pulumi.Output<string>;
    /** Topic that receives failed deliveries, alarms and events. */
    notificationTopicArn: pulumi.Output<string>;
    /** Address of the dashboard in the AWS console; undefined without one. */
    dashboardUrl?: pulumi.Output<string>;
}

/** An environment: its key, its network, the database and its users, the builds, the pipeline and its monitoring. */
export function createEnvironment(name: string, given: Settings): EnvironmentOutputs {
    const settings = { ...given, tags: { Project: pulumi.getProject(), Stack: pulumi.getStack(), ...given.tags } };
    const kmsKeyArn = settings.customerKey ? createKey(name, settings).arn : undefined;
    const network = createNetwork(name, settings, kmsKeyArn);
    const cluster = createCluster(name, settings, network, kmsKeyArn);
    const proxy = createDatabaseProxy(name, settings, { network, cluster, kmsKeyArn });
    const users = createDatabaseUsers(name, settings, { network, cluster, kmsKeyArn });
    const build = (action: Action, does?: string) =>
        createBuild(name, action, settings, { network, cluster, users, kmsKeyArn }, { does });
    const builds = {
        bootstrap: users.builds && build("Bootstrap"),
        plan: build("Plan"),
        rollbackPlan: settings.approval ? build("Plan", "rollback-plan") : undefined,
        deployPlan: settings.approval || settings.rehearsal ? build("Plan", "deploy-plan") : undefined,
        rehearse: settings.rehearsal ? build("Rehearse") : undefined,
        deploy: build("Deploy"),
        rollback: build("Rollback"),
    };
    const pipeline = createPipeline(name, settings, builds, kmsKeyArn);
    const drift = createDriftBuild(name, settings, { network, cluster, users, pipeline, kmsKeyArn });
    const operations = createOperations(name, settings, { cluster, users, builds, drift, pipeline, kmsKeyArn });
    return outputsOf({ cluster, proxy, users, pipeline, operations });
}

function createNetwork(name: string, settings: Settings, logKmsKeyArn?: pulumi.Input<string>): NetworkRef {
    return (
        existingNetwork(settings) ??
        new Network(name, {
            cidrBlock: settings.cidrBlock,
            availabilityZones: settings.availabilityZones,
            egress: settings.egress,
            flowLogs: settings.flowLogs,
            logRetentionInDays: settings.logRetentionDays,
            logKmsKeyArn,
            tags: settings.tags,
        })
    );
}

/** The VPC that config names; undefined without one. */
function existingNetwork(settings: Settings): NetworkRef | undefined {
    const { vpcId, privateSubnetIds, isolatedSubnetIds, endpointSecurityGroupId } = settings;
    if (vpcId === undefined || privateSubnetIds === undefined || isolatedSubnetIds === undefined) {
        return undefined;
    }
    const s3PrefixListId = endpointSecurityGroupId === undefined ? undefined : findS3PrefixList();
    return { vpcId, privateSubnetIds, isolatedSubnetIds, endpointSecurityGroupId, s3PrefixListId };
}

/** AWS has one prefix list of S3's addresses per region; a gateway endpoint routes exactly those. */
function findS3PrefixList(): pulumi.Output<string> {
    const { region } = aws.getRegionOutput();
    return aws.ec2.getPrefixListOutput({ name: pulumi.interpolate`com.amazonaws.${region}.s3` }).id;
}

function createCluster(
    name: string,
    settings: Settings,
    network: NetworkRef,
    kmsKeyArn?: pulumi.Input<string>,
): AuroraCluster {
    const serverless = settings.instanceClass === "db.serverless";
    return new AuroraCluster(name, {
        network,
        clusterIdentifier: databaseIdentifier(name),
        engine: settings.engine,
        engineVersion: settings.engineVersion,
        allowMajorVersionUpgrade: settings.allowMajorVersionUpgrade,
        applyChanges: settings.applyChanges,
        preferredMaintenanceWindow: settings.preferredMaintenanceWindow,
        preferredBackupWindow: settings.preferredBackupWindow,
        databaseName: settings.databaseName,
        restoreFrom: settings.restoreFrom,
        instances: settings.instances,
        instanceClass: settings.instanceClass,
        ...(serverless && {
            minCapacity: settings.minCapacity,
            maxCapacity: settings.maxCapacity,
            secondsUntilAutoPause: settings.secondsUntilAutoPause,
        }),
        backupRetentionDays: settings.backupRetentionDays,
        deletionProtection: settings.deletionProtection,
        finalSnapshot: settings.finalSnapshot,
        // Other clusters are restored to a point in time instead.
        backtrackHours: engines[settings.engine].canBacktrack ? settings.backtrackHours : undefined,
        databaseInsights: settings.databaseInsights,
        auditLogging: settings.auditLogging,
        logRetentionInDays: settings.logRetentionDays,
        kmsKeyArn,
        tags: settings.tags,
    });
}

/** Inputs that all builds share. */
interface Parts {
    network: NetworkRef;
    cluster: AuroraCluster;
    users: DatabaseUsers;
    kmsKeyArn?: pulumi.Input<string>;
}

function createBuild(
    name: string,
    action: Action,
    settings: Settings,
    parts: Parts,
    { does = action.toLowerCase(), drift }: { does?: string; drift?: DriftArgs } = {},
): MigrationBuild {
    const options = buildOptions(action, settings);
    const { kmsKeyArn: clusterKmsKeyArn } = parts;
    return new MigrationBuild(`${name}-${does}`, {
        action,
        tool: settings.tool,
        network: parts.network,
        database: parts.cluster,
        ...loginOf(action, parts.users),
        environmentName: pulumi.getStack(),
        migrationsDirectory: settings.migrationsDirectory,
        egress: settings.egress,
        logRetentionInDays: settings.logRetentionDays,
        kmsKeyArn: parts.kmsKeyArn,
        drift,
        ...options,
        rehearsal: action === "Rehearse" ? { ...options.rehearsal, clusterKmsKeyArn } : undefined,
        guards: options.guards && (action === "Plan" ? options.guards : { ...options.guards, clusterKmsKeyArn }),
        tags: settings.tags,
    });
}

/** The build that detects drift on a schedule; undefined if config sets no schedule. */
function createDriftBuild(
    name: string,
    settings: Settings,
    parts: Parts & { pipeline: DbPipeline },
): MigrationBuild | undefined {
    const { driftSchedule: schedule } = settings;
    const { artifactBucketName, toolchainKey, kmsKeyArn } = parts.pipeline;
    return schedule === undefined || schedule === "never"
        ? undefined
        : createBuild(name, "Drift", settings, parts, {
              drift: {
                  schedule,
                  toolchainBucket: artifactBucketName,
                  toolchainKey,
                  toolchainKmsKeyArn: kmsKeyArn,
              },
          });
}

function createPipeline(
    name: string,
    settings: Settings,
    builds: PipelineBuildsArgs,
    kmsKeyArn?: pulumi.Input<string>,
): DbPipeline {
    return new DbPipeline(name, {
        source: sourceOf(settings),
        builds,
        approval: settings.approval ? { emails: settings.approvalEmails } : undefined,
        // An environment without a final snapshot does not need to keep its old plans either.
        forceDestroy: !settings.finalSnapshot,
        accessLog: settings.accessLog,
        accessLogRetentionDays: settings.accessLog ? settings.logRetentionDays : undefined,
        logRetentionInDays: settings.logRetentionDays,
        kmsKeyArn,
        tags: settings.tags,
    });
}

function sourceOf(settings: Settings): SourceArgs {
    const { sourceProvider: provider, sourceBucket, sourceKey, repository, branch, connectionArn } = settings;
    return provider === "S3"
        ? { provider, bucket: sourceBucket, objectKey: sourceKey }
        : { provider, repository, branch, connectionArn };
}

function createOperations(
    name: string,
    settings: Settings,
    parts: {
        cluster: AuroraCluster;
        users: DatabaseUsers;
        builds: PipelineBuildsArgs;
        drift: MigrationBuild | undefined;
        pipeline: DbPipeline;
        kmsKeyArn?: pulumi.Input<string>;
    },
): Operations {
    const { notifySuccess, alarms, databaseEvents, dashboard, vaultRetentionDays } = settings;
    return new Operations(name, {
        pipeline: parts.pipeline,
        builds: parts.builds,
        drift: parts.drift,
        database: parts.cluster,
        credentials: credentialsOf(parts.users),
        notificationEmails: settings.notificationEmails,
        chatChannelArn: settings.chatChannelArn,
        notifySuccess,
        alarms,
        databaseEvents,
        dashboard,
        backup: vaultRetentionDays === undefined ? undefined : { retentionInDays: vaultRetentionDays },
        // The AWS managed key would exclude the services that publish; the pipeline has a key that allows them.
        kmsKeyArn: parts.kmsKeyArn ?? parts.pipeline.kmsKeyArn,
        tags: settings.tags,
    });
}

function outputsOf({
    cluster,
    proxy,
    users,
    pipeline,
    operations,
}: {
    cluster: AuroraCluster;
    proxy: DatabaseProxy | undefined;
    users: DatabaseUsers;
    pipeline: DbPipeline;
    operations: Operations;
}): EnvironmentOutputs {
    return withoutUndefined({
        pipelineName: pipeline.pipelineName,
        pipelineConsoleUrl: pipeline.consoleUrl,
        connectionArn: pipeline.connectionArn,
        connectionStatus: pipeline.connectionStatus?.apply(connectionHint),
        clusterEndpoint: cluster.endpoint,
        clusterReaderEndpoint: cluster.readerEndpoint,
        secretArn: users.administrator.secretArn,
        applicationSecretArns: users.builds?.applicationUsers && pulumi.output(applicationSecretArns(users)),
        proxyEndpoint: proxy?.endpoint,
        proxySecurityGroupId: proxy?.securityGroupId,
        howToRollBack: pipeline.pipelineName.apply(rollbackCommand),
        notificationTopicArn: operations.topicArn,
        dashboardUrl: operations.dashboardUrl,
    });
}

/** Pulumi warns about each undefined output: outputs that a stack does not have are omitted. */
function withoutUndefined<T extends object>(outputs: T): T {
    return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined)) as T;
}

function connectionHint(status: string): string {
    return status === "PENDING"
        ? "PENDING: complete its handshake once (AWS console, Developer Tools, Settings, Connections, Update pending connection)"
        : status;
}

/**
 * A release id is the database's tag before that release; it is in the plan, the deployment's report and
 * DATABASECHANGELOG.
 */
function rollbackCommand(pipelineName: string): string {
    return `aws codepipeline start-pipeline-execution --name ${pipelineName} --variables name=${rollbackVariable},value=<release id>`;
}
