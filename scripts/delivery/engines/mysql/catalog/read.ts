import type { Connection, RowDataPacket } from "mysql2/promise";
import { databaseErrors, messageOf } from "../../../errors";
import { type Entry, type Fingerprint, fingerprintOf, type FingerprintOptions } from "../../fingerprint";
import { lowerCase } from "../tracking";
import { versionNumber } from "../versions";
import { catalogQueries } from "./queries";

/** What the session needs so that each server reports the same catalog in the same words, whole. */
const canonicalSession = "SET SESSION group_concat_max_len = 64000000, SESSION information_schema_stats_expiry = 0";

/**
 * The contents of the current database's catalog. MySQL's `information_schema` has no snapshot over several queries: a
 * deployment reads it under its lock, and a plan names what it was made from.
 */
export async function readFingerprint(connection: Connection, options: FingerprintOptions): Promise<Fingerprint> {
    await connection.query(canonicalSession);
    const tables = lowerCase(options.trackingTables);
    const entries: Entry[] = [];
    for (const { part, sql, parameters } of catalogQueries) {
        try {
            const [rows] = await connection.query<RowDataPacket[]>(sql, Array<string[]>(parameters).fill(tables));
            entries.push(...rows.map(entryOf));
        } catch (error) {
            throw new databaseErrors.CatalogUnreadable({ part, reason: messageOf(error) }, { cause: error });
        }
    }
    const [rows] = await connection.query<RowDataPacket[]>("SELECT version() AS version");
    return fingerprintOf(entries, versionNumber(rows[0]?.["version"] as string));
}

function entryOf(row: RowDataPacket): Entry {
    const { kind, name, definition, of } = row as unknown as Omit<Entry, "of"> & { of: string | null };
    return { kind, name, definition: definition ?? "", ...(of !== null && { of }) };
}
