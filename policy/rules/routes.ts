import { absent, equals, orAbsent } from "../conditions";
import { type Resource, type Stack, get, refersTo, unknown } from "../resource";
import { type Rule, findings, property, stackRule } from "../rule";
import { allowing, statementsOf } from "./policyDocument";
import { Types } from "./types";

// Where the traffic of a subnet may go. A stack in an existing VPC has none of these resources, so nothing is judged
// there.

const everywhere = ["0.0.0.0/0", "::/0"];

/** The default routes of the route table that a subnet is associated with, as far as they are in the stack. */
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

/** Whether the subnet can be reached from the internet by a public address. */
export function isPublic(subnet: Resource, stack: Stack): boolean {
    return waysOut(subnet, stack).some((route) => {
        const id = get(route.properties, "gatewayId");
        const isGateway = typeof id === "string" && id.startsWith("igw-");
        return isGateway || stack.all(Types.internetGateway).some((gateway) => refersTo(route, "gatewayId", gateway));
    });
}

/** The subnets that a property refers to, as far as they are in the stack. */
export function subnetsOf(resource: Resource, propertyPath: string, stack: Stack): Resource[] {
    return stack.all(Types.subnet).filter((subnet) => refersTo(resource, propertyPath, subnet));
}

export const routeRules: Rule[] = [
    property({
        id: "vpc-subnet-no-public-address",
        controls: ["EC2.15", "CKV_AWS_130"],
        title: "A subnet assigns no public addresses",
        type: Types.subnet,
        property: "mapPublicIpOnLaunch",
        both: orAbsent(equals(false)),
        fix: "Leave mapPublicIpOnLaunch out; Network always does.",
    }),
    stackRule({
        id: "vpc-subnet-route-table",
        controls: ["no-unrestricted-route-to-igw"],
        title: "A subnet is associated with a route table, which the other rules check",
        types: [Types.subnet],
        allowed: "a RouteTableAssociation of the subnet",
        fix: "Add one: without it the VPC's main table applies, to which anyone may add routes.",
        check(subnet, _environment, stack) {
            const given = stack.referring(Types.routeTableAssociation, "subnetId", subnet).map(({ name }) => name);
            return findings({ what: "associations", given, valid: given.length > 0 });
        },
    }),
    property({
        id: "vpc-no-inline-routes",
        controls: ["no-unrestricted-route-to-igw"],
        title: "Routes are separate resources, which the other rules check",
        type: Types.routeTable,
        property: "routes",
        both: absent("nothing"),
        fix: "Use aws.ec2.Route.",
    }),
    stackRule({
        id: "vpc-internet-gateway",
        controls: ["internet-gateway-authorized-vpc-only"],
        title: "There is no internet gateway without a NAT gateway",
        types: [Types.internetGateway],
        allowed: "a VPC with a NAT gateway",
        fix: "Remove it: without NAT, builds reach AWS through interface endpoints.",
        check(gateway, _environment, stack) {
            const behind = stack.all(Types.natGateway).filter((nat) => mayShareVpc(nat, gateway, stack));
            const given = behind.map(({ name }) => name);
            return findings({ what: "NAT gateways of its VPC", given, valid: given.length > 0 });
        },
    }),
    stackRule({
        id: "vpc-builds-behind-nat",
        controls: ["no-unrestricted-route-to-igw"],
        title: "Builds reach the internet only through a NAT gateway",
        types: [Types.project],
        allowed: "subnets without a route to an internet gateway (privateSubnetIds of Network)",
        fix: "Pass MigrationBuild a network whose privateSubnetIds are private.",
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
        title: "An interface endpoint allows only one account's principals",
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

/** Nothing is known about a subnet or VPC outside the stack. */
function mayShareVpc(nat: Resource, gateway: Resource, stack: Stack): boolean {
    const vpcs = stack.all(Types.vpc).filter((vpc) => refersTo(gateway, "vpcId", vpc));
    const subnets = subnetsOf(nat, "subnetId", stack);
    return (
        vpcs.length === 0 ||
        subnets.length === 0 ||
        subnets.some((subnet) => vpcs.some((vpc) => refersTo(subnet, "vpcId", vpc)))
    );
}
