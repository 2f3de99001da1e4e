import { AuroraCluster, type AuroraClusterArgs, Engine } from "../../components";
import { account, record, region } from "../support/mocks";

export const clusterType = "aws:rds/cluster:Cluster";
export const instanceType = "aws:rds/clusterInstance:ClusterInstance";
export const logGroupType = "aws:cloudwatch/logGroup:LogGroup";
export const clusterGroupType = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
export const instanceGroupType = "aws:rds/parameterGroup:ParameterGroup";
export const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const passwordType = "random:index/randomPassword:RandomPassword";

export const network = {
    vpcId: "vpc-1",
    privateSubnetIds: ["private-1"],
    isolatedSubnetIds: ["isolated-1", "isolated-2"],
};
export const key = `arn:aws:kms:${region}:${account}:key/1`;

export const aurora = (args: Partial<AuroraClusterArgs> = {}, preview = false) =>
    record(() => new AuroraCluster("db", { network, ...args }), { preview });
export const mysql = (args: Partial<AuroraClusterArgs> = {}) => aurora({ engine: Engine.AuroraMysql, ...args });
