/** A piece of SQL that means something; what lies between tokens is white space and comments. */
export interface Token {
    /** `word` is a keyword or a plain identifier, `quoted` an identifier in quotes, `text` any kind of string constant. */
    kind: "word" | "quoted" | "text" | "dollar" | "number" | "symbol";
    text: string;
    start: number;
    end: number;
    /** The input ended before the quote did. */
    unterminated?: boolean;
}

const skipped = /(?:\s+|--[^\n]*)+/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /(?:\d[\w.]*|\.\d[\w.]*)/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** Reads SQL as PostgreSQL's scanner does, closely enough to find statements and names; never throws. */
export function tokens(sql: string): Token[] {
    const found: Token[] = [];
    for (let at = skip(sql, 0); at < sql.length; at = skip(sql, at)) {
        const token = tokenAt(sql, at);
        found.push(token);
        at = token.end;
    }
    return found;
}

/** What the token stands for: plain words folded as PostgreSQL folds them, quoted identifiers as they are. */
export function identifier(token: Token): string | undefined {
    if (token.kind === "word") {
        return token.text.toLowerCase();
    }
    return token.kind === "quoted" ? token.text.replace(/^"|"$/g, "").replaceAll('""', '"') : undefined;
}

/** The text inside a dollar quote. */
export function dollarBody({ text, unterminated }: Token): string {
    const tag = matchAt(dollarTag, text, 0) ?? "";
    return text.slice(tag.length, unterminated ? undefined : -tag.length);
}

function skip(sql: string, from: number): number {
    let at = from;
    for (;;) {
        const next = sql.startsWith("/*", at) ? endOfComment(sql, at) : at + (matchAt(skipped, sql, at)?.length ?? 0);
        if (next === at) {
            return at;
        }
        at = next;
    }
}

/** Block comments nest in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
    let depth = 0;
    for (let at = start; at < sql.length;) {
        if (sql.startsWith("/*", at)) {
            depth++;
            at += 2;
        } else if (sql.startsWith("*/", at)) {
            depth--;
            at += 2;
            if (depth === 0) {
                return at;
            }
        } else {
            at++;
        }
    }
    return sql.length;
}

function tokenAt(sql: string, start: number): Token {
    const character = sql.charAt(start);
    if (character === "'") {
        return quoted(sql, start, start, "text", false);
    }
    if (character === '"') {
        return quoted(sql, start, start, "quoted", false);
    }
    if (character === "$") {
        const tag = matchAt(dollarTag, sql, start);
        return tag === undefined ? token("symbol", sql, start, start + 1) : dollarQuoted(sql, start, tag);
    }
    const plain = matchAt(word, sql, start);
    if (plain !== undefined) {
        return /^[ebxn]$/i.test(plain) && sql.charAt(start + 1) === "'"
            ? quoted(sql, start, start + 1, "text", plain.toLowerCase() === "e")
            : token("word", sql, start, start + plain.length);
    }
    const digits = matchAt(number, sql, start);
    return digits === undefined
        ? token("symbol", sql, start, start + 1)
        : token("number", sql, start, start + digits.length);
}

function quoted(sql: string, start: number, quoteAt: number, kind: Token["kind"], backslashes: boolean): Token {
    const quote = sql.charAt(quoteAt);
    for (let at = quoteAt + 1; at < sql.length; at++) {
        if (backslashes && sql.charAt(at) === "\\") {
            at++;
        } else if (sql.charAt(at) === quote) {
            if (sql.charAt(at + 1) !== quote) {
                return token(kind, sql, start, at + 1);
            }
            at++;
        }
    }
    return { ...token(kind, sql, start, sql.length), unterminated: true };
}

function dollarQuoted(sql: string, start: number, tag: string): Token {
    const close = sql.indexOf(tag, start + tag.length);
    return close === -1
        ? { ...token("dollar", sql, start, sql.length), unterminated: true }
        : token("dollar", sql, start, close + tag.length);
}

function token(kind: Token["kind"], sql: string, start: number, end: number): Token {
    return { kind, text: sql.slice(start, end), start, end };
}

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
}
