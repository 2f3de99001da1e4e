import * as v from "valibot";
import { InternalError } from "../components/errorDefinition";

// The kinds of config keys: how the text of each is parsed, and the wording of its messages.

/** The documentation of a key; error messages, `Pulumi.yaml` and docs/configuration.md repeat it. */
export interface KeyDoc {
    /** The purpose of the key, and its default. */
    description: string;
    /** The allowed values, as the end of the sentence "Allowed: …". */
    allowed: string;
    /** An example value. */
    example: string;
}

/** What a key accepts: text as `pulumi config set` stores it, read as `T`. */
export type KeySchema<T> = v.OptionalSchema<v.GenericSchema<unknown, T>, undefined>;

const docs = new WeakMap<v.GenericSchema, KeyDoc>();

/** Config values arrive as text: numbers, booleans, lists and maps are in JSON. */
export const fromText = (text: unknown): unknown => {
    try {
        return typeof text === "string" ? JSON.parse(text) : text;
    } catch {
        return text;
    }
};

export function described<T>(schema: v.GenericSchema<unknown, T>, doc: KeyDoc): KeySchema<T> {
    const optional = v.optional(schema);
    docs.set(optional, doc);
    return optional;
}

/** A value that is JSON in the config. */
export const json = <T>(schema: v.GenericSchema<unknown, T>) => v.pipe(v.unknown(), v.transform(fromText), schema);

export const text = (pattern: RegExp, doc: KeyDoc) => described(v.pipe(v.unknown(), v.string(), v.regex(pattern)), doc);

/** A text that a function judges. */
export const textWhere = (allowed: (text: string) => boolean, doc: KeyDoc) =>
    described(v.pipe(v.unknown(), v.string(), v.check(allowed)), doc);

export const choice = <T extends Record<string, string>>(values: T, description: string, example: T[keyof T]) =>
    described<T[keyof T]>(v.pipe(v.unknown(), v.picklist(Object.values(values) as T[keyof T][])), {
        description,
        allowed: Object.values(values)
            .map((value) => JSON.stringify(value))
            .join(", "),
        example,
    });

export const wholeNumber = (min: number, max: number, unit: string, description: string, example: number) =>
    described(json(v.pipe(v.unknown(), v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max))), {
        description,
        allowed: `a whole number from ${min} to ${max} ${unit}`,
        example: `${example}`,
    });

export const capacity = (min: number, description: string, example: number) =>
    described(json(v.pipe(v.unknown(), v.number(), v.minValue(min), v.maxValue(256), v.multipleOf(0.5))), {
        description,
        allowed: `a number of ACU from ${min} to 256 in steps of 0.5`,
        example: `${example}`,
    });

export const flag = (description: string, example: boolean) =>
    described(json(v.pipe(v.unknown(), v.boolean())), { description, allowed: "true or false", example: `${example}` });

export const list = (item: RegExp, min: number, doc: KeyDoc, max = 1000) =>
    described(
        json(v.pipe(v.unknown(), v.array(v.pipe(v.string(), v.regex(item))), v.minLength(min), v.maxLength(max))),
        doc,
    );

/** A map of texts; an array is none. */
export const texts = (longestKey: number, longestValue: number, doc: KeyDoc) =>
    described(
        json(
            v.pipe(
                v.unknown(),
                v.check((value) => !Array.isArray(value)),
                v.record(
                    v.pipe(v.string(), v.minLength(1), v.maxLength(longestKey)),
                    v.pipe(v.string(), v.maxLength(longestValue)),
                ),
            ),
        ),
        doc,
    );

export function keyDocOf(key: string, schema: v.GenericSchema): KeyDoc {
    const doc = docs.get(schema);
    if (doc === undefined) {
        throw new InternalError(`The config key ${key} is not documented.`);
    }
    return doc;
}
