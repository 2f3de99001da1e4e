import { Token, tokens } from "./tokens";

/** One statement of a text, without its semicolon. */
export interface Statement {
    text: string;
    /** Where it begins in the text, after white space and comments. */
    start: number;
    end: number;
    tokens: Token[];
}

/** Splits SQL at the semicolons that end statements: not in quotes, parentheses or `BEGIN ATOMIC … END` bodies. */
export function splitStatements(sql: string): Statement[] {
    const statements: Statement[] = [];
    let current: Token[] = [];
    let parentheses = 0;
    // Inside BEGIN ATOMIC: its own END, and those of every CASE in it, are still to come.
    let openBlocks = 0;
    const finish = () => {
        const [first, last] = [current.at(0), current.at(-1)];
        if (first && last) {
            statements.push({
                text: sql.slice(first.start, last.end),
                start: first.start,
                end: last.end,
                tokens: current,
            });
        }
        current = [];
        parentheses = openBlocks = 0;
    };
    for (const token of tokens(sql)) {
        if (token.text === ";" && parentheses === 0 && openBlocks === 0) {
            finish();
            continue;
        }
        parentheses = Math.max(0, parentheses + (token.text === "(" ? 1 : token.text === ")" ? -1 : 0));
        openBlocks = blocksAfter(token, current.at(-1), openBlocks);
        current.push(token);
    }
    finish();
    return statements;
}

function blocksAfter(token: Token, previous: Token | undefined, open: number): number {
    if (token.kind !== "word") {
        return open;
    }
    const word = token.text.toLowerCase();
    if (word === "atomic" && previous?.text.toLowerCase() === "begin") {
        return open + 1;
    }
    if (open > 0 && word === "case") {
        return open + 1;
    }
    return open > 0 && word === "end" ? open - 1 : open;
}

/** Line of a position, the first line being 1. */
export function lineAt(text: string, position: number): number {
    let line = 1;
    for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) {
        line++;
    }
    return line;
}
