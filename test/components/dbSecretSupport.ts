import { type DatabaseRef, DbSecret, type DbSecretArgs } from "../../components";
import { account, record, region } from "../support/mocks";

export const secretType = "aws:secretsmanager/secret:Secret";
export const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
export const policyType = "aws:secretsmanager/secretPolicy:SecretPolicy";
export const filterType = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
export const rotationType = "aws:secretsmanager/secretRotation:SecretRotation";
export const applicationType = "aws:serverlessrepository/cloudFormationStack:CloudFormationStack";
export const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
export const passwordType = "random:index/randomPassword:RandomPassword";

export const network = {
    vpcId: "vpc-1",
    privateSubnetIds: ["private-1", "private-2"],
    isolatedSubnetIds: ["isolated-1"],
};
export const database: DatabaseRef = {
    engine: "aurora-postgresql",
    clusterIdentifier: "shop",
    endpoint: "shop.example.com",
    port: 15432,
    databaseName: "app",
    securityGroupId: "sg-database",
};
export const key = `arn:aws:kms:${region}:${account}:key/1`;

export const dbSecret = (args: Partial<DbSecretArgs> = {}) =>
    record(() => new DbSecret("login", { database, username: "dbowner", ...args }));
export const rotated = (args: Partial<DbSecretArgs> = {}) =>
    dbSecret({ rotation: { afterDays: 30, network }, ...args });
