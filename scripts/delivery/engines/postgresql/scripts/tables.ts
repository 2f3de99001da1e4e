import { escapeIdentifier as quoted } from "pg";
import type { KeptColumn, KeptTable, KeptValue, RowChange } from "../../scripts";
import { inSchema } from "../connection/searchPath";

/** Creates the table, with its schema if it has its own. */
export function createStatements({ schema, name, columns, key }: KeptTable, home: string): string[] {
    const parts = columns.map(
        (column) => `${column.name} ${definition(column)}${column.name === key ? " PRIMARY KEY" : ""}`,
    );
    return [
        ...(schema === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`]),
        `CREATE TABLE IF NOT EXISTS ${inSchema(schema ?? home, name)} (${parts.join(", ")})`,
    ];
}

function definition({ type, notNull, default: value }: KeptColumn): string {
    const fixed = value === undefined ? "" : ` DEFAULT ${value === "now" ? "now()" : value}`;
    return `${typeName(type)}${notNull ? " NOT NULL" : ""}${fixed}`;
}

const names = {
    timestamp: "timestamp without time zone",
    instant: "timestamp with time zone",
    string: "text",
    varchar: "character varying",
} as const;

function typeName(type: KeptColumn["type"]): string {
    if (typeof type === "object") return `character varying(${type.text})`;
    return type in names ? names[type as keyof typeof names] : type;
}

/**
 * A change of rows as a statement that finds nothing a migration created: texts are cast by PostgreSQL's own types and
 * compared by its own operator.
 */
export function changeStatement(change: RowChange, home: string): { sql: string; values: string[] } {
    const { table } = change;
    const name = inSchema(table.schema ?? home, table.name);
    const values: string[] = [];
    const parameter = (value: string) => `$${values.push(value)}::pg_catalog.text`;
    const expression = (column: string, value: KeptValue): string => {
        const type = table.columns.find((one) => one.name === column)?.type ?? "string";
        if (value === null) return "NULL";
        if (typeof value === "object") {
            return type === "timestamp"
                ? "pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'"
                : "pg_catalog.clock_timestamp()";
        }
        return `${parameter(String(value))}::${typeName(type === "serial" ? "integer" : type)}`;
    };
    const where = (columns: Record<string, string>) =>
        Object.entries(columns)
            .map(([column, value]) => `${quoted(column)}::pg_catalog.text OPERATOR(pg_catalog.=) ${parameter(value)}`)
            .join(" AND ");
    if ("insert" in change) {
        const entries = Object.entries(change.insert);
        const columns = entries.map(([column]) => quoted(column)).join(", ");
        const given = entries.map(([column, value]) => expression(column, value)).join(", ");
        return { sql: `INSERT INTO ${name} (${columns}) VALUES (${given})`, values };
    }
    if ("set" in change) {
        const set = Object.entries(change.set)
            .map(([column, value]) => `${quoted(column)} = ${expression(column, value)}`)
            .join(", ");
        return { sql: `UPDATE ${name} SET ${set} WHERE ${where(change.where)}`, values };
    }
    return change.remove === "all"
        ? { sql: `DELETE FROM ${name}`, values }
        : { sql: `DELETE FROM ${name} WHERE ${where(change.remove)}`, values };
}
