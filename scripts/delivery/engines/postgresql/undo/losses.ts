import type { Deed } from "../sql/deed";
import { shown } from "../sql/names";
import { readSql } from "../sql/read";

/** The data that statements delete for good, as the end of "it …". */
export async function lossesIn(texts: string[]): Promise<string[]> {
    const found: string[] = [];
    for (const text of texts) {
        for (const { deed, inner } of (await readSql(text)).statements) {
            const deeds = [deed, ...inner.filter(({ runs }) => runs).map((one) => one.deed)];
            found.push(...deeds.flatMap(lossOf));
        }
    }
    return [...new Set(found)];
}

/** Objects that hold rows, or may contain others that do. */
const holders = new Set(["table", "foreign table", "schema", "owned"]);

function lossOf(deed: Deed): string[] {
    switch (deed.kind) {
        case "drop":
            return holders.has(deed.object) ? [`drops ${deed.object} ${shown(deed.names)} with all its rows`] : [];
        case "truncate":
            return [`deletes all rows of ${shown(deed.tables)}`];
        case "data":
            return deed.verb === "delete" ? [`deletes ${deed.all ? "all " : ""}rows of ${shown([deed.table])}`] : [];
        case "alterTable":
            return deed.actions.flatMap(({ command: { subtype, name = "" } }) =>
                subtype === "AT_DropColumn" ? [`drops column ${shown([deed.table])}.${name} with all its values`] : [],
            );
        default:
            return [];
    }
}
