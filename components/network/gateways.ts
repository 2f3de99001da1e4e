import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createSubnetsWithTable, type Site, type Subnets, tagsOf } from "./subnets";

// The way to the internet, one way only: private subnet → NAT gateway in a public subnet → internet gateway. It comes
// and goes as a whole; VPC, private and isolated subnets do not notice.

const everywhere = "0.0.0.0/0";

export interface WayOut {
    vpc: aws.ec2.Vpc;
    zones: pulumi.Output<string>[];
    /** Addresses of the public subnets. */
    cidrBlocks: string[];
    /** The subnets that the way leads out of. */
    from: Subnets;
    /** One NAT gateway a zone, or one for all of them. */
    gatewayPerZone: boolean;
}

/** Returns the public subnets. */
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
        // Moved from a VPC that is replaced, it would have to leave it first, which AWS refuses while the old NAT
        // gateways have addresses (terraform-provider-aws#16151).
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
    // Neither works before there is an internet gateway, which nothing of theirs names.
    const options = { parent: site.parent, dependsOn: [internet] };
    const address = new aws.ec2.Eip(name, { domain: "vpc", tags }, options);
    return new aws.ec2.NatGateway(
        name,
        { subnetId, allocationId: address.id, connectivityType: "public", tags },
        // The new one takes the address over, which one gateway at a time can have (pulumi-aws#1483).
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
