import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import * as v from "valibot";
import { deploymentsTable } from "../../../tracking";
import { catalogIn, MalformedRecord } from "../../fingerprint";
import type { Begun } from "../recovery/progress";
import { createDeployments, tableNamed } from "../tracking";

// The step that a run has begun, with the catalog at that moment: one row in the table of the recorded catalogs.

/** The action of such a row. */
export const stepAction = "step";

const begun = v.object({
    kind: v.picklist(["run", "undo"]),
    change: v.object({ id: v.string(), author: v.string(), file: v.string() }),
    sql: v.array(v.string()),
});

/** Replaces the one before. */
export async function writeStep(connection: Connection, releaseId: string, step: Begun): Promise<void> {
    const { before, ...rest } = step;
    const text = JSON.stringify({ ...before, step: rest });
    await connection.query(createDeployments);
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
        `UPDATE ${deploymentsTable} SET recorded_at = NOW(6), catalog_digest = ?, catalog = ? WHERE action = '${stepAction}' AND release_id = ?`,
        [before.digest, text, releaseId],
    );
    if (affectedRows > 0) return;
    await connection.query(
        `INSERT INTO ${deploymentsTable} (release_id, action, plan_digest, catalog_digest, catalog) VALUES (?, '${stepAction}', '', ?, ?)`,
        [releaseId, before.digest, text],
    );
}

/** What a release had begun last; undefined if it has noted nothing, or nothing that this program would write. */
export async function readStep(connection: Connection, releaseId: string): Promise<Begun | undefined> {
    if (!(await tableNamed(connection, { name: deploymentsTable })).exists) return undefined;
    const [[row]] = await connection.query<RowDataPacket[]>(
        `SELECT catalog FROM ${deploymentsTable} WHERE action = '${stepAction}' AND release_id = ? ORDER BY id DESC LIMIT 1`,
        [releaseId],
    );
    try {
        const parsed = JSON.parse(String(row?.["catalog"])) as { step: unknown };
        return {
            ...v.parse(begun, parsed.step),
            before: catalogIn(parsed, (why) => new MalformedRecord(why)),
        };
    } catch {
        return undefined;
    }
}

/** A run that ends in order has settled its steps itself. */
export async function forgetSteps(connection: Connection): Promise<void> {
    if (!(await tableNamed(connection, { name: deploymentsTable })).exists) return;
    await connection.query(`DELETE FROM ${deploymentsTable} WHERE action = '${stepAction}'`);
}
