import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseRef } from "../references";
import { isGroup, optionalGroup } from "./shape";
import { matching, type Rule } from "./validation";

// Security group rules that several components create: separate resources, never inline.

export interface DatabaseClient {
    /** Security group of the clients. */
    group: aws.ec2.SecurityGroup;
    database: Pick<DatabaseRef, "port" | "securityGroupId">;
    /** The clients, for the description of the rule in the database's group. */
    description: string;
    names: { egress: string; ingress: string };
    tags?: { [key: string]: string };
}

/** Egress from the clients' group and ingress to the database's, at its port, and nothing else. */
export function connectToDatabase(
    parent: pulumi.Resource,
    { group, database, description, names, tags }: DatabaseClient,
): pulumi.Resource[] {
    const tcp = { ipProtocol: "tcp", fromPort: database.port, toPort: database.port, tags };
    const egress = new aws.vpc.SecurityGroupEgressRule(
        names.egress,
        {
            securityGroupId: group.id,
            description: "The database",
            referencedSecurityGroupId: database.securityGroupId,
            ...tcp,
        },
        { parent },
    );
    const ingress = new aws.vpc.SecurityGroupIngressRule(
        names.ingress,
        { securityGroupId: database.securityGroupId, description, referencedSecurityGroupId: group.id, ...tcp },
        { parent },
    );
    return [egress, ingress];
}

export interface Admission {
    group: aws.ec2.SecurityGroup;
    /** Security groups, by a stable name. */
    clients: { [key: string]: pulumi.Input<string> } | undefined;
    port: pulumi.Input<number>;
    /** The purpose of the access, for the description of each rule. */
    what: string;
    tags?: { [key: string]: string };
}

/** Admits the clients that an arg names to a group, one rule each. */
export function admitClients(
    parent: pulumi.Resource,
    name: string,
    { group, clients = {}, port, what, tags }: Admission,
): void {
    for (const [client, clientGroupId] of Object.entries(clients)) {
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-${client}`,
            {
                securityGroupId: group.id,
                description: `${what} from ${client}`,
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
                referencedSecurityGroupId: clientGroupId,
                tags,
            },
            { parent },
        );
    }
}

/** Type check of an arg that names clients. */
export function clientGroupRules(arg: string, groups: unknown): Rule[] {
    const fix = "For example { api: group.id }.";
    return [
        optionalGroup(arg, groups, fix),
        ...(isGroup(groups) ? Object.entries(groups) : []).flatMap(([client, id]) => [
            // The name is part of a rule's description, where EC2 allows few characters: see docs/aws-rules.md.
            matching(
                arg,
                client,
                /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
                "names of 1 to 64 letters, digits, periods, underscores and hyphens",
                fix,
            ),
            matching(`${arg}.${client}`, id, /^sg-\w+$/, "the id of a security group", fix),
        ]),
    ];
}
