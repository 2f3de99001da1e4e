import { escapeIdentifier as quoted } from "pg";
import {
    columnDefinition,
    createTracking,
    deploymentsTable,
    insertLockRow,
    lockKey,
    lockTable,
    type TrackingColumn,
    trackingColumns,
    trackingTables,
} from "../../database/tracking";
import type { Step } from "../model";
import type { ColumnState, Readers, TrackingState } from "./model";

// The tracking tables belong to the owner, and a migration can do anything to them. What would keep a row out of them, or
// run something of a migration's when one is written, is put right, so that the next migration can be deployed.

/** What the owner does to put its tables right: only what differs. */
export function trackingSteps(readers: Readers, tables: TrackingState[]): Step[] {
    return trackingTables.flatMap((name) => {
        const table = tables.find((candidate) => candidate.name === name);
        if (table === undefined) {
            return creation(readers, name);
        }
        const grants = grantSteps(readers, table);
        return isTable(table) ? [...structureSteps(readers, table), ...grants] : grants;
    });
}

/** What only a person can decide, with the statement. */
export function trackingNotes({ schema }: Readers, tables: TrackingState[]): string[] {
    return tables.flatMap((table) => {
        const name = `${quoted(schema)}.${quoted(table.name)}`;
        if (!isTable(table)) {
            const kind = kinds[table.kind] ?? "something else";
            const lost =
                table.name === deploymentsTable
                    ? "drift is unknown until it is gone"
                    : "it is the history of migrations that Liquibase reads and writes: rename the table back after that";
            return [
                `${name} is ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} instead of a table; ${lost}: DROP ${kind.toUpperCase()} ${name}`,
            ];
        }
        return trackingColumns(table.name).flatMap((wanted) => {
            const column = table.columns.find((candidate) => candidate.name === wanted.name);
            return column === undefined || takes(column, wanted)
                ? []
                : [
                      `the column ${wanted.name} of ${name} is of the type ${column.type}: ALTER TABLE ${name} ALTER COLUMN ${wanted.name} TYPE ${wanted.type} USING ${wanted.name}::${wanted.type}`,
                  ];
        });
    });
}

const kinds: Record<string, string> = {
    v: "view",
    m: "materialized view",
    f: "foreign table",
    S: "sequence",
    c: "type",
};

function isTable({ kind }: TrackingState): boolean {
    return kind === "r" || kind === "p";
}

function creation({ schema, planner }: Readers, name: string): Step[] {
    const within = `${quoted(schema)}.`;
    return [
        { sql: createTracking(name, within), says: `created the table ${name}` },
        ...(name === lockTable ? [{ sql: insertLockRow(within) }] : []),
        { sql: `GRANT SELECT ON TABLE ${within}${quoted(name)} TO ${quoted(planner)}` },
    ];
}

function structureSteps({ schema }: Readers, table: TrackingState): Step[] {
    const name = `${quoted(schema)}.${quoted(table.name)}`;
    const alter = (what: string, says: string): Step => ({
        sql: `ALTER TABLE ${name} ${what}`,
        says: `${says} of the table ${table.name}`,
    });
    const isLock = table.name === lockTable;
    return [
        ...(table.rowSecurity ? [alter("DISABLE ROW LEVEL SECURITY", "disabled the row-level security")] : []),
        ...(table.forced ? [alter("NO FORCE ROW LEVEL SECURITY", "no longer forced the row-level security")] : []),
        ...table.triggers.map((trigger) =>
            alter(`DISABLE TRIGGER ${quoted(trigger)}`, `disabled the trigger ${trigger}`),
        ),
        ...table.rules.map((rule) => alter(`DISABLE RULE ${quoted(rule)}`, `disabled the rule ${rule}`)),
        ...table.constraints
            .filter((constraint) => !(isLock && constraint === lockKey.name))
            .map((constraint) =>
                alter(`DROP CONSTRAINT ${quoted(constraint)}`, `dropped the constraint ${constraint}`),
            ),
        ...table.indexes.map((index) => ({
            sql: `DROP INDEX ${quoted(schema)}.${quoted(index)}`,
            says: `dropped the index ${index} of the table ${table.name}`,
        })),
        ...columnSteps(table, alter),
        ...(isLock && !table.constraints.includes(lockKey.name)
            ? [alter(`ADD CONSTRAINT ${lockKey.name} ${lockKey.definition}`, `added the primary key`)]
            : []),
    ];
}

