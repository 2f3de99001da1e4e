import { nameOf } from "../../../changesets";
import type { EarlierDrop, StateBefore, UndoInspector, UndoneSql } from "../../undo";
import { excerpt } from "../lint/placed";
import type { Effect, Statement } from "../sql/effect";
import { readSql } from "../sql/read";
import { lossesIn } from "./losses";
import { onlyDefines } from "./restorable";
import { droppedBy, type Drop, EarlierObjects } from "./earlier";

/** Judges an undo statement by statement; what PostgreSQL's grammar cannot parse is not judged. */
export const undoInspector: UndoInspector = { earlierDrops, lossesIn, onlyDefines };

async function earlierDrops(undone: UndoneSql[], { entries, schema }: StateBefore): Promise<EarlierDrop[]> {
    const objects = new EarlierObjects(schema, entries);
    for (const { ran = [] } of [...undone].reverse()) {
        for (const statement of await statementsIn(ran)) {
            objects.follow(statement.effect);
        }
    }
    const undo: { changeset: UndoneSql; statement: Statement }[] = [];
    for (const changeset of undone) {
        undo.push(...(await statementsIn(changeset.sql)).map((statement) => ({ changeset, statement })));
    }
    return undo.flatMap(({ changeset, statement }, index) => {
        const later = undo.slice(index + 1).map((next) => next.statement);
        const drops = effectsOf(statement).flatMap((effect) => droppedBy(effect, objects));
        objects.follow(statement.effect);
        return drops
            .filter((drop) => !comesBack(drop, later))
            .map(({ object }) => ({ ...nameOf(changeset), object, statement: excerpt(statement) }));
    });
}

async function statementsIn(texts: string[]): Promise<Statement[]> {
    const found: Statement[] = [];
    for (const text of texts) {
        found.push(...(await readSql(text)).statements);
    }
    return found;
}

/** What the statement does by itself and in its blocks; what a function does depends on who calls it. */
export function effectsOf({ effect, inner }: Statement): Effect[] {
    return [effect, ...inner.filter(({ runs }) => runs).map((one) => one.effect)];
}

/** Definitions without data, which PostgreSQL derives from the rest. */
const rebuilt = new Set(["index", "constraint", "trigger", "policy", "rule", "aggregate", "materialized view"]);

/** Whether the undo creates it again, or its definition is on record. */
export function comesBack({ kind, name, cascade }: Drop, later: Statement[]): boolean {
    if (kind === "view" || (kind === "function" && !cascade) || (kind === "procedure" && !cascade)) {
        return true;
    }
    return rebuilt.has(kind) && later.some(({ text }) => /^\s*(create|alter)\b/i.test(text) && mentions(text, name));
}

function mentions(text: string, name: string): boolean {
    return text.toLowerCase().includes(name.toLowerCase());
}
