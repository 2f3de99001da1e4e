import { type ClientBase, escapeIdentifier } from "pg";
import { z } from "zod";
import type { Fingerprint } from "../catalog";
import { inSchema, tableExists } from "../database/searchPath";
import { createTracking, deploymentsTable } from "../database/tracking";

// The catalog as each deployment left it, in a table beside Liquibase's own: it is where the catalog is (a restored
// snapshot or a clone brings the right one along), in the same transaction-safe store, and whoever may plan may read it.
// A migration can write anything into it: what is read back may be of any form.

/** Catalogs that are kept whole; of older deployments only the digest stays. */
const keptCatalogs = 10;
/** Bytes of a catalog's JSON: that of 10,000 tables has about 30 million. */
const largestCatalog = 128 * 1024 * 1024;

/** A catalog that a deployment left. */
export interface RecordedCatalog {
    releaseId: string;
    at: string;
    catalog: Fingerprint;
}

/** The last record is none that this program wrote; the message says why. */
export class MalformedRecord extends Error {}

type Client = Pick<ClientBase, "query">;

const recorded = z.object({
    format: z.number(),
    server: z.number(),
    digest: z.string(),
    entries: z.array(
        z.object({ kind: z.string(), name: z.string(), definition: z.string(), of: z.string().optional() }),
    ),
});

interface Row {
    releaseId: string;
    at: string | null;
    future: boolean;
    bytes: number;
    catalog: unknown;
}

/** The catalog as the last deployment left it; `schema` is where the table is. Fails with {@link MalformedRecord}. */
export async function lastCatalog(client: Client, schema: string): Promise<RecordedCatalog | undefined> {
    if (!(await tableExists(client, schema, deploymentsTable))) {
        return undefined;
    }
    // As text: a client makes no date of `infinity`.
    const { rows } = await client.query<Row>(
        `SELECT coalesce(release_id::text, '') AS "releaseId", recorded_at::text AS at,
                (recorded_at <= clock_timestamp()) IS NOT TRUE AS future, octet_length(catalog::text) AS bytes,
                CASE WHEN octet_length(catalog::text) <= ${largestCatalog} THEN catalog END AS catalog
           FROM ${inSchema(schema, deploymentsTable)} WHERE catalog IS NOT NULL ORDER BY recorded_at DESC LIMIT 1`,
    );
    return rows[0] && checked(rows[0]);
}

function checked({ releaseId, at, future, bytes, catalog }: Row): RecordedCatalog {
    const refuse = (why: string) =>
        new MalformedRecord(
            `the last record in ${deploymentsTable} (release ${JSON.stringify(releaseId.slice(0, 100))}, ${at ?? "without a date"}) ${why}; the next deployment records another one`,
        );
    const date = new Date(at ?? "");
    if (future || Number.isNaN(date.getTime())) {
        throw refuse("has a date that no deployment wrote");
    }
    if (bytes > largestCatalog) {
        throw refuse(`is larger than any catalog: ${bytes} bytes`);
    }
    const { data, error } = recorded.safeParse(catalog);
    if (error !== undefined) {
        const [issue] = error.issues;
        throw refuse(
            `is no catalog that this program wrote (${issue?.path.join(".") || "as a whole"}: ${issue?.message})`,
        );
    }
    return { releaseId, at: date.toISOString(), catalog: data };
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
    schema: string,
): Promise<void> {
    const table = inSchema(schema, deploymentsTable);
    await client.query(createTracking(deploymentsTable, `${escapeIdentifier(schema)}.`));
    // What is dated later than now would stay the last one.
    await client.query(
        `UPDATE ${table} SET catalog = NULL WHERE catalog IS NOT NULL AND (recorded_at <= clock_timestamp()) IS NOT TRUE`,
    );
    await client.query(
        `INSERT INTO ${table} (release_id, action, plan_digest, catalog_digest, catalog)
         VALUES ($1, $2, $3, $4, $5)`,
        [releaseId, action, digest, catalog.digest, JSON.stringify(catalog)],
    );
    await client.query(
        `UPDATE ${table} SET catalog = NULL
          WHERE catalog IS NOT NULL AND recorded_at < (
              SELECT min(recorded_at) FROM (
                  SELECT recorded_at FROM ${table} WHERE catalog IS NOT NULL
                   ORDER BY recorded_at DESC LIMIT ${keptCatalogs}) kept)`,
    );
}
