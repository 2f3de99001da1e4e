/** A precondition, or several that belong together, as `Conditions.java` says it. */
export interface Precondition {
    /** Liquibase's name of it. */
    name: string;
    attributes: Record<string, string>;
    nested?: Precondition[];
}

/** Beyond this nobody reads it in one line. */
const longest = 300;

/** In one line: what must hold, and what happens if it does not. */
export function describePrecondition(precondition: Precondition): string {
    return precondition.name === containerName ? describeContainer(precondition) : describeOne(precondition);
}

/** The same, cut off where it gets long. */
export function shortPrecondition(precondition: Precondition): string {
    const text = describePrecondition(precondition);
    return text.length <= longest ? text : `${text.slice(0, longest)}… (all of it is in plan.json)`;
}

/** What Liquibase's element `preConditions` becomes. */
const containerName = "preConditions";

function describeContainer({ attributes, nested = [] }: Precondition): string {
    const { onFail = "HALT", onError = "HALT" } = attributes;
    // A changelog's are those of each of its files.
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
