import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Egress } from "../network";
import type { DatabaseRef, NetworkRef } from "../references";

export interface BuildNetworkArgs {
    network: NetworkRef;
    database: DatabaseRef;
    egress: Egress;
    tags?: Record<string, string>;
}

/** The security group of the builds; the rules come by themselves, so that a change of one replaces nothing else. */
export function buildSecurityGroup(
    name: string,
    { network, tags }: Pick<BuildNetworkArgs, "network" | "tags">,
    parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
        name,
        { vpcId: network.vpcId, description: `Builds of ${name}`, tags },
        { parent },
    );
}

/** The rules that let a build reach the database and AWS, and nothing else. */
export function networkPaths(
    name: string,
    args: BuildNetworkArgs,
    group: aws.ec2.SecurityGroup,
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const { database, network, tags } = args;
    const tcp = (port: pulumi.Input<number>) => ({ ipProtocol: "tcp", fromPort: port, toPort: port, tags });
    const egress = (
        to: string,
        port: pulumi.Input<number>,
        target: Partial<aws.vpc.SecurityGroupEgressRuleArgs>,
    ): pulumi.Resource =>
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-to-${to}`,
            { securityGroupId: group.id, ...tcp(port), ...target },
            { parent },
        );
    const toAws =
        args.egress === Egress.Endpoints
            ? [
                  egress("endpoints", 443, {
                      description: "AWS, by the network's interface endpoints",
                      referencedSecurityGroupId: network.endpointSecurityGroupId,
                  }),
                  egress("s3", 443, {
                      description: "S3, by the network's gateway endpoint",
                      prefixListId: network.s3PrefixListId,
                  }),
              ]
            : [egress("internet", 443, { description: "AWS, by the NAT gateway", cidrIpv4: "0.0.0.0/0" })];
    const admission = new aws.vpc.SecurityGroupIngressRule(
        `${name}-into-database`,
        {
            securityGroupId: database.securityGroupId,
            description: `Builds of ${name}`,
            referencedSecurityGroupId: group.id,
            ...tcp(database.port),
        },
        { parent },
    );
    const toDatabase = egress("database", database.port, {
        description: "The database",
        referencedSecurityGroupId: database.securityGroupId,
    });
    return [toDatabase, ...toAws, admission];
}
