import type { Connection, RowDataPacket } from "mysql2/promise";
import { databaseErrors, messageOf } from "../../../errors";
import { type Entry, type Fingerprint, fingerprintOf, type FingerprintOptions } from "../../fingerprint";
import { lowerCase } from "../tracking";
import { versionNumber } from "../versions";
import { Errno, errnoOf } from "../errors";
import { catalogSchemaOf, quoted, readerName } from "../users/names";
import { type CatalogQuery, catalogQueries, ownGrants } from "./queries";

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
    for (const rows of await readParts(connection, tables)) entries.push(...rows.map(entryOf));
    const [rows] = await connection.query<RowDataPacket[]>("SELECT version() AS version");
    return fingerprintOf(entries, versionNumber(rows[0]?.["version"] as string));
}

/** By the routine that the bootstrap has defined, for whoever may call it; else one after the other. */
async function readParts(connection: Connection, tables: string[]): Promise<RowDataPacket[][]> {
    const reader = await readerOf(connection);
    return reader === undefined
        ? readEach(connection, tables)
        : asking("catalog", async () => {
              const [results] = await connection.query<RowDataPacket[][]>(`CALL ${reader}()`);
              return results.filter((rows) => Array.isArray(rows));
          });
}

/** Undefined where the session sees none. */
async function readerOf(connection: Connection): Promise<string | undefined> {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT database() AS name");
    const schema = catalogSchemaOf(rows[0]?.["name"] as string);
    const [found] = await connection.query<RowDataPacket[]>(
        "SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ?",
        [schema, readerName],
    );
    return found.length === 0 ? undefined : `${quoted(schema)}.${quoted(readerName)}`;
}

async function readEach(connection: Connection, tables: string[]): Promise<RowDataPacket[][]> {
    const parts: RowDataPacket[][] = [];
    for (const query of catalogQueries) {
        parts.push(
            await asking(query.part, () =>
                ask(query).catch((error: unknown) => {
                    if (query.part === ownGrants.part && errnoOf(error) === Errno.tableAccessDenied)
                        return ask(ownGrants);
                    throw error;
                }),
            ),
        );
    }
    return parts;

    async function ask({ sql, parameters }: CatalogQuery): Promise<RowDataPacket[]> {
        const [rows] = await connection.query<RowDataPacket[]>(sql, Array<string[]>(parameters).fill(tables));
        return rows;
    }
}

async function asking<T>(part: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw new databaseErrors.CatalogUnreadable({ part, reason: messageOf(error) }, { cause: error });
    }
}

function entryOf(row: RowDataPacket): Entry {
    const { kind, name, definition, of } = row as unknown as Omit<Entry, "of"> & { of: string | null };
    return canonicalEntry({ kind, name, definition: definition ?? "", ...(of !== null && { of }) });
}

const withExpressions: ReadonlySet<string> = new Set(["check", "column", "index"]);

/**
 * Any ALTER TABLE makes the server write the table's expressions again, with the character set of a constant after the column
 * that it is compared with: `_utf8mb4\'x\'` becomes `_ascii\'x\'`. That is no change.
 */
export function canonicalEntry(entry: Entry): Entry {
    return withExpressions.has(entry.kind)
        ? { ...entry, definition: entry.definition.replaceAll(/(?<![\w$])_[a-z0-9]+(?=\\?')/g, "") }
        : entry;
}
