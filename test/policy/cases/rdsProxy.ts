import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

const proxy = (inputs: object) => make(Types.proxy, inputs);
const network = make(
    Types.awsxVpc,
    {},
    { outputs: { publicSubnetIds: ["subnet-1"], privateSubnetIds: ["subnet-2"], isolatedSubnetIds: ["subnet-3"] } },
);
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
            [network, proxy({ vpcSubnetIds: ["subnet-3"] })],
            [network, proxy({ vpcSubnetIds: ["subnet-2", "subnet-3"] })],
        ],
        fails: [
            {
                given: [network, proxy({ vpcSubnetIds: ["subnet-1", "subnet-3"] })],
                messages: [
                    'Proxy "it": vpcSubnetIds: given ["subnet-1"]. Allowed in prod: subnets that nobody reaches from the internet. Give DatabaseProxy a network whose isolatedSubnetIds are isolated. (RDS.2, CKV_AWS_17)',
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
