import type { Connection, RowDataPacket } from "mysql2/promise";
import { messageOf } from "../../../errors";
import type { ConnectionSettings } from "../../database";
import type { BootstrapResult, EndedBootstrap } from "../../users";
import { connect } from "../connection/connection";
import { Errno, errnoOf } from "../errors";
import { catalogSchemaOf, endsTable, quoted } from "./names";
import { createEnds } from "./steps";

// A plan runs in parallel with the bootstrap of its execution and waits for it to end. How each ended is in a table of the
// pipeline's own schema: the administrator writes it, the planner reads it, and no migration can change it.

/** The number of executions that are remembered: a retried plan finds its own even with others in between. */
const remembered = 20;
/** The account does not exist yet, has another password or too few privileges: the bootstrap fixes that. */
const mends: number[] = [
    Errno.accessDenied,
    Errno.databaseAccessDenied,
    Errno.tableAccessDenied,
    Errno.accountLocked,
    Errno.noSuchTable,
    Errno.noSuchDatabase,
];

function place(database: string): string {
    return `${quoted(catalogSchemaOf(database))}.${quoted(endsTable)}`;
}

/** Records how the bootstrap of an execution ended. The connection is the administrator's. */
export async function noteBootstrap(
    connection: Connection,
    database: string,
    executionId: string,
    result: BootstrapResult,
): Promise<void> {
    const table = place(database);
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${quoted(catalogSchemaOf(database))}`);
    await connection.query(createEnds(database));
    await connection.query(
        `INSERT INTO ${table} (execution_id, result, ended_at) VALUES (?, ?, NOW(6)) ON DUPLICATE KEY UPDATE result = ?, ended_at = NOW(6)`,
        [executionId, result, result],
    );
    await connection.query(
        `DELETE FROM ${table} WHERE execution_id NOT IN
            (SELECT execution_id FROM (SELECT execution_id FROM ${table} ORDER BY ended_at DESC LIMIT ${remembered}) kept)`,
    );
}

/** Uses a new session each time, because changes to an account's roles take effect at the next login. */
export async function endedBootstraps(
    settings: ConnectionSettings,
): Promise<{ ended: EndedBootstrap[]; refusal?: string }> {
    try {
        const connection = await connect(settings, settings.releaseId);
        try {
            const [rows] = await connection.query<RowDataPacket[]>(
                `SELECT execution_id AS executionId, result, TIMESTAMPDIFF(SECOND, ended_at, NOW(6)) AS age FROM ${place(settings.database.name)}`,
            );
            return { ended: rows as unknown as EndedBootstrap[] };
        } finally {
            await connection.end();
        }
    } catch (error) {
        if (!mends.includes(errnoOf(error))) throw error;
        return { ended: [], refusal: messageOf(error) };
    }
}
