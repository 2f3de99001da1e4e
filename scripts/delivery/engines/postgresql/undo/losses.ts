import type { Effect } from "../sql/effect";
import { shown } from "../sql/names";
import { readSql } from "../sql/read";

/** The data that statements delete for good, as the end of "it …". */
export async function lossesIn(texts: string[]): Promise<string[]> {
    const found: string[] = [];
    for (const text of texts) {
        for (const { effect, inner } of (await readSql(text)).statements) {
            const effects = [effect, ...inner.filter(({ runs }) => runs).map((one) => one.effect)];
            found.push(...effects.flatMap(lossOf));
        }
    }
    return [...new Set(found)];
}

/** Objects that hold rows, or may contain others that do. */
const holders = new Set(["table", "foreign table", "schema", "owned"]);

function lossOf(effect: Effect): string[] {
    switch (effect.kind) {
        case "drop":
            return holders.has(effect.object)
                ? [`drops ${effect.object} ${shown(effect.names)} with all its rows`]
                : [];
        case "truncate":
            return [`deletes all rows of ${shown(effect.tables)}`];
        case "data":
            return effect.verb === "delete"
                ? [`deletes ${effect.all ? "all " : ""}rows of ${shown([effect.table])}`]
                : [];
        case "alterTable":
            return effect.actions.flatMap(({ command: { subtype, name = "" } }) =>
                subtype === "AT_DropColumn"
                    ? [`drops column ${shown([effect.table])}.${name} with all its values`]
                    : [],
            );
        default:
            return [];
    }
}
