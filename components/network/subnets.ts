import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { accountErrors } from "../shared/errors";

// The VPC and its subnets. These resources stay when the egress changes, and adding a zone replaces nothing: a subnet's
// name consists of its kind and the position of its zone.

/** The common settings of every resource in a network. */
export interface Site {
    parent: pulumi.Resource;
    /** Name of the network; the names of all its resources begin with it. */
    name: string;
    tags?: { [key: string]: string };
}

/** Subnets of one kind, one per zone, and their route tables. */
export interface Subnets {
    ids: pulumi.Output<string>[];
    /** The zones of the subnets, which may differ from those that a new network would choose. */
    zones: pulumi.Output<string>[];
    routeTableIds: pulumi.Output<string>[];
}

export function tagsOf({ tags }: Site, name: string): { [key: string]: string } {
    return { Name: name, ...tags };
}

export function createVpc(site: Site, cidrBlock: string): aws.ec2.Vpc {
    const { parent, name } = site;
    return new aws.ec2.Vpc(
        name,
        {
            cidrBlock,
            // Private DNS of the interface endpoints needs both.
            enableDnsHostnames: true,
            enableDnsSupport: true,
            tags: tagsOf(site, name),
        },
        { parent },
    );
}

/** Names of the region's first zones that every account has; no Local Zones or Wavelength Zones. */
export function findZones({ parent, name }: Site, count: number): pulumi.Output<string>[] {
    const { names } = aws.getAvailabilityZonesOutput(
        { state: "available", filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
        { parent },
    );
    return Array.from({ length: count }, (_, zone) => names.apply((found) => zoneOf(name, found, count, zone)));
}

/** The zone at a position; throws unless the region has enough zones for all positions. */
export function zoneOf(network: string, found: string[], count: number, position: number): string {
    const zone = found[position];
    if (found.length < count || zone === undefined) {
        throw new accountErrors.TooFewZones({ network, count, found: `${found.length} (${found.join(", ")})` });
    }
    return zone;
}

/** Subnets with one route table each, so that each zone can have its own route out. */
export function createSubnetsWithTables(
    site: Site,
    vpc: aws.ec2.Vpc,
    kind: string,
    zones: pulumi.Output<string>[],
    cidrBlocks: string[],
): Subnets {
    const { ids, zones: zonesOfSubnets } = createSubnets(site, vpc, kind, zones, cidrBlocks);
    const routeTableIds = ids.map((subnetId, zone) => {
        const name = `${site.name}-${kind}-${zone + 1}`;
        const tableId = createRouteTable(site, vpc, name);
        associate(site, name, subnetId, tableId);
        return tableId;
    });
    return { ids, zones: zonesOfSubnets, routeTableIds };
}

/** Subnets with one route table for all of them. */
export function createSubnetsWithTable(
    site: Site,
    vpc: aws.ec2.Vpc,
    kind: string,
    zones: pulumi.Output<string>[],
    cidrBlocks: string[],
): Subnets {
    const { ids, zones: zonesOfSubnets } = createSubnets(site, vpc, kind, zones, cidrBlocks);
    const tableId = createRouteTable(site, vpc, `${site.name}-${kind}`);
    ids.forEach((subnetId, zone) => associate(site, `${site.name}-${kind}-${zone + 1}`, subnetId, tableId));
    return { ids, zones: zonesOfSubnets, routeTableIds: [tableId] };
}

function createSubnets(
    site: Site,
    vpc: aws.ec2.Vpc,
    kind: string,
    zones: pulumi.Output<string>[],
    cidrBlocks: string[],
): Omit<Subnets, "routeTableIds"> {
    const subnets = zones.map((availabilityZone, zone) => {
        const name = `${site.name}-${kind}-${zone + 1}`;
        return new aws.ec2.Subnet(
            name,
            {
                vpcId: vpc.id,
                availabilityZone,
                cidrBlock: cidrBlocks[zone],
                mapPublicIpOnLaunch: false,
                tags: tagsOf(site, name),
            },
            // A zone that AWS opens, or takes out of service for an hour, shifts the others in the list: without this,
            // the subnets and their contents would be replaced.
            { parent: site.parent, ignoreChanges: ["availabilityZone"] },
        );
    });
    return { ids: subnets.map(({ id }) => id), zones: subnets.map((subnet) => subnet.availabilityZone) };
}

/**
 * A route table without inline routes: routes are separate resources, which do not conflict with those that endpoints
 * add.
 */
function createRouteTable(site: Site, vpc: aws.ec2.Vpc, name: string): pulumi.Output<string> {
    return new aws.ec2.RouteTable(name, { vpcId: vpc.id, tags: tagsOf(site, name) }, { parent: site.parent }).id;
}

function associate(
    { parent }: Site,
    name: string,
    subnetId: pulumi.Output<string>,
    routeTableId: pulumi.Output<string>,
): void {
    new aws.ec2.RouteTableAssociation(name, { subnetId, routeTableId }, { parent });
}
