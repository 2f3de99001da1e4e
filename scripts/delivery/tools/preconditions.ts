/**
 * What must hold before a changeset runs, or a group of such conditions: `and`, `or`, `not`, or a container, which says
 * what happens if they do not hold.
 */
export interface Precondition {
    /** The tool's name for it. */
    name: string;
    attributes: Record<string, string>;
    nested?: Precondition[];
}

/** What a tool says of its preconditions. */
export interface PreconditionWords {
    /** In one line: what must hold, and what happens if it does not. */
    describePrecondition(precondition: Precondition): string;
}

/** Longer descriptions are unreadable in one line. */
const longest = 300;

/** A description for one line, truncated if it is long. */
export function shortPrecondition(precondition: Precondition, words: PreconditionWords): string {
    const text = words.describePrecondition(precondition);
    return text.length <= longest ? text : `${text.slice(0, longest)}… (in full in plan.json)`;
}
