import type { ProseRule } from "../rule";
import { matches } from "./checks";

const descriptions = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;
const rules = [
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];

export const networkRules: ProseRule[] = [
    {
        id: "security-group-rule-description",
        types: rules,
        source: {
            service: "ec2",
            shape: "IpRange",
            member: "Description",
            says: "Up to 255 characters in length. Allowed characters are a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*",
        },
        check: matches("description", descriptions),
    },
    {
        id: "security-group-description",
        types: ["aws:ec2/securityGroup:SecurityGroup"],
        source: {
            service: "ec2",
            shape: "CreateSecurityGroupRequest",
            member: "Description",
            says: "Up to 255 characters in length Valid characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*",
        },
        check: matches("description", descriptions),
    },
    {
        id: "security-group-name",
        types: ["aws:ec2/securityGroup:SecurityGroup"],
        source: {
            service: "ec2",
            shape: "CreateSecurityGroupRequest",
            member: "GroupName",
            says: "Up to 255 characters in length. Can't start with sg- . Valid characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*",
        },
        check: matches("name", /^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/),
    },
    {
        id: "security-group-rule-source",
        types: rules,
        source: {
            page: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
            noted: "2026-11-29",
            says: "A rule has one source or destination: an address range, a prefix list or a security group.",
        },
        check: ({ cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId }) => {
            const given = [cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId].filter(
                (one) => one !== undefined,
            );
            return given.length === 1 ? undefined : `${given.length} sources or destinations`;
        },
    },
    {
        id: "vpc-cidr-block",
        types: ["aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"],
        source: {
            page: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
            noted: "2026-11-29",
            says: "The allowed block size is between a /16 netmask and a /28 netmask.",
        },
        check: matches("cidrBlock", /\/(1[6-9]|2[0-8])$/),
    },
    {
        id: "nat-gateway-address",
        types: ["aws:ec2/natGateway:NatGateway"],
        source: {
            service: "ec2",
            shape: "CreateNatGatewayRequest",
            member: "AllocationId",
            says: "You cannot specify an Elastic IP address with a private NAT gateway.",
        },
        check: ({ connectivityType, allocationId }) =>
            (connectivityType === "private") === (allocationId === undefined)
                ? undefined
                : JSON.stringify(connectivityType),
    },
];
