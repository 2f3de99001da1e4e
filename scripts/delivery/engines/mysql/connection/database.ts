import type { Connection, FieldPacket, RowDataPacket } from "mysql2/promise";
import type { HistoryRow } from "../../../history";
import { type HistoryRecord, type TrackingTables, uncountedTables } from "../../../tracking";
import type { ConnectionSettings, Database, OtherHistory } from "../../database";
import {
    asRefusal,
    type Fingerprint,
    type FingerprintOptions,
    type RecordedCatalog,
    type TableContent,
} from "../../fingerprint";
import { releaseIn } from "../../lockOwner";
import { readFingerprint } from "../catalog/read";
import { catalogBefore, historyBefore, lastCatalog } from "../catalog/recorded";
import { tableNamed } from "../tracking";
import { connect } from "./connection";
import { sessionsNamed } from "./sessions";

/** The delivery program's own view of the database: same server and same TLS rules as the migration tool's. */
export class MysqlDatabase implements Database {
    /** Uses a connection of {@link connect}, which stays open. */
    constructor(
        private readonly connection: Connection,
        private readonly tracking: TrackingTables,
        private readonly release: string,
    ) {}

    static async with<T>(
        settings: ConnectionSettings,
        tracking: TrackingTables,
        work: (database: MysqlDatabase) => Promise<T>,
    ): Promise<T> {
        const connection = await connect(settings, settings.releaseId);
        try {
            return await work(new MysqlDatabase(connection, tracking, settings.releaseId));
        } finally {
            await connection.end();
        }
    }

    async history(): Promise<HistoryRow[]> {
        const { history } = this.tracking;
        const { name, exists } = await tableNamed(this.connection, history);
        if (!exists) return [];
        const { holds, markFile } = history;
        const text = (column: string) => `COALESCE(CAST(${column} AS CHAR), '')`;
        return this.readOnly(async () => {
            const [rows] = await this.connection.query<RowDataPacket[]>(
                `SELECT ${text(holds.id)} AS id, ${text(holds.author)} AS author, ${text(holds.file)} AS file,
                        COALESCE(${holds.order}, 0) + 0 AS \`order\`, ${text(holds.outcome)} AS outcome, ${holds.tag} AS tag
                   FROM ${name} ORDER BY ${holds.ranAt}, ${holds.order}`,
            );
            return (rows as Omit<HistoryRow, "internal">[]).map((row) => ({ ...row, internal: row.file === markFile }));
        });
    }

    /** Not looked for in MySQL: the tool's table is found in the connection's own database, however it is written. */
    otherHistories(): Promise<OtherHistory[]> {
        return Promise.resolve([]);
    }

    async fingerprint(options?: Omit<FingerprintOptions, "trackingTables">): Promise<Fingerprint> {
        try {
            return await readFingerprint(this.connection, {
                ...options,
                trackingTables: uncountedTables(this.tracking),
            });
        } catch (error) {
            throw asRefusal(error);
        }
    }

    /** Only a rehearsal compares contents, and this engine has no copies to rehearse on. */
    content(): Promise<TableContent[]> {
        return Promise.resolve([]);
    }

    lastCatalog(): Promise<RecordedCatalog | undefined> {
        return lastCatalog(this.connection);
    }

    catalogBefore(releaseId: string): Promise<RecordedCatalog | undefined> {
        return catalogBefore(this.connection, releaseId);
    }

    historyBefore(releaseId: string): Promise<HistoryRecord[]> {
        return historyBefore(this.connection, releaseId);
    }

    async isLocked(): Promise<boolean> {
        return (await this.lockedBy()) !== undefined;
    }

    async deploying(): Promise<string | undefined> {
        const release = releaseIn((await this.lockedBy()) ?? "");
        if (release === undefined) return undefined;
        const ask = async <T>(sql: string, values: unknown[]) =>
            (await this.connection.query<RowDataPacket[]>(sql, values))[0] as T[];
        return (await sessionsNamed(ask, release)).length > 0 ? release : undefined;
    }

