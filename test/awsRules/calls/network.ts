import type { Call, Mapping } from "../call";
import type { Inputs } from "../inputs";
import { call, drop, list } from "./build";

const attribute = (name: string) => (value: unknown) => ({ [name]: { Value: value } });

export const networkCalls: Record<string, Mapping> = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        notSent: {
            ingress: "empty: the provider revokes what is there",
            egress: "empty: the provider revokes what is there",
            vpcId: "finds the group that EC2 made",
        },
        calls: [
            call("ec2", "CreateTags", {
                members: { tags: "Tags" },
                added: () => ({ Resources: ["sg-0123456789abcdef0"] }),
            }),
        ],
    },
    "aws:ec2/eip:Eip": { calls: [ec2("AllocateAddress", "elastic-ip")] },
    "aws:ec2/flowLog:FlowLog": {
        calls: [
            ec2("CreateFlowLogs", "vpc-flow-log", {
                members: { iamRoleArn: "DeliverLogsPermissionArn", vpcId: list("ResourceIds") },
                added: () => ({ ResourceType: "VPC" }),
            }),
        ],
    },
    "aws:ec2/internetGateway:InternetGateway": {
        calls: [
            ec2("CreateInternetGateway", "internet-gateway"),
            call("ec2", "AttachInternetGateway", { added: () => ({ InternetGatewayId: "igw-0123456789abcdef0" }) }),
        ],
    },
    "aws:ec2/natGateway:NatGateway": { calls: [ec2("CreateNatGateway", "natgateway")] },
    "aws:ec2/route:Route": { calls: [call("ec2", "CreateRoute")] },
    "aws:ec2/routeTable:RouteTable": { calls: [ec2("CreateRouteTable", "route-table")] },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": { calls: [call("ec2", "AssociateRouteTable")] },
    "aws:ec2/securityGroup:SecurityGroup": {
        autoNamed: "name",
        notSent: { revokeRulesOnDelete: "only when the group is deleted" },
        calls: [ec2("CreateSecurityGroup", "security-group", { members: { name: "GroupName" } })],
    },
    "aws:ec2/subnet:Subnet": {
        calls: [
            ec2("CreateSubnet", "subnet"),
            call("ec2", "ModifySubnetAttribute", {
                members: { mapPublicIpOnLaunch: attribute("MapPublicIpOnLaunch") },
                added: () => ({ SubnetId: "subnet-0123456789abcdef0" }),
            }),
        ],
    },
    "aws:ec2/vpc:Vpc": {
        calls: [
            ec2("CreateVpc", "vpc"),
            call("ec2", "ModifyVpcAttribute", {
                members: {
                    enableDnsHostnames: attribute("EnableDnsHostnames"),
                    enableDnsSupport: attribute("EnableDnsSupport"),
                },
                added: () => ({ VpcId: "vpc-0123456789abcdef0" }),
            }),
        ],
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        calls: [ec2("CreateVpcEndpoint", "vpc-endpoint", { members: { policy: "PolicyDocument" } })],
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule("AuthorizeSecurityGroupEgress"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule("AuthorizeSecurityGroupIngress"),
};

/** EC2 takes tags for a kind of resource. */
function ec2(operation: string, kind: string, more: Omit<Call, "service" | "operation"> = {}): Call {
    const tags = (value: unknown) => ({
        TagSpecifications: [
            {
                ResourceType: kind,
                Tags: Object.entries(value as object).map(([Key, Value]) => ({ Key, Value: Value as unknown })),
            },
        ],
    });
    return call("ec2", operation, { ...more, members: { tags, ...more.members } });
}

function securityGroupRule(operation: string): Mapping {
    const { ranges, groups, lists } = {
        ranges: (inputs: Inputs) => ({ IpRanges: [{ CidrIp: inputs.cidrIpv4, Description: inputs.description }] }),
        groups: (inputs: Inputs) => ({
            UserIdGroupPairs: [{ GroupId: inputs.referencedSecurityGroupId, Description: inputs.description }],
        }),
        lists: (inputs: Inputs) => ({
            PrefixListIds: [{ PrefixListId: inputs.prefixListId, Description: inputs.description }],
        }),
    };
    const permission = (inputs: Inputs) => ({
        IpProtocol: inputs.ipProtocol,
        FromPort: inputs.fromPort,
        ToPort: inputs.toPort,
        ...(inputs.cidrIpv4 !== undefined && ranges(inputs)),
        ...(inputs.referencedSecurityGroupId !== undefined && groups(inputs)),
        ...(inputs.prefixListId !== undefined && lists(inputs)),
    });
    const inPermission = ["cidrIpv4", "description", "fromPort", "ipProtocol", "prefixListId", "toPort"];
    return {
        // internal/service/ec2/vpc_security_group_ingress_rule.go: expandIPPermission
        calls: [
            ec2(operation, "security-group-rule", {
                members: {
                    ...Object.fromEntries([...inPermission, "referencedSecurityGroupId"].map((name) => [name, drop])),
                    securityGroupId: "GroupId",
                },
                added: (inputs) => ({ IpPermissions: [permission(inputs)] }),
            }),
        ],
    };
}
