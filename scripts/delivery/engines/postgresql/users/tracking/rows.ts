import { escapeLiteral } from "pg";
import { count } from "../../../../changesets";
import { deploymentsTable, longestText, type TrackingTables } from "../../../../tracking";
import { inSchema } from "../../connection/searchPath";
import { insertLockRow, textLength, type WantedTable } from "../../tracking";
import type { Readers } from "./model";

// Rows that the migration tool or this program could not read. Each statement selects exactly those rows and changes no
// others.

/** One statement, and what to log if it changed rows. */
export interface RowRepair {
    sql: string;
    says: (rows: number) => string;
}

type Place = Pick<Readers, "schema" | "tracking">;

/** The repairs of a table's rows. The table has all of its columns. */
export function rowRepairs({ schema, tracking }: Place, wanted: WantedTable): RowRepair[] {
    const table = inSchema(schema, wanted.name);
    switch (wanted.use) {
        case "history":
            return historyRepairs(table, tracking, wanted);
        case "lock":
            return lockRepairs(table, tracking, schema);
        case "deployments":
            return deploymentsRepairs(table);
    }
}

/** Rows of the history that name no changeset: only a person can know what they stood for. */
export function namelessRows({ schema, tracking: { history } }: Place): { sql: string; deletion: string } {
    const name = inSchema(schema, history.name);
    const nameless = history.identifying.map((column) => `${column} IS NULL`).join(" OR ");
    return {
        sql: `SELECT pg_catalog.count(*)::pg_catalog.int4 AS rows FROM ${name} WHERE ${nameless}`,
        deletion: `DELETE FROM ${name} WHERE ${nameless}`,
    };
}

/** Far below the maximum of `integer`, beyond which counting would overflow. */
const highestOrder = 1_000_000_000;
/** The time of a run has no time zone: the session that wrote it may be ahead of the one that reads it. */
const soon = "interval '1 day'";

function historyRepairs(table: string, { tool, history }: TrackingTables, wanted: WantedTable): RowRepair[] {
    const { ranAt, order, outcome, checksum } = history.holds;
    const { known, otherwise } = history.outcomes;
    const rows = (number: number) => `${count(number, "row")} of ${history.name}`;
    const present = `${ranAt} <= localtimestamp + ${soon}`;
    // Texts that are never compared; an id is never truncated.
    const texts = wanted.columns.flatMap(({ name, type }) => {
        const length = wanted.identifying.includes(name) ? undefined : textLength(type);
        return length === undefined ? [] : [{ name, length }];
    });
    return [
        {
            // A row dated in the future would be undone with every later release.
            sql: `UPDATE ${table} SET ${ranAt} = coalesce(
                         (SELECT pg_catalog.max(${ranAt}) FROM ${table} WHERE ${present} AND pg_catalog.isfinite(${ranAt})),
                         localtimestamp)
                   WHERE (${present}) IS NOT TRUE`,
            says: (number) => `set the date of ${rows(number)}, which had none or one in the future`,
        },
        {
            sql: `UPDATE ${table} SET ${order} = numbered.position
                    FROM (SELECT ctid AS place, pg_catalog.row_number() OVER (ORDER BY ${ranAt}, ${order}, ctid) AS position
                            FROM ${table}) numbered
                   WHERE ctid = numbered.place AND EXISTS (
                         SELECT FROM ${table} WHERE (${order} BETWEEN -${highestOrder} AND ${highestOrder}) IS NOT TRUE)`,
            says: (number) => `renumbered ${rows(number)}, because the order of some was missing or too high`,
        },
        {
            sql: `UPDATE ${table} SET ${outcome} = ${escapeLiteral(otherwise)}
                   WHERE (${outcome} IN (${known.map((one) => escapeLiteral(one)).join(", ")})) IS NOT TRUE`,
            says: (number) =>
                `set ${outcome.toUpperCase()} of ${rows(number)}, which had a value that ${tool} does not know, to ${otherwise}`,
        },
        {
            // The tool then stores the checksum of the current source.
            sql: `UPDATE ${table} SET ${checksum} = NULL WHERE ${checksum} !~ ${escapeLiteral(history.checksums)}`,
            says: (number) => `removed the checksum of ${rows(number)}, which ${tool} could not read`,
        },
        {
            sql: `UPDATE ${table} SET ${texts.map(({ name, length }) => `${name} = pg_catalog.left(${name}, ${length})`).join(", ")}
                   WHERE ${texts.map(({ name, length }) => `pg_catalog.length(${name}) > ${length}`).join(" OR ")}`,
            says: (number) => `truncated texts of ${rows(number)} that are longer than ${tool} writes them`,
        },
    ];
}

function lockRepairs(table: string, { tool, lock }: TrackingTables, schema: string): RowRepair[] {
    const { id, locked, grantedAt, owner } = lock.holds;
    const longest = longestText(lock, owner);
    return [
        {
            sql: `DELETE FROM ${table} WHERE ctid <> ALL (ARRAY(
                      SELECT ctid FROM ${table} WHERE ${id} = 1 ORDER BY ${locked} DESC NULLS LAST, ${grantedAt} LIMIT 1))`,
            says: (number) => `deleted ${count(number, "row")} of ${lock.name}, which must have exactly one row`,
        },
        {
            sql: `UPDATE ${table} SET ${locked} = false WHERE ${locked} IS NULL`,
            says: () => `released the lock in ${lock.name}, which was neither held nor free`,
        },
        {
            sql: insertLockRow(lock, schema),
            says: () => `inserted the row of ${lock.name}`,
        },
        {
            sql: `UPDATE ${table} SET ${owner} = pg_catalog.left(${owner}, ${longest}) WHERE pg_catalog.length(${owner}) > ${longest}`,
            says: () => `truncated the text in ${lock.name} that is longer than ${tool} writes it`,
        },
    ];
}

function deploymentsRepairs(table: string): RowRepair[] {
    const texts = ["release_id", "action", "plan_digest", "catalog_digest"];
    return [
        {
            // Such a catalog would remain the latest one for good.
            sql: `UPDATE ${table} SET recorded_at = pg_catalog.clock_timestamp(), catalog = NULL
                   WHERE (recorded_at <= pg_catalog.clock_timestamp()) IS NOT TRUE`,
            says: (number) =>
                `removed the catalog from ${count(number, "row")} of ${deploymentsTable} without a date or with one in the future`,
        },
        {
            sql: `UPDATE ${table} SET ${texts.map((name) => `${name} = coalesce(${name}, '')`).join(", ")}
                   WHERE ${texts.map((name) => `${name} IS NULL`).join(" OR ")}`,
            says: (number) => `filled in ${count(number, "row")} of ${deploymentsTable}`,
        },
    ];
}
