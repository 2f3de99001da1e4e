import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { type Site, type Subnets, tagsOf } from "./subnets";
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

/** An interface endpoint a service, in every one of the subnets. Returns the security group that all of them have. */
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
        new aws.ec2.VpcEndpoint(
            name,
            {
                vpcId: vpc.id,
                vpcEndpointType: "Interface",
                serviceName: serviceName(at, service),
                privateDnsEnabled: true,
                subnetIds: subnets.ids,
                securityGroupIds: [group.id],
                policy: endpointPolicy(at, service),
                tags: tagsOf(site, name),
            },
            { parent: site.parent },
        );
    }
    return group;
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
    return at.apply(({ region }) => `com.amazonaws.${region}.${service}`);
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
