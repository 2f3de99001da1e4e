import type { EarlierDrop, UndoInspector } from "../../undo";
import { withoutComments } from "../sql/statements";

/** What a statement drops, as in the fingerprint: `table orders`, `column orders.note`. */
function dropsOf(text: string): { kind: string; name: string }[] {
    const statement = withoutComments(text);
    const tables = /^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?([^;]+?)(?:\s+(?:RESTRICT|CASCADE))?$/i.exec(statement)?.[1];
    if (tables !== undefined) {
        return tables.split(",").map((name) => ({ kind: "table", name: plain(name) }));
    }
    const [, table, changes] = /^ALTER\s+TABLE\s+(\S+)\s+([\s\S]+)$/i.exec(statement) ?? [];
    if (table === undefined || changes === undefined) return [];
    const columns = changes.matchAll(
        /\bDROP\s+(?:COLUMN\s+)?(?!(?:COLUMN|INDEX|KEY|PRIMARY|FOREIGN|CONSTRAINT|CHECK|PARTITION|DEFAULT)\b)(`[^`]+`|\w+)/gi,
    );
    return [...columns].map(([, column = ""]) => ({ kind: "column", name: `${plain(table)}.${plain(column)}` }));
}

/** Without its quotes and the current database. */
function plain(name: string): string {
    return name.trim().split(".").at(-1)!.replaceAll("`", "");
}

/** It defines or drops a view, a procedure or a function, whose earlier form the recorded catalog has; so does a text of comments. */
function isDefinition(statement: string): boolean {
    return (
        statement === "" ||
        /^DROP\s+(?:VIEW|PROCEDURE|FUNCTION)\b/i.test(statement) ||
        /^(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:DEFINER\s*=\s*\S+(?:\s*@\s*\S+)?\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?(?:VIEW|PROCEDURE|FUNCTION)\b/i.test(
            statement,
        )
    );
}

/** By the form of the statements: MySQL's own grammar is in the server only. */
export const undo: UndoInspector = {
    earlierDrops: (undone, before) => {
        const there = new Set(before.entries.map(({ kind, name }) => `${kind} ${name}`.toLowerCase()));
        const found = undone.flatMap(({ id, author, file, sql }) =>
            sql.flatMap((statement): EarlierDrop[] =>
                dropsOf(statement)
                    .map(({ kind, name }) => `${kind} ${name}`)
                    .filter((object) => there.has(object.toLowerCase()))
                    .map((object) => ({ id, author, file, object, statement: statement.slice(0, 200) })),
            ),
        );
        return Promise.resolve(found);
    },
    lossesIn: (sql) =>
        Promise.resolve(
            sql.flatMap((text) => {
                const deleted = /^(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(\S+)/i.exec(withoutComments(text))?.[1];
                return [
                    ...dropsOf(text).map(
                        ({ kind, name }) =>
                            `drops ${kind} ${name} with all its ${kind === "table" ? "rows" : "values"}`,
                    ),
                    ...(deleted === undefined ? [] : [`deletes rows of ${plain(deleted)}`]),
                ];
            }),
        ),
    onlyDefines: (sql) => Promise.resolve(sql.every((text) => isDefinition(withoutComments(text)))),
};
