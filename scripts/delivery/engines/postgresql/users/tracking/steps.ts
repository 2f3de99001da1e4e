import { escapeIdentifier as quoted } from "pg";
import { inSchema } from "../../connection/searchPath";
import { createTracking, insertLockRow, type WantedTable, wantedTables } from "../../tracking";
import type { Step } from "../model";
import { lostColumns, notNullSteps } from "./columns";
import type { Readers, TrackingState } from "./model";
import { isTable, keySteps, structureSteps } from "./structure";

// The tracking tables belong to the owner role, so a migration can do anything to them. Whatever would reject a row, or
// run a migration's code when one is written, is repaired so that the next migration can be deployed.

/** The owner's statements that repair its tables: only what differs. */
export function shapeSteps(readers: Readers, tables: TrackingState[]): Step[] {
    return wantedTables(readers.tracking).flatMap((wanted) => {
        const table = tables.find(({ name }) => name === wanted.name);
        if (table === undefined) {
            return creation(readers, wanted);
        }
        return tableSteps(readers, table);
    });
}

/** The same for one existing table. */
export function tableSteps(readers: Readers, table: TrackingState): Step[] {
    return [
        ...(isTable(table) ? structureSteps(readers, table) : []),
        ...(isReadable(table) ? grantSteps(readers, table) : []),
    ];
}

/** The steps that remain once the rows are correct. */
export function rowSteps(readers: Readers, tables: TrackingState[]): Step[] {
    return tables.filter(isTable).flatMap((table) => [
        ...notNullSteps(table, (what, says) => ({
            sql: `ALTER TABLE ${inSchema(readers.schema, table.name)} ${what}`,
            says: `${says} of the table ${table.name}`,
        })),
        ...keySteps(readers, table),
    ]);
}

/** What only a person can decide, with the statement. */
export function trackingNotes({ tracking, schema }: Readers, tables: TrackingState[]): string[] {
    return tables.flatMap((table) => {
        const name = inSchema(schema, table.name);
        if (!isTable(table)) {
            const kind = kinds[table.kind] ?? "something else";
            const lost =
                table.wanted.use === "deployments"
                    ? "drift is unknown until it is dropped"
                    : `${tracking.tool} keeps its migration history in the table of this name: rename that table back afterwards`;
            return [
                `${name} is ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} instead of a table; ${lost}: DROP ${dropped(kind)} ${name}`,
            ];
        }
        return lostColumns(table).map(
            (column) =>
                `the column ${column.name} of ${name} is missing, and with it the record of which changesets have run: restore it from a snapshot of the cluster: ALTER TABLE ${name} ADD COLUMN ${column.name} ${column.type}`,
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

function creation({ tracking, schema, planner }: Readers, wanted: WantedTable): Step[] {
    const { name, use } = wanted;
    return [
        { sql: createTracking(wanted, schema), says: `created the table ${name}` },
        ...(use === "lock" ? [{ sql: insertLockRow(tracking.lock, schema) }] : []),
        { sql: `GRANT SELECT ON TABLE ${inSchema(schema, name)} TO ${quoted(planner)}` },
    ];
}

const all = ["SELECT", "INSERT", "UPDATE", "DELETE"];

function grantSteps({ schema, owner, planner }: Readers, table: TrackingState): Step[] {
    const on = `ON TABLE ${inSchema(schema, table.name)}`;
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
