import type { Precondition } from "../preconditions";

/** The container: `onFail` and `onError` say what happens; the default is `HALT`. */
const containerName = "preConditions";
const halt = "HALT";

/** In one line: what must hold, and what happens if it does not. */
export function describePrecondition(precondition: Precondition): string {
    return precondition.name === containerName ? describeContainer(precondition) : describeOne(precondition);
}

/** Whether the release continues without the changeset if its preconditions do not hold, or cannot be checked. */
export function mayPassOver({ attributes: { onFail = halt, onError = halt } }: Precondition): boolean {
    return onFail !== halt || onError !== halt;
}

function describeContainer({ attributes, nested = [] }: Precondition): string {
    const { onFail = halt, onError = halt } = attributes;
    // The preconditions of a whole source are those of each of its files.
    if (nested.every(({ name }) => name === containerName) && onFail === halt && onError === halt) {
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
