import type { Connection } from "mysql2/promise";
import { messageOf } from "../../../errors";
import { differences, type Fingerprint } from "../../fingerprint";
import type { PendingSql } from "../../session";
import { errnoOf } from "../errors";
import { readStatement } from "../sql/statements";
import { undo } from "../undo";
import { type Begun, strangers } from "./progress";

/**
 * What the server says of an object that is not there: table, column or key, table, routine, trigger, event, check,
 * constraint. What a changeset has not made cannot be dropped.
 */
const notThere: ReadonlySet<number> = new Set([1051, 1091, 1146, 1305, 1360, 1539, 3821, 3940]);

/**
 * Undoes, by a changeset's own rollback, what was done of it, and compares the catalog with the one before. Returns why that is not
 * possible, or undefined.
 */
export async function takeBack(
    connection: Connection,
    change: PendingSql,
    begun: Pick<Begun, "before"> & { schema: string },
    read: () => Promise<Fingerprint>,
): Promise<string | undefined> {
    const objection = await objectionTo(change, begun, await read());
    if (objection !== undefined) return objection;
    for (const statement of change.undo ?? []) {
        try {
            await connection.query(statement);
        } catch (error) {
            if (!notThere.has(errnoOf(error))) return `its rollback fails: ${messageOf(error)}`;
        }
    }
    return differences(begun.before, await read()).length === 0
        ? undefined
        : "its rollback does not restore the catalog";
}

async function objectionTo(
    { sql, undo: statements = [], ...change }: PendingSql,
    { before, schema }: Pick<Begun, "before"> & { schema: string },
    now: Fingerprint,
): Promise<string | undefined> {
    if (statements.length === 0) return "it has no rollback";
    if (strangers(sql, differences(before, now)).length > 0) return "something else has changed, too";
    const kinds = sql.flatMap((text) => readStatement(text) ?? []).map(({ commits }) => commits);
    // A DDL statement commits the rows that were written before it; the catalog does not show them.
    if (kinds.slice(0, kinds.lastIndexOf(true)).includes(false)) return "rows that it wrote may be committed";
    const undone = [{ id: change.id, author: change.author, file: change.file, sql: statements, ran: sql }];
    const lost = await undo.earlierDrops(undone, { entries: before.entries, schema });
    return lost.length > 0 ? `its rollback would drop the ${lost[0]?.object}, which was there before` : undefined;
}
