import assert from "node:assert/strict";
import { Egress, Network, type NetworkArgs } from "../../../components/network";
import { promiseOf, type Properties, record, type Recorded, region } from "../../support/mocks";
import { nonEmpty } from "../../support/nonEmpty";

const types = {
    address: "aws:ec2/eip:Eip",
    association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    internetGateway: "aws:ec2/internetGateway:InternetGateway",
    natGateway: "aws:ec2/natGateway:NatGateway",
    route: "aws:ec2/route:Route",
    routeTable: "aws:ec2/routeTable:RouteTable",
    subnet: "aws:ec2/subnet:Subnet",
};

const network = (args: NetworkArgs = {}) => record(() => new Network("net", args));
const inputsByName = (resources: Recorded[]): Record<string, Properties> =>
    Object.fromEntries(resources.map(({ name, inputs }) => [name, inputs]));
const toInternet = { destinationCidrBlock: "0.0.0.0/0" };
const publicRoute = { ...toInternet, routeTableId: "rtb-net-public", gatewayId: "igw-net" };

describe("the egress of a Network", () => {
    it("leads from public subnets to one internet gateway", async () => {
        const { all, one, result } = await network();
        assert.deepEqual(one(types.internetGateway).inputs, { vpcId: "vpc-net", tags: { Name: "net" } });
        const ofPublic = (type: string) => inputsByName(all(type).filter(({ name }) => name.startsWith("net-public-")));
        const subnet = (zone: number, availabilityZone: string, cidrBlock: string) => ({
            vpcId: "vpc-net",
            availabilityZone,
            cidrBlock,
            mapPublicIpOnLaunch: false,
            tags: { Name: `net-public-${zone}` },
        });
        assert.deepEqual(ofPublic(types.subnet), {
            "net-public-1": subnet(1, `${region}a`, "10.0.48.0/20"),
            "net-public-2": subnet(2, `${region}b`, "10.0.112.0/20"),
        });
        assert.deepEqual(await promiseOf(result.publicSubnetIds), ["subnet-net-public-1", "subnet-net-public-2"]);
        assert.deepEqual(one(types.routeTable, "net-public").inputs, {
            vpcId: "vpc-net",
            tags: { Name: "net-public" },
        });
        assert.deepEqual(ofPublic(types.association), {
            "net-public-1": { subnetId: "subnet-net-public-1", routeTableId: "rtb-net-public" },
            "net-public-2": { subnetId: "subnet-net-public-2", routeTableId: "rtb-net-public" },
        });
        assert.deepEqual(one(types.route, "net-public").inputs, publicRoute);
    });

    it("has one NAT gateway with its address, for private subnets of all zones", async () => {
        const { all } = await network({ egress: Egress.SingleNat });
        assert.deepEqual(inputsByName(all(types.address)), { "net-1": address(1) });
        assert.deepEqual(inputsByName(all(types.natGateway)), { "net-1": natGateway(1) });
        assert.deepEqual(inputsByName(all(types.route)), {
            "net-public": publicRoute,
            "net-private-1": privateRoute(1, 1),
            "net-private-2": privateRoute(2, 1),
        });
    });

    it("has a NAT gateway per zone, each with its own address, for the private subnet of its zone", async () => {
        const { all } = await network({ egress: Egress.NatPerAz, availabilityZones: 3 });
        assert.deepEqual(inputsByName(all(types.address)), {
            "net-1": address(1),
            "net-2": address(2),
            "net-3": address(3),
        });
        assert.deepEqual(inputsByName(all(types.natGateway)), {
            "net-1": natGateway(1),
            "net-2": natGateway(2),
            "net-3": natGateway(3),
        });
        assert.deepEqual(inputsByName(all(types.route)), {
            "net-public": publicRoute,
            "net-private-1": privateRoute(1, 1),
            "net-private-2": privateRoute(2, 2),
            "net-private-3": privateRoute(3, 3),
        });
    });

    it("does not exist without internet: no gateway, no address, no public subnet, no route", async () => {
        const { all, resources } = await network({ egress: Egress.Endpoints });
        assert.deepEqual(
            [types.address, types.internetGateway, types.natGateway, types.route].flatMap((type) => all(type)),
            [],
        );
        assert.deepEqual(
            resources.filter(({ name }) => name.includes("public")),
            [],
        );
    });

    it("has its NAT gateways and their addresses only while there is an internet gateway", async () => {
        const { all, one } = await network({ egress: Egress.NatPerAz });
        const { urn } = one(types.internetGateway);
        for (const { name, dependencies } of nonEmpty([...all(types.address), ...all(types.natGateway)])) {
            assert.ok(dependencies.includes(urn), name);
        }
    });

    it("moves to another VPC: the internet gateway is replaced, each address moves from gateway to gateway", async () => {
        const { all, one } = await network({ egress: Egress.NatPerAz });
        assert.deepEqual(one(types.internetGateway).replaceOnChanges, ["vpcId"]);
        assert.equal(one(types.internetGateway).deleteBeforeReplace, false);
        for (const { name, deleteBeforeReplace } of nonEmpty(all(types.natGateway))) {
            assert.equal(deleteBeforeReplace, true, name);
        }
    });
});

function address(zone: number): object {
    return { domain: "vpc", tags: { Name: `net-${zone}` } };
}

function natGateway(zone: number): object {
    return {
        subnetId: `subnet-net-public-${zone}`,
        allocationId: `eipalloc-net-${zone}`,
        connectivityType: "public",
        tags: { Name: `net-${zone}` },
    };
}

function privateRoute(zone: number, gateway: number): object {
    return { ...toInternet, routeTableId: `rtb-net-private-${zone}`, natGatewayId: `nat-net-${gateway}` };
}
