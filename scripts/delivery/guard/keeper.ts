import { setTimeout as sleep } from "node:timers/promises";
import type { Client, QueryResult, QueryResultRow } from "pg";
import { connect, type Search } from "../database/connection";
import { ConnectionLost, isTransient } from "../database/lost";
import { type SilenceLimits, silenceLimits } from "../database/silence";
import { DeliveryError, messageOf } from "../errors";
import type { Settings } from "../input/settings";

/** How long a server may be away before a deployment gives up on it: an Aurora failover takes less. */
export const serverPatienceMillis = 60_000;
const retryMillis = 500;
const steadyAttempts = 4;
/** From the last answer to the end of the run. The server ends the sessions of a silent client no sooner. */
const lastAnswerMillis = 54_000;
/** For a server that comes back in the last moment. */
const lastChanceMillis = 2000;

/** The server has been away for longer than a run can live without it. */
export class ServerGone extends DeliveryError {}

/**
 * One session in the server for as long as a deployment takes: as long as it is there, the deployment is alive, and
 * nobody else takes its lock. It holds no transaction, hence no snapshot that a concurrent index build would wait for.
 * Its heartbeat finds out that the server is gone while nothing else asks it anything.
 */
export class Keeper {
    /** How often the connection was lost. */
    private losses = 0;
    private closed = false;
    private readonly closing = new AbortController();
    private returning: Promise<void> | undefined;
    /** Settled when what was asked last is answered. */
    private turn: Promise<unknown> = Promise.resolve();
    /** Questions that are not answered yet. */
    private waiting = 0;
    private answeredAt = Date.now();
    /** Why it lost its connection, and why it has not got another one. */
    private lostBy: unknown;
    private refusedBy: unknown;
    /** Set once it was waited for long enough: nobody waits a second time. */
    private gone: ServerGone | undefined;
    private readonly heart: NodeJS.Timeout;

    private constructor(
        private readonly settings: Settings,
        private client: Client,
        /** Called again and again while the server has been away for too long. */
        private readonly onGone: (why: string) => void,
    ) {
        this.watch(client);
        this.heart = setInterval(() => this.beat(), this.limits.doubtMillis).unref();
    }

    static async open(settings: Settings, onGone: (why: string) => void = () => {}): Promise<Keeper> {
        return new Keeper(settings, await session(settings), onGone);
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

    /** Lends the client itself, for reading a fingerprint; nobody else asks it anything meanwhile. */
    use<T>(work: (client: Client) => Promise<T>): Promise<T> {
        return this.inTurn(async () => {
            const result = await work(this.client);
            this.answeredAt = Date.now();
            return result;
        });
    }

    /** Waits until the server answers, after a restart or a lost connection; no longer than the run may live without. */
    async back(patienceMillis: number): Promise<void> {
        if (this.gone) throw this.gone;
        const { answeredAt } = this;
        const deadline = Math.min(
            Date.now() + patienceMillis,
            Math.max(answeredAt + this.longestMillis, Date.now() + lastChanceMillis),
        );
        for (;;) {
            try {
                // A timer that is left over must not keep the process from ending.
                const patience = sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false });
                await Promise.race([this.returning, patience]);
                await this.query("SELECT 1");
                return;
            } catch (error) {
                if (Date.now() > deadline) {
                    const seconds = Math.round((Date.now() - answeredAt) / 1000);
                    const reasons = [this.lostBy ?? error, ...(this.refusedBy ? [this.refusedBy] : [])].map(messageOf);
                    this.gone = new ServerGone(
                        `The server did not come back; it last answered ${seconds} s ago: ${reasons.join("\n")}`,
                        { cause: error },
                    );
                    throw this.gone;
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
                if (attempt === steadyAttempts || !(isTransient(error) || (await this.wasLost(losses)))) throw error;
            }
        }
    }

    async close(): Promise<void> {
        this.closed = true;
        this.closing.abort();
        clearInterval(this.heart);
        // A client that never came back ends at once.
        await this.client.end().catch(() => {});
    }

    private async ask<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<QueryResult<T>> {
        try {
            const result = await this.client.query<T>(sql, values);
            this.answeredAt = Date.now();
            return result;
        } catch (error) {
            throw new DeliveryError(messageOf(error), { cause: error });
        }
    }

    /** The client takes one query at a time. */
    private inTurn<T>(work: () => Promise<T>): Promise<T> {
        this.waiting += 1;
        const result = this.turn.then(work);
        this.turn = result.catch(() => {}).then(() => (this.waiting -= 1));
        return result;
    }

    /** The work's own connection may end a little before this one; asking shows it. */
    private async wasLost(lossesBefore: number): Promise<boolean> {
        await sleep(retryMillis);
        await this.query("SELECT 1").catch(() => {});
        return this.losses > lossesBefore;
    }

    private beat(): void {
        if (this.waiting === 0) void this.query("SELECT 1").catch(() => {});
        const { returning, lostBy } = this;
        if (returning !== undefined && Date.now() - this.answeredAt > this.longestMillis - this.limits.doubtMillis) {
            this.onGone(messageOf(lostBy));
        }
    }

    private get limits(): SilenceLimits {
        return silenceLimits(this.settings.database.silenceSeconds);
    }

    /** Without an answer. */
    private get longestMillis(): number {
        const { silenceSeconds } = this.settings.database;
        return lastAnswerMillis * Math.min(1, silenceSeconds / 45);
    }

    private watch(client: Client): void {
        client.on("error", (error) => (this.lostBy ??= error));
        client.once("end", () => {
            this.losses += 1;
            const { lostBy } = this;
            const silent = lostBy instanceof ConnectionLost && lostBy.silent;
            // A connection that was cut says that somebody is there; one question may have been asked for long.
            const least = Date.now() - (silent ? this.limits.silenceMillis + 2 * this.limits.doubtMillis : 0);
            this.answeredAt = Math.max(this.answeredAt, least);
            if (!this.closed && client === this.client) {
                this.returning ??= this.reconnect().finally(() => (this.returning = undefined));
            }
        });
    }

    private async reconnect(): Promise<void> {
        while (!this.closed) {
            try {
                const { attemptMillis } = this.limits;
                const { signal } = this.closing;
                this.client = await session(this.settings, { attemptMillis, patienceMillis: 0, signal });
                this.lostBy = this.refusedBy = this.gone = undefined;
                this.watch(this.client);
                if (this.closed) {
                    await this.client.end();
                }
                return;
            } catch (error) {
                // It is said when somebody waits for it.
                this.refusedBy = error;
                await sleep(retryMillis, undefined, { ref: false });
            }
        }
    }
}

async function session(settings: Settings, search?: Search): Promise<Client> {
    const client = await connect(settings, settings.releaseId, {}, search);
    await client.query("SET idle_session_timeout = 0");
    return client;
}
