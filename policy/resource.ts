import * as pulumi from "@pulumi/pulumi";

/** Stands for a value that is unknown during a preview. No rule judges it. */
export const unknown: unique symbol = Symbol("unknown");

/** A recorded resource: from the Pulumi engine, or from a test that evaluated the program with mocks. */
export interface RecordedResource {
    type: string;
    name: string;
    /** The inputs of the program; after an update, the actual values. */
    inputs: object;
    /** Values that AWS added. */
    outputs?: object;
    id?: string;
    urn?: string;
    /** URN of the parent. */
    parent?: string;
    /** Pulumi's `protect`. */
    protect?: boolean;
    /** URNs of all its dependencies. */
    dependencies?: string[];
    /** The same, by property. */
    propertyDependencies?: Record<string, string[]>;
}

/** A resource as the rules see it: plain values, unwrapped secrets, and marked unknowns. */
export interface Resource {
    type: string;
    name: string;
    urn: string;
    parent: string;
    properties: Record<string, unknown>;
    protect: boolean;
    /** The values with which other resources refer to it: id, ARN, name. */
    identifiers: Set<unknown>;
    dependencies: string[];
    propertyDependencies: Record<string, string[]> | undefined;
}

export function normalise(recorded: RecordedResource): Resource {
    const properties = plain(recorded.inputs) as Record<string, unknown>;
    const outputs = plain(recorded.outputs ?? {}) as Record<string, unknown>;
    return {
        type: recorded.type,
        name: recorded.name,
        urn: recorded.urn ?? `${recorded.type}::${recorded.name}`,
        parent: recorded.parent ?? "",
        properties,
        protect: recorded.protect ?? false,
        identifiers: identifiersOf(recorded.id, { ...outputs, ...properties }),
        dependencies: recorded.dependencies ?? [],
        propertyDependencies: recorded.propertyDependencies,
    };
}

const identifyingProperties = ["id", "arn", "name", "bucket", "keyId", "clusterIdentifier"];

function identifiersOf(id: string | undefined, properties: Record<string, unknown>): Set<unknown> {
    const values = [id, ...identifyingProperties.map((property) => properties[property])];
    return new Set(values.filter((value) => typeof value === "string" && value !== ""));
}

/**
 * Plain JSON of the properties from Pulumi. Inside a policy pack, reading an unknown property throws; in a recording,
 * it is Pulumi's own marker. Either way, one unknown property must not prevent the others from being judged.
 */
function plain(value: unknown): unknown {
    const revealed: unknown = pulumi.runtime.unwrapRpcSecret(value);
    if (pulumi.isUnknown(revealed)) {
        return unknown;
    }
    if (Array.isArray(revealed)) {
        return Array.from({ length: revealed.length }, (_, index) => read(revealed as unknown as object, `${index}`));
    }
    if (typeof revealed !== "object" || revealed === null) {
        return revealed;
    }
    return Object.fromEntries(Object.keys(revealed).map((key) => [key, read(revealed, key)]));
}

function read(holder: object, key: string): unknown {
    let value: unknown;
    try {
        value = (holder as Record<string, unknown>)[key];
    } catch {
        return unknown;
    }
    return plain(value);
}

/** The value at a path such as `logsConfig.cloudwatchLogs.groupName`; unknown if a part of the path is. */
export function get(holder: unknown, path: string): unknown {
    let value = holder;
    for (const key of path.split(".")) {
        if (value === unknown || value === undefined || value === null) {
            return value ?? undefined;
        }
        value = (value as Record<string, unknown>)[key];
    }
    // A provider's outputs write an absent text as "".
    return value === null || value === "" ? undefined : value;
}

/** The value at a path as a list, without unknown elements; empty if it is not a list. */
export function list<T = Record<string, unknown>>(holder: unknown, path: string): T[] {
    const value = get(holder, path);
    return Array.isArray(value) ? (value.filter((item) => item !== unknown) as T[]) : [];
}

/** Whether the value at a path is this one, as far as it is known. */
export function may(holder: unknown, path: string, value: unknown): boolean {
    return [value, unknown].includes(get(holder, path));
}

/** Whether a value, or any part of it, is unknown. */
export function hasUnknown(value: unknown): boolean {
    if (typeof value !== "object" || value === null) {
        return value === unknown;
    }
    return Object.values(value).some(hasUnknown);
}

/** All resources of a stack, and their references to each other. */
export class Stack {
    constructor(readonly resources: Resource[]) {}

    all(...types: string[]): Resource[] {
        return this.resources.filter((resource) => types.includes(resource.type));
    }

    /** The resources of a type whose property names the target. */
    referring(type: string, property: string, target: Resource): Resource[] {
        return this.all(type).filter((resource) => refersTo(resource, property, target));
    }

    parentOf(resource: Resource): Resource | undefined {
        return this.resources.find((other) => other.urn === resource.parent);
    }
}

/**
 * Whether a property refers to the target: by value if it is known, otherwise by Pulumi's dependencies, which are all
 * that a preview has.
 */
export function refersTo(resource: Resource, property: string, target: Resource): boolean {
    const value = get(resource.properties, property);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (values.some((item) => target.identifiers.has(item))) {
        return true;
    }
    const top = property.split(".")[0] as string;
    const dependencies = resource.propertyDependencies?.[top];
    return (dependencies ?? (resource.propertyDependencies ? [] : resource.dependencies)).includes(target.urn);
}
