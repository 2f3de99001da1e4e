import * as pulumi from "@pulumi/pulumi";
import { type InfrastructureError, refusalErrors, valueErrors } from "./errors";

/** What can be wrong with a value that a rule refuses. */
export type RuleKind = Exclude<keyof typeof valueErrors, "UnknownKey">;

/** One requirement of an argument; the parts of the message are data, so that every message has all of them. */
export interface Rule {
    /** Path of the argument: `maxCapacity`, `source.branch`. */
    arg: string;
    /** The kind of failure if the value does not satisfy it. */
    kind: RuleKind;
    /** The given value. An Output or a promise is not known yet: its rule is skipped. */
    given: unknown;
    /** Whether the value satisfies the requirement. */
    valid: boolean;
    /** The allowed values, as the end of the sentence "Allowed: …". */
    allowed: string;
    /** The fix, as a sentence. */
    fix: string;
    /** True for values that must not be printed. */
    secret?: boolean;
}

/** Throws one error that lists every failed rule. Call it before `super`, so that nothing has been registered yet. */
export function validate(component: string, name: string, rules: Rule[]): void {
    const failures = rules.filter((rule) => !rule.valid && !isUnknown(rule.given));
    if (failures.length === 0) {
        return;
    }
    const problems = failures.length === 1 ? "1 invalid argument" : `${failures.length} invalid arguments`;
    const errors = failures.map(failureOf);
    throw new refusalErrors.ArgumentsRefused({ component, name, problems, failures: linesOf(errors) }, errors);
}

/** True for a value that is known only at run time: it cannot be validated here. */
export function isUnknown(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

// Helpers for common rules. All accept an absent value (the default applies), except `required`.

export function required(arg: string, given: unknown, allowed: string, fix: string): Rule {
    return { arg, kind: "Missing", given, valid: given !== undefined && given !== null && given !== "", allowed, fix };
}

export function oneOf(arg: string, given: unknown, values: readonly unknown[], fix: string): Rule {
    const allowed = values.map((value) => JSON.stringify(value)).join(", ");
    return { arg, kind: "NotOneOf", given, valid: given === undefined || values.includes(given), allowed, fix };
}

export function wholeNumber(
    arg: string,
    given: unknown,
    range: { min: number; max: number; unit?: string },
    fix: string,
): Rule {
    const inRange = Number.isInteger(given) && (given as number) >= range.min && (given as number) <= range.max;
    const unit = range.unit === undefined ? "" : ` ${range.unit}`;
    const allowed = `a whole number from ${range.min} to ${range.max}${unit}`;
    const kind = typeof given === "number" ? "OutOfRange" : "WrongType";
    return { arg, kind, given, valid: given === undefined || inRange, allowed, fix };
}

export function matching(arg: string, given: unknown, pattern: RegExp, allowed: string, fix: string): Rule {
    const matches = typeof given === "string" && pattern.test(given);
    return { arg, kind: formOf(given), given, valid: given === undefined || matches, allowed, fix };
}

/** What is wrong with what should be a text of some form. */
export function formOf(given: unknown): RuleKind {
    return typeof given === "string" ? "Malformed" : kindOf(given);
}

/** What is wrong with what should be a value of another type. */
export function kindOf(given: unknown): RuleKind {
    return given === undefined || given === null || given === "" ? "Missing" : "WrongType";
}

/** Retention periods, in days, that CloudWatch Logs supports. */
const logRetentionDays = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function logRetention(arg: string, given: unknown): Rule {
    return oneOf(arg, given, logRetentionDays, "CloudWatch Logs keeps logs for these numbers of days only.");
}

export function kmsKey(arg: string, given: unknown): Rule {
    const allowed = "the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)";
    return matching(
        arg,
        given,
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/,
        allowed,
        "Give the key's ARN, not its id or alias.",
    );
}

/** One failure: what, given, allowed, fix. The program's config reports its own failures in the same form. */
export function failureOf({ arg, kind, given, allowed, fix, secret }: Rule): InfrastructureError {
    return new valueErrors[kind]({ arg, given: secret ? "(hidden)" : show(given), allowed, fix });
}

/** Failures as the lines of one message. */
export function linesOf(failures: readonly InfrastructureError[]): string[] {
    return failures.map(({ message }) => message);
}

function show(value: unknown): string {
    // NaN and Infinity are `null` in JSON.
    if (value === undefined || typeof value === "number") {
        return value === undefined ? "nothing" : `${value}`;
    }
    return JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
        // An Output's JSON form is a text of its own, which would not help.
        return isUnknown(this[key]) ? "(known later)" : item;
    });
}
