const texts = new WeakMap<string[], string>();

/** The statements of a changeset as one text: the one that squawk reads and that positions refer to. */
export function asOneText(statements: string[]): string {
    const known = texts.get(statements) ?? statements.map(ended).join("\n");
    texts.set(statements, known);
    return known;
}

/** Where each of them begins in the one text. */
export function startsInOneText(statements: string[]): number[] {
    let next = 0;
    return statements.map((statement) => {
        const start = next;
        next += ended(statement).length + 1;
        return start;
    });
}

/** With a semicolon at the end, on a line of its own where a comment could swallow it. One too many does no harm. */
function ended(statement: string): string {
    const last = statement.slice(statement.lastIndexOf("\n") + 1);
    if (!last.includes("--") && last.trimEnd().endsWith(";")) {
        return statement;
    }
    return /--|\/\*|\*\//.test(last) ? `${statement}\n;` : `${statement};`;
}
