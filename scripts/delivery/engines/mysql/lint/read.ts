import type { Complaint, LintedSql } from "../../linter";
import { readStatement, withoutComments } from "../sql/statements";

// Reads as much of MySQL's statements as the rules need: quotes, parentheses and the words at the beginning of each part.
// The parsers on npm read fewer of them than the server (of 18 statements that it accepts, the best reads 17), and a
// statement that cannot be read must not pass unjudged.

/** One statement, with its strings emptied. */
export interface Statement {
    /** As it is written, for values. */
    text: string;
    /** Without comments, with `''` for every string and one space between words. */
    plain: string;
    /** What it defines or changes, without quotes and database. */
    table: string;
    /** `ALTER TABLE`, `CREATE TABLE` … */
    verb: string;
    /** The parts of ALTER TABLE, or of the parentheses of CREATE TABLE. */
    parts: string[];
    /** What follows the parentheses of CREATE TABLE. */
    options: string;
}

const quoted = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/g;
const commented = /--(?=\s)[^\n]*|#[^\n]*|\/\*(?!!)[\s\S]*?\*\//g;
const quotedOrCommented = new RegExp(`${quoted.source}|${commented.source}|\`(?:[^\`]|\`\`)*\``, "g");

export function statementsOf({ sql }: Pick<LintedSql, "sql">): Statement[] {
    return sql.flatMap((text) => {
        const read = readStatement(text);
        return read === undefined ? [] : [statementOf(text)];
    });
}

function statementOf(text: string): Statement {
    const plain = plainOf(text);
    const verb = readStatement(plain)?.verb ?? "";
    const table = tableOf(plain);
    return { text, plain, table, verb, ...partsOf(plain) };
}

function plainOf(text: string): string {
    return withoutComments(text)
        .replaceAll(quotedOrCommented, (part) => (part.startsWith("`") ? part : /^['"]/.test(part) ? "''" : " "))
        .replaceAll(/\/\*!\d*|\*\//g, " ")
        .replaceAll(/\s+/g, " ")
        .trim();
}

const name = "(?:`(?:[^`]|``)*`|[\\w$]+)";
const place = `(?:${name}\\s*\\.\\s*)?(${name})`;
const subjects = [
    new RegExp(`^ALTER (?:IGNORE )?TABLE ${place}`, "i"),
    new RegExp(`^CREATE (?:TEMPORARY )?TABLE (?:IF NOT EXISTS )?${place}`, "i"),
    new RegExp(`^CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX ${name} (?:USING \\w+ )?ON ${place}`, "i"),
    new RegExp(`^DROP INDEX ${name} ON ${place}`, "i"),
    new RegExp(`^DROP (?:TEMPORARY )?TABLE (?:IF EXISTS )?${place}`, "i"),
    new RegExp(`^(?:TRUNCATE(?: TABLE)?|RENAME TABLE|DELETE(?: IGNORE)? FROM|UPDATE(?: IGNORE)?) ${place}`, "i"),
    new RegExp(`^(?:INSERT|REPLACE)(?: IGNORE)?(?: INTO)? ${place}`, "i"),
];

function tableOf(plain: string): string {
    for (const pattern of subjects) {
        const found = pattern.exec(plain)?.[1];
        if (found !== undefined) return bare(found);
    }
    return "";
}

export function bare(identifier: string): string {
    return identifier.replaceAll("`", "");
}

function partsOf(plain: string): Pick<Statement, "parts" | "options"> {
    const altered = new RegExp(`^ALTER (?:IGNORE )?TABLE ${place} `, "i").exec(plain);
    if (altered !== null) return { parts: split(plain.slice(altered[0].length)), options: "" };
    const open = plain.indexOf("(");
    if (!/^CREATE (?:TEMPORARY )?TABLE /i.test(plain) || open === -1) return { parts: [], options: "" };
    const close = closing(plain, open);
    return { parts: split(plain.slice(open + 1, close)), options: plain.slice(close + 1).trim() };
}

function closing(text: string, open: number): number {
    let depth = 0;
    for (let at = open; at < text.length; at++) {
        depth += { "(": 1, ")": -1 }[text[at]!] ?? 0;
        if (depth === 0) return at;
    }
    return text.length;
}

/** At the commas outside of parentheses. */
export function split(text: string): string[] {
    const parts: string[] = [];
    let [depth, from] = [0, 0];
    for (let at = 0; at < text.length; at++) {
        depth += { "(": 1, ")": -1 }[text[at]!] ?? 0;
        if (depth === 0 && text[at] === ",") {
            parts.push(text.slice(from, at).trim());
            from = at + 1;
        }
    }
    return [...parts, text.slice(from).trim()].filter(Boolean);
}

const notAColumn =
    /^(?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK|KEY|INDEX|FULLTEXT|SPATIAL|PARTITION|ALGORITHM|LOCK)\b/i;
const changesColumn = new RegExp(`^(?:ADD|MODIFY)(?: COLUMN)? (${name}) (.*)$`, "i");
const changesName = new RegExp(`^CHANGE(?: COLUMN)? (${name}) (${name}) (.*)$`, "i");
const definesColumn = new RegExp(`^(${name}) (.*)$`, "i");

export interface Column {
    /** Its name before, and after. */
    name: string;
    to: string;
    definition: string;
    /** Whether it is new in the table. */
    added: boolean;
}

/** The columns that the statement defines. */
export function columnsOf({ verb, parts }: Statement): Column[] {
    return parts.flatMap((part): Column[] => {
        if (verb !== "ALTER TABLE") {
            const [, column, definition] = (notAColumn.test(part) ? undefined : definesColumn.exec(part)) ?? [];
            return column === undefined
                ? []
                : [{ name: bare(column), to: bare(column), definition: definition!, added: true }];
        }
        const [, from, to, changed] = changesName.exec(part) ?? [];
        if (from !== undefined) return [{ name: bare(from), to: bare(to!), definition: changed!, added: false }];
        const rest = part.replace(/^(?:ADD|MODIFY)(?: COLUMN)? /i, "");
        if (rest === part || notAColumn.test(rest)) return [];
        const [, column, definition] = changesColumn.exec(part) ?? [];
        return column === undefined
            ? []
            : [{ name: bare(column), to: bare(column), definition: definition!, added: /^ADD/i.test(part) }];
    });
}

/** What the rules know of the database. */
export interface World {
    /** Whether the table was there before the release, and may have rows and users. */
    exists(table: string): boolean;
    /** The catalog's definition of a column, which begins with its type. */
    column(table: string, column: string): string | undefined;
}

export interface StatementRule {
    rule: Complaint["rule"];
    /** What is wrong, as the end of "… : "; undefined if nothing is. */
    finds(statement: Statement, world: World): string | undefined;
}
