import { readdirSync } from "node:fs";
import { join } from "node:path";
import { clonePrefix } from "../../../../components/contract";
import { cloneServer, removeClone } from "../../database/clone";
import { localEngineNamed } from "../../database/localEngines";
import type { Server } from "../../database/server";
import type { RecordedResource } from "../../recorded";
import { Refusal } from "../http";
import { closedPort, SecurityGroups } from "../network";
import { digest } from "../identity";
import type { Authentication, Endpoint } from "./authentication";

/** A cluster as the API shows it. */
export interface Cluster {
    identifier: string;
    engine: string;
    host: string;
    port: number;
    /** Identifies the cluster in policies. */
    resourceId: string;
    /** Whether users may log in by IAM. */
    iam: boolean;
    /** Its master user; a clone has the original's. */
    masterUsername: string;
    /** Ids of its security groups. */
    securityGroups: string[];
    tags: Record<string, string>;
    instances: string[];
}

export interface ClustersOptions {
    /** The server in place of the recorded cluster. */
    server: Server & { home: string };
    /** Directory of the servers. */
    servers: string;
    authentication: Authentication;
    /** The port of the recorded cluster's endpoint, if it differs from the server's own. */
    port?: number;
}

/** The recorded cluster and the clones that a rehearsal makes of it, each with its own server. */
export class Clusters {
    private readonly clones = new Map<string, Cluster>();
    /** The endpoint of each cluster, by identifier. */
    private readonly endpoints = new Map<string, Endpoint>();
    /** The server of each clone, by identifier. */
    private readonly servers = new Map<string, Server>();

    private constructor(
        private readonly source: Cluster,
        private readonly options: ClustersOptions,
        private readonly network: SecurityGroups,
        /** The port in the rules of security groups. */
        private readonly port: number,
    ) {}

    /** Opens the recorded cluster to its clients. */
    static async open(resources: readonly RecordedResource[], options: ClustersOptions): Promise<Clusters> {
        const { server, authentication, port } = options;
        const { inputs, outputs } = resources.find(({ type }) => type === "aws:rds/cluster:Cluster")!;
        const {
            clusterIdentifier: identifier,
            clusterResourceId: resourceId,
            engine,
        } = outputs as Record<string, string>;
        const source: Cluster = {
            identifier: identifier!,
            engine: engine!,
            ...addressOf(server),
            resourceId: resourceId!,
            iam: inputs["iamDatabaseAuthenticationEnabled"] === true,
            masterUsername: inputs["masterUsername"] as string,
            securityGroups: (inputs["vpcSecurityGroupIds"] ?? []) as string[],
            tags: {},
            instances: [],
        };
        const recordedPort = Number(outputs["port"]);
        const clusters = new Clusters(source, options, SecurityGroups.of(resources), recordedPort);
        await clusters.removeClones();
        const endpoint = await authentication.open(server, source, port);
        Object.assign(source, addressOf(endpoint));
        clusters.endpoints.set(source.identifier, endpoint);
        return clusters;
    }

    /** Closes the cluster to its clients, and removes its clones. */
    async close(): Promise<void> {
        await Promise.all([...this.endpoints.values()].map((endpoint) => endpoint.close()));
        this.endpoints.clear();
        await this.removeClones();
    }

    /** The cluster with this identifier, or all of them. */
    find(identifier?: string): Cluster[] {
        const all = [this.source, ...this.clones.values()];
        const found = all.filter((cluster) => identifier === undefined || cluster.identifier === identifier);
        if (identifier !== undefined && found.length === 0) {
            throw new Refusal("DBClusterNotFoundFault", `DBCluster ${identifier} not found.`);
        }
        return found;
    }

    /**
     * The port at which clients with these security groups reach a cluster: a closed one if none of them is admitted.
     */
    portFor(clients: readonly string[], { securityGroups, port }: Cluster): number {
        return this.network.admit(clients, securityGroups, this.port) ? port : closedPort;
    }

    /** The cluster that the program made. */
    get original(): Cluster {
        return this.source;
    }

    async setMasterPassword(identifier: string, password: string): Promise<Cluster> {
        const [cluster] = this.find(identifier);
        const server = this.servers.get(identifier);
        if (cluster === undefined || server === undefined) {
            throw new Refusal("InvalidDBClusterStateFault", `${identifier} is the database of the local run.`);
        }
        await localEngineNamed(cluster.engine).setMasterPassword(server, cluster.masterUsername, password);
        return cluster;
    }

    /** The cluster of an instance. */
    ofInstance(instance: string): Cluster {
        const cluster = this.find().find(({ instances }) => instances.includes(instance));
        if (!cluster) throw new Refusal("DBInstanceNotFound", `DBInstance ${instance} not found.`);
        return cluster;
    }

    async clone(
        source: string,
        identifier: string,
        more: Pick<Cluster, "tags" | "iam" | "securityGroups">,
    ): Promise<Cluster> {
        if (source !== this.source.identifier) this.find(source);
        if (
            this.clones.has(identifier) ||
            !identifier.startsWith(clonePrefix(source)) ||
            /[^a-z0-9-]/.test(identifier)
        ) {
            throw new Refusal("DBClusterAlreadyExistsFault", `DBCluster ${identifier} cannot be created.`);
        }
        const home = this.homeOf(identifier);
        try {
            const server = await cloneServer(this.options.server, home);
            const resourceId = `cluster-${digest(identifier, 26).toUpperCase()}`;
            const endpoint = await this.options.authentication.open(server, { resourceId, iam: more.iam });
            this.endpoints.set(identifier, endpoint);
            this.servers.set(identifier, server);
            const cluster = { ...this.source, identifier, ...addressOf(endpoint), resourceId, ...more, instances: [] };
            this.clones.set(identifier, cluster);
            return cluster;
        } catch (error) {
            await removeClone(home);
            throw error;
        }
    }

    async delete(identifier: string): Promise<Cluster> {
        const cluster = this.clones.get(identifier);
        if (!cluster) {
            this.find(identifier);
            throw new Refusal("InvalidDBClusterStateFault", `${identifier} is the database of the local run.`);
        }
        if (cluster.instances.length > 0) {
            throw new Refusal("InvalidDBClusterStateFault", `${identifier} still contains DB instances.`);
        }
        this.clones.delete(identifier);
        await this.endpoints.get(identifier)?.close();
        this.endpoints.delete(identifier);
        this.servers.delete(identifier);
        await removeClone(this.homeOf(identifier));
        return cluster;
    }

    /** Removes what a rehearsal left, in this run or in one that was killed. */
    private async removeClones(): Promise<void> {
        this.clones.clear();
        const prefix = clonePrefix(this.source.identifier);
        const { servers } = this.options;
        for (const name of readdirSync(servers).filter((candidate) => candidate.startsWith(prefix))) {
            await removeClone(join(servers, name));
        }
    }

    private homeOf(identifier: string): string {
        return join(this.options.servers, identifier);
    }
}

function addressOf({ host, port }: Pick<Server, "host" | "port">): Pick<Cluster, "host" | "port"> {
    return { host, port };
}
