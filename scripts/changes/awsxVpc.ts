import type { Properties, Recorded } from "../../test/support/mocks";

// awsx's Vpc is a remote component: under mocks it makes no children. These are the ones that matter for a change,
// named, parented and given their inputs as `awsx/ec2/vpc.ts` and `getSubnetSpecsExplicit` in pulumi-awsx do it.

interface VpcArgs {
    cidrBlock: string;
    numberOfAvailabilityZones: number;
    subnetSpecs: { type: "Public" | "Private" | "Isolated"; cidrBlocks: string[] }[];
    natGateways: { strategy: "OnePerAz" | "Single" | "None" };
    tags?: Record<string, string>;
}

/** The VPC, its subnets, the NAT gateways and the routes to them, inside an `awsx:ec2:Vpc`. */
export function innerVpc(component: Recorded): Recorded[] {
    const args = component.inputs as VpcArgs;
    const { cidrBlock, numberOfAvailabilityZones: count, tags } = args;
    const vpc = child(component, "aws:ec2/vpc:Vpc", component.name, { cidrBlock, tags });
    return [vpc, ...Array.from({ length: count }, (_, index) => zoneOf(vpc, args, index + 1)).flat()];
}

function zoneOf(vpc: Recorded, { subnetSpecs, natGateways: { strategy }, tags }: VpcArgs, zone: number): Recorded[] {
    const hasGateway = strategy === "OnePerAz" || (strategy === "Single" && zone === 1);
    const gatewayName = `${vpc.name}-${strategy === "Single" ? 1 : zone}`;
    return subnetSpecs.flatMap(({ type, cidrBlocks }) => {
        const name = `${vpc.name}-${type.toLowerCase()}-${zone}`;
        const inputs = { vpcId: vpc.id, availabilityZone: `zone ${zone}`, cidrBlock: cidrBlocks[zone - 1], tags };
        const subnet = child(vpc, "aws:ec2/subnet:Subnet", name, inputs, { vpcId: [vpc.urn] });
        const inSubnet = { subnetId: [subnet.urn] };
        const gateway = () =>
            child(subnet, "aws:ec2/natGateway:NatGateway", gatewayName, { subnetId: subnet.id, tags }, inSubnet);
        const route = () => child(subnet, "aws:ec2/route:Route", name, { natGatewayId: `${gatewayName}-id` });
        return [
            subnet,
            ...(type === "Public" && hasGateway ? [gateway()] : []),
            ...(type === "Private" && strategy !== "None" ? [route()] : []),
        ];
    });
}

function child(
    parent: Recorded,
    type: string,
    name: string,
    inputs: Properties,
    propertyDependencies: Recorded["propertyDependencies"] = {},
): Recorded {
    return {
        ...parent,
        type,
        name,
        id: `${name}-id`,
        urn: `${parent.urn}$${type}::${name}`,
        custom: true,
        inputs,
        outputs: inputs,
        parent: parent.urn,
        dependencies: [],
        propertyDependencies,
    };
}
