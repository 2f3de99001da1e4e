import { resourceOutputs } from "../../scripts/local/cloud/outputs";
import { account, type Recorded, region as home } from "../support/mocks";
import { evaluateStack, type StackOptions } from "../support/stack";
import { mappings } from "./calls";
import { physicalName } from "./check";

/** The region's default is that of the mocks. */
export type Given = Pick<StackOptions, "environment" | "config" | "region" | "stack">;

const evaluated = new Map<string, Promise<Recorded[]>>();

/**
 * The resources of a stack, with outputs in AWS's own form, so that what is made of them is checked as well. Evaluated once
 * for the same options: nobody changes the result.
 */
export function evaluate(given: Given): Promise<Recorded[]> {
    const key = JSON.stringify(given);
    const resources = evaluated.get(key) ?? evaluateAnew(given);
    evaluated.set(key, resources);
    return resources;
}

async function evaluateAnew({ region = home, ...given }: Given): Promise<Recorded[]> {
    const { resources } = await evaluateStack({
        ...given,
        region,
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
        default:
            return undefined;
    }
}
