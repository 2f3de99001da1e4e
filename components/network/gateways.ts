import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createSubnetsWithTable, type Site, type Subnets, tagsOf } from "./subnets";

// One-way access to the internet: private subnet → NAT gateway in a public subnet → internet gateway. All of it is
// created and deleted together; VPC, private and isolated subnets are not affected.

const everywhere = "0.0.0.0/0";

export interface WayOut {
    vpc: aws.ec2.Vpc;
    zones: pulumi.Output<string>[];
    /** Address ranges of the public subnets. */
    cidrBlocks: string[];
    /** The route tables of the subnets that get access. */
    from: Subnets;
    /** One NAT gateway per zone, or one for all of them. */
    gatewayPerZone: boolean;
}

/** Creates the gateways; returns the public subnets. */
export function createWayOut(site: Site, { vpc, zones, cidrBlocks, from, gatewayPerZone }: WayOut): Subnets {
    const internet = createInternetGateway(site, vpc);
    const publicSubnets = createSubnetsWithTable(site, vpc, "public", zones, cidrBlocks);
    publicSubnets.routeTableIds.forEach((routeTableId) => {
        createRoute(site, `${site.name}-public`, { routeTableId, gatewayId: internet.id });
    });
    const inSubnets = gatewayPerZone ? publicSubnets.ids : publicSubnets.ids.slice(0, 1);
    const gateways = inSubnets.map((subnetId, zone) => createNatGateway(site, zone, subnetId, internet));
    from.routeTableIds.forEach((routeTableId, zone) => {
        const natGatewayId = (gateways[zone] ?? gateways[0])?.id;
        createRoute(site, `${site.name}-private-${zone + 1}`, { routeTableId, natGatewayId });
    });
    return publicSubnets;
}

function createInternetGateway(site: Site, vpc: aws.ec2.Vpc): aws.ec2.InternetGateway {
    return new aws.ec2.InternetGateway(
        site.name,
        { vpcId: vpc.id, tags: tagsOf(site, site.name) },
        // If the VPC is replaced, the gateway would first have to be detached from the old one, which AWS rejects as
        // long as the old NAT gateways have addresses (terraform-provider-aws#16151).
        { parent: site.parent, replaceOnChanges: ["vpcId"] },
    );
}

function createNatGateway(
    site: Site,
    zone: number,
    subnetId: pulumi.Output<string>,
    internet: aws.ec2.InternetGateway,
): aws.ec2.NatGateway {
    const name = `${site.name}-${zone + 1}`;
    const tags = tagsOf(site, name);
    // Neither works before an internet gateway exists, and none of their inputs refers to it.
    const options = { parent: site.parent, dependsOn: [internet] };
    const address = new aws.ec2.Eip(name, { domain: "vpc", tags }, options);
    return new aws.ec2.NatGateway(
        name,
        { subnetId, allocationId: address.id, connectivityType: "public", tags },
        // The new one takes over the address, which only one gateway at a time can have (pulumi-aws#1483).
        { ...options, deleteBeforeReplace: true },
    );
}

function createRoute(
    { parent }: Site,
    name: string,
    route: Pick<aws.ec2.RouteArgs, "routeTableId" | "gatewayId" | "natGatewayId">,
): void {
    new aws.ec2.Route(name, { ...route, destinationCidrBlock: everywhere }, { parent });
}
