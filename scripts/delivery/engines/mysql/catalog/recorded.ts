import type { Connection, RowDataPacket } from "mysql2/promise";
import * as v from "valibot";
import { deploymentsTable, type HistoryRecord } from "../../../tracking";
import {
    catalogIn,
    type Fingerprint,
    fingerprintOf,
    MalformedRecord,
    type RecordedCatalog,
    type RecordedDeployment,
} from "../../fingerprint";
import { createDeployments, tableNamed } from "../tracking";
import { canonicalEntry } from "./read";
import { stepAction } from "./steps";

// The catalog as each deployment left it, in a table beside the migration tool's. A migration can write anything into it.

/** The number of catalogs that are kept in full; for older deployments only the digest is kept. */
const keptCatalogs = 10;
const kept = `catalog IS NOT NULL AND action <> '${stepAction}'`;

/** The catalog as the last deployment left it. Fails with {@link MalformedRecord}. */
export function lastCatalog(connection: Connection): Promise<RecordedCatalog | undefined> {
    return readOne(connection, `action NOT IN ('before', '${stepAction}')`);
}

/** The catalog as the first attempt at a release found it. Where an earlier record is the same, that one has it. */
export function catalogBefore(connection: Connection, releaseId: string): Promise<RecordedCatalog | undefined> {
    return readOne(
        connection,
        `action <> '${stepAction}' AND catalog_digest = (SELECT found.catalog_digest FROM ${deploymentsTable} found
                            WHERE found.action = 'before' AND LOWER(found.release_id) = LOWER(?) ORDER BY found.id LIMIT 1)`,
        [releaseId],
    );
}

async function readOne(
    connection: Connection,
    condition: string,
    values: string[] = [],
): Promise<RecordedCatalog | undefined> {
    if (!(await tableNamed(connection, { name: deploymentsTable })).exists) return undefined;
    const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT release_id AS releaseId, action, DATE_FORMAT(recorded_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS at,
                recorded_at > NOW(6) AS future, catalog
           FROM ${deploymentsTable} WHERE catalog IS NOT NULL AND ${condition} ORDER BY id DESC LIMIT 1`,
        values,
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const { releaseId, action, at, future, catalog } = row as unknown as Row;
    const refuse = (why: string) =>
        new MalformedRecord(
            `the last record in ${deploymentsTable} (release ${JSON.stringify(releaseId.slice(0, 100))}, ${at}) ${why}; the next deployment records another one`,
        );
    if (future) throw refuse("has a date that no deployment can have written");
    let parsed: unknown;
    try {
        parsed = JSON.parse(catalog);
    } catch {
        throw refuse("is not JSON");
    }
    return {
        releaseId,
        at: new Date(at).toISOString(),
        ...(action === "left" && { left: true }),
        catalog: canonical(catalogIn(parsed, refuse)),
    };
}

/** As it is read now, whichever version of the program wrote it. */
function canonical({ entries, server, format }: Fingerprint): Fingerprint {
    return { ...fingerprintOf(entries.map(canonicalEntry), server), format };
}

interface Row {
    releaseId: string;
    action: string;
    at: string;
    future: number;
    catalog: string;
}

/** The rows that the deployments from this release on noted for their undo, the earliest ones first. */
export async function historyBefore(connection: Connection, releaseId: string): Promise<HistoryRecord[]> {
    if (!(await tableNamed(connection, { name: deploymentsTable })).exists) return [];
    const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT catalog FROM ${deploymentsTable}
          WHERE action = 'before' AND catalog IS NOT NULL AND id >= (
              SELECT MIN(found.id) FROM ${deploymentsTable} found
               WHERE found.action = 'before' AND LOWER(found.release_id) = LOWER(?))
          ORDER BY id`,
        [releaseId],
    );
    return rows.flatMap(({ catalog }) => historyIn(String(catalog)));
}

/** Nothing if it was not written by this program. */
function historyIn(text: string): HistoryRecord[] {
    try {
        return v.parse(noted, JSON.parse(text)).history ?? [];
    } catch {
        return [];
    }
}

const noted = v.object({ history: v.optional(v.array(v.record(v.string(), v.unknown()))) });

export async function recordCatalog(
    connection: Connection,
    { releaseId, action, digest }: RecordedDeployment,
    catalog: Fingerprint,
    history: HistoryRecord[] = [],
): Promise<void> {
    await connection.query(createDeployments);
    await connection.query(
        `INSERT INTO ${deploymentsTable} (release_id, action, plan_digest, catalog_digest, catalog) VALUES (?, ?, ?, ?, ?)`,
        [
            releaseId,
            action,
            digest,
            catalog.digest,
            JSON.stringify(history.length > 0 ? { ...catalog, history } : catalog),
        ],
    );
    await connection.query(
        `UPDATE ${deploymentsTable} SET catalog = NULL WHERE ${kept} AND id < (
             SELECT MIN(id) FROM (SELECT id FROM ${deploymentsTable} WHERE ${kept} ORDER BY id DESC LIMIT ${keptCatalogs}) kept)`,
    );
}
