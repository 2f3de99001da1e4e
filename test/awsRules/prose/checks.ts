import type { Inputs } from "../inputs";

type Check = (inputs: Inputs) => string | undefined;

/** The input matches, if it is there. */
export function matches(input: string, pattern: RegExp): Check {
    return ({ [input]: value }) =>
        typeof value === "string" && !pattern.test(value) ? `${input} ${JSON.stringify(value)}` : undefined;
}

/** The input is a number in a range, if it is there. */
export function between(input: string, min: number, max: number): Check {
    return ({ [input]: value }) =>
        typeof value === "number" && (value < min || value > max) ? `${input} ${value}` : undefined;
}

/** The input is one of these, if it is there. */
export function oneOf(input: string, values: readonly unknown[]): Check {
    return ({ [input]: value }) =>
        value !== undefined && !values.includes(value) ? `${input} ${JSON.stringify(value)}` : undefined;
}
