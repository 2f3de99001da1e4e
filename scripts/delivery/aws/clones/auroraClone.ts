import {
    CreateDBInstanceCommand,
    type DBCluster,
    DBClusterAlreadyExistsFault,
    DBInstanceAlreadyExistsFault,
    DescribeDBInstancesCommand,
    ModifyDBClusterCommand,
    type RDSClient,
    RestoreDBClusterToPointInTimeCommand,
    type Tag,
    waitUntilDBClusterAvailable,
    waitUntilDBInstanceAvailable,
} from "@aws-sdk/client-rds";
import { randomBytes } from "node:crypto";
import { clonePrefix, CloneTags } from "../../../../components/contract";
import { awsErrors, messageOf } from "../../errors";
import type { RehearsalSettings } from "../../settings";
import type { DatabaseSettings } from "../../settings";
import { deleteClone, findCluster } from "./clones";
import { type CloneLogin, type Copy, type CopyAddress, newPassword } from "../../engines/copy";

export interface AuroraCloneOptions {
    rds: RDSClient;
    rehearsal: RehearsalSettings;
    /** The original's settings. The clone has the same databases and users, and its own password. */
    database: DatabaseSettings;
    log: (line: string) => void;
    /** Aborts the wait. */
    signal: AbortSignal;
    /** Seconds between polls of a resource that RDS is creating. Default: 15. */
    secondsBetweenLooks?: number;
    /** Milliseconds before a refused deletion is retried. */
    retryDeletionAfter?: number;
    /** Prepares the clone so that the build can log in. */
    open: (login: CloneLogin) => Promise<void>;
}

/** The longest that RDS may take to create a clone, and then again its instance. */
const patienceSeconds = 40 * 60;

/** For a source cluster with no serverless capacity: its instances are provisioned, the clone's is not. */
const defaultCapacity = { MinCapacity: 0.5, MaxCapacity: 16 };

/**
 * A copy-on-write clone of the cluster on one serverless instance, in the same subnets and with the same parameters, so
 * TLS is equally mandatory. It shares the original's storage until either side changes a page: it is ready in minutes
 * at any size and puts no load on the original.
 *
 * Clone and original are isolated from each other. The clone has a security group that admits only rehearsals, which
 * the original's does not admit, and its own master password.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html
 * (VpcSecurityGroupIds) https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
 * (MasterUserPassword)
 */
export class AuroraClone implements Copy {
    private readonly identifier: string;

    constructor(private readonly options: AuroraCloneOptions) {
        this.identifier = `${clonePrefix(options.rehearsal.sourceCluster)}${randomBytes(4).toString("hex")}`;
    }

    async make(): Promise<CopyAddress> {
        const { rds, rehearsal, database, log, signal, secondsBetweenLooks: delay = 15 } = this.options;
        const { open } = this.options;
        const { sourceCluster } = rehearsal;
        const source = await findCluster(rds, sourceCluster);
        if (source === undefined) {
            throw new awsErrors.CloneSourceMissing({ cluster: sourceCluster });
        }
        log(`Cloning ${sourceCluster} (copy-on-write) to ${this.identifier} …`);
        await this.restore(source);
        const waiter = {
            client: rds,
            maxWaitTime: patienceSeconds,
            minDelay: delay,
            maxDelay: delay,
            abortSignal: signal,
        };
        await waitUntilDBClusterAvailable(waiter, { DBClusterIdentifier: this.identifier });
        await this.createInstance(source);
        await waitUntilDBInstanceAvailable(waiter, { DBInstanceIdentifier: this.identifier });
        const master = await this.takeOver();
        await waitUntilDBClusterAvailable(waiter, { DBClusterIdentifier: this.identifier });
        const clone = await findCluster(rds, this.identifier);
        if (clone?.Endpoint === undefined || clone.Port === undefined) {
            throw new awsErrors.CloneIncomplete({ missing: "endpoint", clone: this.identifier });
        }
        log(`The clone is available at ${clone.Endpoint}:${clone.Port}.`);
        const address = { host: clone.Endpoint, port: clone.Port, name: database.name };
        await open({ database, address, master, signal });
        return address;
    }

