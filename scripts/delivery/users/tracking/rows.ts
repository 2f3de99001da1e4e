import { escapeIdentifier as quoted } from "pg";
import { count } from "../../changesets";
import {
    deploymentsTable,
    historyTable,
    identifyingColumns,
    insertLockRow,
    lockTable,
    trackingColumns,
} from "../../database/tracking";

// Rows that Liquibase, or this program, could not read. Each statement finds them by itself, and changes no other.

/** One statement, and what to say when it changed rows. */
export interface RowRepair {
    sql: string;
    says: (rows: number) => string;
}

/** What puts a table's rows right. The table has all of its columns. */
export function rowRepairs(schema: string, table: string): RowRepair[] {
    const name = `${quoted(schema)}.${quoted(table)}`;
    switch (table) {
        case historyTable:
            return historyRepairs(name);
        case lockTable:
            return lockRepairs(name, schema);
        case deploymentsTable:
            return deploymentsRepairs(name);
        default:
            return [];
    }
}

/** Rows of the history that name no changeset: what they stood for only a person can know. */
export function namelessRows(schema: string): { sql: string; deletion: string } {
    const name = `${quoted(schema)}.${quoted(historyTable)}`;
    const nameless = identifyingColumns.map((column) => `${column} IS NULL`).join(" OR ");
    return {
        sql: `SELECT pg_catalog.count(*)::pg_catalog.int4 AS rows FROM ${name} WHERE ${nameless}`,
        deletion: `DELETE FROM ${name} WHERE ${nameless}`,
    };
}

/** Liquibase fails at any other: `liquibase.changelog.ChangeSet.ExecType`. */
const execTypes = ["EXECUTED", "FAILED", "SKIPPED", "RERAN", "MARK_RAN"];
/** Far below the end of `integer`, behind which Liquibase's count begins anew with negative numbers. */
const highestOrder = 1_000_000_000;
/** DATEEXECUTED has no time zone: the session's that wrote it may be ahead of the one that reads it. */
const soon = "interval '1 day'";

function historyRepairs(table: string): RowRepair[] {
    const rows = (number: number) => `${count(number, "row")} of ${historyTable}`;
    const present = `dateexecuted <= localtimestamp + ${soon}`;
    // Texts that nobody compares; an id is never cut.
    const texts = trackingColumns(historyTable)
        .filter(({ name, type }) => type.startsWith("character varying") && !identifyingColumns.includes(name))
        .map(({ name, type }) => ({ name, length: Number(/\d+/.exec(type)) }));
    return [
        {
            // What is dated later than everything to come would be undone with every release.
            sql: `UPDATE ${table} SET dateexecuted = coalesce(
                         (SELECT pg_catalog.max(dateexecuted) FROM ${table} WHERE ${present} AND pg_catalog.isfinite(dateexecuted)),
                         localtimestamp)
                   WHERE (${present}) IS NOT TRUE`,
            says: (number) => `dated ${rows(number)} anew, which had no date or one in the future`,
        },
        {
            sql: `UPDATE ${table} SET orderexecuted = numbered.position
                    FROM (SELECT ctid AS place, pg_catalog.row_number() OVER (ORDER BY dateexecuted, orderexecuted, ctid) AS position
                            FROM ${table}) numbered
                   WHERE ctid = numbered.place AND EXISTS (
                         SELECT FROM ${table} WHERE (orderexecuted BETWEEN -${highestOrder} AND ${highestOrder}) IS NOT TRUE)`,
            says: (number) => `numbered ${rows(number)} anew, for the order of some was lost or too high`,
        },
        {
            sql: `UPDATE ${table} SET exectype = 'EXECUTED'
                   WHERE (exectype IN (${execTypes.map((type) => `'${type}'`).join(", ")})) IS NOT TRUE`,
            says: (number) =>
                `set EXECTYPE of ${rows(number)}, which had one that Liquibase does not know, to EXECUTED`,
        },
        {
            // Liquibase writes the checksum of what the changelog has now.
            sql: `UPDATE ${table} SET md5sum = NULL WHERE md5sum !~ '^[1-9]:[0-9a-f]+$'`,
            says: (number) => `took the checksum from ${rows(number)}, which Liquibase could not read`,
        },
        {
            sql: `UPDATE ${table} SET ${texts.map(({ name, length }) => `${name} = pg_catalog.left(${name}, ${length})`).join(", ")}
                   WHERE ${texts.map(({ name, length }) => `pg_catalog.length(${name}) > ${length}`).join(" OR ")}`,
            says: (number) => `cut texts of ${rows(number)} that are longer than Liquibase writes them`,
        },
    ];
}

function lockRepairs(table: string, schema: string): RowRepair[] {
    return [
        {
            sql: `DELETE FROM ${table} WHERE ctid <> ALL (ARRAY(
                      SELECT ctid FROM ${table} WHERE id = 1 ORDER BY locked DESC NULLS LAST, lockgranted LIMIT 1))`,
            says: (number) => `deleted ${count(number, "row")} of ${lockTable}, which has one`,
        },
        {
            sql: `UPDATE ${table} SET locked = false WHERE locked IS NULL`,
            says: () => `released the lock in ${lockTable}, which was neither taken nor free`,
        },
        {
            sql: insertLockRow(`${quoted(schema)}.`),
            says: () => `inserted the row of ${lockTable}`,
        },
        {
            sql: `UPDATE ${table} SET lockedby = pg_catalog.left(lockedby, 255) WHERE pg_catalog.length(lockedby) > 255`,
            says: () => `cut the text in ${lockTable} that is longer than Liquibase writes it`,
        },
    ];
}

function deploymentsRepairs(table: string): RowRepair[] {
    const texts = ["release_id", "action", "plan_digest", "catalog_digest"];
    return [
        {
            // Such a catalog would stay the last one for good.
            sql: `UPDATE ${table} SET recorded_at = pg_catalog.clock_timestamp(), catalog = NULL
                   WHERE (recorded_at <= pg_catalog.clock_timestamp()) IS NOT TRUE`,
            says: (number) =>
                `took the catalog from ${count(number, "row")} of ${deploymentsTable}, without a date or with one in the future`,
        },
        {
            sql: `UPDATE ${table} SET ${texts.map((name) => `${name} = coalesce(${name}, '')`).join(", ")}
                   WHERE ${texts.map((name) => `${name} IS NULL`).join(" OR ")}`,
            says: (number) => `filled in ${count(number, "row")} of ${deploymentsTable}`,
        },
    ];
}
