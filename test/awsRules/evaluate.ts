import type { Environment } from "../../policy/rule";
import { resourceOutputs } from "../../scripts/local/cloud/outputs";
import { account, type Recorded, record, region as home } from "../support/mocks";
import { configOf, loadAnew } from "../support/program";
import { mappings } from "./calls";
import { physicalName } from "./check";

const project = "aurora-pipeline";

export interface Given {
    environment: Environment;
    /** Config, over the sample's; "" takes a key out. */
    config?: Record<string, string>;
    region?: string;
    /** Default: the environment's name. */
    stack?: string;
}

/** The resources of a stack, with outputs in AWS's own form, so that what is made of them is checked as well. */
export async function evaluate({
    environment,
    config = {},
    region = home,
    stack = environment,
}: Given): Promise<Recorded[]> {
    const added = Object.entries(config).map(([key, value]) => [`${project}:${key}`, value] as const);
    const all = Object.entries({ ...configOf(environment), ...Object.fromEntries(added) }).filter(
        ([, value]) => value !== "",
    );
    const { resources } = await record(() => loadAnew("index.ts"), {
        project,
        stack,
        config: { ...Object.fromEntries(all), "aws:region": region },
        outputs: (type, name, inputs) => ({
            ...resourceOutputs({ type, name, inputs, custom: true }, { region, accountId: account }, {}),
            ...named(type, name, inputs),
        }),
        call: (token) => callResult(token, region),
    });
    return resources.filter(({ custom }) => custom);
}

function named(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
    // RDS makes it with the proxy.
    if (type === "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup") return { name: "default" };
    const input = mappings[type]?.autoNamed;
    return input === undefined ? {} : { [input]: inputs[input] ?? physicalName(name) };
}

function callResult(token: string, region: string): Record<string, unknown> | undefined {
    const zones = ["a", "b", "c", "d"].map((zone) => region + zone);
    switch (token) {
        case "aws:index/getRegion:getRegion":
            return { region, id: region };
        case "aws:index/getPartition:getPartition": {
            const partition = region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
            return { partition, dnsSuffix: "amazonaws.com", id: partition };
        }
        case "aws:index/getAvailabilityZones:getAvailabilityZones":
            return { names: zones, id: region };
        case "aws:ec2/getVpcEndpointService:getVpcEndpointService":
            return { availabilityZones: zones };
        case "aws:ec2/getPrefixList:getPrefixList":
            return { id: "pl-0123456789abcdef0" };
        default:
            return undefined;
    }
}
