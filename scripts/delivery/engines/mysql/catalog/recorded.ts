import type { Connection, RowDataPacket } from "mysql2/promise";
import { deploymentsTable } from "../../../tracking";
import {
    catalogIn,
    type Fingerprint,
    MalformedRecord,
    type RecordedCatalog,
    type RecordedDeployment,
} from "../../fingerprint";
import { createDeployments, tableNamed } from "../tracking";

// The catalog as each deployment left it, in a table beside the migration tool's. A migration can write anything into it.

/** The number of catalogs that are kept in full; for older deployments only the digest is kept. */
const keptCatalogs = 10;

/** The catalog as the last deployment left it. Fails with {@link MalformedRecord}. */
export function lastCatalog(connection: Connection): Promise<RecordedCatalog | undefined> {
    return readOne(connection, "action <> 'before'");
}

/** The catalog as the first attempt at a release found it. Where an earlier record is the same, that one has it. */
export function catalogBefore(connection: Connection, releaseId: string): Promise<RecordedCatalog | undefined> {
    return readOne(
        connection,
        `catalog_digest = (SELECT found.catalog_digest FROM ${deploymentsTable} found
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
        catalog: catalogIn(parsed, refuse),
    };
}

interface Row {
    releaseId: string;
    action: string;
    at: string;
    future: number;
    catalog: string;
}

export async function recordCatalog(
    connection: Connection,
    { releaseId, action, digest }: RecordedDeployment,
    catalog: Fingerprint,
): Promise<void> {
    await connection.query(createDeployments);
    await connection.query(
        `INSERT INTO ${deploymentsTable} (release_id, action, plan_digest, catalog_digest, catalog) VALUES (?, ?, ?, ?, ?)`,
        [releaseId, action, digest, catalog.digest, JSON.stringify(catalog)],
    );
    await connection.query(
        `UPDATE ${deploymentsTable} SET catalog = NULL WHERE catalog IS NOT NULL AND id < (
             SELECT MIN(id) FROM (SELECT id FROM ${deploymentsTable} WHERE catalog IS NOT NULL ORDER BY id DESC LIMIT ${keptCatalogs}) kept)`,
    );
}
