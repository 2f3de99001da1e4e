import { Types } from "../../../policy/rules/types";
import { type Cases, make } from "../support";

// Network: which groups, rules and logs a VPC has.

const vpc = make(Types.vpc, {}, { name: "vpc" });
const inVpc = (type: string, inputs: object) => [vpc, make(type, { vpcId: "vpc-id", ...inputs })];
const group = (inputs: object) => [make(Types.securityGroup, inputs)];
const ingress = (inputs: object) => [make(Types.ingressRule, inputs)];
const egress = (inputs: object) => [make(Types.egressRule, inputs)];
const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
const databaseGroup = make(Types.securityGroup, {}, { name: "database" });
const cluster = make(Types.cluster, { vpcSecurityGroupIds: ["database-id"] }, { name: "cluster" });
const databaseIngress = (inputs: object) => [
    cluster,
    databaseGroup,
    ...ingress({ securityGroupId: "database-id", ipProtocol: "tcp", fromPort: 15432, toPort: 15432, ...inputs }),
];
const natGateway = make(Types.natGateway, { subnetId: "subnet-id" }, { name: "nat" });

export const networkCases: Cases = {
    "vpc-default-security-group": {
        passes: [inVpc(Types.defaultSecurityGroup, {})],
        fails: [
            {
                given: [vpc],
                messages: [
                    'Vpc "vpc": default security group: given nothing. Allowed in prod: a DefaultSecurityGroup without rules. Add one; Network does. (EC2.2)',
                ],
            },
            {
                given: inVpc(Types.defaultSecurityGroup, { ingress: [{ protocol: "-1" }] }),
                messages: [
                    'Vpc "vpc": default security group: given [{"protocol":"-1"}]. Allowed in prod: a DefaultSecurityGroup without rules. Add one; Network does. (EC2.2)',
                ],
            },
        ],
    },
    "vpc-flow-log": {
        passes: [inVpc(Types.flowLog, { trafficType: "ALL" })],
        fails: [
            {
                given: [vpc],
                messages: [
                    'Vpc "vpc": flow logs: given []. Allowed in prod: a FlowLog of ALL. Set flowLogs of Network. (EC2.6)',
                ],
            },
            {
                given: inVpc(Types.flowLog, { trafficType: "REJECT" }),
                messages: [
                    'Vpc "vpc": flow logs: given ["REJECT"]. Allowed in prod: a FlowLog of ALL. Set flowLogs of Network. (EC2.6)',
                ],
            },
        ],
    },
    "sg-group-description": {
        passes: [group({ description: "Builds" })],
        fails: [
            {
                given: group({}),
                messages: [
                    'SecurityGroup "it": description: given nothing. Allowed in prod: a text of your own. Set description; a later change replaces the group. (CKV_AWS_23)',
                ],
            },
            {
                given: group({ description: "Managed by Pulumi" }),
                messages: [
                    'SecurityGroup "it": description: given "Managed by Pulumi". Allowed in prod: a text of your own. Set description; a later change replaces the group. (CKV_AWS_23)',
                ],
            },
        ],
    },
    "sg-rule-description": {
        passes: [ingress({ description: "From the builds" }), egress({ description: "To the database" })],
        fails: [
            {
                given: egress({}),
                messages: [
                    'SecurityGroupEgressRule "it": description: given nothing. Allowed in prod: a text. Set description. (CKV_AWS_23)',
                ],
            },
        ],
    },
    "sg-no-inline-ingress": {
        passes: [group({})],
        fails: [
            {
                given: group({ ingress: [{ protocol: "tcp" }] }),
                messages: [
                    'SecurityGroup "it": ingress: given [{"protocol":"tcp"}]. Allowed in prod: nothing. Use aws.vpc.SecurityGroupIngressRule. (CKV_AWS_23, CKV_AWS_382)',
                ],
            },
        ],
    },
    "sg-no-inline-egress": {
        passes: [group({ egress: [] })],
        fails: [
            {
                given: group({ egress: [{ protocol: "-1" }] }),
                messages: [
                    'SecurityGroup "it": egress: given [{"protocol":"-1"}]. Allowed in prod: nothing. Use aws.vpc.SecurityGroupEgressRule. (CKV_AWS_23, CKV_AWS_382)',
                ],
            },
        ],
    },
    "sg-no-public-ingress": {
        passes: [ingress({ cidrIpv4: "10.0.0.0/16" })],
        fails: [
            {
                given: ingress({ cidrIpv4: "0.0.0.0/0" }),
                messages: [
                    'SecurityGroupIngressRule "it": cidrIpv4: given "0.0.0.0/0". Allowed in prod: a security group, or a range within the network. Set referencedSecurityGroupId. (EC2.18, EC2.19)',
                ],
            },
            {
                given: ingress({ cidrIpv6: "::/0" }),
                messages: [
                    'SecurityGroupIngressRule "it": cidrIpv6: given "::/0". Allowed in prod: a security group, or a range within the network. Set referencedSecurityGroupId. (EC2.18, EC2.19)',
                ],
            },
        ],
    },
    "sg-database-ingress": {
        passes: [
            databaseIngress({ referencedSecurityGroupId: "build-id" }),
            [cluster, databaseGroup, ...ingress({ securityGroupId: "endpoints-id", cidrIpv4: "10.0.0.0/16" })],
        ],
        fails: [
            {
                given: databaseIngress({ cidrIpv4: "10.0.0.0/16" }),
                messages: [
                    'SecurityGroupIngressRule "it": referencedSecurityGroupId: given nothing. Allowed in prod: referencedSecurityGroupId, tcp, one port. Pass allowedSecurityGroupIds to AuroraCluster. (EC2.18, EC2.19)',
                ],
            },
            {
                given: databaseIngress({ referencedSecurityGroupId: "build-id", toPort: 65535 }),
                messages: [
                    'SecurityGroupIngressRule "it": ports: given "tcp 15432 65535". Allowed in prod: referencedSecurityGroupId, tcp, one port. Pass allowedSecurityGroupIds to AuroraCluster. (EC2.18, EC2.19)',
                ],
            },
        ],
    },
    "sg-explicit-egress": {
        passes: [egress(https)],
        fails: [
            {
                given: egress({ ipProtocol: "-1" }),
                messages: [
                    'SecurityGroupEgressRule "it": ports: given "-1 nothing nothing". Allowed in prod: tcp or udp, one port. Set ipProtocol, fromPort and toPort. (CKV_AWS_382)',
                ],
            },
        ],
    },
    "sg-internet-egress": {
        passes: [
            [vpc, natGateway, ...egress({ ...https, cidrIpv4: "0.0.0.0/0" })],
            [vpc, ...egress({ ...https, prefixListId: "pl-s3" })],
            egress({ ...https, cidrIpv4: "0.0.0.0/0" }),
        ],
        fails: [
            {
                given: [vpc, ...egress({ ...https, cidrIpv4: "0.0.0.0/0" })],
                messages: [
                    'SecurityGroupEgressRule "it": destination of tcp 443 443: given "0.0.0.0/0". Allowed in prod: 0.0.0.0/0 at port 443 in a stack with a NAT gateway or an existing VPC; otherwise a group, list or range. Leave it to MigrationBuild, whose egress follows that of Network. (CKV_AWS_382)',
                ],
            },
            {
                given: egress({ ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" }),
                messages: [
                    'SecurityGroupEgressRule "it": destination of tcp 80 80: given "0.0.0.0/0". Allowed in prod: 0.0.0.0/0 at port 443 in a stack with a NAT gateway or an existing VPC; otherwise a group, list or range. Leave it to MigrationBuild, whose egress follows that of Network. (CKV_AWS_382)',
                ],
            },
        ],
    },
};
