import { setTimeout as sleep } from "node:timers/promises";
import { type CodedError, databaseErrors, messageOf, sessionErrors } from "../errors";
import { retrying, type RetryPolicy } from "../retrying";
import type { Settings } from "../settings";
import type { TrackingTables } from "../tracking";
import { ConnectionLost } from "./errors";
import type { Search } from "./search";
import { type SilenceLimits, silenceLimits } from "./silence";

const retryMillis = 500;
const steadyAttempts = 4;
/**
 * Maximum time between the last answer and the end of the run. The server does not end the sessions of a silent client
 * sooner.
 */
const lastAnswerMillis = 54_000;
/** Grace for a server that comes back at the last moment. */
const lastChanceMillis = 2000;

/** What is called when a connection fails, and when it is over. */
export interface LossListener {
    failed: (error: unknown) => void;
    over: () => void;
}

/**
 * One server session for the whole deployment: as long as it exists, the deployment is alive and nobody else takes its
 * lock. Its heartbeat detects a lost server while no other query is pending. An engine adds its queries, each of them
 * {@link inTurn} and by {@link answered}.
 */
export abstract class SessionKeeper<Connection extends { end(): Promise<void> }> {
    /** How often the connection was lost. */
    private losses = 0;
    private closed = false;
    private readonly closing = new AbortController();
    private returning: Promise<void> | undefined;
    /** Settles when the last query has been answered. */
    private turn: Promise<unknown> = Promise.resolve();
    /** Number of queries not answered yet. */
    private waiting = 0;
    private answeredAt = Date.now();
    /** Why the connection was lost, and why there is no new one. */
    private lostBy: unknown;
    private refusedBy: unknown;
    /** Set once waiting has timed out: there is no second wait. */
    private gone: CodedError | undefined;
    private readonly heart: NodeJS.Timeout;

    protected constructor(
        protected readonly settings: Settings,
        /** The tables that hold the lock and the history. */
        readonly tracking: TrackingTables,
        protected connection: Connection,
        /** Called repeatedly while the server has been away for too long. */
        private readonly onGone: (why: string) => void,
    ) {
        this.watch(connection);
        this.heart = setInterval(() => this.beat(), this.limits.doubtMillis).unref();
    }

    /** Opens the session again. */
    protected abstract session(search: Search): Promise<Connection>;

    /** A query that changes nothing. */
    protected abstract ping(): Promise<unknown>;

    protected abstract listen(connection: Connection, listener: LossListener): void;

    protected abstract isTransient(error: unknown): boolean;

    /** Lends the connection itself, for reading a fingerprint; no other query runs meanwhile. */
    use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
        return this.inTurn(async () => {
            const result = await work(this.connection);
            this.answeredAt = Date.now();
            return result;
        });
    }

    /**
     * Waits until the server answers, after a restart or a lost connection, but no longer than the run can survive
     * without it.
     */
    async back(patienceMillis: number): Promise<void> {
        if (this.gone) throw this.gone;
        const { answeredAt } = this;
        const deadline = Math.min(
            Date.now() + patienceMillis,
            Math.max(answeredAt + this.longestMillis, Date.now() + lastChanceMillis),
        );
        try {
            await retrying({ when: () => Date.now() <= deadline, pauseMillis: retryMillis }, async () => {
                // A leftover timer must not keep the process alive.
                const patience = sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false });
                await Promise.race([this.returning, patience]);
                await this.ping();
            });
        } catch (error) {
            const seconds = Math.round((Date.now() - answeredAt) / 1000);
            const reasons = [this.lostBy ?? error, ...(this.refusedBy ? [this.refusedBy] : [])].map(messageOf);
            this.gone = new sessionErrors.ServerGone({ seconds, reason: reasons.join("\n") }, { cause: error });
            throw this.gone;
        }
    }

    /**
     * Does the work, and repeats it if the server went away meanwhile, once it is back: a crashing server ends its
     * sessions one by one and takes time to recover.
     */
    async steadily<T>(patienceMillis: number, work: () => Promise<T>): Promise<T> {
        let losses = 0;
        const when = async (error: Error) =>
            !(error instanceof sessionErrors.ServerGone) && (this.isTransient(error) || (await this.wasLost(losses)));
        return retrying({ when, attempts: steadyAttempts, pauseMillis: 0 }, async () => {
            await this.back(patienceMillis);
            losses = this.losses;
            return work();
        });
    }

    async close(): Promise<void> {
        this.closed = true;
        this.closing.abort();
        clearInterval(this.heart);
        // A connection that never reconnected ends at once.
        await this.connection.end().catch(() => {});
    }

    /** Notes that the server has answered. The server's own error is the cause of a failure. */
    protected async answered<T>(query: (connection: Connection) => Promise<T>): Promise<T> {
        try {
            const result = await query(this.connection);
            this.answeredAt = Date.now();
            return result;
        } catch (error) {
            throw new databaseErrors.QueryFailed({ reason: messageOf(error) }, { cause: error });
        }
    }

    /** The connection runs one query at a time. */
    protected inTurn<T>(work: () => Promise<T>): Promise<T> {
        this.waiting += 1;
        const result = this.turn.then(work);
        this.turn = result.catch(() => {}).then(() => (this.waiting -= 1));
        return result;
    }

    /** The work's own connection may end a little before this one; a query shows it. */
    private async wasLost(lossesBefore: number): Promise<boolean> {
        await sleep(retryMillis);
        await this.ping().catch(() => {});
        return this.losses > lossesBefore;
    }

    private beat(): void {
        if (this.waiting === 0) void this.ping().catch(() => {});
        const { returning, lostBy } = this;
        if (returning !== undefined && Date.now() - this.answeredAt > this.longestMillis - this.limits.doubtMillis) {
            this.onGone(messageOf(lostBy));
        }
    }

    private get limits(): SilenceLimits {
        return silenceLimits(this.settings.database.silenceSeconds);
    }

    /** The longest time without an answer. */
    private get longestMillis(): number {
        const { silenceSeconds } = this.settings.database;
        return lastAnswerMillis * Math.min(1, silenceSeconds / 45);
    }

    private watch(connection: Connection): void {
        const failed = (error: unknown) => void (this.lostBy ??= error);
        const over = () => {
            this.losses += 1;
            const { lostBy } = this;
            const silent = lostBy instanceof ConnectionLost && lostBy.silent;
            // A connection that was cut shows that the server was there until now; a silent one may have been silent
            // this long.
            const least = Date.now() - (silent ? this.limits.silenceMillis + 2 * this.limits.doubtMillis : 0);
            this.answeredAt = Math.max(this.answeredAt, least);
            if (!this.closed && connection === this.connection) {
                this.returning ??= this.reconnect().finally(() => (this.returning = undefined));
            }
        };
        this.listen(connection, { failed, over });
    }

    private async reconnect(): Promise<void> {
        const { attemptMillis } = this.limits;
        const { signal } = this.closing;
        const policy: RetryPolicy = {
            when: (error) => {
                // Reported to the next waiter.
                this.refusedBy = error;
                return !this.closed;
            },
            pauseMillis: retryMillis,
            background: true,
        };
        await retrying(policy, async () => {
            if (this.closed) return;
            this.connection = await this.session({ attemptMillis, patienceMillis: 0, signal });
            this.lostBy = this.refusedBy = this.gone = undefined;
            this.watch(this.connection);
            if (this.closed) {
                await this.connection.end();
            }
        }).catch(() => {});
    }
}
