import { absent, equals, orAbsent } from "../conditions";
import { type Resource, type Stack, get, refersTo, unknown } from "../resource";
import { type Rule, findings, property, stackRule } from "../rule";
import { allowing, statementsOf } from "./policyDocument";
import { Types } from "./types";

// Where the traffic of a subnet may go. A stack in an existing VPC has none of these resources: nothing is judged there.

const everywhere = ["0.0.0.0/0", "::/0"];

/** The routes to everywhere of the route table that a subnet is associated with, as far as the stack has them. */
export function waysOut(subnet: Resource, stack: Stack): Resource[] {
    const associations = stack.referring(Types.routeTableAssociation, "subnetId", subnet);
    return stack
        .all(Types.routeTable)
        .filter((table) => associations.some((association) => refersTo(association, "routeTableId", table)))
        .flatMap((table) => stack.referring(Types.route, "routeTableId", table))
        .filter(({ properties }) =>
            ["destinationCidrBlock", "destinationIpv6CidrBlock"].some((destination) =>
                everywhere.includes(get(properties, destination) as string),
            ),
        );
}

/** Whether what is in a subnet is reached from the internet, if it has an address there. */
export function isPublic(subnet: Resource, stack: Stack): boolean {
    return waysOut(subnet, stack).some((route) => {
        const id = get(route.properties, "gatewayId");
        const isGateway = typeof id === "string" && id.startsWith("igw-");
        return isGateway || stack.all(Types.internetGateway).some((gateway) => refersTo(route, "gatewayId", gateway));
    });
}

/** The subnets that a property names, of those that the stack has. */
export function subnetsOf(resource: Resource, propertyPath: string, stack: Stack): Resource[] {
    return stack.all(Types.subnet).filter((subnet) => refersTo(resource, propertyPath, subnet));
}

export const routeRules: Rule[] = [
    property({
        id: "vpc-subnet-no-public-address",
        controls: ["EC2.15", "CKV_AWS_130"],
        title: "A subnet gives no public address to what is launched in it",
        type: Types.subnet,
        property: "mapPublicIpOnLaunch",
        both: orAbsent(equals(false)),
        fix: "Leave mapPublicIpOnLaunch out; Network always does.",
    }),
    stackRule({
        id: "vpc-subnet-route-table",
        controls: ["no-unrestricted-route-to-igw"],
        title: "A subnet is associated with a route table, which the other rules judge",
        types: [Types.subnet],
        allowed: "a RouteTableAssociation of the subnet",
        fix: "Add one: without it the VPC's main table decides, which anybody may add routes to.",
        check(subnet, _environment, stack) {
            const given = stack.referring(Types.routeTableAssociation, "subnetId", subnet).map(({ name }) => name);
            return findings({ what: "associations", given, valid: given.length > 0 });
        },
    }),
    property({
        id: "vpc-no-inline-routes",
        controls: ["no-unrestricted-route-to-igw"],
        title: "Routes are resources of their own, which the other rules judge",
        type: Types.routeTable,
        property: "routes",
        both: absent("nothing"),
        fix: "Use aws.ec2.Route.",
    }),
    stackRule({
        id: "vpc-internet-gateway",
        controls: ["internet-gateway-authorized-vpc-only"],
        title: "An internet gateway is there for a NAT gateway, or not at all",
        types: [Types.internetGateway],
        allowed: "a VPC with a NAT gateway",
        fix: "Leave it out: without NAT, builds reach AWS by interface endpoints.",
        check(gateway, _environment, stack) {
            const behind = stack.all(Types.natGateway).filter((nat) => mayShareVpc(nat, gateway, stack));
            const given = behind.map(({ name }) => name);
            return findings({ what: "NAT gateways of its VPC", given, valid: given.length > 0 });
        },
    }),
    stackRule({
        id: "vpc-builds-behind-nat",
        controls: ["no-unrestricted-route-to-igw"],
        title: "Builds reach the internet through a NAT gateway, or not at all",
        types: [Types.project],
        allowed: "subnets without a route to an internet gateway (privateSubnetIds of Network)",
        fix: "Give MigrationBuild a network whose privateSubnetIds are private.",
        check(project, _environment, stack) {
            const open = subnetsOf(project, "vpcConfig.subnets", stack).filter((subnet) => isPublic(subnet, stack));
            return findings({
                what: "vpcConfig.subnets",
                given: open.map(({ name }) => name),
                valid: open.length === 0,
            });
        },
    }),
    stackRule({
        id: "vpc-endpoint-policy",
        controls: ["data perimeter"],
        title: "An interface endpoint lets through one account's principals only",
        types: [Types.vpcEndpoint],
        allowed: "with vpcEndpointType Interface: a policy whose every Allow has a condition on aws:PrincipalAccount",
        fix: "Set policy; Network always does.",
        check({ properties }) {
            const policy = get(properties, "policy");
            if (get(properties, "vpcEndpointType") !== "Interface" || policy === unknown) {
                return [];
            }
            const wide = allowing(statementsOf(policy)).filter(
                ({ conditionKeys }) => !conditionKeys.includes("aws:principalaccount"),
            );
            return findings(
                { what: "policy", given: policy, valid: policy !== undefined },
                { what: "statements", given: wide.map(({ sid }) => sid), valid: wide.length === 0 },
            );
        },
    }),
];

/** Of a subnet or a VPC that the stack does not have, nothing is known. */
function mayShareVpc(nat: Resource, gateway: Resource, stack: Stack): boolean {
    const vpcs = stack.all(Types.vpc).filter((vpc) => refersTo(gateway, "vpcId", vpc));
    const subnets = subnetsOf(nat, "subnetId", stack);
    return (
        vpcs.length === 0 ||
        subnets.length === 0 ||
        subnets.some((subnet) => vpcs.some((vpc) => refersTo(subnet, "vpcId", vpc)))
    );
}