type Alter = (what: string, says: string) => Step;

function columnSteps(table: TrackingState, alter: Alter): Step[] {
    const wanted = trackingColumns(table.name);
    return [
        ...table.columns
            .filter((column) => !wanted.some(({ name }) => name === column.name))
            .flatMap((column) => strangeColumn(column, alter)),
        ...wanted.flatMap((want) => {
            const column = table.columns.find(({ name }) => name === want.name);
            return column === undefined
                ? [alter(`ADD COLUMN ${columnDefinition(want)}`, `added the column ${want.name}`)]
                : defaultSteps(column, want, alter);
        }),
    ];
}

/** A newer Liquibase may add columns: one that stays empty by itself keeps no row out. */
function strangeColumn({ name, builtIn, generated, notNull, expression }: ColumnState, alter: Alter): Step[] {
    if (!builtIn || generated) {
        return [alter(`DROP COLUMN ${quoted(name)}`, `dropped the column ${name}`)];
    }
    return [
        ...(notNull
            ? [alter(`ALTER COLUMN ${quoted(name)} DROP NOT NULL`, `dropped NOT NULL of the column ${name}`)]
            : []),
        ...(expression === null
            ? []
            : [alter(`ALTER COLUMN ${quoted(name)} DROP DEFAULT`, `dropped the default of the column ${name}`)]),
    ];
}

function defaultSteps(column: ColumnState, { name, default: expression }: TrackingColumn, alter: Alter): Step[] {
    if (column.generated) {
        return [alter(`ALTER COLUMN ${name} DROP EXPRESSION`, `dropped the expression of the column ${name}`)];
    }
    if (column.expression === (expression ?? null)) {
        return [];
    }
    return [
        expression === undefined
            ? alter(`ALTER COLUMN ${name} DROP DEFAULT`, `dropped the default of the column ${name}`)
            : alter(`ALTER COLUMN ${name} SET DEFAULT ${expression}`, `set the default of the column ${name}`),
    ];
}

/** The wanted type, or one that is wider. */
function takes({ type }: ColumnState, wanted: TrackingColumn): boolean {
    const length = (text: string) => Number(/^character varying\((\d+)\)$/.exec(text)?.[1] ?? NaN);
    return (
        type === wanted.type ||
        (wanted.type.startsWith("character varying") &&
            (type === "text" || type === "character varying" || length(type) > length(wanted.type)))
    );
}

const all = ["SELECT", "INSERT", "UPDATE", "DELETE"];

function grantSteps({ schema, owner, planner }: Readers, table: TrackingState): Step[] {
    const on = `ON TABLE ${quoted(schema)}.${quoted(table.name)}`;
    const tooMuch = table.publicMay.filter((privilege) => privilege !== "SELECT");
    return [
        ...(all.every((privilege) => table.ownerMay.includes(privilege))
            ? []
            : [{ sql: `GRANT ALL ${on} TO ${quoted(owner)}`, says: `granted ALL on ${table.name} to ${owner}` }]),
        ...(tooMuch.length === 0
            ? []
            : [
                  {
                      sql: `REVOKE ${tooMuch.join(", ")} ${on} FROM PUBLIC`,
                      says: `revoked ${tooMuch.join(", ")} on ${table.name} from PUBLIC`,
                  },
              ]),
        ...(table.plannerMay.includes("SELECT")
            ? []
            : [
                  {
                      sql: `GRANT SELECT ${on} TO ${quoted(planner)}`,
                      says: `granted SELECT on ${table.name} to ${planner}`,
                  },
              ]),
    ];
}
