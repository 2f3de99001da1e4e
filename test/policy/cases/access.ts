import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

// IAM, network, notifications, logs: who may do what, and who is told.

const rolePolicy = (statement: object) => [
    make(Types.rolePolicy, { policy: policy({ Effect: "Allow", ...statement }) }),
];
const inline = (statement: object) => [
    make(Types.role, { inlinePolicies: [{ policy: policy({ Effect: "Allow", ...statement }) }] }),
];
const trusting = (statement: object) => [
    make(Types.role, { assumeRolePolicy: policy({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }) }),
];
const users = "arn:aws:rds-db:eu-central-1:123456789012:dbuser";
const codebuild = { Service: "codebuild.amazonaws.com" };
const source = {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnEquals: { "aws:SourceArn": "arn:aws:codebuild:eu-central-1:123456789012:project/it" },
};
const attachment = (policyArn: string) => [make(Types.rolePolicyAttachment, { policyArn })];

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

const topic = (inputs: object) => [make(Types.topic, inputs)];
const topicPolicy = (statement: object) => [make(Types.topicPolicy, { arn: "it-id", policy: policy(statement) })];
const insecure = { Bool: { "aws:SecureTransport": "false" } };
const logGroup = (inputs: object) => [make(Types.logGroup, inputs)];
const alarm = (inputs: object) => [make(Types.alarm, inputs)];
const composite = (inputs: object) =>
    make(Types.compositeAlarm, { alarmRule: 'ALARM("measured")', ...inputs }, { name: "whole" });

