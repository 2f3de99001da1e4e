import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { Settings } from "../../../settings";
import type { TrackingTables } from "../../../tracking";
import { type LossListener, SessionKeeper } from "../../keeper";
import type { Search } from "../../search";
import { connect } from "../connection/connection";
import { MysqlDatabase } from "../connection/database";
import { streamOf } from "../connection/watch";
import { errors } from "../errors";

/** The name of a keeper's sessions: only they say that a deployment is alive, whatever its statements still do. */
export function keeperName(release: string): string {
    return `${release}-keeper`;
}

/** It holds no transaction, hence no metadata lock. */
export class Keeper extends SessionKeeper<Connection> {
    static async open(
        settings: Settings,
        tracking: TrackingTables,
        onGone: (why: string) => void = () => {},
    ): Promise<Keeper> {
        return new Keeper(settings, tracking, await session(settings), onGone);
    }

    /** Fails if the connection is lost: see {@link back}. The server's own error is the cause. */
    rows<T>(sql: string, values: unknown[] = []): Promise<T[]> {
        return this.inTurn(async () => (await this.ask<RowDataPacket[]>(sql, values)) as T[]);
    }

    /** Runs a statement; returns the number of rows that it found. */
    execute(sql: string, values: unknown[] = []): Promise<number> {
        return this.inTurn(async () => (await this.ask<ResultSetHeader>(sql, values)).affectedRows);
    }

    /** Lends a view of the database in this session: another one would cost a login. */
    look<T>(work: (database: MysqlDatabase) => Promise<T>): Promise<T> {
        return this.use((connection) => work(new MysqlDatabase(connection, this.tracking, this.settings.releaseId)));
    }

    private async ask<T extends RowDataPacket[] | ResultSetHeader>(sql: string, values: unknown[]): Promise<T> {
        const [result] = await this.answered((connection) => connection.query<T>(sql, values));
        return result;
    }

    protected override session(search: Search): Promise<Connection> {
        return session(this.settings, search);
    }

    protected override ping(): Promise<unknown> {
        return this.rows("SELECT 1");
    }

    protected override listen(connection: Connection, { failed, over }: LossListener): void {
        connection.on("error", failed);
        streamOf(connection).once("close", over);
    }

    protected override isTransient(error: unknown): boolean {
        return errors.isTransient(error);
    }
}

function session(settings: Settings, search?: Search): Promise<Connection> {
    return connect(settings, keeperName(settings.releaseId), search);
}
