import { Refusal } from "../http";
import { arn, type Location } from "../identity";
import type { Permissions } from "../permissions";
import type { Cluster, Clusters } from "./clusters";

/** XML by element: text, one element, or several elements with one name. */
export type Xml = string | { [element: string]: Xml | Xml[] };

/** The caller and the request. */
export interface RdsCall {
    parameters: URLSearchParams;
    clusters: Clusters;
    caller: Caller;
}

export interface Caller {
    /** ARN of the role. */
    role: string;
    /** IDs of its builds' security groups. */
    securityGroups: readonly string[];
    permissions: Permissions;
    location: Location;
}

type Action = (call: RdsCall) => Xml | Promise<Xml>;

/**
 * The RDS API calls of a rehearsal, if the caller's role may change these clusters. Any other call is refused by name.
 * RDS's permission checks for parameter groups and tags are not modelled.
 */
export const actions: Record<string, Action> = {
    DescribeDBClusters: ({ parameters, clusters, caller }) => ({
        DBClusters: {
            DBCluster: clusters
                .find(parameters.get("DBClusterIdentifier") ?? undefined)
                .map((cluster) => describeCluster(cluster, clusters, caller)),
        },
    }),
    RestoreDBClusterToPointInTime: async ({ parameters, clusters, caller }) => {
        if (parameters.get("RestoreType") !== "copy-on-write") {
            throw new Refusal("InvalidParameterCombination", "The local run restores copy-on-write clones only.");
        }
        const [source, identifier] = [
            required(parameters, "SourceDBClusterIdentifier"),
            required(parameters, "DBClusterIdentifier"),
        ];
        demand(caller, "RestoreDBClusterToPointInTime", `cluster:${source}`, `cluster:${identifier}`);
        // As on RDS, it is off in a clone unless requested.
        const iam = parameters.get("EnableIAMDatabaseAuthentication") === "true";
        const securityGroups = listOf(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
        const more = { tags: tagsOf(parameters), iam, securityGroups };
        return { DBCluster: describeCluster(await clusters.clone(source, identifier, more), clusters, caller) };
    },
    ModifyDBCluster: async ({ parameters, clusters, caller }) => {
        const known = ["Action", "Version", "DBClusterIdentifier", "MasterUserPassword", "ApplyImmediately"];
        const unknown = [...parameters.keys()].filter((name) => !known.includes(name));
        const identifier = required(parameters, "DBClusterIdentifier");
        demand(caller, "ModifyDBCluster", `cluster:${identifier}`);
        if (unknown.length > 0) {
            throw new Refusal("InvalidParameterValue", `The local run does not modify ${unknown.join(", ")}.`);
        }
        const cluster = await clusters.setMasterPassword(identifier, required(parameters, "MasterUserPassword"));
        return { DBCluster: describeCluster(cluster, clusters, caller) };
    },
    CreateDBInstance: ({ parameters, clusters, caller }) => {
        const [instance, identifier] = [
            required(parameters, "DBInstanceIdentifier"),
            required(parameters, "DBClusterIdentifier"),
        ];
        demand(caller, "CreateDBInstance", `db:${instance}`, `cluster:${identifier}`);
        clusters.find(identifier)[0]!.instances.push(instance);
        return { DBInstance: describeInstance(instance, identifier) };
    },
    DescribeDBInstances: ({ parameters, clusters }) => {
        const instance = required(parameters, "DBInstanceIdentifier");
        const { identifier } = clusters.ofInstance(instance);
        return { DBInstances: { DBInstance: describeInstance(instance, identifier) } };
    },
    DeleteDBInstance: ({ parameters, clusters, caller }) => {
        const instance = required(parameters, "DBInstanceIdentifier");
        demand(caller, "DeleteDBInstance", `db:${instance}`);
        const cluster = clusters.ofInstance(instance);
        cluster.instances = cluster.instances.filter((other) => other !== instance);
        return { DBInstance: describeInstance(instance, cluster.identifier) };
    },
    DeleteDBCluster: async ({ parameters, clusters, caller }) => {
        const identifier = required(parameters, "DBClusterIdentifier");
        demand(caller, "DeleteDBCluster", `cluster:${identifier}`);
        return { DBCluster: describeCluster(await clusters.delete(identifier), clusters, caller) };
    },
};

function demand({ role, permissions, location }: Caller, action: string, ...resources: string[]): void {
    for (const resource of resources) {
        permissions.demand(role, `rds:${action}`, arn(location, "rds", resource), { code: "AccessDenied" });
    }
}

/** A cluster as its caller reaches it. */
function describeCluster(cluster: Cluster, clusters: Clusters, { securityGroups }: Caller): Xml {
    const { identifier, engine, host, resourceId, iam, masterUsername, tags, instances } = cluster;
    return {
        DBClusterIdentifier: identifier,
        Engine: engine,
        Status: "available",
        MasterUsername: masterUsername,
        Endpoint: host,
        Port: String(clusters.portFor(securityGroups, cluster)),
        DbClusterResourceId: resourceId,
        IAMDatabaseAuthenticationEnabled: String(iam),
        VpcSecurityGroups: {
            VpcSecurityGroupMembership: cluster.securityGroups.map((id) => ({ VpcSecurityGroupId: id })),
        },
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

/** `VpcSecurityGroupIds.VpcSecurityGroupId.1=…` */
function listOf(parameters: URLSearchParams, name: string): string[] {
    const values: string[] = [];
    for (let index = 1; parameters.has(`${name}.${index}`); index++) values.push(parameters.get(`${name}.${index}`)!);
    return values;
}
