import { tokens } from "./sql/tokens";

const texts = new WeakMap<string[], string>();

/** The statements of a changeset as one text: the one that squawk reads and that positions refer to. */
export function asOneText(statements: string[]): string {
    const known = texts.get(statements) ?? statements.map(ended).join("\n");
    texts.set(statements, known);
    return known;
}

/** With a semicolon at the end, on a line of its own where a comment would swallow it. */
function ended(statement: string): string {
    const last = tokens(statement).at(-1);
    if (last === undefined || last.text === ";" || last.unterminated) {
        return statement;
    }
    return statement.slice(last.end).includes("--") ? `${statement}\n;` : `${statement};`;
}
