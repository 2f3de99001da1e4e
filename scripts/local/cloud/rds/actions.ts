import { Refusal } from "../http";
import type { Cluster, Clusters } from "./clusters";

/** XML by its elements: text, one element, or several of one name. */
export type Xml = string | { [element: string]: Xml | Xml[] };

type Action = (parameters: URLSearchParams, clusters: Clusters) => Xml | Promise<Xml>;

/** The calls of RDS's API that a rehearsal makes. Anything else is refused by name. */
export const actions: Record<string, Action> = {
    DescribeDBClusters: (parameters, clusters) => ({
        DBClusters: {
            DBCluster: clusters.find(parameters.get("DBClusterIdentifier") ?? undefined).map(describeCluster),
        },
    }),
    RestoreDBClusterToPointInTime: async (parameters, clusters) => {
        if (parameters.get("RestoreType") !== "copy-on-write") {
            throw new Refusal("InvalidParameterCombination", "The local run restores copy-on-write clones only.");
        }
        const [source, identifier] = [
            required(parameters, "SourceDBClusterIdentifier"),
            required(parameters, "DBClusterIdentifier"),
        ];
        // As on RDS it is off in a clone unless that is asked for.
        const iam = parameters.get("EnableIAMDatabaseAuthentication") === "true";
        return {
            DBCluster: describeCluster(await clusters.clone(source, identifier, { tags: tagsOf(parameters), iam })),
        };
    },
    CreateDBInstance: (parameters, clusters) => {
        const [instance, identifier] = [
            required(parameters, "DBInstanceIdentifier"),
            required(parameters, "DBClusterIdentifier"),
        ];
        clusters.find(identifier)[0]!.instances.push(instance);
        return { DBInstance: describeInstance(instance, identifier) };
    },
    DescribeDBInstances: (parameters, clusters) => {
        const instance = required(parameters, "DBInstanceIdentifier");
        const { identifier } = clusters.ofInstance(instance);
        return { DBInstances: { DBInstance: describeInstance(instance, identifier) } };
    },
    DeleteDBInstance: (parameters, clusters) => {
        const instance = required(parameters, "DBInstanceIdentifier");
        const cluster = clusters.ofInstance(instance);
        cluster.instances = cluster.instances.filter((other) => other !== instance);
        return { DBInstance: describeInstance(instance, cluster.identifier) };
    },
    DeleteDBCluster: async (parameters, clusters) => ({
        DBCluster: describeCluster(await clusters.delete(required(parameters, "DBClusterIdentifier"))),
    }),
};

function describeCluster({ identifier, engine, host, port, resourceId, iam, tags, instances }: Cluster): Xml {
    return {
        DBClusterIdentifier: identifier,
        Engine: engine,
        Status: "available",
        Endpoint: host,
        Port: String(port),
        DbClusterResourceId: resourceId,
        IAMDatabaseAuthenticationEnabled: String(iam),
        TagList: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        DBClusterMembers: { DBClusterMember: instances.map((instance) => ({ DBInstanceIdentifier: instance })) },
    };
}

function describeInstance(instance: string, cluster: string): Xml {
    return { DBInstanceIdentifier: instance, DBClusterIdentifier: cluster, DBInstanceStatus: "available" };
}

function required(parameters: URLSearchParams, name: string): string {
    const value = parameters.get(name);
    if (!value) throw new Refusal("MissingParameter", `The parameter ${name} is missing.`);
    return value;
}

/** `Tags.Tag.1.Key=…&Tags.Tag.1.Value=…` */
function tagsOf(parameters: URLSearchParams): Record<string, string> {
    const tags: Record<string, string> = {};
    for (let index = 1; parameters.has(`Tags.Tag.${index}.Key`); index++) {
        tags[parameters.get(`Tags.Tag.${index}.Key`)!] = parameters.get(`Tags.Tag.${index}.Value`) ?? "";
    }
    return tags;
}
