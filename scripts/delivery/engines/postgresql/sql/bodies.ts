import type { Node } from "@pgsql/types";
import type { Inner } from "./effect";
import { describe } from "./describe";
import { characterOf, parse, parsePlpgsql, Unreadable, walk } from "./grammar";
import { constant } from "./settings";
import { withoutRowTypes } from "./rowtypes";

/** The body of a block or a function. */
export interface Body {
    /** In lower case. */
    language: string;
    source: string;
    /** The statement that contains the body. */
    text: string;
    inside: string;
    runs: boolean;
    /** Nesting depth of the body. */
    depth: number;
    /** Finds what a statement of the body does indirectly: it may have a body too. */
    innerOf: (node: Node, text: string, depth: number) => Promise<Inner[]>;
}

/** Deeper nesting of blocks only serves to hide something. */
const deepest = 4;

/** An expression in the tree of a PL/pgSQL body: https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/parser/parser.h (RawParseMode). */
interface Expression {
    query: string;
    parseMode?: number;
}

/** What a body does, as far as its SQL is written out. */
export async function readBody(body: Body): Promise<Inner[]> {
    const place = { inside: body.inside, runs: body.runs };
    if (body.depth > deepest) {
        return [{ effect: { kind: "unreadable", reason: `it has more than ${deepest} nested blocks` }, ...place }];
    }
    try {
        switch (body.language) {
            case "sql":
                return await statementsIn(body.source, body);
            case "plpgsql":
                return await plpgsqlIn(body);
            default:
                return [{ effect: { kind: "dynamic", what: `code in ${body.language}` }, ...place }];
        }
    } catch (error) {
        return [unreadable(error, body)];
    }
}

async function plpgsqlIn(body: Body): Promise<Inner[]> {
    const place = { inside: body.inside, runs: body.runs };
    const tree = await parsePlpgsql(await withoutRowTypes(body.text, body.source));
    const found: Inner[] = [];
    const texts: string[] = [];
    const made: Expression[] = [];
    walk(tree, (node, kind) => {
        switch (kind) {
            case "PLpgSQL_expr":
                texts.push(...statementOf(node as unknown as Expression));
                break;
            case "PLpgSQL_stmt_dynexecute":
            case "PLpgSQL_stmt_dynfors":
                made.push(expressionIn(node.query));
                break;
            case "PLpgSQL_stmt_return_query":
            case "PLpgSQL_stmt_open":
                if (node.dynquery !== undefined) made.push(expressionIn(node.dynquery));
                break;
            case "PLpgSQL_stmt_commit":
            case "PLpgSQL_stmt_rollback":
                found.push({
                    effect: { kind: "transaction", what: kind.replace("PLpgSQL_stmt_", "").toUpperCase() },
                    ...place,
                });
                break;
        }
    });
    const written = await togetherOrApart(texts, body);
    for (const { query } of made) {
        const text = await constantText(query);
        found.push(
            ...(text === undefined
                ? [{ effect: { kind: "dynamic" as const, what: `EXECUTE ${query}` }, ...place }]
                : await statementsIn(text, body)),
        );
    }
    return [...found, ...written];
}

/**
 * Parses all statements at once, because a body may have thousands; if that fails, one by one, so that an unreadable
 * one hides none of the others.
 */
async function togetherOrApart(texts: string[], body: Body): Promise<Inner[]> {
    try {
        return await statementsIn(texts.join("\n;\n"), body);
    } catch (error) {
        if (!(error instanceof Unreadable)) {
            throw error;
        }
    }
    const found: Inner[][] = [];
    for (const text of texts) {
        found.push(await statementsIn(text, body).catch((error) => [unreadable(error, body)]));
    }
    return found.flat();
}

function unreadable(error: unknown, { inside, runs }: Pick<Body, "inside" | "runs">): Inner {
    if (!(error instanceof Unreadable)) {
        throw error;
    }
    return { effect: { kind: "unreadable", reason: error.message }, inside, runs };
}

function expressionIn(value: unknown): Expression {
    return (value as { PLpgSQL_expr: Expression }).PLpgSQL_expr;
}

/** The expression as a statement, if it can do more than compute a value. */
function statementOf({ query, parseMode = 0 }: Expression): string[] {
    if (parseMode === 0) {
        return [query];
    }
    if (!query.includes("(")) {
        return [];
    }
    // Modes 3 to 5 are assignments to names with one or more parts.
    return [`SELECT ${parseMode >= 3 ? query.replace(/^[^:=]*:?=/, "") : query}`];
}

async function constantText(expression: string): Promise<string | undefined> {
    try {
        const [only] = await parse(`SELECT ${expression}`);
        const [target] = only?.stmt && "SelectStmt" in only.stmt ? (only.stmt.SelectStmt.targetList ?? []) : [];
        return target && "ResTarget" in target && target.ResTarget.val ? constant(target.ResTarget.val) : undefined;
    } catch {
        return undefined;
    }
}

async function statementsIn(text: string, { inside, runs, depth, innerOf }: Body): Promise<Inner[]> {
    const characters = characterOf(text);
    const found: Inner[][] = [];
    for (const { stmt, stmt_location: location = 0, stmt_len: length } of await parse(text)) {
        const own = text.slice(characters(location), length && characters(location + length)).trimEnd();
        const inner = await innerOf(stmt!, own, depth + 1);
        found.push([
            { effect: describe(stmt!), inside, runs, text: own },
            ...inner.map((one) => ({ ...one, inside, runs: runs && one.runs })),
        ]);
    }
    return found.flat();
}
