import type { Entry } from "../delivery/engines/fingerprint";
import type { CatalogEntries } from "./entries";
import { partsOf } from "./names";

/** What follows the definition of a column in its entry. */
const columnOptions =
    /^(.*?)(?: STORAGE (\w))?(?: COMPRESSION (\w))?(?: STATISTICS (\d+))?(?: WITH \(([^()]*)\))?( INHERITED)?$/s;
const storages: Record<string, string> = { p: "PLAIN", e: "EXTERNAL", m: "MAIN", x: "EXTENDED" };
const compressions: Record<string, string> = { p: "pglz", l: "lz4" };

/** A table with its columns, and what can only be said of them afterwards. */
export function tableStatements(table: Entry, catalog: CatalogEntries): string[] {
    const { name } = table;
    const said = linesOf(table.definition);
    const columns = columnsOf(table, catalog);
    const own = columns
        .filter(({ inherited }) => !inherited)
        .map(({ column, definition }) => `    ${column} ${definition}`);
    const { parent, bound, isPartition } = said;
    const body = isPartition
        ? `PARTITION OF ${parent} ${bound}`
        : `(\n${own.join(",\n")}\n)${parent === undefined ? "" : ` INHERITS (${parent})`}`;
    return [
        `CREATE ${said.unlogged ? "UNLOGGED " : ""}TABLE ${name} ${body}${said.options}`,
        ...columns.flatMap(({ column, options }) =>
            options.map((option) => `ALTER TABLE ${name} ALTER COLUMN ${column} ${option}`),
        ),
        ...said.later.map((option) => `ALTER TABLE ${name} ${option}`),
    ];
}

interface TableLines {
    unlogged: boolean;
    parent?: string;
    bound?: string;
    isPartition: boolean;
    /** After its columns. */
    options: string;
    later: string[];
}

function linesOf(definition: string): TableLines {
    const found: TableLines = { unlogged: false, isPartition: false, options: "", later: [] };
    for (const line of definition.split("\n")) {
        const [, parent] = /^(?:PARTITION OF|INHERITS) (.*)$/.exec(line) ?? [];
        const [, toast] = /^TOAST \((.*)\)$/.exec(line) ?? [];
        if (line === "UNLOGGED") found.unlogged = true;
        else if (parent !== undefined) {
            found.parent = parent;
            found.isPartition = line.startsWith("PARTITION OF ");
        } else if (/^(?:FOR VALUES|DEFAULT$)/.test(line)) found.bound = line;
        else if (toast !== undefined)
            found.later.push(
                `SET (${toast
                    .split(", ")
                    .map((one) => `toast.${one}`)
                    .join(", ")})`,
            );
        else if (/^REPLICA IDENTITY (?:NOTHING|FULL)/.test(line)) found.later.push(line);
        else if (
            /^(?:PARTITION BY|WITH|TABLESPACE) /.test(line) ||
            (line.startsWith("USING ") && line !== "USING heap")
        ) {
            found.options += ` ${line}`;
        }
    }
    return found;
}

interface Column {
    column: string;
    definition: string;
    options: string[];
    inherited: boolean;
}

function columnsOf(table: Entry, catalog: CatalogEntries): Column[] {
    const order = catalog.partsOf(table, "column order")[0]?.definition.split("\n") ?? [];
    const entries = new Map(catalog.partsOf(table, "column").map((entry) => [partsOf(entry.name).at(-1), entry]));
    return order.flatMap((column) => {
        const entry = entries.get(column);
        return entry === undefined ? [] : [columnOf(column, entry, catalog)];
    });
}

function columnOf(column: string, { name, definition }: Entry, catalog: CatalogEntries): Column {
    const [, said = definition, storage, compression, target, options, inherited] =
        columnOptions.exec(definition) ?? [];
    return {
        column,
        definition: said.replace(/ AS IDENTITY$/, ` AS IDENTITY${identityOptions(name, catalog)}`),
        options: [
            ...(storage === undefined ? [] : [`SET STORAGE ${storages[storage]}`]),
            ...(compression === undefined ? [] : [`SET COMPRESSION ${compressions[compression]}`]),
            ...(target === undefined ? [] : [`SET STATISTICS ${target}`]),
            ...(options === undefined ? [] : [`SET (${options})`]),
        ],
        inherited: inherited !== undefined,
    };
}

/** Its sequence may have another name than a new one would get, and other limits. */
function identityOptions(column: string, catalog: CatalogEntries): string {
    const sequence = catalog.ofKind("sequence").find(({ definition }) => definition.endsWith(` OWNED BY ${column}`));
    if (sequence === undefined) {
        return "";
    }
    const options = sequence.definition.replace(/ OWNED BY .*$/s, "").replace(/^(?:UNLOGGED )?AS \S+ /, "");
    return ` (SEQUENCE NAME ${sequence.name} ${options})`;
}
