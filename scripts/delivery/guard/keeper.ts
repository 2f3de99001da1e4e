import { setTimeout as sleep } from "node:timers/promises";
import type { Client, QueryResult, QueryResultRow } from "pg";
import { connect } from "../database/database";
import { DeliveryError, messageOf } from "../errors";
import type { Settings } from "../input/settings";

const retryMillis = 500;
const steadyAttempts = 4;

/**
 * One session in the server for as long as a deployment takes: as long as it is there, the deployment is alive, and
 * nobody else takes its lock. It holds no transaction, hence no snapshot that a concurrent index build would wait for.
 */
export class Keeper {
    /** How often the connection was lost. */
    private losses = 0;
    private closed = false;
    private returning: Promise<void> | undefined;
    /** Settled when what was asked last is answered. */
    private turn: Promise<unknown> = Promise.resolve();

    private constructor(
        private readonly settings: Settings,
        private client: Client,
    ) {
        this.watch(client);
    }

    static async open(settings: Settings): Promise<Keeper> {
        return new Keeper(settings, await session(settings));
    }

    /** Fails when the connection is lost: see {@link back}. The server's own error is the cause. */
    query<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        return this.inTurn(() => this.ask<T>(sql, values));
    }

    /**
     * A query as the user who logged in, whose sessions the deployment's are: the server hides much of them from the role
     * that he works as. No other query comes between.
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

    /** The client itself, for reading a fingerprint. */
    get connection(): Client {
        return this.client;
    }

    /** Waits until the server answers, after a restart or a lost connection. */
    async back(patienceMillis: number): Promise<void> {
        const deadline = Date.now() + patienceMillis;
        for (;;) {
            try {
                // A timer that is left over must not keep the process from ending.
                const patience = sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false });
                await Promise.race([this.returning, patience]);
                await this.query("SELECT 1");
                return;
            } catch (error) {
                if (Date.now() > deadline) {
                    throw new DeliveryError(
                        `The server did not come back within ${patienceMillis / 1000} s: ${messageOf(error)}`,
                    );
                }
                await sleep(retryMillis);
            }
        }
    }

    /**
     * Does the work, and does it again when the server went away meanwhile, once it is back: a server that crashes ends
     * its sessions one after the other, and takes its time to recover.
     */
    async steadily<T>(patienceMillis: number, work: () => Promise<T>): Promise<T> {
        for (let attempt = 1; ; attempt++) {
            await this.back(patienceMillis);
            const { losses } = this;
            try {
                return await work();
            } catch (error) {
                if (attempt === steadyAttempts || !(await this.wasLost(losses))) throw error;
            }
        }
    }

    async close(): Promise<void> {
        this.closed = true;
        // A client that never came back ends at once.
        await this.client.end().catch(() => {});
    }

    private async ask<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        try {
            return await this.client.query<T>(sql, values);
        } catch (error) {
            throw new DeliveryError(messageOf(error), { cause: error });
        }
    }

    /** The client takes one query at a time. */
    private inTurn<T>(work: () => Promise<T>): Promise<T> {
        const result = this.turn.then(work);
        this.turn = result.catch(() => {});
        return result;
    }

    /** The work's own connection may end a little before this one. */
    private async wasLost(lossesBefore: number): Promise<boolean> {
        await sleep(retryMillis);
        return this.losses > lossesBefore;
    }

    private watch(client: Client): void {
        client.once("end", () => {
            this.losses += 1;
            if (!this.closed && client === this.client) {
                this.returning ??= this.reconnect().finally(() => (this.returning = undefined));
            }
        });
    }

    private async reconnect(): Promise<void> {
        while (!this.closed) {
            try {
                this.client = await session(this.settings);
                this.watch(this.client);
                if (this.closed) {
                    await this.client.end();
                }
                return;
            } catch {
                // What keeps it from coming back is said when somebody waits for it.
                await sleep(retryMillis, undefined, { ref: false });
            }
        }
    }
}

async function session(settings: Settings): Promise<Client> {
    const client = await connect(settings, settings.releaseId);
    // The server must notice within a minute that this machine is gone, and must not end a session for being idle.
    await client.query(
        `SELECT set_config(name, value, false)
           FROM (VALUES ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'),
                        ('idle_session_timeout', '0')) AS wanted (name, value)
           JOIN pg_settings USING (name)`,
    );
    return client;
}
