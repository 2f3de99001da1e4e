import type { RecordedResource } from "../../policy/resource";
import type { Environment } from "../../policy/rule";
import { Types } from "../../policy/rules/types";

/** What shows that a rule does its work. */
export interface Case {
    /** Environment that it is judged in; prod by default, where every rule holds. */
    environment?: Environment;
    /** Stacks in which the rule finds nothing; each has a resource that it judges. */
    passes: RecordedResource[][];
    /** Stacks in which it finds something, and the messages in full. */
    fails: { given: RecordedResource[]; messages: string[] }[];
}

export type Cases = Record<string, Case>;

/** A resource with the id `<name>-id`. */
export function make(
    type: string,
    inputs: object,
    { name = "it", ...rest }: Partial<RecordedResource> = {},
): RecordedResource {
    return { type, name, id: `${name}-id`, urn: `urn:pulumi:stack::project::${type}::${name}`, inputs, ...rest };
}

/** A subnet with a route table of its own, and a route of that to a destination. */
export function routedSubnet(name: string, route: object): RecordedResource[] {
    return [
        make(Types.subnet, { vpcId: "vpc-id" }, { name }),
        make(Types.routeTable, { vpcId: "vpc-id" }, { name: `${name}-table` }),
        make(
            Types.routeTableAssociation,
            { subnetId: `${name}-id`, routeTableId: `${name}-table-id` },
            { name: `${name}-association` },
        ),
        make(Types.route, { routeTableId: `${name}-table-id`, ...route }, { name: `${name}-route` }),
    ];
}

/** A policy document of one statement. */
export function policy(statement: object): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "One", ...statement }] });
}
