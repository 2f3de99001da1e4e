import { readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./program";

// What Pulumi's languages check of a program: the args of a resource, against the schema of its package.

interface Property {
    type?: string;
    $ref?: string;
    items?: Property;
    additionalProperties?: Property;
}
interface ObjectType {
    properties?: Record<string, Property>;
    required?: string[];
    enum?: { value: string }[];
}
interface Schema {
    resources: Record<
        string,
        { inputProperties: Record<string, Property>; requiredInputs?: string[]; properties: Record<string, Property> }
    >;
    types: Record<string, ObjectType>;
}

const schema = JSON.parse(readFileSync(path.join(root, "components/schema.json"), "utf8")) as Schema;

/** What is wrong with the args of a resource: unknown, missing and wrongly typed ones, a line each. */
export function argProblems(component: string, args: Record<string, unknown>): string[] {
    const resource = schema.resources[`aurora-pipeline:index:${component}`];
    return resource === undefined
        ? [`${component} is no component`]
        : objectProblems(component, { properties: resource.inputProperties, required: resource.requiredInputs }, args);
}

/** Whether a resource has the output. */
export function hasOutput(component: string, output: string): boolean {
    return output in (schema.resources[`aurora-pipeline:index:${component}`]?.properties ?? {});
}

function objectProblems(where: string, type: ObjectType, given: unknown): string[] {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
        return [`${where} is no group`];
    }
    const { properties = {}, required = [] } = type;
    return [
        ...required.filter((name) => !(name in given)).map((name) => `${where}.${name} is missing`),
        ...Object.entries(given).flatMap(([name, value]) =>
            name in properties
                ? valueProblems(`${where}.${name}`, properties[name]!, value)
                : [`${where}.${name}: none`],
        ),
    ];
}

function valueProblems(where: string, { type, $ref, items, additionalProperties }: Property, given: unknown): string[] {
    if ($ref !== undefined) {
        const referred = schema.types[$ref.replace("#/types/", "")];
        if (referred?.enum !== undefined) {
            return referred.enum.some(({ value }) => value === given) ? [] : [`${where} is none of the values`];
        }
        return objectProblems(where, referred ?? {}, given);
    }
    if (type === "array") {
        return Array.isArray(given)
            ? given.flatMap((item, index) => valueProblems(`${where}[${index}]`, items ?? {}, item))
            : [`${where} is no list`];
    }
    if (type === "object") {
        const values = Object.entries(given as object);
        return values.flatMap(([name, value]) => valueProblems(`${where}.${name}`, additionalProperties ?? {}, value));
    }
    return typeof given === (type === "integer" ? "number" : type) ? [] : [`${where} is no ${type}`];
}