export const accessCases: Cases = {
    "iam-named-actions": {
        passes: [
            rolePolicy({ Action: ["s3:GetObject"], Resource: "arn:aws:s3:::b/*" }),
            rolePolicy({ Effect: "Deny", Action: "*", Resource: "*" }),
            inline({ Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }),
        ],
        fails: [
            {
                given: rolePolicy({ Action: ["s3:GetObject", "s3:Put*"], Resource: "arn:aws:s3:::b" }),
                messages: [
                    'RolePolicy "it": statement One, Action: given ["s3:Put*"]. Allowed in prod: actions by name. Name each action. (IAM.1, IAM.21, IAM5)',
                ],
            },
            {
                given: inline({ Action: "*", Resource: "arn:aws:s3:::b" }),
                messages: [
                    'Role "it": statement One, Action: given ["*"]. Allowed in prod: actions by name. Name each action. (IAM.1, IAM.21, IAM5)',
                ],
            },
            {
                given: rolePolicy({ NotAction: "iam:*", Resource: "arn:aws:s3:::b" }),
                messages: [
                    'RolePolicy "it": statement One, NotAction: given ["iam:*"]. Allowed in prod: actions by name. Name each action. (IAM.1, IAM.21, IAM5)',
                ],
            },
        ],
    },
    "iam-named-resources": {
        passes: [
            rolePolicy({ Action: ["ec2:DescribeVpcs", "ecr:GetAuthorizationToken"], Resource: "*" }),
            rolePolicy({ Action: ["s3:GetObject"], Resource: "arn:aws:s3:::b/*" }),
        ],
        fails: [
            {
                given: rolePolicy({ Action: ["ec2:DescribeVpcs", "ec2:DeleteVpc"], Resource: "*" }),
                messages: [
                    'RolePolicy "it": statement One, actions on Resource *: given ["ec2:DeleteVpc"]. Allowed in prod: resources by ARN; * only for ec2:Describe* and ecr:GetAuthorizationToken. Name the resources. (IAM.1, IAM5)',
                ],
            },
            {
                given: rolePolicy({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::b" }),
                messages: [
                    'RolePolicy "it": statement One, actions on Resource *: given ["s3:GetObject"]. Allowed in prod: resources by ARN; * only for ec2:Describe* and ecr:GetAuthorizationToken. Name the resources. (IAM.1, IAM5)',
                ],
            },
        ],
    },
    "iam-named-keys": {
        passes: [
            rolePolicy({ Action: ["kms:Decrypt"], Resource: "arn:aws:kms:eu-central-1:123456789012:key/1" }),
            rolePolicy({ Action: ["kms:DescribeKey"], Resource: "*" }),
        ],
        fails: [
            {
                given: rolePolicy({ Action: ["kms:Decrypt"], Resource: "arn:aws:kms:eu-central-1:123456789012:key/*" }),
                messages: [
                    'RolePolicy "it": statement One, Resource: given ["arn:aws:kms:eu-central-1:123456789012:key/*"]. Allowed in prod: ARNs of keys. Name the key. (KMS.1, KMS.2)',
                ],
            },
        ],
    },
    "iam-named-database-users": {
        passes: [rolePolicy({ Action: "rds-db:connect", Resource: `${users}:cluster-ABC/app_planner` })],
        fails: [
            {
                given: rolePolicy({
                    Action: "rds-db:connect",
                    Resource: [`${users}:cluster-ABC/*`, `${users}:*/app_planner`, "*"],
                }),
                messages: [
                    `RolePolicy "it": statement One, Resource: given ["${users}:cluster-ABC/*","${users}:*/app_planner","*"]. Allowed in prod: dbuser:<resource id of the cluster>/<user>, without wildcards. Name the cluster and the user; MigrationBuild does. (least privilege)`,
                ],
            },
        ],
    },
    "iam-attached-policies": {
        passes: [
            attachment("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
            attachment("arn:aws:iam::123456789012:policy/own"),
        ],
        fails: [
            {
                given: attachment("arn:aws:iam::aws:policy/AdministratorAccess"),
                messages: [
                    'RolePolicyAttachment "it": policyArn: given "arn:aws:iam::aws:policy/AdministratorAccess". Allowed in prod: policies of this account, and arn:aws:iam::aws:policy/service-role/*. Write a policy of your own. (IAM.1)',
                ],
            },
        ],
    },
    "iam-trust": {
        passes: [trusting({ Principal: codebuild, Condition: source })],
        fails: [
            {
                given: trusting({ Principal: codebuild }),
                messages: [
                    'Role "it": trust, statement One, Condition: given []. Allowed in prod: one Service, with conditions on aws:SourceAccount and aws:SourceArn. Name the service and add the conditions. (CKV_AWS_60, CKV_AWS_61)',
                ],
            },
            {
                given: trusting({ Principal: { AWS: "*" }, Condition: source }),
                messages: [
                    'Role "it": trust, statement One, Principal: given {"AWS":["*"]}. Allowed in prod: one Service, with conditions on aws:SourceAccount and aws:SourceArn. Name the service and add the conditions. (CKV_AWS_60, CKV_AWS_61)',
                ],
            },
        ],
    },
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
    "sns-encrypted": {
        passes: [topic({ kmsMasterKeyId: "alias/aws/sns" })],
        fails: [
            {
                given: topic({}),
                messages: [
                    'Topic "it": kmsMasterKeyId: given nothing. Allowed in prod: a customer managed key, or alias/aws/sns. Set kmsMasterKeyId. (SNS.1)',
                ],
            },
        ],
    },
    "sns-policy": {
        passes: [[...topic({}), ...topicPolicy({})]],
        fails: [
            {
                given: topic({}),
                messages: ['Topic "it": policy: given nothing. Allowed in prod: a TopicPolicy. Add one. (SNS.4)'],
            },
        ],
    },
    "sns-tls-only": {
        passes: [topicPolicy({ Effect: "Deny", Principal: "*", Action: "sns:Publish", Condition: insecure })],
        fails: [
            {
                given: topicPolicy({ Effect: "Allow", Principal: { AWS: "arn:someone" } }),
                messages: [
                    'TopicPolicy "it": policy, statements: given ["One"]. Allowed in prod: a statement that denies all principals if aws:SecureTransport is false. Add the statement. (SNS.4)',
                ],
            },
        ],
    },
    "sns-source-account": {
        passes: [topicPolicy({ Effect: "Allow", Principal: codebuild, Condition: source })],
        fails: [
            {
                given: topicPolicy({ Effect: "Allow", Principal: codebuild }),
                messages: [
                    'TopicPolicy "it": policy, statement One, Condition: given []. Allowed in prod: a condition on aws:SourceAccount for services, and no principal *. Add the condition. (SNS.4)',
                ],
            },
        ],
    },
    "logs-retention": {
        passes: [logGroup({ retentionInDays: 365 })],
        fails: [
            {
                given: logGroup({ retentionInDays: 30 }),
                messages: [
                    'LogGroup "it": retentionInDays: given 30. Allowed in prod: at least 365 days. Set logRetentionInDays of the component. (CKV_AWS_66, CKV_AWS_338)',
                ],
            },
            {
                given: logGroup({}),
                messages: [
                    'LogGroup "it": retentionInDays: given nothing. Allowed in prod: at least 365 days. Set logRetentionInDays of the component. (CKV_AWS_66, CKV_AWS_338)',
                ],
            },
        ],
    },
    "logs-key": {
        passes: [logGroup({ kmsKeyId: "arn:key" })],
        fails: [
            {
                given: logGroup({}),
                messages: [
                    'LogGroup "it": kmsKeyId: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of the component (logKmsKeyArn of Network). (CKV_AWS_158)',
                ],
            },
        ],
    },
    "alarm-action": {
        passes: [
            alarm({ alarmActions: ["arn:topic"] }),
            [...alarm({ name: "measured" }), composite({ alarmActions: ["arn:topic"] })],
        ],
        fails: [
            {
                given: alarm({}),
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: [...alarm({ name: "another" }), composite({ alarmActions: ["arn:topic"] })],
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: [...alarm({ name: "measured" }), composite({})],
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                    'CompositeAlarm "whole": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: alarm({ alarmActions: ["arn:topic"], actionsEnabled: false }),
                messages: [
                    'MetricAlarm "it": actionsEnabled: given false. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
        ],
    },
};
