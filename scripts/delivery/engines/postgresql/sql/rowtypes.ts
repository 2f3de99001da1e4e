import { characterOf, type ScannedToken, scan } from "./grammar";

/**
 * The text of a `CREATE FUNCTION` or `DO` with each `table%ROWTYPE` in its body replaced by `record`: the PL/pgSQL
 * parser has no catalog, so it does not know the columns of a table. Strings and quoted names are allowed.
 */
export async function withoutRowTypes(text: string, body: string): Promise<string> {
    if (!/rowtype/i.test(body)) {
        return text;
    }
    const replaced = await withRecords(body);
    const quoted = replaced === body ? undefined : await bodyIn(text);
    // If the body is written in another form, the parser reports that it cannot read it.
    return quoted === undefined ? text : text.slice(0, quoted.start) + quote(replaced) + text.slice(quoted.end);
}

interface Part {
    start: number;
    end: number;
}

async function withRecords(body: string): Promise<string> {
    const tokens = withoutComments(await scan(body));
    const characters = characterOf(body);
    const kept: string[] = [];
    let from = 0;
    tokens.forEach((token, index) => {
        if (token.text === "%" && tokens[index + 1]?.text.toLowerCase() === "rowtype") {
            const first = startOfName(tokens, index - 1);
            if (first !== undefined) {
                kept.push(body.slice(from, characters(first.start)), "record");
                from = characters(tokens[index + 1]!.end);
            }
        }
    });
    return [...kept, body.slice(from)].join("");
}

/** The first part of the dotted name that ends here. */
function startOfName(tokens: ScannedToken[], last: number): ScannedToken | undefined {
    let at = last;
    if (!isName(tokens[at])) {
        return undefined;
    }
    while (tokens[at - 1]?.text === "." && isName(tokens[at - 2])) {
        at -= 2;
    }
    return tokens[at];
}

function isName(token: ScannedToken | undefined): boolean {
    return token?.tokenName === "IDENT" || (token !== undefined && token.keywordName !== "NO_KEYWORD");
}

/** The position of the body: after the only AS outside parentheses, or the string of a DO. */
async function bodyIn(text: string): Promise<Part | undefined> {
    const tokens = withoutComments(await scan(text));
    const isBlock = tokens[0]?.text.toLowerCase() === "do";
    const characters = characterOf(text);
    let depth = 0;
    for (const [index, token] of tokens.entries()) {
        depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
        const before = tokens[index - 1]?.text.toLowerCase();
        if (token.tokenName === "SCONST" && depth === 0 && (isBlock ? before !== "language" : before === "as")) {
            return { start: characters(token.start), end: characters(token.end) };
        }
    }
    return undefined;
}

function withoutComments(tokens: ScannedToken[]): ScannedToken[] {
    return tokens.filter(({ tokenName }) => tokenName !== "SQL_COMMENT" && tokenName !== "C_COMMENT");
}

/** Quotes with a dollar tag that the body does not contain. */
function quote(body: string): string {
    const taken = new Set(Array.from(`${body}$`.matchAll(/\$body(\d+)(?=\$)/g), ([, number]) => number));
    let count = 0;
    while (taken.has(String(count))) {
        count++;
    }
    return `$body${count}$${body}$body${count}$`;
}
