import { type Connection, escapeId, type RowDataPacket } from "mysql2/promise";
import { deploymentsTable, type LockTable, type TrackingTables } from "../../tracking";

// The tracking tables in MySQL, whose names keep their case: the migration tool's as it writes them, and the pipeline's own.

/** The name under which a tracking table is there, or would be created: an older tool may have written it otherwise. */
export async function tableNamed(
    connection: Connection,
    { name, written }: { name: string; written?: string },
): Promise<{ name: string; exists: boolean }> {
    const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT TABLE_NAME AS name FROM information_schema.TABLES
          WHERE TABLE_SCHEMA = database() AND TABLE_TYPE = 'BASE TABLE' AND LOWER(TABLE_NAME) = ?
          ORDER BY TABLE_NAME = ? DESC LIMIT 1`,
        [name, written ?? name],
    );
    const found = rows[0]?.["name"] as string | undefined;
    return { name: escapeId(found ?? written ?? name, true), exists: found !== undefined };
}

/** Creates the lock's table as the tool would, and its row. */
export function createLock({ holds }: LockTable, table: string): string[] {
    const { id, locked, grantedAt, owner } = Object.fromEntries(
        Object.entries(holds).map(([what, column]) => [what, column.toUpperCase()]),
    ) as LockTable["holds"];
    return [
        `CREATE TABLE IF NOT EXISTS ${table} (${id} INT NOT NULL, ${locked} TINYINT NOT NULL, ${grantedAt} DATETIME NULL,
             ${owner} VARCHAR(255) NULL, PRIMARY KEY (${id}))`,
        `INSERT IGNORE INTO ${table} (${id}, ${locked}) VALUES (1, 0)`,
    ];
}

/** One row for each deployment: the catalog as it left it. */
export const createDeployments = `
    CREATE TABLE IF NOT EXISTS ${deploymentsTable} (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        recorded_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
        release_id VARCHAR(255) NOT NULL,
        action VARCHAR(20) NOT NULL,
        plan_digest VARCHAR(128) NOT NULL,
        catalog_digest VARCHAR(128) NOT NULL,
        catalog LONGTEXT
    ) CHARACTER SET utf8mb4`;

/** The names to leave out of fingerprints, in lower case. */
export function lowerCase(names: readonly string[]): string[] {
    return names.map((name) => name.toLowerCase());
}

export type { TrackingTables };
