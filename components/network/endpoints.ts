import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { type Site, type Subnets, tagsOf } from "./subnets";
import { partitions } from "../shared/partitions";
import { policyDocument } from "../shared/statements";

// The ways to AWS that do not lead over the internet.

/** What builds call without internet: logs, the credential, reports, snapshots, the keys of those, and who approved. */
const services = ["logs", "secretsmanager", "codebuild", "kms", "sts", "rds", "codepipeline"];

/** Free, and it keeps artifacts off the NAT gateway's bill. Narrowed, it lets through what is this account's alone. */
export function createS3Endpoint(
    site: Site,
    vpc: aws.ec2.Vpc,
    routeTableIds: pulumi.Output<string>[],
    narrowed: boolean,
    at: pulumi.Output<Location>,
): aws.ec2.VpcEndpoint {
    const name = `${site.name}-s3`;
    return new aws.ec2.VpcEndpoint(
        name,
        {
            vpcId: vpc.id,
            vpcEndpointType: "Gateway",
            serviceName: serviceName(at, "s3"),
            routeTableIds,
            policy: narrowed ? endpointPolicy(at, "s3") : undefined,
            tags: tagsOf(site, name),
        },
        { parent: site.parent },
    );
}

/** An interface endpoint a service, in each of the subnets whose zone has the service. Returns the security group that all of them have. */
export function createInterfaceEndpoints(
    site: Site,
    vpc: aws.ec2.Vpc,
    subnets: Subnets,
    cidrBlocks: string[],
    at: pulumi.Output<Location>,
): aws.ec2.SecurityGroup {
    const group = createEndpointGroup(site, vpc, cidrBlocks);
    for (const service of services) {
        const name = `${site.name}-${service}`;
        const offer = serviceName(at, service);
        new aws.ec2.VpcEndpoint(
            name,
            {
                vpcId: vpc.id,
                vpcEndpointType: "Interface",
                serviceName: offer,
                privateDnsEnabled: true,
                subnetIds: subnetsWithService(site, offer, subnets),
                securityGroupIds: [group.id],
                policy: endpointPolicy(at, service),
                tags: tagsOf(site, name),
            },
            { parent: site.parent },
        );
    }
    return group;
}

/**
 * EC2 refuses an endpoint in a zone that does not have the service. Builds in the other zones reach it all the same: private
 * DNS names its addresses in the whole VPC. No subnet moves for it, and none is numbered anew.
 */
function subnetsWithService(site: Site, offer: pulumi.Output<string>, { ids, zones }: Subnets) {
    const { availabilityZones } = aws.ec2.getVpcEndpointServiceOutput(
        { serviceName: offer, serviceType: "Interface" },
        { parent: site.parent },
    );
    // The positions are known in a preview, before there are subnets: a service that is nowhere is refused there.
    const positions = pulumi
        .all([offer, pulumi.all(zones), availabilityZones])
        .apply(([name, used, offered]) => positionsOfService(site.name, name, used, offered));
    return pulumi
        .all([positions, pulumi.all(ids)])
        .apply(([chosen, all]) => all.filter((_, zone) => chosen.includes(zone)));
}

/** Which of the zones have the service; an error if none has. GovCloud does not say where a service is offered. */
export function positionsOfService(
    network: string,
    service: string,
    zones: string[],
    offered: string[] | undefined,
): number[] {
    const all = zones.map((_, position) => position);
    if (offered === undefined || offered.length === 0) {
        return all;
    }
    const positions = all.filter((position) => offered.includes(zones[position] as string));
    if (positions.length === 0) {
        throw new pulumi.RunError(
            `Network "${network}" has no zone with the service ${service}.\n  - availabilityZones: given ${zones.join(", ")}. ` +
                `Allowed: at least one of ${offered.join(", ")}. Raise availabilityZones, or choose another egress.`,
        );
    }
    return positions;
}

function createEndpointGroup(site: Site, vpc: aws.ec2.Vpc, cidrBlocks: string[]): aws.ec2.SecurityGroup {
    const name = `${site.name}-endpoints`;
    const group = new aws.ec2.SecurityGroup(
        name,
        {
            vpcId: vpc.id,
            description: `Interface endpoints of the network ${site.name}`,
            tags: tagsOf(site, name),
        },
        { parent: site.parent },
    );
    cidrBlocks.forEach((cidrIpv4, zone) => {
        const ruleName = `${name}-${zone + 1}`;
        new aws.vpc.SecurityGroupIngressRule(
            ruleName,
            {
                securityGroupId: group.id,
                description: `HTTPS from the private subnet of zone ${zone + 1}`,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
                cidrIpv4,
                tags: tagsOf(site, ruleName),
            },
            { parent: site.parent },
        );
    });
    return group;
}

function serviceName(at: pulumi.Output<Location>, service: string): pulumi.Output<string> {
    return at.apply((location) => endpointName(location, service));
}

/** The name of a service's endpoint; an error where names are not known. The gateway of S3 has the same form everywhere. */
export function endpointName({ partition, region }: Pick<Location, "partition" | "region">, service: string): string {
    if (service !== "s3" && partitions[partition]?.endpointNames !== true) {
        throw new pulumi.RunError(
            `Interface endpoints have other names in ${region} (${partition}), which this package does not know.\n` +
                '  - egress: given "Endpoints". Allowed: "NatPerAz", "SingleNat". Choose one of them, or another region.',
        );
    }
    return `com.amazonaws.${region}.${service}`;
}

/** Only this account's principals and resources: neither another's credentials nor another's bucket take data out. */
function endpointPolicy(at: pulumi.Output<Location>, service: string): pulumi.Output<string> {
    return at.apply(({ account }) =>
        policyDocument([
            {
                Sid: "ThisAccountOnly",
                Effect: "Allow",
                Principal: "*",
                Action: [`${service}:*`],
                Resource: ["*"],
                Condition: {
                    StringEquals: { "aws:PrincipalAccount": account },
                    // Not every action has a resource.
                    StringEqualsIfExists: { "aws:ResourceAccount": account },
                },
            },
        ]),
    );
}
