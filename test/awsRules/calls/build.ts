import type { Call } from "../call";
import type { Inputs } from "../inputs";

// What the mappings are written with.

export const call = (service: string, operation: string, more: Omit<Call, "service" | "operation"> = {}): Call => ({
    service,
    operation,
    ...more,
});

/** Of an input that reaches the call in what `added` makes. */
export const drop = () => ({});

/** Of an input that is one item of a list. */
export const list = (name: string) => (value: unknown) => ({ [name]: [value] });

/** The items of a list, each a group. */
export const listed = (value: unknown) => (value ?? []) as Inputs[];

/** A map as a list of names and values. */
export const pairs = (value: unknown) => Object.entries(value as Inputs).map(([Name, Value]) => ({ Name, Value }));

export function without(given: Inputs, ...keys: string[]): Inputs {
    return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)));
}
