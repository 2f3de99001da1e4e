import type { Changes } from "../../scripts/changes/compare";
import type { Recorded } from "./mocks";

// What AWS allows once, of the resources that a change of config replaces. Pulumi creates the new one before it deletes
// the old one: where both would have the same name, AWS refuses the new one, or loses it when the old one is deleted.

/** Rules of security groups have no name: one that allows the same as another is refused. */
const securityGroupRule = [
    "securityGroupId",
    "ipProtocol",
    "fromPort",
    "toPort",
    "cidrIpv4",
    "prefixListId",
    "referencedSecurityGroupId",
];

/**
 * By type, what is unique: each a list of inputs that are unique together, the name first. A name that is not given is
 * made by Pulumi, with a random end. Empty where AWS gives every resource an id of its own.
 */
const unique: Record<string, string[][]> = {
    "aws:backup/selection:Selection": [["name", "planId"]],
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [["backupVaultName"]],
    "aws:codeconnections/connection:Connection": [["name"]],
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [["vpcId"]],
    "aws:ec2/flowLog:FlowLog": [["vpcId", "trafficType", "logDestination"]],
    "aws:ec2/internetGateway:InternetGateway": [["vpcId"]],
    "aws:ec2/natGateway:NatGateway": [["allocationId"]],
    "aws:ec2/route:Route": [["routeTableId", "destinationCidrBlock"]],
    "aws:ec2/routeTable:RouteTable": [],
    "aws:ec2/routeTableAssociation:RouteTableAssociation": [["subnetId"]],
    "aws:ec2/securityGroup:SecurityGroup": [["name", "vpcId"]],
    "aws:ec2/subnet:Subnet": [["vpcId", "cidrBlock"]],
    "aws:ec2/vpc:Vpc": [],
    "aws:ec2/vpcEndpoint:VpcEndpoint": [["vpcId", "serviceName"]],
    "aws:rds/cluster:Cluster": [["clusterIdentifier"]],
    "aws:rds/clusterInstance:ClusterInstance": [["identifier"]],
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": [["name"]],
    "aws:rds/parameterGroup:ParameterGroup": [["name"]],
    "aws:rds/proxy:Proxy": [["name"]],
    "aws:rds/proxyTarget:ProxyTarget": [["dbProxyName", "targetGroupName"]],
    "aws:rds/subnetGroup:SubnetGroup": [["name"]],
    // A version of a secret has an id that Secrets Manager makes.
    "aws:secretsmanager/secretVersion:SecretVersion": [],
    // The function's name is a parameter of the application.
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": [["name"], ["parameters.functionName"]],
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [securityGroupRule],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [securityGroupRule],
    // Nothing but a number in the state.
    "random:index/randomId:RandomId": [],
};

/** Replaced resources, the old one deleted last, whose new one would need a name that the old one still has. */
export function nameClashes({ replaced }: Changes): string[] {
    return replaced.flatMap(({ resource, inputs }) => {
        const names = unique[resource.type];
        if (names === undefined) {
            return [`${resource.type}: say in test/support/identities.ts what of it AWS allows once`];
        }
        return resource.deleteBeforeReplace
            ? []
            : names
                  .filter((name) => stays(resource, name, inputs))
                  .map((name) => `${resource.type} "${resource.name}" keeps ${name.join(", ")}: deleteBeforeReplace`);
    });
}

/** The name is given by us, and no part of it changes. A part of an input counts as one that stays. */
function stays({ inputs }: Recorded, [name = "", ...others]: string[], changed: string[]): boolean {
    const [input = "", part] = name.split(".");
    const value: unknown = inputs[input];
    const given = part === undefined ? value : (value as Record<string, unknown> | undefined)?.[part];
    return given !== undefined && ![name, ...others].some((each) => changed.includes(each));
}

/** Whether the cluster is replaced, and whether the name of its final snapshot changes with it. */
export function replacedCluster({
    replaced,
    added,
}: Changes): { leavesSnapshot: boolean; renamed: boolean } | undefined {
    const cluster = replaced.find(({ resource }) => resource.type === "aws:rds/cluster:Cluster");
    const renewed = [...added, ...replaced.map(({ resource }) => resource)];
    return (
        cluster && {
            leavesSnapshot: cluster.resource.inputs.skipFinalSnapshot === false,
            renamed: renewed.some(({ type }) => type === "random:index/randomId:RandomId"),
        }
    );
}
