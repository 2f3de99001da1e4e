import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    AuroraCluster,
    type DatabaseDelivery,
    type DatabaseProxy,
    type DbSecret,
    Network,
    type NetworkRef,
} from "../components";
import { engines } from "../components/shared/engines";
import { rollbackVariable } from "../components/contract";
import type { Settings } from "./config";
import { createDatabaseProxy } from "./databaseProxy";
import { createAdministrator, createDelivery } from "./delivery";
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

/** An environment: its key, its network, the database, and the delivery in front of it. */
export function createEnvironment(name: string, given: Settings): EnvironmentOutputs {
    const settings = { ...given, tags: { Project: pulumi.getProject(), Stack: pulumi.getStack(), ...given.tags } };
    const kmsKeyArn = settings.customerKey ? createKey(name, settings).arn : undefined;
    const network = createNetwork(name, settings, kmsKeyArn);
    const cluster = createCluster(name, settings, network, kmsKeyArn);
    const proxy = createDatabaseProxy(name, settings, { network, cluster, kmsKeyArn });
    const administrator = createAdministrator(name, settings, { network, cluster, kmsKeyArn });
    const delivery = createDelivery(name, settings, { network, cluster, administrator, kmsKeyArn });
    return outputsOf({ cluster, proxy, administrator, delivery });
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

function outputsOf({
    cluster,
    proxy,
    administrator,
    delivery,
}: {
    cluster: AuroraCluster;
    proxy: DatabaseProxy | undefined;
    administrator: DbSecret;
    delivery: DatabaseDelivery;
}): EnvironmentOutputs {
    return withoutUndefined({
        pipelineName: delivery.pipelineName,
        pipelineConsoleUrl: delivery.consoleUrl,
        connectionArn: delivery.connectionArn,
        connectionStatus: delivery.connectionStatus?.apply(connectionHint),
        clusterEndpoint: cluster.endpoint,
        clusterReaderEndpoint: cluster.readerEndpoint,
        secretArn: administrator.secretArn,
        applicationSecretArns: delivery.applicationSecretArns,
        proxyEndpoint: proxy?.endpoint,
        proxySecurityGroupId: proxy?.securityGroupId,
        howToRollBack: delivery.pipelineName.apply(rollbackCommand),
        notificationTopicArn: delivery.topicArn,
        dashboardUrl: delivery.dashboardUrl,
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
