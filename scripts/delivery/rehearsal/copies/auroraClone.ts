import {
    CreateDBInstanceCommand,
    type DBCluster,
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
import { InputError, messageOf } from "../../errors";
import type { RehearsalSettings } from "../../input/rehearsal";
import type { DatabaseSettings } from "../../input/settings";
import { deleteClone, findCluster } from "./clones";
import { type CloneLogin, newPassword, openClone } from "./cloneLogin";
import type { Copy, CopyAddress } from "./copy";

export interface AuroraCloneOptions {
    rds: RDSClient;
    rehearsal: RehearsalSettings;
    /** The original's; the clone has the same databases and users, and a password of its own. */
    database: DatabaseSettings;
    log: (line: string) => void;
    /** Gives up waiting. */
    signal: AbortSignal;
    /** Seconds between two looks at something that RDS is making. Default: 15. */
    secondsBetweenLooks?: number;
    /** Milliseconds before a deletion that RDS refused is tried again. */
    retryDeletionAfter?: number;
    /** Makes the clone one that the build can log in to. */
    open?: (login: CloneLogin) => Promise<void>;
}

/** Longest that RDS may take to make a clone, and again its instance. */
const patienceSeconds = 40 * 60;

/** For a cluster without one of its own: its instances are provisioned, the clone's is not. */
const defaultCapacity = { MinCapacity: 0.5, MaxCapacity: 16 };

/**
 * A copy-on-write clone of the cluster on one serverless instance, in the same subnets and with the same parameters, so that
 * TLS is as mandatory. It shares the original's storage until either changes a page, so that it is there in minutes whatever
 * the size, and puts no load on it.
 *
 * What reaches it does not reach the original, and what lets in there does not let in here: it has a security group that
 * admits rehearsals only, whom the original's does not admit, and a master password of its own.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterToPointInTime.html (VpcSecurityGroupIds)
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html (MasterUserPassword)
 */
export class AuroraClone implements Copy {
    private readonly identifier: string;

    constructor(private readonly options: AuroraCloneOptions) {
        this.identifier = `${clonePrefix(options.rehearsal.sourceCluster)}${randomBytes(4).toString("hex")}`;
    }

    async make(): Promise<CopyAddress> {
        const { rds, rehearsal, database, log, signal, secondsBetweenLooks: delay = 15 } = this.options;
        const { open = openClone } = this.options;
        const { sourceCluster } = rehearsal;
        const source = await findCluster(rds, sourceCluster);
        if (source === undefined) {
            throw new InputError(`There is no cluster ${sourceCluster} to clone in this account and region.`);
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
            throw new Error(`RDS names no endpoint of the clone ${this.identifier}.`);
        }
        log(`The clone answers at ${clone.Endpoint}:${clone.Port}.`);
        const address = { host: clone.Endpoint, port: clone.Port, name: database.name };
        await open({ database, address, master, signal });
        return address;
    }

    /** Gives the clone's master user a password that is the clone's alone. RDS makes it so on the running instance. */
    private async takeOver(): Promise<CloneLogin["master"]> {
        const { rds, signal } = this.options;
        const clone = await findCluster(rds, this.identifier);
        if (clone?.MasterUsername === undefined) {
            throw new Error(`RDS names no master user of the clone ${this.identifier}.`);
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
            throw new Error(
                `The clone ${this.identifier} could not be deleted (${messageOf(error)}). It costs money until it is: the reaper deletes it ${rehearsal.cloneLifetimeMinutes} minutes after it was made, or delete it by hand.`,
                { cause: error },
            );
        }
        log(`The clone ${this.identifier} is deleted.`);
    }

    private async restore(source: DBCluster): Promise<void> {
        const { rds, signal } = this.options;
        const { MinCapacity, MaxCapacity, SecondsUntilAutoPause } = source.ServerlessV2ScalingConfiguration ?? {};
        await rds.send(
            new RestoreDBClusterToPointInTimeCommand({
                DBClusterIdentifier: this.identifier,
                SourceDBClusterIdentifier: source.DBClusterIdentifier,
                RestoreType: "copy-on-write",
                UseLatestRestorableTime: true,
                Port: source.Port,
                DBSubnetGroupName: source.DBSubnetGroup,
                VpcSecurityGroupIds: [this.options.rehearsal.securityGroup],
                DBClusterParameterGroupName: source.DBClusterParameterGroup,
                // Nobody logs in to a clone by IAM: no role may.
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
    }

    private async createInstance(source: DBCluster): Promise<void> {
        const { rds, signal } = this.options;
        await rds.send(
            new CreateDBInstanceCommand({
                DBInstanceIdentifier: this.identifier,
                DBClusterIdentifier: this.identifier,
                DBInstanceClass: "db.serverless",
                DBParameterGroupName: await this.instanceParameterGroup(source),
                Engine: source.Engine,
                PubliclyAccessible: false,
                // A clone of a few minutes: nothing monitors it, and no role is passed.
                MonitoringInterval: 0,
                AutoMinorVersionUpgrade: false,
                Tags: this.tags(),
            }),
            { abortSignal: signal },
        );
    }

    /** The writer's: what the clone measures, it measures with the same settings. */
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
