// The condition operators of IAM policies that the recorded policies use where the local cloud decides:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

/** By operator and key. */
export type Condition = Record<string, Record<string, string | string[]>>;

/** The condition keys of a request, with their values. */
export type RequestContext = Record<string, string | undefined>;

type Operator = (value: string | undefined, expected: string[]) => boolean;

const operators: Record<string, Operator> = {
    /** Whether the request lacks the key. */
    Null: (value, expected) => expected.includes(String(value === undefined)),
    StringEquals: (value, expected) => value !== undefined && expected.includes(value),
    Bool: (value, expected) => value !== undefined && expected.includes(value),
};

/** Whether a whole condition holds; undefined if it has an unknown operator. */
export function holds(condition: Condition | undefined, context: RequestContext): boolean | undefined {
    const entries = Object.entries(condition ?? {});
    if (entries.some(([operator]) => operators[operator] === undefined)) return undefined;
    return entries.every(([operator, keys]) =>
        Object.entries(keys).every(([key, expected]) => operators[operator]!(context[key], [expected].flat())),
    );
}
