import { sessionErrors } from "../errors";
import { pollUntil } from "../retrying";
import type { LockTable, TrackingTables } from "../tracking";
import { describeOwner, type LockRow, releaseIn } from "./lockOwner";
import type { DeploymentLock, Patience } from "./session";

const pollMillis = 500;
/** How often a waiting build logs it. */
const reminderMillis = 30_000;

/** A holder without a session. */
interface Absence extends LockRow {
    /** When that was first seen, by the local clock. */
    since: number;
}

/** How an engine tells people about a lock that they may have to release by hand. */
export interface ManualRelease {
    /** The sessions that may be the holder's, each in words. */
    sessions: string[];
    /** The statement that ends one of them. */
    end: string;
    /** The statement that releases the lock. */
    release: string;
}

/**
 * The lock as a row of the migration tool's table: who waits, for how long, and who is taken for dead. An engine reads and
 * writes the row, and knows the sessions (`Holder`) in its server.
 */
export abstract class RowLock<Holder> implements DeploymentLock {
    /** The previous holder, which died while holding the lock. */
    dead: LockRow | undefined;
    private held = false;

    constructor(
        protected readonly tracking: TrackingTables,
        protected readonly owner: string,
        private readonly patience: Patience,
        protected readonly log: (line: string) => void,
    ) {}

    /** Its qualified name. */
    protected abstract table(): Promise<string>;

    protected abstract hasTable(): Promise<boolean>;

    /** Creates the table and its row, as the migration tool would. */
    protected abstract prepare(): Promise<void>;

    /** The lock row; undefined if the lock is free. */
    protected abstract row(): Promise<LockRow | undefined>;

    /** Whether the row says that this deployment holds the lock. */
    protected abstract isOurs(): Promise<boolean>;

    /** Takes the lock for this deployment if it is free; false if it is held. */
    protected abstract claimFree(): Promise<boolean>;

    /** The same if it is still the dead holder's: of two builds that find the same dead lock only one takes it. */
    protected abstract claimFromDead(row: LockRow): Promise<boolean>;

    /** Releases the lock if this deployment holds it. */
    protected abstract clear(): Promise<void>;

    /** The sessions in the server that may be the holder's. */
    protected abstract holders(row: LockRow): Promise<Holder[]>;

    /** All other sessions of a release. */
    protected abstract sessionsOf(release: string): Promise<Holder[]>;

    protected abstract end(sessions: Holder[]): Promise<void>;

    protected abstract manualRelease(holders: Holder[]): ManualRelease;

    get isHeld(): boolean {
        return this.held;
    }

    /** Takes the lock if the migration tool has run before; leaves a new database untouched. */
    async takeIfThere(): Promise<void> {
        if (await this.hasTable()) {
            await this.take();
        }
    }

    /** Waits while a live holder has the lock, until the timeout, then takes it. */
    async take(): Promise<void> {
        await this.prepare();
        let prepared = true;
        let reminded: number | undefined;
        let absence: Absence | undefined;
        this.held = await pollUntil({ everyMillis: pollMillis }, async (waited) => {
            if (!prepared) await this.prepare();
            prepared = true;
            const row = await this.row();
            if (row === undefined) {
                if (await this.takeFree()) return true;
                // Another build was faster, the row is gone, or something prevents changing it.
                if (waited() >= this.patience.waitMillis) {
                    throw new sessionErrors.LockUnchangeable({ table: await this.table() });
                }
                prepared = false;
                return undefined;
            }
            // The lock may have been taken before the connection that would have confirmed it was lost.
            if (row.lockedBy === this.owner) return true;
            const holders = await this.holders(row);
            if (holders.length === 0) {
                absence = this.absenceOf(row, absence);
                const isDead = Date.now() - absence.since >= this.patience.graceMillis;
                return (isDead && (await this.takeFromDead(row))) || undefined;
            }
            absence = undefined;
            if (waited() >= this.patience.waitMillis) {
                throw this.occupied(row, holders);
            }
            if (reminded === undefined || waited() - reminded >= reminderMillis) {
                reminded = waited();
                this.log(`Waiting for ${this.describe(row)}.`);
            }
            return undefined;
        });
    }

    /** Fails unless this deployment still holds the lock: another may have taken it while the server was away. */
    async confirm(): Promise<void> {
        if (!(await this.isOurs())) {
            const row = await this.row();
            throw new sessionErrors.LockLost({ holder: row ? this.describe(row) : "nobody" });
        }
    }

    /**
     * Waits until no other session of this deployment is left in the server; false if one still is. A remaining session
     * belongs to a lost connection that the server has not noticed yet; it is terminated once the server has had time
     * to notice. Call it only while holding the lock: another build of the same release has sessions with the same
     * name.
     */
    async alone(patienceMillis: number): Promise<boolean> {
        let ended = false;
        const alone = await pollUntil({ everyMillis: 50, withinMillis: patienceMillis }, async (waited) => {
            const sessions = await this.sessionsOf(releaseIn(this.owner) ?? "");
            if (sessions.length === 0) return true;
            if (!ended && waited() >= patienceMillis / 2 && waited() < patienceMillis) {
                ended = true;
                await this.end(sessions);
            }
            return undefined;
        });
        return alone === true;
    }

    /**
     * Releases the lock, unless something of this deployment still runs in the server: the next deployment then finds
     * the lock and waits for that.
     */
    async release(patienceMillis: number): Promise<void> {
        if (!this.held) return;
        await this.confirm();
        if (!(await this.alone(patienceMillis))) {
            this.log(
                "The lock stays until this deployment's statement in the server has ended; the next run releases it.",
            );
            return;
        }
        await this.clear();
        this.held = false;
    }

    protected get columns(): LockTable["holds"] {
        return this.tracking.lock.holds;
    }

    private async takeFree(): Promise<boolean> {
        this.held = await this.claimFree();
        return this.held;
    }

    private async takeFromDead(row: LockRow): Promise<boolean> {
        this.held = await this.claimFromDead(row);
        if (this.held) {
            this.dead = row;
            this.log(
                `Released the lock of a run that ended without releasing it: ${this.describe(row)}. It has had no session in the server for ${this.patience.graceMillis / 1000} s.`,
            );
        }
        return this.held;
    }

    /** Since when this holder has had no session. */
    private absenceOf(row: LockRow, known: Absence | undefined): Absence {
        if (known?.lockedBy === row.lockedBy && known.granted === row.granted) return known;
        const { graceMillis } = this.patience;
        this.log(
            `${this.describe(row)}, holds the lock but has no session in the server. If it does not reconnect within ${graceMillis / 1000} s, its lock is released.`,
        );
        return { ...row, since: Date.now() };
    }

    /** Describes the holder. */
    private describe(row: LockRow): string {
        return describeOwner(row, this.tracking.tool);
    }

    private occupied(row: LockRow, holders: Holder[]): Error {
        const { release, ...manual } = this.manualRelease(holders);
        const facts = {
            holder: this.describe(row),
            seconds: Math.round(this.patience.waitMillis / 1000),
        };
        return releaseIn(row.lockedBy) === undefined
            ? new sessionErrors.LockHeldByStranger({
                  ...facts,
                  sessions: manual.sessions,
                  tool: this.tracking.tool,
                  release,
              })
            : new sessionErrors.LockHeld({ ...facts, ...manual });
    }
}
