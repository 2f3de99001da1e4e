import type { Node } from "@pgsql/types";
import type { Action, Deed, Inner, Statement } from "./deed";
import { describe } from "./describe";
import { characterOf, parse, scan, Unreadable } from "./grammar";
import { innerDeeds } from "./inner";
import { refusedInTransaction } from "./transaction";

/** What PostgreSQL's grammar says of a text. */
export interface Script {
    statements: Statement[];
    /** Why it cannot be read, and from which character on. It then has no statements. */
    problem?: { reason: string; position: number };
}

/** Reads SQL by PostgreSQL's own grammar; never throws for what the text is. */
export async function readSql(text: string): Promise<Script> {
    try {
        const characters = characterOf(text);
        const statements: Statement[] = [];
        for (const { stmt, stmt_location: location = 0, stmt_len: length } of await parse(text)) {
            const start = characters(location);
            const end = length === undefined ? text.length : characters(location + length);
            const own = text.slice(start, end).trimEnd();
            const { deed, inner } = await readStatement(stmt!, own, 0);
            statements.push({
                text: own,
                start,
                end: start + own.length,
                deed: await placed(deed, own),
                inner,
                refusedInTransaction: refusedInTransaction(stmt!),
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

/** The statements of a text that can be read; none of one that cannot. */
export async function statementsOf(text: string): Promise<Statement[]> {
    return (await readSql(text)).statements;
}

/** What a statement does, with all that it contains. */
export async function readStatement(node: Node, text: string, depth: number): Promise<{ deed: Deed; inner: Inner[] }> {
    const deed = describe(node);
    return { deed, inner: await innerDeeds(node, text, depth) };
}

/** With the places of the actions of an ALTER TABLE, which the tree does not have: they end at its outermost commas. */
async function placed(deed: Deed, text: string): Promise<Deed> {
    if (deed.kind !== "alterTable" || deed.actions.length < 2) {
        return deed;
    }
    const characters = characterOf(text);
    const commas: number[] = [];
    let depth = 0;
    for (const token of await scan(text)) {
        depth += token.text === "(" || token.text === "[" ? 1 : token.text === ")" || token.text === "]" ? -1 : 0;
        if (token.text === "," && depth === 0) commas.push(characters(token.start));
    }
    // One way or the other a comma is no end of an action: then nobody knows which is which.
    return commas.length !== deed.actions.length - 1
        ? deed
        : {
              ...deed,
              actions: deed.actions.map((action, index): Action => ({
                  ...action,
                  start: commas[index - 1] ?? 0,
                  end: commas[index] ?? text.length,
              })),
          };
}
