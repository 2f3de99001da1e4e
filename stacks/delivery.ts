import * as pulumi from "@pulumi/pulumi";
import {
    type AuroraCluster,
    DatabaseDelivery,
    type DatabaseDeliveryArgs,
    DbSecret,
    type NetworkRef,
    type SourceArgs,
} from "../components";
import { buildOptions } from "./buildOptions";
import type { Settings } from "./config";

/** What a delivery works on. */
export interface DeliveryParts {
    network: NetworkRef;
    cluster: AuroraCluster;
    administrator: DbSecret;
    kmsKeyArn?: pulumi.Input<string>;
}

/** Everything in front of the database, as config and the profile decide. */
export function createDelivery(name: string, settings: Settings, parts: DeliveryParts): DatabaseDelivery {
    const { cluster, kmsKeyArn } = parts;
    const { guards, rehearsal, ...options } = buildOptions(settings);
    return new DatabaseDelivery(name, {
        network: parts.network,
        database: cluster,
        engine: settings.engine,
        administrator: parts.administrator,
        environmentName: pulumi.getStack(),
        source: sourceOf(settings),
        tool: settings.tool,
        migrationsDirectory: settings.migrationsDirectory,
        egress: settings.egress,
        users: usersOf(settings),
        rotationDays: settings.rotationDays ?? 0,
        recoveryWindowInDays: settings.recoveryWindowInDays,
        ...options,
        guards: guards && { ...guards, clusterKmsKeyArn: kmsKeyArn },
        rehearsal: settings.rehearsal ? { ...rehearsal, clusterKmsKeyArn: kmsKeyArn } : undefined,
        driftSchedule: settings.driftSchedule ?? "never",
        approval: settings.approval,
        approvalEmails: settings.approvalEmails,
        bakeMinutes: settings.bakeMinutes,
        bakeAlarms: settings.bakeAlarms,
        notificationEmails: settings.notificationEmails,
        chatChannelArn: settings.chatChannelArn,
        notifySuccess: settings.notifySuccess,
        alarms: settings.alarms,
        databaseEvents: settings.databaseEvents,
        dashboard: settings.dashboard,
        vaultRetentionDays: settings.vaultRetentionDays,
        // An environment without a final snapshot does not need to keep its old plans either.
        forceDestroy: !settings.finalSnapshot,
        accessLog: settings.accessLog,
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

function usersOf(settings: Settings): DatabaseDeliveryArgs["users"] {
    const { databaseAuth, ownerName, migratorName, plannerName } = settings;
    const { extensions, groupRoles, applicationUsers, takeOverFrom } = settings;
    const names = { ownerRole: ownerName, migratorName, plannerName };
    return { auth: databaseAuth, ...names, extensions, groupRoles, applicationUsers, takeOverFrom };
}

/** The credential of the cluster's master user. */
export function createAdministrator(
    name: string,
    settings: Settings,
    { network, cluster, kmsKeyArn }: Omit<DeliveryParts, "administrator">,
): DbSecret {
    const { rotationDays, logRetentionDays: logRetentionInDays } = settings;
    return new DbSecret(name, {
        database: cluster,
        username: cluster.masterUsername,
        password: cluster.masterPassword,
        recoveryWindowInDays: settings.recoveryWindowInDays,
        rotation: rotationDays === undefined ? undefined : { afterDays: rotationDays, network, logRetentionInDays },
        kmsKeyArn,
        tags: settings.tags,
    });
}
