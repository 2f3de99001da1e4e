import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

// IAM: who may do what.

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
export const codebuild = { Service: "codebuild.amazonaws.com" };
export const source = {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnEquals: { "aws:SourceArn": "arn:aws:codebuild:eu-central-1:123456789012:project/it" },
};
const attachment = (policyArn: string) => [make(Types.rolePolicyAttachment, { policyArn })];

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
};
