import type { Client, QueryResult, QueryResultRow } from "pg";
import type { Settings } from "../../../settings";
import type { TrackingTables } from "../../../tracking";
import { type LossListener, SessionKeeper } from "../../keeper";
import type { Search } from "../../search";
import { connect } from "../connection/connection";
import { PostgresDatabase } from "../connection/database";
import { isTransient } from "../errors";

/** It holds no transaction, hence no snapshot that a concurrent index build would wait for. */
export class Keeper extends SessionKeeper<Client> {
    static async open(
        settings: Settings,
        tracking: TrackingTables,
        onGone: (why: string) => void = () => {},
    ): Promise<Keeper> {
        return new Keeper(settings, tracking, await session(settings), onGone);
    }

    /** Fails if the connection is lost: see {@link back}. The server's own error is the cause. */
    query<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        return this.inTurn(() => this.ask<T>(sql, values));
    }

    /**
     * Runs a query as the login user, who owns the deployment's sessions: the server hides much of them from the role
     * that they work as. No other query runs in between.
     */
    observe<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        return this.inTurn(async () => {
            await this.ask("SET ROLE NONE");
            try {
                return await this.ask<T>(sql, values);
            } finally {
                await this.ask("RESET ROLE");
            }
        });
    }

    /**
     * Lends a view of the database in this session. A new session would cost a login and plan the catalog query again,
     * which takes longer than running it.
     */
    look<T>(work: (database: PostgresDatabase) => Promise<T>): Promise<T> {
        return this.use((client) => work(new PostgresDatabase(client, this.tracking)));
    }

    private ask<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        return this.answered((client) => client.query<T>(sql, values));
    }

    protected override session(search: Search): Promise<Client> {
        return session(this.settings, search);
    }

    protected override ping(): Promise<unknown> {
        return this.query("SELECT 1");
    }

    protected override listen(client: Client, { failed, over }: LossListener): void {
        client.on("error", failed);
        client.once("end", over);
    }

    protected override isTransient(error: unknown): boolean {
        return isTransient(error);
    }
}

async function session(settings: Settings, search?: Search): Promise<Client> {
    const client = await connect(settings, settings.releaseId, {}, search);
    await client.query("SET idle_session_timeout = 0");
    return client;
}
