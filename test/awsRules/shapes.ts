import type { Model, Shape } from "./model";

/** What is wrong with a value that an API call gets, each with the path to it; nothing if AWS's model accepts it. */
export function problemsOf(model: Pick<Model, "shapes">, name: string, value: unknown, at = ""): string[] {
    const shape = model.shapes[name];
    if (!shape) return [`${at}: no shape ${name}`];
    switch (shape.type) {
        case "structure":
            return structure(model, shape, value, at);
        case "list":
            if (!Array.isArray(value)) return [`${at}: ${show(value)} is no list`];
            return [
                ...range(shape, value.length, "items", at),
                ...value.flatMap((item, index) => problemsOf(model, shape.member!.shape, item, `${at}[${index}]`)),
            ];
        case "map":
            if (!isRecord(value)) return [`${at}: ${show(value)} is no map`];
            return [
                ...range(shape, Object.keys(value).length, "entries", at),
                ...Object.entries(value).flatMap(([key, item]) => [
                    ...problemsOf(model, shape.key!.shape, key, `${at}, key ${key}`),
                    ...problemsOf(model, shape.value!.shape, item, `${at}.${key}`),
                ]),
            ];
        case "string":
            return text(shape, value, at);
        case "integer":
        case "long":
        case "float":
        case "double":
            return number(shape, value, at);
        case "boolean":
            return typeof value === "boolean" ? [] : [`${at}: ${show(value)} is neither true nor false`];
        default:
            return [`${at}: values of type ${shape.type} are not checked`];
    }
}

function structure(model: Pick<Model, "shapes">, shape: Shape, value: unknown, at: string): string[] {
    if (!isRecord(value)) return [`${at}: ${show(value)} is no structure`];
    const missing = (shape.required ?? []).filter((member) => value[member] === undefined);
    return [
        ...missing.map((member) => `${at}: ${member} is required`),
        ...Object.entries(value).flatMap(([member, item]) => {
            const there = shape.members?.[member];
            const path = at === "" ? member : `${at}.${member}`;
            if (!there) return [`${path}: no such member`];
            return item === undefined ? [] : problemsOf(model, there.shape, item, path);
        }),
    ];
}

function text(shape: Shape, value: unknown, at: string): string[] {
    if (typeof value !== "string") return [`${at}: ${show(value)} is no text`];
    const problems = range(shape, [...value].length, "characters", at, value);
    if (shape.enum && !shape.enum.includes(value)) {
        problems.push(`${at}: ${show(value)} is none of ${shape.enum.join(", ")}`);
    }
    if (shape.pattern !== undefined && !patternOf(shape.pattern).test(value)) {
        problems.push(`${at}: ${show(value)} does not match ${shape.pattern}`);
    }
    return problems;
}

function number(shape: Shape, value: unknown, at: string): string[] {
    if (typeof value !== "number") return [`${at}: ${show(value)} is no number`];
    if (["integer", "long"].includes(shape.type) && !Number.isInteger(value)) return [`${at}: ${value} is not whole`];
    return range(shape, value, "", at, value);
}

function range(shape: Shape, size: number, unit: string, at: string, value?: unknown): string[] {
    const counted = `${value === undefined ? "" : `${show(value)}: `}${size} ${unit}`.trim();
    return [
        ...(shape.min !== undefined && size < shape.min ? [`${at}: ${counted}, at least ${shape.min}`] : []),
        ...(shape.max !== undefined && size > shape.max ? [`${at}: ${counted}, at most ${shape.max}`] : []),
    ];
}

/** AWS matches the whole text; its patterns are Java's, of which those that occur mean the same in JavaScript. */
function patternOf(pattern: string): RegExp {
    return new RegExp(`^(?:${pattern})$`, pattern.includes("\\p{") ? "su" : "s");
}

function show(value: unknown): string {
    const written = JSON.stringify(value) ?? "nothing";
    return written.length > 120 ? `${written.slice(0, 117)}…` : written;
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
