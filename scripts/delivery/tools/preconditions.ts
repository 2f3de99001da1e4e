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

/** Longer descriptions are unreadable in one line. */
const longest = 300;

/** In one line: what must hold, and what happens if it does not. */
export function describePrecondition(precondition: Precondition): string {
    return precondition.name === containerName ? describeContainer(precondition) : describeOne(precondition);
}

/** The same, truncated if it is long. */
export function shortPrecondition(precondition: Precondition): string {
    const text = describePrecondition(precondition);
    return text.length <= longest ? text : `${text.slice(0, longest)}… (in full in plan.json)`;
}

/** The container: `onFail` and `onError` say what happens; the default is `HALT`. */
const containerName = "preConditions";

function describeContainer({ attributes, nested = [] }: Precondition): string {
    const { onFail = "HALT", onError = "HALT" } = attributes;
    // The preconditions of a whole source are those of each of its files.
    if (nested.every(({ name }) => name === containerName) && onFail === "HALT" && onError === "HALT") {
        return nested.map(describeContainer).join("; and ");
    }
    const conditions = nested.map(describeOne).join(" and ");
    return `${conditions}; if not: ${onFail}; on an error: ${onError}`;
}

function describeOne({ name, attributes, nested }: Precondition): string {
    if (name === containerName) {
        return `(${describeContainer({ name, attributes, nested })})`;
    }
    if (nested !== undefined) {
        const joined = nested.map(describeOne).join(name === "or" ? " or " : " and ");
        return name === "and" || name === "or" ? `(${joined})` : `${name} (${joined})`;
    }
    const given = Object.entries(attributes).map(([attribute, value]) => `${attribute} ${JSON.stringify(value)}`);
    return given.length > 0 ? `${name} ${given.join(", ")}` : name;
}
