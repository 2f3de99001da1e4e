const texts = new WeakMap<string[], string>();

/** The statements of a changeset as one text: the one that squawk reads and that positions refer to. */
export function asOneText(statements: string[]): string {
    const known = texts.get(statements) ?? statements.map(ended).join("\n");
    texts.set(statements, known);
    return known;
}

/** The offset of each statement in the combined text. */
export function startsInOneText(statements: string[]): number[] {
    let next = 0;
    return statements.map((statement) => {
        const start = next;
        next += ended(statement).length + 1;
        return start;
    });
}

/** Adds a semicolon, on its own line so that a trailing comment cannot swallow it. An extra one does no harm. */
function ended(statement: string): string {
    const last = statement.slice(statement.lastIndexOf("\n") + 1);
    if (!last.includes("--") && last.trimEnd().endsWith(";")) {
        return statement;
    }
    return /--|\/\*|\*\//.test(last) ? `${statement}\n;` : `${statement};`;
}
