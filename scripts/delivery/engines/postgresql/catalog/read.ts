import { codeOf, SqlState } from "../errors";
import type { ClientBase } from "pg";
import { databaseErrors } from "../../../errors";
import { type Entry, type Fingerprint, fingerprintOf, type FingerprintOptions } from "../../fingerprint";
import { type CatalogQuery, catalogQueries, combined } from "./queries";
import { retrying } from "../../../retrying";

/** The part of a `pg` client that reading needs. The client must not be in a transaction. */
export type CatalogClient = Pick<ClientBase, "query">;

// How an expression is deparsed depends on the session: names outside the search path are qualified, dates and floats
// follow the session's settings. Every session gets the same settings, and searches only pg_catalog, where nobody can
// add operators or functions.
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

// PostgreSQL deparses a definition from the current catalog, not from the transaction's snapshot. If an object is
// dropped in between, it is missing, and the read is repeated.
const vanished: string[] = [
    SqlState.internalError,
    SqlState.undefinedTable,
    SqlState.undefinedObject,
    SqlState.undefinedFunction,
];
const attempts = 50;
/** Milliseconds to wait for a table whose lock already timed out once. */
const lastLook = 250;
const pauseMillis = 20;

/** Reads the fingerprint of the client's database in one snapshot. Needs no privileges. */
export async function readFingerprint(client: CatalogClient, options: FingerprintOptions): Promise<Fingerprint> {
    const queries = catalogQueries({ roles: options.roles ?? false });
    let patience = options;
    const again = (error: Error, attempt: number) => {
        const code = codeOf(error);
        if (code === SqlState.lockNotAvailable) {
            // The previous attempt already waited long enough.
            patience = { ...options, lockTimeout: Math.min(options.lockTimeout ?? lastLook, lastLook) };
        }
        // The second attempt runs the queries one by one: if it fails too, the error says what could not be read.
        return attempt === 1 || vanished.includes(code);
    };
    // A session that drops and creates in a loop leaves a gap sooner or later; random pauses keep the attempts out of
    // step with it.
    return retrying({ when: again, attempts, pauseMillis, random: true }, (attempt) =>
        // One combined query is the fastest.
        readOnce(client, attempt % 2 === 1 ? [combined(queries)] : queries, patience),
    );
}

function readOnce(client: CatalogClient, queries: CatalogQuery[], options: FingerprintOptions): Promise<Fingerprint> {
    return inSnapshot(client, options, async () => {
        const entries: Entry[] = [];
        for (const query of queries) {
            entries.push(...(await readEntries(client, query, options.trackingTables)));
        }
        return fingerprintOf(entries, await serverVersion(client));
    });
}

/** Runs `read` in a read-only transaction with one snapshot, in the canonical session and with further settings. */
export async function inSnapshot<T>(
    client: CatalogClient,
    {
        lockTimeout = 10_000,
        statementTimeout = 120_000 + lockTimeout,
    }: Pick<FingerprintOptions, "lockTimeout" | "statementTimeout">,
    read: () => Promise<T>,
    more: string[] = [],
): Promise<T> {
    const settings = [
        ...canonicalSession,
        ...more,
        `lock_timeout = ${lockTimeout}`,
        `statement_timeout = ${statementTimeout}`,
    ];
    await client.query(
        ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ...settings.map((setting) => `SET LOCAL ${setting}`)].join(
            ";",
        ),
    );
    try {
        return await read();
    } finally {
        // Nothing was written; ROLLBACK also ends a failed transaction.
        await client.query("ROLLBACK");
    }
}

async function readEntries(client: CatalogClient, query: CatalogQuery, tables: string[]): Promise<Entry[]> {
    const rows = await readRows(client, query, query.sql.includes("$1") ? [tables] : []);
    return rows.map(({ entry }) => entry);
}

/** Runs a query of the catalog. */
export async function readRows(
    client: CatalogClient,
    { reads, sql }: CatalogQuery,
    values: unknown[],
): Promise<RootedEntry[]> {
    try {
        // A named statement keeps its plan: a client that takes many fingerprints plans each query once.
        const { rows } = await client.query<Row>({ name: `aurora-pipeline: ${reads}`, text: sql, values });
        return rows.map(({ kind, name, definition, of, root = null }) => ({
            entry: { kind, name, definition: definition ?? "", ...(of === null ? {} : { of }) },
            root: root === null ? undefined : Number(root),
        }));
    } catch (error) {
        const { message, code } = error as Error & { code?: string };
        const why =
            code === SqlState.lockNotAvailable ? "; another session holds an ACCESS EXCLUSIVE lock on a table" : "";
        throw new databaseErrors.CatalogUnreadable({ part: reads, reason: `${message}${why}` }, { cause: error });
    }
}

async function serverVersion(client: CatalogClient): Promise<number> {
    const { rows } = await client.query<{ version: number }>(
        "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version",
    );
    return rows[0]?.version ?? 0;
}

/** An entry, and the OID of what it is about, for the kinds that have one. */
export interface RootedEntry {
    entry: Entry;
    root: number | undefined;
}

interface Row {
    kind: string;
    name: string;
    definition: string | null;
    of: string | null;
    root?: string | null;
}
