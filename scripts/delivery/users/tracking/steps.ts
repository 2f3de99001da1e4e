import { escapeIdentifier as quoted } from "pg";
import { createTracking, deploymentsTable, insertLockRow, lockTable, trackingTables } from "../../database/tracking";
import type { Step } from "../model";
import { lostColumns, notNullSteps } from "./columns";
import type { Readers, TrackingState } from "./model";
import { isTable, keySteps, structureSteps } from "./structure";

// The tracking tables belong to the owner, and a migration can do anything to them. What would keep a row out of them, or
// run something of a migration's when one is written, is put right, so that the next migration can be deployed.

/** What the owner does to put its tables right: only what differs. */
export function shapeSteps(readers: Readers, tables: TrackingState[]): Step[] {
    return trackingTables.flatMap((name) => {
        const table = tables.find((candidate) => candidate.name === name);
        if (table === undefined) {
            return creation(readers, name);
        }
        return tableSteps(readers, table);
    });
}

/** The same for one that is there. */
export function tableSteps(readers: Readers, table: TrackingState): Step[] {
    return [
        ...(isTable(table) ? structureSteps(readers, table) : []),
        ...(isReadable(table) ? grantSteps(readers, table) : []),
    ];
}

/** What is left once the rows are right. */
export function rowSteps(readers: Readers, tables: TrackingState[]): Step[] {
    return tables.filter(isTable).flatMap((table) => [
        ...notNullSteps(table, (what, says) => ({
            sql: `ALTER TABLE ${quoted(readers.schema)}.${quoted(table.name)} ${what}`,
            says: `${says} of the table ${table.name}`,
        })),
        ...keySteps(readers, table),
    ]);
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
                `${name} is ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} instead of a table; ${lost}: DROP ${dropped(kind)} ${name}`,
            ];
        }
        return lostColumns(table).map(
            (column) =>
                `the column ${column.name} of ${name} is gone, and with it which changesets have run: bring it back from a snapshot of the cluster: ALTER TABLE ${name} ADD COLUMN ${column.name} ${column.type}`,
        );
    });
}

const kinds: Record<string, string> = {
    p: "partitioned table",
    v: "view",
    m: "materialized view",
    f: "foreign table",
    S: "sequence",
    c: "type",
    i: "index",
    I: "index",
};

function isReadable({ kind }: TrackingState): boolean {
    return ["r", "p", "v", "m", "f"].includes(kind);
}

function dropped(kind: string): string {
    return kind === kinds.p ? "TABLE" : kind.toUpperCase();
}

function creation({ schema, planner }: Readers, name: string): Step[] {
    const within = `${quoted(schema)}.`;
    return [
        { sql: createTracking(name, within), says: `created the table ${name}` },
        ...(name === lockTable ? [{ sql: insertLockRow(within) }] : []),
        { sql: `GRANT SELECT ON TABLE ${within}${quoted(name)} TO ${quoted(planner)}` },
    ];
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
