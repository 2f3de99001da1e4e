import type { Node, RangeVar } from "@pgsql/types";
import type { Name } from "./effect";
import { walk } from "./grammar";
import { relation, strings } from "./names";

/** What a query refers to, anywhere in it. */
export interface Uses {
    tables: { table: Name; alias: string }[];
    /** `table`: as the reference has it. Without a name: every column. */
    columns: { table?: string; name?: string }[];
}

export function usesIn(query: Node | undefined): Uses {
    const uses: Uses = { tables: [], columns: [] };
    const named = new Set<string>();
    walk(query, (body, kind) => {
        if (kind === "CommonTableExpr") {
            named.add(String(body.ctename));
        } else if (kind === "RangeVar") {
            const { alias, relname = "" } = body as RangeVar;
            uses.tables.push({ table: relation(body), alias: alias?.aliasname ?? relname });
        } else if (kind === "ColumnRef") {
            const fields = body.fields as Node[];
            const all = fields.some((field) => "A_Star" in field);
            const names = strings(fields);
            uses.columns.push(all ? { table: names.at(-1) } : { table: names.at(-2), name: names.at(-1) });
        } else if (kind === "JoinExpr") {
            uses.columns.push(...strings(body.usingClause as Node[] | undefined).map((name) => ({ name })));
        }
    });
    // A query of WITH hides a table with its name.
    const tables = uses.tables.filter(({ table }) => table.schema !== undefined || !named.has(table.name));
    return { ...uses, tables };
}

/** Whether a query refers to a column of one of its tables: by the table's aliases in it. */
export function usesColumn({ columns }: Uses, aliases: string[], column: string): boolean {
    return columns.some(
        ({ table, name }) =>
            (name === undefined || name === column) && (table === undefined || aliases.includes(table)),
    );
}
