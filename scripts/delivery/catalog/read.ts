import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { trackingTables as ownTables } from "../database/tracking";
import { type Entry, type Fingerprint, fingerprintOf } from "./fingerprint";
import { type CatalogQuery, catalogQueries, combined } from "./queries";

/** The part of a `pg` client that reading needs. It must not be inside a transaction. */
export type CatalogClient = Pick<ClientBase, "query">;

export interface FingerprintOptions {
    /** Tables that keep what was migrated, in whichever schema. Default: those of Liquibase, Flyway and this pipeline. */
    trackingTables?: string[];
    /** Also the cluster's roles and their memberships. They are no part of a database. Default: false. */
    roles?: boolean;
    /** Milliseconds to wait for a table that somebody is altering. Default: 10,000. */
    lockTimeout?: number;
    /** Milliseconds that one query may take. Default: 120,000, and the wait for a table. */
    statementTimeout?: number;
}

export const trackingTables = [...ownTables, "flyway_schema_history"];

// What an expression looks like depends on the session: names outside the search path are qualified, dates and floats
// are written as the session wants them. Each session gets the same. Nothing but pg_catalog is searched, to which nobody
// can add an operator or a function of his own.
const canonicalSession = [
    "search_path = pg_catalog, pg_temp",
    "datestyle = 'ISO, YMD'",
    "intervalstyle = 'postgres'",
    "timezone = 'UTC'",
    "extra_float_digits = 1",
    "bytea_output = 'hex'",
    "quote_all_identifiers = off",
    "row_security = off",
    "jit = off",
    // The queries take one parameter that no plan depends on.
    "plan_cache_mode = force_generic_plan",
];

// PostgreSQL writes a definition from the catalog as it is now, not as the transaction sees it: what somebody drops in
// between is missing, and the reading starts anew.
const vanished = ["XX000", "42P01", "42704", "42883"];
const attempts = 50;
const lockNotAvailable = "55P03";
/** Milliseconds for a table that was waited for in vain before. */
const lastLook = 250;
const longestPause = 100;

/** Reads the fingerprint of the client's database from one snapshot. Needs no privileges. */
export async function readFingerprint(client: CatalogClient, options: FingerprintOptions = {}): Promise<Fingerprint> {
    const queries = catalogQueries({ roles: options.roles ?? false });
    let patience = options;
    for (let attempt = 1; ; attempt++) {
        try {
            // One combined query is the shortest look.
            return await readOnce(client, attempt % 2 === 1 ? [combined(queries)] : queries, patience);
        } catch (error) {
            const { code } = ((error as Error).cause ?? error) as { code?: string };
            // The second attempt asks one by one: if it fails too, it can tell what could not be read.
            if (attempt > 1 && (attempt === attempts || !vanished.includes(code ?? ""))) {
                throw error;
            }
            if (code === lockNotAvailable) {
                // It was waited for long enough.
                patience = { ...options, lockTimeout: Math.min(options.lockTimeout ?? lastLook, lastLook) };
            }
            // Whoever drops and creates without a rest leaves a gap sooner or later, if the attempts do not keep step.
            await setTimeout(Math.random() * Math.min(attempt * 5, longestPause));
        }
    }
}

function readOnce(client: CatalogClient, queries: CatalogQuery[], options: FingerprintOptions): Promise<Fingerprint> {
    return inSnapshot(client, options, async () => {
        const entries: Entry[] = [];
        for (const query of queries) {
            entries.push(...(await readEntries(client, query, options.trackingTables ?? trackingTables)));
        }
        return fingerprintOf(entries, await serverVersion(client));
    });
}

/** Runs `read` in a read-only transaction that sees one moment of the database, in the canonical session. */
export async function inSnapshot<T>(
    client: CatalogClient,
    {
        lockTimeout = 10_000,
        statementTimeout = 120_000 + lockTimeout,
    }: Pick<FingerprintOptions, "lockTimeout" | "statementTimeout">,
    read: () => Promise<T>,
): Promise<T> {
    const settings = [...canonicalSession, `lock_timeout = ${lockTimeout}`, `statement_timeout = ${statementTimeout}`];
    await client.query(
        ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ...settings.map((setting) => `SET LOCAL ${setting}`)].join(
            ";",
        ),
    );
    try {
        return await read();
    } finally {
        // Nothing was written; a rollback also ends a transaction that failed.
        await client.query("ROLLBACK");
    }
}

async function readEntries(client: CatalogClient, { reads, sql }: CatalogQuery, tables: string[]): Promise<Entry[]> {
    try {
        const { rows } = await client.query<Row>({
            // A name lets the server keep the plan: a client that takes many fingerprints plans each query once.
            name: `aurora-pipeline: ${reads}`,
            text: sql,
            values: sql.includes("$1") ? [tables] : [],
        });
        return rows.map(({ kind, name, definition, of }) => ({
            kind,
            name,
            definition: definition ?? "",
            ...(of === null ? {} : { of }),
        }));
    } catch (error) {
        const { message, code } = error as Error & { code?: string };
        const why = code === lockNotAvailable ? "; somebody holds an ACCESS EXCLUSIVE lock on a table" : "";
        throw new Error(`The catalog's ${reads} could not be read: ${message}${why}`, { cause: error });
    }
}

async function serverVersion(client: CatalogClient): Promise<number> {
    const { rows } = await client.query<{ version: number }>(
        "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version",
    );
    return rows[0]?.version ?? 0;
}

interface Row {
    kind: string;
    name: string;
    definition: string | null;
    of: string | null;
}