    /** What the lock's row says of its holder; undefined if the lock is free. */
    private async lockedBy(): Promise<string | undefined> {
        const { lock } = this.tracking;
        const { name, exists } = await tableNamed(this.connection, lock);
        if (!exists) return undefined;
        const { id, locked, owner } = lock.holds;
        const [rows] = await this.connection.query<RowDataPacket[]>(
            `SELECT COALESCE(${owner}, '') AS owner FROM ${name} WHERE ${id} = 1 AND ${locked} = 1 LIMIT 1`,
        );
        return rows[0]?.["owner"] as string | undefined;
    }

    async blockers(): Promise<string[]> {
        const [rows] = await this.connection.query<RowDataPacket[]>(blockersOf, [this.release, this.release]);
        return rows.map(
            ({ id, user, host, command, time, info }) =>
                `connection ${id}, user ${user}${host ? `, from ${host}` : ""}, ${command === "Sleep" ? "idle" : "running"} for ${time} s${info ? `: ${String(info).slice(0, 200)}` : ""}`,
        );
    }

    async schema(): Promise<string> {
        const [rows] = await this.connection.query<RowDataPacket[]>("SELECT database() AS name");
        return rows[0]?.["name"] as string;
    }

    /** MySQL has no booleans: a comparison yields the integer 1 or 0. */
    read(sql: string): Promise<unknown[][]> {
        return this.readOnly(async () => {
            // Prepared: the server accepts one statement only.
            const [rows, fields] = (await this.connection.execute({ sql, rowsAsArray: true })) as unknown as [
                unknown[][],
                FieldPacket[],
            ];
            const integer = (fields ?? []).map(({ columnType }) => isInteger(columnType));
            return rows.map((row) =>
                row.map((value, index) => (integer[index] && (value === 0 || value === 1) ? value === 1 : value)),
            );
        });
    }

    /** Whatever a view or a function of the database does when it is read: the server refuses writes. */
    private async readOnly<T>(work: () => Promise<T>): Promise<T> {
        await this.connection.query("START TRANSACTION READ ONLY");
        try {
            return await work();
        } finally {
            await this.connection.query("ROLLBACK").catch(() => {});
        }
    }
}

/** Who holds the metadata locks and the row locks that sessions of a release wait for; what they run, of this account only. */
const blockersOf = `
    WITH holders AS (
        SELECT held.OWNER_THREAD_ID AS thread
          FROM performance_schema.metadata_locks awaited
          JOIN performance_schema.threads waiting ON waiting.THREAD_ID = awaited.OWNER_THREAD_ID
          JOIN performance_schema.session_account_connect_attrs a
            ON a.PROCESSLIST_ID = waiting.PROCESSLIST_ID AND a.ATTR_NAME = 'program_name' AND a.ATTR_VALUE = ?
          JOIN performance_schema.metadata_locks held
            ON held.OBJECT_TYPE = awaited.OBJECT_TYPE AND held.OBJECT_SCHEMA <=> awaited.OBJECT_SCHEMA
           AND held.OBJECT_NAME <=> awaited.OBJECT_NAME AND held.LOCK_STATUS = 'GRANTED'
           AND held.OWNER_THREAD_ID <> awaited.OWNER_THREAD_ID
         WHERE awaited.LOCK_STATUS = 'PENDING'
         UNION
        SELECT w.BLOCKING_THREAD_ID
          FROM performance_schema.data_lock_waits w
          JOIN performance_schema.threads waiting ON waiting.THREAD_ID = w.REQUESTING_THREAD_ID
          JOIN performance_schema.session_account_connect_attrs a
            ON a.PROCESSLIST_ID = waiting.PROCESSLIST_ID AND a.ATTR_NAME = 'program_name' AND a.ATTR_VALUE = ?)
    SELECT PROCESSLIST_ID AS id, PROCESSLIST_USER AS user, PROCESSLIST_HOST AS host, PROCESSLIST_COMMAND AS command,
           PROCESSLIST_TIME AS time, p.INFO AS info
      FROM performance_schema.threads JOIN holders ON THREAD_ID = thread
      LEFT JOIN information_schema.PROCESSLIST p ON p.ID = PROCESSLIST_ID
     WHERE PROCESSLIST_ID IS NOT NULL ORDER BY 1`;

/** TINY, SHORT, LONG, LONGLONG, INT24 of the protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
function isInteger(type: number | undefined): boolean {
    return [1, 2, 3, 8, 9].includes(type ?? -1);
}
