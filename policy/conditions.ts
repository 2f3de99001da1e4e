import type { Condition } from "./rule";

// Common conditions. None accepts an absent value unless it says so, because AWS's default then applies; a rule for
// which that default is good uses `orAbsent`.

export function equals(value: unknown): Condition {
    return { allowed: JSON.stringify(value), holds: (given) => given === value };
}

export function oneOf(...values: unknown[]): Condition {
    return {
        allowed: values.map((value) => JSON.stringify(value)).join(", "),
        holds: (given) => values.includes(given),
    };
}

export function noneOf(allowed: string, ...values: unknown[]): Condition {
    return { allowed, holds: (given) => given !== undefined && !values.includes(given) };
}

export function between(min: number, max: number, unit: string): Condition {
    return {
        allowed: `${min} to ${max} ${unit}`,
        holds: (given) => typeof given === "number" && given >= min && given <= max,
    };
}

export function atLeast(min: number, unit: string): Condition {
    return {
        allowed: `at least ${min} ${unit}`,
        holds: (given) => typeof given === "number" && given >= min,
    };
}

/** Any value except an absent one. */
export function given(allowed: string): Condition {
    return { allowed, holds: (value) => value !== undefined && (!Array.isArray(value) || value.length > 0) };
}

export function absent(allowed: string): Condition {
    return { allowed, holds: (value) => value === undefined || (Array.isArray(value) && value.length === 0) };
}

/** For values for which AWS's default is good. */
export function orAbsent(condition: Condition): Condition {
    return {
        allowed: `${condition.allowed}, or nothing`,
        holds: (value) => value === undefined || condition.holds(value),
    };
}

export function satisfies(allowed: string, holds: (value: unknown) => boolean): Condition {
    return { allowed, holds };
}
