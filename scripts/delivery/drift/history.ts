import { type ClientBase, escapeIdentifier } from "pg";
import type { Fingerprint } from "../catalog";
import { createTracking, deploymentsTable, trackingTableExists } from "../database/tracking";

// The catalog as each deployment left it, in a table beside Liquibase's own: it is where the catalog is (a restored
// snapshot or a clone brings the right one along), in the same transaction-safe store, and whoever may plan may read it.

/** Catalogs that are kept whole; of older deployments only the digest stays. */
const keptCatalogs = 10;

/** A catalog that a deployment left. */
export interface RecordedCatalog {
    releaseId: string;
    at: string;
    catalog: Fingerprint;
}

type Client = Pick<ClientBase, "query">;

/** The catalog as the last deployment left it. `schema`: where the table is, where the session's search path does not say. */
export async function lastCatalog(client: Client, schema?: string): Promise<RecordedCatalog | undefined> {
    const table = tableIn(schema);
    const { rows: tables } = await (schema === undefined
        ? client.query<{ found: boolean }>(trackingTableExists, [deploymentsTable])
        : client.query<{ found: boolean }>("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS found", [table]));
    if (!tables[0]?.found) {
        return undefined;
    }
    const { rows } = await client.query<{ releaseId: string; at: Date; catalog: Fingerprint }>(
        `SELECT release_id AS "releaseId", recorded_at AS at, catalog FROM ${table}
          WHERE catalog IS NOT NULL ORDER BY recorded_at DESC LIMIT 1`,
    );
    return rows[0] && { ...rows[0], at: rows[0].at.toISOString() };
}

function tableIn(schema: string | undefined): string {
    return schema === undefined ? deploymentsTable : `${escapeIdentifier(schema)}.${deploymentsTable}`;
}

/** What is written down with it. */
export interface RecordedDeployment {
    releaseId: string;
    action: "deploy" | "rollback" | "bootstrap";
    /** Digest of the plan; empty where there was none. */
    digest: string;
}

export async function recordCatalog(
    client: Client,
    { releaseId, action, digest }: RecordedDeployment,
    catalog: Fingerprint,
    schema?: string,
): Promise<void> {
    const table = tableIn(schema);
    await client.query(createTracking(deploymentsTable, schema === undefined ? "" : `${escapeIdentifier(schema)}.`));
    await client.query(
        `INSERT INTO ${table} (release_id, action, plan_digest, catalog_digest, catalog)
         VALUES ($1, $2, $3, $4, $5)`,
        [releaseId, action, digest, catalog.digest, JSON.stringify(catalog)],
    );
    await client.query(
        `UPDATE ${table} SET catalog = NULL
          WHERE catalog IS NOT NULL AND recorded_at < (
              SELECT min(recorded_at) FROM (
                  SELECT recorded_at FROM ${table} ORDER BY recorded_at DESC LIMIT ${keptCatalogs}) kept)`,
    );
}
