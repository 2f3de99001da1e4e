import { type Connection, escapeId, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { ChangesetName } from "../../../changesets";
import { type HistoryRecord, type HistoryTable, longestText } from "../../../tracking";
import { tableNamed } from "../tracking";

/** The rows of these changesets with all their columns, by their names in lower case. */
export async function rowsOf(
    connection: Connection,
    history: HistoryTable,
    changesets: ChangesetName[],
): Promise<HistoryRecord[]> {
    const { name, exists } = await tableNamed(connection, history);
    if (!exists) return [];
    const found: HistoryRecord[] = [];
    for (const changeset of changesets) {
        const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${name} WHERE ${is(history)}`, [
            ...identity(changeset),
        ]);
        for (const row of rows) {
            found.push(Object.fromEntries(Object.entries(row).map(([column, value]) => [column.toLowerCase(), value])));
        }
    }
    return found;
}

/** Writes rows back, unless their changeset has one. */
export async function writeRows(connection: Connection, history: HistoryTable, rows: HistoryRecord[]): Promise<void> {
    const { name } = await tableNamed(connection, history);
    const { id, author, file } = history.holds;
    const columns = history.columns.map((column) => column.name);
    for (const row of rows) {
        const there = columns.filter((column) => row[column] !== undefined);
        await connection.query(
            `INSERT INTO ${name} (${there.map((column) => escapeId(column)).join(", ")})
             SELECT ${there.map(() => "?").join(", ")} FROM DUAL
              WHERE NOT EXISTS (SELECT 1 FROM (SELECT * FROM ${name}) there WHERE ${is(history)})`,
            [...there.map((column) => row[column]), row[id], row[author], row[file]],
        );
    }
}

/** Records a changeset as run, as the last one, with a note. */
export async function recordRun(
    connection: Connection,
    history: HistoryTable,
    { checksum, note, ...changeset }: ChangesetName & { checksum?: string; note: string },
): Promise<void> {
    const { holds, outcomes } = history;
    const { name } = await tableNamed(connection, history);
    const [[last]] = await connection.query<RowDataPacket[]>(
        `SELECT COALESCE(MAX(${holds.order}), 0) AS position, DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s') AS now FROM ${name}`,
    );
    await writeRows(connection, history, [
        {
            [holds.id]: changeset.id,
            [holds.author]: changeset.author,
            [holds.file]: changeset.file,
            [holds.ranAt]: String(last?.["now"]),
            [holds.order]: Number(last?.["position"]) + 1,
            [holds.outcome]: outcomes.known[0],
            [holds.checksum]: checksum,
            [holds.note]: note.slice(0, longestText(history, holds.note)),
        },
    ]);
}

export async function removeRow(
    connection: Connection,
    history: HistoryTable,
    changeset: ChangesetName,
): Promise<boolean> {
    const { name, exists } = await tableNamed(connection, history);
    if (!exists) return false;
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
        `DELETE FROM ${name} WHERE ${is(history)}`,
        identity(changeset),
    );
    return affectedRows > 0;
}

function is({ holds }: HistoryTable): string {
    return [holds.id, holds.author, holds.file]
        .map((column) => `CAST(${column} AS BINARY) = CAST(? AS BINARY)`)
        .join(" AND ");
}

function identity({ id, author, file }: ChangesetName): string[] {
    return [id, author, file];
}
