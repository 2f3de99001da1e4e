import { readdirSync } from "node:fs";
import { join } from "node:path";
import { clonePrefix } from "../../../../components/contract";
import { cloneServer, removeClone } from "../../database/clone";
import type { Server } from "../../database/server";
import type { RecordedResource } from "../../evaluate";

/** A cluster as far as the API shows it. */
export interface Cluster {
    identifier: string;
    engine: string;
    host: string;
    port: number;
    tags: Record<string, string>;
    instances: string[];
}

/** An answer of RDS that is a refusal; the codes are RDS's. */
export class RdsError extends Error {
    constructor(
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

/** The recorded cluster, and the clones that a rehearsal makes of it: each a server of its own. */
export class Clusters {
    private readonly source: Cluster;
    private readonly clones = new Map<string, Cluster>();

    constructor(
        resources: readonly RecordedResource[],
        private readonly server: Server & { home: string },
        /** Directory of the servers. */
        private readonly servers: string,
    ) {
        const { outputs } = resources.find(({ type }) => type === "aws:rds/cluster:Cluster")!;
        const { clusterIdentifier: identifier, engine } = outputs as Record<string, string>;
        this.source = { identifier: identifier!, engine: engine!, ...addressOf(server), tags: {}, instances: [] };
    }

    /** The cluster of an identifier, or all of them. */
    find(identifier?: string): Cluster[] {
        const all = [this.source, ...this.clones.values()];
        const found = all.filter((cluster) => identifier === undefined || cluster.identifier === identifier);
        if (identifier !== undefined && found.length === 0) {
            throw new RdsError("DBClusterNotFoundFault", `DBCluster ${identifier} not found.`);
        }
        return found;
    }

    /** The cluster that has an instance. */
    ofInstance(instance: string): Cluster {
        const cluster = this.find().find(({ instances }) => instances.includes(instance));
        if (!cluster) throw new RdsError("DBInstanceNotFound", `DBInstance ${instance} not found.`);
        return cluster;
    }

    async clone(source: string, identifier: string, tags: Record<string, string>): Promise<Cluster> {
        if (source !== this.source.identifier) this.find(source);
        if (
            this.clones.has(identifier) ||
            !identifier.startsWith(clonePrefix(source)) ||
            /[^a-z0-9-]/.test(identifier)
        ) {
            throw new RdsError("DBClusterAlreadyExistsFault", `DBCluster ${identifier} cannot be made.`);
        }
        const home = this.homeOf(identifier);
        try {
            const server = await cloneServer(this.server, home);
            const cluster = { ...this.source, identifier, ...addressOf(server), tags, instances: [] };
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
            throw new RdsError("InvalidDBClusterStateFault", `${identifier} is the database of the local run.`);
        }
        if (cluster.instances.length > 0) {
            throw new RdsError("InvalidDBClusterStateFault", `${identifier} still contains DB instances.`);
        }
        this.clones.delete(identifier);
        await removeClone(this.homeOf(identifier));
        return cluster;
    }

    /** Removes what a rehearsal left, in this run or one that was killed. */
    async removeClones(): Promise<void> {
        this.clones.clear();
        const prefix = clonePrefix(this.source.identifier);
        for (const name of readdirSync(this.servers).filter((candidate) => candidate.startsWith(prefix))) {
            await removeClone(join(this.servers, name));
        }
    }

    private homeOf(identifier: string): string {
        return join(this.servers, identifier);
    }
}

function addressOf({ host, port }: Server): Pick<Cluster, "host" | "port"> {
    return { host, port };
}