    /** Sets a master password that is valid on the clone only. RDS applies it to the running instance. */
    private async takeOver(): Promise<CloneLogin["master"]> {
        const { rds, signal } = this.options;
        const clone = await findCluster(rds, this.identifier);
        if (clone?.MasterUsername === undefined) {
            throw new awsErrors.CloneIncomplete({ missing: "master user", clone: this.identifier });
        }
        const password = newPassword();
        await rds.send(
            new ModifyDBClusterCommand({
                DBClusterIdentifier: this.identifier,
                MasterUserPassword: password,
                ...(clone.MasterUserSecret && { ManageMasterUserPassword: false }),
                ApplyImmediately: true,
            }),
            { abortSignal: signal },
        );
        return { username: clone.MasterUsername, password };
    }

    async remove(): Promise<void> {
        const { rds, log, rehearsal, retryDeletionAfter } = this.options;
        try {
            await deleteClone(rds, this.identifier, { retryAfter: retryDeletionAfter });
        } catch (error) {
            throw new awsErrors.CloneNotDeleted(
                { clone: this.identifier, reason: messageOf(error), minutes: rehearsal.cloneLifetimeMinutes },
                { cause: error },
            );
        }
        log(`The clone ${this.identifier} was deleted.`);
    }

    private async restore(source: DBCluster): Promise<void> {
        const { rds, signal } = this.options;
        const { MinCapacity, MaxCapacity, SecondsUntilAutoPause } = source.ServerlessV2ScalingConfiguration ?? {};
        const restoring = rds.send(
            new RestoreDBClusterToPointInTimeCommand({
                DBClusterIdentifier: this.identifier,
                SourceDBClusterIdentifier: source.DBClusterIdentifier,
                RestoreType: "copy-on-write",
                UseLatestRestorableTime: true,
                Port: source.Port,
                DBSubnetGroupName: source.DBSubnetGroup,
                VpcSecurityGroupIds: [this.options.rehearsal.securityGroup],
                DBClusterParameterGroupName: source.DBClusterParameterGroup,
                // No role may log in to a clone by IAM.
                EnableIAMDatabaseAuthentication: false,
                // The clone of an encrypted cluster is encrypted with the same key.
                ServerlessV2ScalingConfiguration:
                    MaxCapacity === undefined
                        ? defaultCapacity
                        : { MinCapacity, MaxCapacity, ...(MinCapacity === 0 && { SecondsUntilAutoPause }) },
                DeletionProtection: false,
                Tags: this.tags(),
            }),
            { abortSignal: signal },
        );
        await begun(restoring, DBClusterAlreadyExistsFault);
    }

    private async createInstance(source: DBCluster): Promise<void> {
        const { rds, signal } = this.options;
        const creating = rds.send(
            new CreateDBInstanceCommand({
                DBInstanceIdentifier: this.identifier,
                DBClusterIdentifier: this.identifier,
                DBInstanceClass: "db.serverless",
                DBParameterGroupName: await this.instanceParameterGroup(source),
                Engine: source.Engine,
                PubliclyAccessible: false,
                // A clone lives for minutes: it needs no monitoring, and so no role is passed.
                MonitoringInterval: 0,
                AutoMinorVersionUpgrade: false,
                Tags: this.tags(),
            }),
            { abortSignal: signal },
        );
        await begun(creating, DBInstanceAlreadyExistsFault);
    }

    /** The writer's parameter group, so that the clone is measured under the same settings. */
    private async instanceParameterGroup({ DBClusterMembers: members = [] }: DBCluster): Promise<string | undefined> {
        const writer = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
        if (writer === undefined) {
            return undefined;
        }
        const { DBInstances: [instance] = [] } = await this.options.rds.send(
            new DescribeDBInstancesCommand({ DBInstanceIdentifier: writer }),
        );
        return instance?.DBParameterGroups?.[0]?.DBParameterGroupName;
    }

    private tags(): Tag[] {
        const { sourceCluster, cloneLifetimeMinutes } = this.options.rehearsal;
        const expires = new Date(Date.now() + cloneLifetimeMinutes * 60_000);
        return [
            { Key: CloneTags.source, Value: sourceCluster },
            { Key: CloneTags.expires, Value: expires.toISOString() },
        ];
    }
}

/**
 * Waits for RDS to take a request. The name is random, so what has it was created by an attempt of this request that RDS
 * carried out without an answer, which the SDK then repeated.
 */
async function begun(request: Promise<unknown>, exists: new (...options: never[]) => Error): Promise<void> {
    try {
        await request;
    } catch (error) {
        if (!(error instanceof exists)) {
            throw error;
        }
    }
}
