import type { Node } from "@pgsql/types";
import type { Action, Effect, Statement } from "./effect";
import { describe } from "./describe";
import { characterOf, parse, scan, Unreadable, walk } from "./grammar";
import { innerEffects } from "./inner";
import { refusedInTransaction } from "./transaction";

/** The result of parsing a text. */
export interface Script {
    statements: Statement[];
    /** Why it cannot be parsed, and the offset at which that starts. There are no statements then. */
    problem?: { reason: string; position: number };
}

/** Parses SQL by PostgreSQL's own grammar; never throws for invalid text. */
export async function readSql(text: string): Promise<Script> {
    try {
        const characters = characterOf(text);
        const statements: Statement[] = [];
        for (const { stmt, stmt_location: location = 0, stmt_len: length } of await parse(text)) {
            const start = characters(location);
            const end = length === undefined ? text.length : characters(location + length);
            const own = text.slice(start, end).trimEnd();
            const effect = describe(stmt!);
            const inner = await innerEffects(stmt!, own, 0);
            statements.push({
                text: own,
                start,
                end: start + own.length,
                effect: await placed(effect, own),
                inner,
                refusedInTransaction: refusedInTransaction(stmt!),
                ...parameterOf(stmt!, (byte) => characters(byte) - start),
            });
        }
        return { statements };
    } catch (error) {
        if (!(error instanceof Unreadable)) {
            throw error;
        }
        return { statements: [], problem: { reason: error.message, position: error.position } };
    }
}

/** The statements of a text; none if it cannot be parsed. */
export async function statementsOf(text: string): Promise<Statement[]> {
    return (await readSql(text)).statements;
}

/** Statements with parameters of their own: a prepared statement and the body of a function are called with values. */
const withParameters = ["PrepareStmt", "CreateFunctionStmt"];

function parameterOf(node: Node, offset: (byte: number) => number): Pick<Statement, "parameter"> {
    const found: number[] = [];
    if (!withParameters.some((kind) => kind in node)) {
        walk(node, ({ location = 0 }, kind) => {
            if (kind === "ParamRef") found.push(location as number);
        });
    }
    return found.length === 0 ? {} : { parameter: offset(Math.min(...found)) };
}

/** Adds the offsets of the actions of ALTER TABLE, which the tree lacks: they end at the outermost commas. */
async function placed(effect: Effect, text: string): Promise<Effect> {
    if (effect.kind !== "alterTable" || effect.actions.length < 2) {
        return effect;
    }
    const characters = characterOf(text);
    const commas: number[] = [];
    let depth = 0;
    for (const token of await scan(text)) {
        depth += token.text === "(" || token.text === "[" ? 1 : token.text === ")" || token.text === "]" ? -1 : 0;
        if (token.text === "," && depth === 0) commas.push(characters(token.start));
    }
    // The numbers differ, so a comma does not end an action; the offsets are then unknown.
    return commas.length !== effect.actions.length - 1
        ? effect
        : {
              ...effect,
              actions: effect.actions.map((action, index): Action => ({
                  ...action,
                  start: commas[index - 1] ?? 0,
                  end: commas[index] ?? text.length,
              })),
          };
}

/** The number of statements in these texts; Infinity if one cannot be parsed. */
export async function countStatements(texts: string[]): Promise<number> {
    const scripts = await Promise.all(texts.map(readSql));
    return scripts.some(({ problem }) => problem) ? Infinity : scripts.flatMap((script) => script.statements).length;
}
