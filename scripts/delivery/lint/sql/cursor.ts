import { identifier, Token } from "./tokens";

/** A relation or another object, as the statement names it. */
export interface Name {
    schema?: string;
    name: string;
}

/** One comma-separated action of an ALTER TABLE. */
export interface Clause {
    start: number;
    end: number;
    tokens: Token[];
}

/** Walks over a statement's tokens; quoted identifiers are never keywords. */
export class Cursor {
    private at = 0;

    constructor(private readonly tokens: Token[]) {}

    peek(word: string): boolean {
        return keyword(this.tokens[this.at]) === word;
    }

    takeWord(): string | undefined {
        return keyword(this.tokens[this.at++]);
    }

    accept(word: string): boolean {
        const found = this.peek(word);
        this.at += found ? 1 : 0;
        return found;
    }

    /** Steps over all that are there, in any order. */
    acceptAny(...words: string[]): void {
        while (words.some((word) => this.accept(word))) {
            // `accept` moves on
        }
    }

    acceptWords(...words: string[]): boolean {
        const found = words.every((word, index) => keyword(this.tokens[this.at + index]) === word);
        this.at += found ? words.length : 0;
        return found;
    }

    acceptPhrase(phrases: string[]): string | undefined {
        return phrases.find((phrase) => this.acceptWords(...phrase.split(" ")));
    }

    /** Steps over one pair of parentheses and what is in it. */
    acceptParenthesised(): void {
        if (!this.peek("(")) {
            return;
        }
        let depth = 0;
        do {
            depth += this.peek("(") ? 1 : this.peek(")") ? -1 : 0;
            this.at++;
        } while (depth > 0 && this.at < this.tokens.length);
    }

    skipTo(word: string): boolean {
        const next = this.tokens.findIndex((token, index) => index >= this.at && keyword(token) === word);
        this.at = next === -1 ? this.tokens.length : next + 1;
        return next !== -1;
    }

    /** Steps over the first of these words that is in no parentheses, and says which it is. */
    skipToOutermost<Word extends string>(...words: Word[]): Word | undefined {
        let depth = 0;
        while (this.at < this.tokens.length) {
            const found = depth === 0 ? words.find((word) => this.accept(word)) : undefined;
            if (found !== undefined) {
                return found;
            }
            depth += this.peek("(") ? 1 : this.peek(")") ? -1 : 0;
            this.at++;
        }
        return undefined;
    }

    /** Whether these words come one after the other in what is left. */
    has(...words: string[]): boolean {
        return this.tokens.some(
            (_, index) =>
                index >= this.at && words.every((word, offset) => keyword(this.tokens[index + offset]) === word),
        );
    }

    name(): Name | undefined {
        const parts: string[] = [];
        for (;;) {
            const part = this.tokens[this.at] && identifier(this.tokens[this.at]!);
            if (part === undefined) {
                break;
            }
            parts.push(part);
            this.at++;
            if (!this.accept(".")) {
                break;
            }
        }
        const name = parts.pop();
        return name === undefined ? undefined : { schema: parts.pop(), name };
    }

    names(): Name[] {
        const names: Name[] = [];
        do {
            this.accept("only");
            const name = this.name();
            if (!name) {
                break;
            }
            names.push(name);
            this.accept("*");
            this.acceptParenthesised();
        } while (this.accept(","));
        return names;
    }

    /** What is left, cut at its outermost commas. */
    clauses(): Clause[] {
        const clauses: Clause[] = [];
        let current: Token[] = [];
        let depth = 0;
        const finish = () => {
            const [first, last] = [current.at(0), current.at(-1)];
            if (first && last) {
                clauses.push({ start: first.start, end: last.end, tokens: current });
            }
            current = [];
        };
        for (const token of this.tokens.slice(this.at)) {
            depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
            if (token.text === "," && depth === 0) {
                finish();
            } else {
                current.push(token);
            }
        }
        finish();
        return clauses;
    }

    /** What is left, as text with single spaces. */
    rest(): string {
        return this.tokens
            .slice(this.at)
            .map((token) => token.text)
            .join(" ");
    }

    /** The keywords and symbols of what is left; names in quotes and constants are left out. */
    words(): string {
        return this.tokens
            .slice(this.at)
            .map((token) => keyword(token) ?? "")
            .join(" ")
            .trim();
    }
}

/** A keyword or symbol; identifiers in quotes and constants are none. */
function keyword(token: Token | undefined): string | undefined {
    return token?.kind === "word" ? token.text.toLowerCase() : token?.kind === "symbol" ? token.text : undefined;
}
