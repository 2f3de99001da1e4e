import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy, routedSubnet } from "../support";

const proxy = (inputs: object) => make(Types.proxy, inputs);
const subnets = [
    ...routedSubnet("public", { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }),
    ...routedSubnet("private", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }),
    make(Types.subnet, {}, { name: "isolated" }),
];
const reading = (...secrets: string[]) => [
    proxy({ roleArn: "role-id", auths: [{ secretArn: "arn:api" }, { secretArn: "arn:worker" }] }),
    make(Types.role, {}, { name: "role" }),
    make(
        Types.rolePolicy,
        {
            role: "role-id",
            policy: policy({ Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: secrets }),
        },
        { name: "policy" },
    ),
];
const secretsMessage = (given: string) =>
    `Proxy "it": secrets that its role reads: given ${given}. Allowed in prod: secretsmanager:GetSecretValue on exactly ` +
    "the secrets in auths. Give the role one statement that names them; DatabaseProxy does. (IAM.1, IAM5)";

export const rdsProxyCases: Cases = {
    "rds-proxy-tls": {
        passes: [[proxy({ requireTls: true })]],
        fails: [
            {
                given: [proxy({ requireTls: false })],
                messages: [
                    'Proxy "it": requireTls: given false. Allowed in prod: true. Set requireTls; DatabaseProxy always does. (CKV2_AWS_69)',
                ],
            },
            {
                given: [proxy({})],
                messages: [
                    'Proxy "it": requireTls: given nothing. Allowed in prod: true. Set requireTls; DatabaseProxy always does. (CKV2_AWS_69)',
                ],
            },
        ],
    },
    "rds-proxy-subnets": {
        passes: [
            [...subnets, proxy({ vpcSubnetIds: ["isolated-id"] })],
            [...subnets, proxy({ vpcSubnetIds: ["private-id", "isolated-id"] })],
        ],
        fails: [
            {
                given: [...subnets, proxy({ vpcSubnetIds: ["public-id", "isolated-id"] })],
                messages: [
                    'Proxy "it": vpcSubnetIds: given ["public"]. Allowed in prod: subnets that cannot be reached from the internet. Pass DatabaseProxy a network whose isolatedSubnetIds are isolated. (RDS.2, CKV_AWS_17)',
                ],
            },
        ],
    },
    "rds-proxy-secrets": {
        passes: [reading("arn:api", "arn:worker"), reading("arn:worker", "arn:api")],
        fails: [
            {
                given: reading("arn:api", "arn:worker", "arn:administrator"),
                messages: [secretsMessage('["arn:api","arn:worker","arn:administrator"]')],
            },
            { given: reading("arn:api"), messages: [secretsMessage('["arn:api"]')] },
            { given: reading("arn:api", "arn:*"), messages: [secretsMessage('["arn:api","arn:*"]')] },
            { given: reading().slice(0, 2), messages: [secretsMessage("[]")] },
        ],
    },
};
