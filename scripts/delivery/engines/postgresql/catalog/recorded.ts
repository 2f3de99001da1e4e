import type { ClientBase } from "pg";
import {
    catalogIn,
    type Fingerprint,
    MalformedRecord,
    type RecordedCatalog,
    type RecordedDeployment,
} from "../../fingerprint";
import { inSchema, tableExists } from "../connection/searchPath";
import { deploymentsTable, type HistoryRecord } from "../../../tracking";
import { createTracking, deployments } from "../tracking";

// The catalog as each deployment left it, in a table beside the migration tool's. It is stored in the database it
// describes, so a restored snapshot or a clone includes the matching record, and every role that may plan may read
// it. A migration can write anything into the table, so nothing is assumed about what is read back.

/** The number of catalogs that are kept in full; for older deployments only the digest is kept. */
const keptCatalogs = 10;
/** Maximum size of a catalog's JSON in bytes: for 10,000 tables it has about 30 million. */
const largestCatalog = 128 * 1024 * 1024;

type Client = Pick<ClientBase, "query">;

interface Row {
    releaseId: string;
    action: string | null;
    at: string | null;
    future: boolean;
    bytes: number;
    catalog: unknown;
}

/** The catalog as the last deployment left it; `schema` is where the table is. Fails with {@link MalformedRecord}. */
export async function lastCatalog(client: Client, schema: string): Promise<RecordedCatalog | undefined> {
    return readOne(client, schema, (table) => ({
        text: `${columns} FROM ${table} WHERE catalog IS NOT NULL AND action IS DISTINCT FROM 'before'
                ORDER BY recorded_at DESC LIMIT 1`,
    }));
}

/**
 * The catalog as the first attempt at a release found it. It is kept once: where an earlier record is the same, that one has
 * it.
 */
export async function catalogBefore(
    client: Client,
    releaseId: string,
    schema: string,
): Promise<RecordedCatalog | undefined> {
    return readOne(client, schema, (table) => ({
        text: `${columns} FROM ${table} WHERE catalog IS NOT NULL AND catalog_digest::text = (
                   SELECT found.catalog_digest::text FROM ${table} found
                    WHERE found.action::text = 'before' AND lower(found.release_id::text) = lower($1)
                    ORDER BY found.recorded_at LIMIT 1)
                ORDER BY recorded_at DESC LIMIT 1`,
        values: [releaseId],
    }));
}

/** The rows that the deployments from this release on noted for their undo, the earliest ones first. */
export async function historyBefore(client: Client, releaseId: string, schema: string): Promise<HistoryRecord[]> {
    if (!(await tableExists(client, schema, deploymentsTable))) {
        return [];
    }
    const table = inSchema(schema, deploymentsTable);
    const { rows } = await client.query<{ row: HistoryRecord }>(
        `SELECT e.row FROM ${table} d
          CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(
              CASE WHEN pg_catalog.jsonb_typeof(d.catalog -> 'history') = 'array' THEN d.catalog -> 'history' ELSE '[]' END) AS e (row)
          WHERE d.action::text = 'before' AND pg_catalog.jsonb_typeof(e.row) = 'object' AND d.recorded_at >= (
              SELECT min(found.recorded_at) FROM ${table} found
               WHERE found.action::text = 'before' AND lower(found.release_id::text) = lower($1))
          ORDER BY d.recorded_at`,
        [releaseId],
    );
    return rows.map(({ row }) => row);
}

// As text: the client cannot convert `infinity` to a date.
const columns = `SELECT coalesce(release_id::text, '') AS "releaseId", action::text AS action, recorded_at::text AS at,
    (recorded_at <= clock_timestamp()) IS NOT TRUE AS future, octet_length(catalog::text) AS bytes,
    CASE WHEN octet_length(catalog::text) <= ${largestCatalog} THEN catalog END AS catalog`;

async function readOne(
    client: Client,
    schema: string,
    query: (table: string) => { text: string; values?: unknown[] },
): Promise<RecordedCatalog | undefined> {
    if (!(await tableExists(client, schema, deploymentsTable))) {
        return undefined;
    }
    const { rows } = await client.query<Row>(query(inSchema(schema, deploymentsTable)));
    return rows[0] && checked(rows[0]);
}

function checked({ releaseId, action, at, future, bytes, catalog }: Row): RecordedCatalog {
    const refuse = (why: string) =>
        new MalformedRecord(
            `the last record in ${deploymentsTable} (release ${JSON.stringify(releaseId.slice(0, 100))}, ${at ?? "without a date"}) ${why}; the next deployment records another one`,
        );
    const date = new Date(at ?? "");
    if (future || Number.isNaN(date.getTime())) {
        throw refuse("has a date that no deployment can have written");
    }
    if (bytes > largestCatalog) {
        throw refuse(`is too large to be a catalog: ${bytes} bytes`);
    }
    return {
        releaseId,
        at: date.toISOString(),
        ...(action === "left" && { left: true }),
        catalog: catalogIn(catalog, refuse),
    };
}

export async function recordCatalog(
    client: Client,
    { releaseId, action, digest }: RecordedDeployment,
    { catalog, history = [] }: { catalog: Fingerprint; history?: HistoryRecord[] },
    schema: string,
): Promise<void> {
    const table = inSchema(schema, deploymentsTable);
    await client.query(createTracking(deployments, schema));
    // A record dated in the future would stay the latest one.
    await client.query(
        `UPDATE ${table} SET catalog = NULL WHERE catalog IS NOT NULL AND (recorded_at <= clock_timestamp()) IS NOT TRUE`,
    );
    await client.query(
        `INSERT INTO ${table} (release_id, action, plan_digest, catalog_digest, catalog)
         SELECT $1, $2, $3, $4, CASE WHEN $6 AND EXISTS (
             SELECT FROM ${table} WHERE catalog IS NOT NULL AND catalog_digest::text = $4) THEN NULL ELSE $5::jsonb END`,
        [
            ...[releaseId, action, digest, catalog.digest],
            JSON.stringify(history.length > 0 ? { ...catalog, history } : catalog),
            action === "before" && history.length === 0,
        ],
    );
    await client.query(
        `UPDATE ${table} SET catalog = NULL
          WHERE catalog IS NOT NULL AND recorded_at < (
              SELECT min(recorded_at) FROM (
                  SELECT recorded_at FROM ${table} WHERE catalog IS NOT NULL
                   ORDER BY recorded_at DESC LIMIT ${keptCatalogs}) kept)`,
    );
}
