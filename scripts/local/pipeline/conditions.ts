import type { Condition, Operator, VariableCheck } from "./model";
import type { Variables } from "./variables";

const comparisons: Record<Operator, (variable: string, value: string) => boolean> = {
    EQ: (variable, value) => variable === value,
    NE: (variable, value) => variable !== value,
    CONTAINS: (variable, value) => variable.includes(value),
    // Java's `matches`: the whole text.
    MATCHES: (variable, value) => new RegExp(`^(?:${value})$`, "s").test(variable),
};

/** Why a condition does not pass: its first rule that fails, in words; undefined when all pass. */
export function failureOf(condition: Condition, variables: Variables): string | undefined {
    const failed = condition.rules.find((rule) => !passes(rule, variables));
    if (!failed) return undefined;
    const value = JSON.stringify(variables.resolve(failed.variable));
    return `rule ${failed.name}: ${failed.variable} is ${value}, not ${failed.operator} ${JSON.stringify(failed.value)}`;
}

function passes({ variable, operator, value }: VariableCheck, variables: Variables): boolean {
    return comparisons[operator](variables.resolve(variable), variables.resolve(value));
}
