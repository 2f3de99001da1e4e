import type { RecordedResource } from "../../policy/resource";
import type { Environment } from "../../policy/rule";

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

/** A policy document of one statement. */
export function policy(statement: object): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "One", ...statement }] });
}
