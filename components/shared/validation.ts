import * as pulumi from "@pulumi/pulumi";

/** One thing that an argument must satisfy; the parts of the message are data, so that every message has them all. */
export interface Rule {
    /** Path of the argument: `maxCapacity`, `source.branch`. */
    arg: string;
    /** What the user gave. An Output or a promise is not known yet: its rule is skipped. */
    given: unknown;
    /** Whether it will do. */
    valid: boolean;
    /** What would do, as the end of the sentence "Allowed: …". */
    allowed: string;
    /** What to change, as a sentence. */
    fix: string;
    /** True for what must not be printed. */
    secret?: boolean;
}

/** Throws one error that lists every rule that fails. Call it before `super`, so that nothing is registered yet. */
export function validate(component: string, name: string, rules: Rule[]): void {
    const failures = rules.filter((rule) => !rule.valid && !isUnknown(rule.given));
    if (failures.length === 0) {
        return;
    }
    const arguments_ = failures.length === 1 ? "1 invalid argument" : `${failures.length} invalid arguments`;
    // A RunError is printed by the Pulumi CLI as its message alone, without a stack trace.
    throw new pulumi.RunError(
        [`${component} "${name}" has ${arguments_}; nothing of it was created.`, ...failures.map(describeFailure)].join(
            "\n",
        ),
    );
}

/** True for a value that is known only once the program runs: it cannot be validated here. */
export function isUnknown(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

// The helpers below make the rules that recur. All accept an absent value (the default applies); `required` does not.

export function required(arg: string, given: unknown, allowed: string, fix: string): Rule {
    return { arg, given, valid: given !== undefined && given !== null && given !== "", allowed, fix };
}

export function oneOf(arg: string, given: unknown, values: readonly unknown[], fix: string): Rule {
    const allowed = values.map((value) => JSON.stringify(value)).join(", ");
    return { arg, given, valid: given === undefined || values.includes(given), allowed, fix };
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
    return { arg, given, valid: given === undefined || inRange, allowed, fix };
}

export function matching(arg: string, given: unknown, pattern: RegExp, allowed: string, fix: string): Rule {
    const matches = typeof given === "string" && pattern.test(given);
    return { arg, given, valid: given === undefined || matches, allowed, fix };
}

/** Days that CloudWatch Logs can keep logs for. */
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

/** One failure as a line: what, given, allowed, fix. The program's config reports its own failures in the same words. */
export function describeFailure(rule: Rule): string {
    const given = rule.secret ? "(hidden)" : show(rule.given);
    return `  - ${rule.arg}: given ${given}. Allowed: ${rule.allowed}. ${rule.fix}`;
}

function show(value: unknown): string {
    // NaN and Infinity are `null` in JSON.
    if (value === undefined || typeof value === "number") {
        return value === undefined ? "nothing" : `${value}`;
    }
    return JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
        // An Output has a text of its own for JSON, which would be no help.
        return isUnknown(this[key]) ? "(known later)" : item;
    });
}
