import * as pulumi from "@pulumi/pulumi";

/** Stands for a value that only AWS knows, during a preview. A rule never judges it. */
export const unknown: unique symbol = Symbol("unknown");

/** A resource as someone recorded it: the Pulumi engine, or a test that evaluated the program under mocks. */
export interface RecordedResource {
    type: string;
    name: string;
    /** What the program asked for; after an update, what is there. */
    inputs: object;
    /** What AWS added. */
    outputs?: object;
    id?: string;
    urn?: string;
    /** URN of the parent. */
    parent?: string;
    /** Pulumi's `protect`. */
    protect?: boolean;
    /** URNs of all that it depends on. */
    dependencies?: string[];
    /** The same, by property. */
    propertyDependencies?: Record<string, string[]>;
}

/** A resource as the rules see it: plain values, secrets unwrapped, what is not known marked as such. */
export interface Resource {
    type: string;
    name: string;
    urn: string;
    parent: string;
    properties: Record<string, unknown>;
    protect: boolean;
    /** What other resources call it by: id, ARN, name. */
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
 * Plain JSON of what Pulumi hands over. Inside a policy pack a property that is not known throws when it is read; in a
 * recording it is Pulumi's own mark. Either way one unknown property must not keep the others from being judged.
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

/** The value at a path such as `logsConfig.cloudwatchLogs.groupName`; unknown where a part of the path is. */
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

/** The value at a path as a list; what is not known is left out, and so is what is no list. */
export function list<T = Record<string, unknown>>(holder: unknown, path: string): T[] {
    const value = get(holder, path);
    return Array.isArray(value) ? (value.filter((item) => item !== unknown) as T[]) : [];
}

/** Whether the value at a path is this one, as far as is known. */
export function may(holder: unknown, path: string, value: unknown): boolean {
    return [value, unknown].includes(get(holder, path));
}

/** Whether a value, or anything in it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
    if (typeof value !== "object" || value === null) {
        return value === unknown;
    }
    return Object.values(value).some(hasUnknown);
}

/** All resources of a stack, and how they refer to each other. */
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
 * Whether a property names the target: by value where it is known, otherwise by what Pulumi knows of the dependencies,
 * which during a preview is all there is.
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
