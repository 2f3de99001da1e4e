import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Egress } from "../network";
import type { DatabaseRef, NetworkRef } from "../references";
import { makesClones, type RehearsalBuild } from "./rehearsal";
import { connectToDatabase } from "../shared/securityGroups";

export interface BuildNetworkArgs {
    network: NetworkRef;
    database: DatabaseRef;
    egress: Egress;
    tags?: Record<string, string>;
}

/**
 * The security group of the builds; its rules are separate resources, so that changing one does not replace anything
 * else.
 */
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

/**
 * The security group of a rehearsal's clones; undefined for a build that creates none. It admits the build, which the
 * database's own group does not: a rehearsal cannot reach the original.
 */
export function cloneSecurityGroup(
    name: string,
    build: BuildNetworkArgs & RehearsalBuild,
    parent: pulumi.Resource,
): aws.ec2.SecurityGroup | undefined {
    const { network, tags } = build;
    return makesClones(build)
        ? new aws.ec2.SecurityGroup(
              `${name}-clones`,
              { vpcId: network.vpcId, description: `Clones that ${name} makes`, tags },
              { parent },
          )
        : undefined;
}

interface Groups {
    builds: aws.ec2.SecurityGroup;
    /** The rules of the clones, which take the database's place. */
    clones: aws.ec2.SecurityGroup | undefined;
}

/** The rules that let a build reach the database (or its clones) and AWS, and nothing else. */
export function networkPaths(
    name: string,
    args: BuildNetworkArgs,
    { builds: group, clones }: Groups,
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const { database, network, tags } = args;
    const egress = (to: string, target: Partial<aws.vpc.SecurityGroupEgressRuleArgs>): pulumi.Resource =>
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-to-${to}`,
            { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, tags, ...target },
            { parent },
        );
    const toAws =
        args.egress === Egress.Endpoints
            ? [
                  egress("endpoints", {
                      description: "AWS, by the interface endpoints of the network",
                      referencedSecurityGroupId: network.endpointSecurityGroupId,
                  }),
                  egress("s3", {
                      description: "S3, by the gateway endpoint of the network",
                      prefixListId: network.s3PrefixListId,
                  }),
              ]
            : [egress("internet", { description: "AWS, by the NAT gateway", cidrIpv4: "0.0.0.0/0" })];
    const what = clones === undefined ? "database" : "clones";
    const toDatabase = connectToDatabase(parent, {
        group,
        database: { port: database.port, securityGroupId: clones?.id ?? database.securityGroupId },
        description: `Builds of ${name}`,
        names: { egress: `${name}-to-${what}`, ingress: `${name}-into-${what}` },
        tags,
    });
    return [...toDatabase, ...toAws];
}
