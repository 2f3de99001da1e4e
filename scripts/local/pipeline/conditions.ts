import type { Condition, Operator, VariableCheck } from "./model";
import type { Variables } from "./variables";

const comparisons: Record<Operator, (variable: string, value: string) => boolean> = {
    EQ: (variable, value) => variable === value,
    NE: (variable, value) => variable !== value,
    CONTAINS: (variable, value) => variable.includes(value),
    // Must match the whole text, like Java's `matches`.
    MATCHES: (variable, value) => new RegExp(`^(?:${value})$`, "s").test(variable),
};

/** Why a condition does not pass: describes its first failed rule; undefined if all pass. */
export function failureOf(condition: Condition, variables: Variables): string | undefined {
    const failed = firstFailed(condition, variables);
    return failed && describe(failed, variables);
}

/** Why a stage is skipped, for the user who started the execution; undefined if it is not. */
export function skipReasonOf(condition: Condition, variables: Variables): string | undefined {
    const failed = firstFailed(condition, variables);
    return failed && (skipReasons[failed.name] ?? describe(failed, variables));
}

/** By the names of the rules that `DbPipeline` makes. */
const skipReasons: Record<string, string> = {
    RollbackAskedFor: "none was requested",
    NoRollbackAskedFor: "this execution rolls back",
    ChangesArePlanned: "nothing is pending",
};

function firstFailed(condition: Condition, variables: Variables): VariableCheck | undefined {
    return condition.rules.find((rule) => !passes(rule, variables));
}

function describe(failed: VariableCheck, variables: Variables): string {
    const value = JSON.stringify(variables.resolve(failed.variable));
    return `rule ${failed.name}: ${failed.variable} is ${value}, not ${failed.operator} ${JSON.stringify(failed.value)}`;
}

function passes({ variable, operator, value }: VariableCheck, variables: Variables): boolean {
    return comparisons[operator](variables.resolve(variable), variables.resolve(value));
}
