import { startErrors } from "../errors";
import { digest, type Location } from "./identity";
import type { Outputs } from "./outputs";

type Call = (inputs: Outputs, location: Location) => Outputs;

const zonesOf = (region: string) => ["a", "b", "c", "d"].map((zone) => region + zone);

/** Provider functions that the program may call while it is evaluated. */
const calls: Record<string, Call> = {
    "aws:index/getRegion:getRegion": (_, { region }) => ({ id: region, name: region, region }),
    "aws:index/getPartition:getPartition": () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),
    "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId }) => ({
        id: accountId,
        accountId,
        arn: `arn:aws:iam::${accountId}:user/local`,
        userId: "local",
    }),
    // Each evaluation is the first of its stack.
    "aws:rds/getClusters:getClusters": () => ({ clusterArns: [], clusterIdentifiers: [] }),
    "aws:rds/getEngineVersion:getEngineVersion": ({ version }) => ({ versionActual: version }),
    "aws:ec2/getPrefixList:getPrefixList": ({ name }) => ({ id: `pl-${digest(String(name), 8)}`, cidrBlocks: [] }),
    "aws:iam/getRoles:getRoles": () => ({ id: "roles", names: ["AWSServiceRoleForCodeStarNotifications"], arns: [] }),
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": ({ serviceName }, { region }) => ({
        serviceName,
        availabilityZones: zonesOf(region),
    }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (_, { region }) => ({
        id: region,
        names: zonesOf(region),
        zoneIds: ["az1", "az2", "az3", "az4"],
    }),
};

export function callOutputs(token: string, inputs: Outputs, location: Location): Outputs {
    const call = calls[token];
    if (!call)
        throw new startErrors.FeaturesUnsupported({ features: [`the function ${token}, which the program calls`] });
    return { ...inputs, ...call(inputs, location) };
}
