import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy, routedSubnet } from "../support";

// The ways out of the network: subnets, route tables, gateways, endpoints.

const vpc = make(Types.vpc, {}, { name: "vpc" });
const everywhere = { destinationCidrBlock: "0.0.0.0/0" };
const toNat = { ...everywhere, natGatewayId: "nat-id" };
const subnet = (inputs: object) => [make(Types.subnet, inputs)];
const internetGateway = make(Types.internetGateway, { vpcId: "vpc-id" }, { name: "internet" });
const natGateway = make(Types.natGateway, { subnetId: "public-id" }, { name: "nat" });
const publicSubnet = (vpcId: string) => make(Types.subnet, { vpcId }, { name: "public" });
const project = make(Types.project, { vpcConfig: { vpcId: "vpc-id", subnets: ["builds-id"] } });
const endpoint = (inputs: object) => [make(Types.vpcEndpoint, inputs)];
const interfaceEndpoint = (statement: object) =>
    endpoint({ vpcEndpointType: "Interface", policy: policy({ Principal: "*", Action: "logs:*", ...statement }) });
const ownAccount = { StringEquals: { "aws:PrincipalAccount": "123456789012" } };

export const routeCases: Cases = {
    "vpc-subnet-no-public-address": {
        passes: [subnet({}), subnet({ mapPublicIpOnLaunch: false })],
        fails: [
            {
                given: subnet({ mapPublicIpOnLaunch: true }),
                messages: [
                    'Subnet "it": mapPublicIpOnLaunch: given true. Allowed in prod: false, or nothing. Leave mapPublicIpOnLaunch out; Network always does. (EC2.15, CKV_AWS_130)',
                ],
            },
        ],
    },
    "vpc-subnet-route-table": {
        passes: [routedSubnet("builds", toNat)],
        fails: [
            {
                given: subnet({}),
                messages: [
                    'Subnet "it": associations: given []. Allowed in prod: a RouteTableAssociation of the subnet. Add one: without it the VPC\'s main table applies, to which anyone may add routes. (no-unrestricted-route-to-igw)',
                ],
            },
        ],
    },
    "vpc-no-inline-routes": {
        passes: [[make(Types.routeTable, { vpcId: "vpc-id" })]],
        fails: [
            {
                given: [make(Types.routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] })],
                messages: [
                    'RouteTable "it": routes: given [{"cidrBlock":"0.0.0.0/0","gatewayId":"igw-1"}]. Allowed in prod: nothing. Use aws.ec2.Route. (no-unrestricted-route-to-igw)',
                ],
            },
        ],
    },
    "vpc-internet-gateway": {
        passes: [
            [vpc, internetGateway, publicSubnet("vpc-id"), natGateway],
            // The VPC belongs to another owner.
            [internetGateway, natGateway],
        ],
        fails: [
            {
                given: [vpc, internetGateway],
                messages: [
                    'InternetGateway "internet": NAT gateways of its VPC: given []. Allowed in prod: a VPC with a NAT gateway. Remove it: without NAT, builds reach AWS through interface endpoints. (internet-gateway-authorized-vpc-only)',
                ],
            },
            {
                given: [vpc, internetGateway, publicSubnet("another-vpc"), natGateway],
                messages: [
                    'InternetGateway "internet": NAT gateways of its VPC: given []. Allowed in prod: a VPC with a NAT gateway. Remove it: without NAT, builds reach AWS through interface endpoints. (internet-gateway-authorized-vpc-only)',
                ],
            },
        ],
    },
    "vpc-builds-behind-nat": {
        passes: [
            [internetGateway, ...routedSubnet("builds", toNat), project],
            [...routedSubnet("builds", { ...everywhere, gatewayId: "vgw-1" }), project],
            [
                internetGateway,
                ...routedSubnet("builds", toNat),
                ...routedSubnet("public", { ...everywhere, gatewayId: "internet-id" }),
                project,
            ],
        ],
        fails: [
            {
                given: [
                    internetGateway,
                    ...routedSubnet("builds", { ...everywhere, gatewayId: "internet-id" }),
                    project,
                ],
                messages: [
                    'Project "it": vpcConfig.subnets: given ["builds"]. Allowed in prod: subnets without a route to an internet gateway (privateSubnetIds of Network). Pass MigrationBuild a network whose privateSubnetIds are private. (no-unrestricted-route-to-igw)',
                ],
            },
            {
                given: [...routedSubnet("builds", { ...everywhere, gatewayId: "igw-0123456789" }), project],
                messages: [
                    'Project "it": vpcConfig.subnets: given ["builds"]. Allowed in prod: subnets without a route to an internet gateway (privateSubnetIds of Network). Pass MigrationBuild a network whose privateSubnetIds are private. (no-unrestricted-route-to-igw)',
                ],
            },
        ],
    },
    "vpc-endpoint-policy": {
        passes: [
            interfaceEndpoint({ Effect: "Allow", Condition: ownAccount }),
            endpoint({ vpcEndpointType: "Gateway" }),
        ],
        fails: [
            {
                given: endpoint({ vpcEndpointType: "Interface" }),
                messages: [
                    'VpcEndpoint "it": policy: given nothing. Allowed in prod: with vpcEndpointType Interface: a policy whose every Allow has a condition on aws:PrincipalAccount. Set policy; Network always does. (data perimeter)',
                ],
            },
            {
                given: interfaceEndpoint({ Effect: "Allow" }),
                messages: [
                    'VpcEndpoint "it": statements: given ["One"]. Allowed in prod: with vpcEndpointType Interface: a policy whose every Allow has a condition on aws:PrincipalAccount. Set policy; Network always does. (data perimeter)',
                ],
            },
        ],
    },
};
