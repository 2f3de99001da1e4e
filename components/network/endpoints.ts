import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { type Site, type Subnets, tagsOf } from "./subnets";
import { partitions } from "../shared/partitions";
import { policyDocument, type Statement } from "../shared/statements";
import { accountErrors } from "../shared/errors";

// The network paths to AWS that do not use the internet.

/**
 * The services that builds call without internet access: logs, the credential, reports, snapshots, their keys, and the
 * approver's name.
 */
export const awsServices = ["logs", "secretsmanager", "codebuild", "kms", "sts", "rds", "codepipeline"];

/** Amazon ECR's two: its API, and its registry, which Docker talks to. */
export const ecrServices = ["ecr.api", "ecr.dkr"];

/** What the S3 endpoint of a network admits. */
export type S3Access = "Any" | "ThisAccount" | "ThisAccountAndImages";

/**
 * The S3 gateway endpoint. It is free, and it keeps artifacts off the NAT gateway's bill. If restricted, it allows
 * access to this account's resources, and to the bucket that ECR keeps the layers of images in.
 */
export function createS3Endpoint(
    site: Site,
    vpc: aws.ec2.Vpc,
    routeTableIds: pulumi.Output<string>[],
    access: S3Access,
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
            policy: access === "Any" ? undefined : endpointPolicy(at, "s3", access === "ThisAccountAndImages"),
            tags: tagsOf(site, name),
        },
        { parent: site.parent },
    );
}

/**
 * Creates one interface endpoint per service, in each of the subnets whose zone offers the service. Returns the
 * security group that all of them share.
 */
export function createInterfaceEndpoints(
    site: Site,
    vpc: aws.ec2.Vpc,
    services: string[],
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
 * EC2 rejects an endpoint in a zone that does not offer the service. Builds in the other zones still reach it: private
 * DNS resolves its name in the whole VPC. No subnet moves and none is renumbered because of it.
 */
function subnetsWithService(site: Site, offer: pulumi.Output<string>, { ids, zones }: Subnets) {
    const { availabilityZones } = aws.ec2.getVpcEndpointServiceOutput(
        { serviceName: offer, serviceType: "Interface" },
        { parent: site.parent },
    );
    // A preview knows the positions before subnets exist: a service that no zone offers is rejected there.
    const positions = pulumi
        .all([offer, pulumi.all(zones), availabilityZones])
        .apply(([name, used, offered]) => positionsOfService(site.name, name, used, offered));
    return pulumi
        .all([positions, pulumi.all(ids)])
        .apply(([chosen, all]) => all.filter((_, zone) => chosen.includes(zone)));
}

/**
 * Which of the zones offer the service; throws if none does. GovCloud does not publish in which zones a service is
 * offered.
 */
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
        throw new accountErrors.ServiceInNoZone({
            network,
            service,
            zones: zones.join(", "),
            offered: offered.join(", "),
        });
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

/**
 * The name of a service's endpoint; throws in partitions where names are not known. The S3 gateway endpoint has the
 * same form everywhere.
 */
export function endpointName({ partition, region }: Pick<Location, "partition" | "region">, service: string): string {
    if (service !== "s3" && partitions[partition]?.endpointNames !== true) {
        throw new accountErrors.EndpointNamesUnknown({ region, partition });
    }
    return `com.amazonaws.${region}.${service}`;
}

/**
 * Restricts an endpoint to this account's principals and resources: neither another account's credentials nor its
 * buckets can be used to extract data.
 */
function endpointPolicy(at: pulumi.Output<Location>, service: string, withLayers = false): pulumi.Output<string> {
    return at.apply(({ partition, region, account }) =>
        policyDocument([
            {
                Sid: "ThisAccountOnly",
                Effect: "Allow",
                Principal: "*",
                // Endpoints of one service share its prefix: ecr.api and ecr.dkr.
                Action: [`${service.split(".")[0]}:*`],
                Resource: ["*"],
                Condition: {
                    StringEquals: { "aws:PrincipalAccount": account },
                    // Some actions have no resource.
                    StringEqualsIfExists: { "aws:ResourceAccount": account },
                },
            },
            ...(withLayers ? [imageLayers(partition, region)] : []),
        ]),
    );
}

/** ECR redirects to this bucket: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html */
function imageLayers(partition: string, region: string): Statement {
    return {
        Sid: "ImageLayers",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject"],
        Resource: [`arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`],
    };
}
