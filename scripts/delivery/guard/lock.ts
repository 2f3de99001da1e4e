import { setTimeout as sleep } from "node:timers/promises";
import { escapeIdentifier } from "pg";
import { homeSchema, inSchema, tableExists } from "../database/searchPath";
import { createTracking, insertLockRow, lockTable } from "../database/tracking";
import { DeliveryError, InputError } from "../errors";
import type { Keeper } from "./keeper";
import { describeOwner, type LockRow, releaseIn } from "./owner";

const pollMillis = 500;
/** How often a build that waits says so. */
const reminderMillis = 30_000;

/** A session of whoever may hold the lock. */
interface Holder {
    pid: number;
    user: string;
    application: string;
    address: string | null;
    since: string | null;
}

/** A holder without a session. */
interface Absence extends LockRow {
    /** When that was first seen, by this machine's clock. */
    since: number;
}

/** How {@link DeploymentLock} waits. */
export interface Patience {
    /** For a live holder to end. */
    waitMillis: number;
    /** Without any session of the holder, until it counts as dead: longer than a live one takes to reconnect. */
    graceMillis: number;
}

/**
 * Liquibase's lock, held for a whole deployment. A lock whose holder is dead is taken over; that it is dead is shown by
 * the sessions in the server, never by the age of the lock. A live holder has none for as long as it reconnects, after a
 * failover say: so only one that stays away for all of a grace period is dead.
 *
 * The columns are compared as `text`, of which `pg_catalog` has all operators and comes first. For `varchar` it has none of
 * its own, so that one of a migration's would be called: in a session that writes, before the plan has been compared.
 */
export class DeploymentLock {
    /** Whoever held the lock before, and died with it. */
    dead: LockRow | undefined;
    private held = false;
    private schema: string | undefined;

    constructor(
        private readonly keeper: Keeper,
        private readonly owner: string,
        private readonly patience: Patience,
        private readonly log: (line: string) => void,
    ) {}

    get isHeld(): boolean {
        return this.held;
    }

    /** Takes the lock where Liquibase has run before; a database that it has never seen is left as it is. */
    async takeIfThere(): Promise<void> {
        if (await this.hasTable()) {
            await this.take();
        }
    }

    /** Waits for whoever holds the lock, for as long as it is alive and the patience lasts, and takes it. */
    async take(): Promise<void> {
        await this.prepare();
        const started = Date.now();
        let reminded = 0;
        let absence: Absence | undefined;
        for (;;) {
            const row = await this.row();
            if (row === undefined) {
                if (await this.takeFree()) return;
                // Somebody was faster, or the row is gone; or something keeps it as it is.
                if (Date.now() - started >= this.patience.waitMillis) throw new DeliveryError(await this.stuck());
                await sleep(pollMillis);
                await this.prepare();
                continue;
            }
            if (row.lockedBy === this.owner) {
                // Taken before the connection was lost that would have said so.
                this.held = true;
                return;
            }
            const holders = await this.holders(row);
            if (holders.length === 0) {
                absence = this.absenceOf(row, absence);
                if (Date.now() - absence.since < this.patience.graceMillis) {
                    await sleep(pollMillis);
                } else if (await this.takeFromDead(row)) {
                    return;
                }
                continue;
            }
            absence = undefined;
            if (Date.now() - started >= this.patience.waitMillis) {
                throw new InputError(this.occupied(row, holders));
            }
            if (Date.now() - reminded >= reminderMillis) {
                reminded = Date.now();
                this.log(`Waiting for ${describeOwner(row)}.`);
            }
            await sleep(pollMillis);
        }
    }

    /** Fails unless this deployment still holds the lock: a server that was away may have let somebody else in. */
    async confirm(): Promise<void> {
        const { rowCount } = await this.keeper.query(
            `SELECT 1 FROM ${await this.table()} WHERE id = 1 AND locked AND lockedby::text = $1`,
            [this.owner],
        );
        if (!rowCount) {
            const row = await this.row();
            throw new DeliveryError(
                `The lock is no longer this deployment's${row ? `; it is held by ${describeOwner(row)}` : ""}.`,
            );
        }
    }

    /**
     * Waits until no other session of this deployment is left in the server; false if one still is. What is left is a lost
     * connection's, whose end the server has not noticed: it is ended once the server had time for that. Only for who holds
     * the lock: another build of the same release has sessions of the same name.
     */
    async alone(patienceMillis: number): Promise<boolean> {
        const started = Date.now();
        let ended = false;
        for (;;) {
            const sessions = await this.sessionsOf(releaseIn(this.owner) ?? "");
            if (sessions.length === 0) return true;
            if (Date.now() - started >= patienceMillis) return false;
            if (!ended && Date.now() - started >= patienceMillis / 2) {
                ended = true;
                await this.end(sessions);
            }
            await sleep(50);
        }
    }

    /**
     * Gives the lock back, unless something of this deployment still runs in the server: the next one will find the lock,
     * and wait for that.
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
        await this.keeper.query(
            `UPDATE ${await this.table()} SET locked = false, lockgranted = NULL, lockedby = NULL
              WHERE id = 1 AND lockedby::text = $1`,
            [this.owner],
        );
        this.held = false;
    }

    /** Since when this holder has had no session. */
    private absenceOf(row: LockRow, known: Absence | undefined): Absence {
        if (known?.lockedBy === row.lockedBy && known.granted === row.granted) return known;
        const { graceMillis } = this.patience;
        this.log(
            `${describeOwner(row)}, holds the lock and has no session in the server. Unless it reconnects within ${graceMillis / 1000} s, it is dead.`,
        );
        return { ...row, since: Date.now() };
    }

    /** Where the tracking tables are. */
    private async home(): Promise<string> {
        return (this.schema ??= await this.keeper.use(homeSchema));
    }

    /** Its name in full. */
    private async table(): Promise<string> {
        return inSchema(await this.home(), lockTable);
    }

    private async hasTable(): Promise<boolean> {
        const schema = await this.home();
        return this.keeper.use((client) => tableExists(client, schema, lockTable));
    }

    /** Makes the table and its one row as Liquibase would. */
    private async prepare(): Promise<void> {
        const within = `${escapeIdentifier(await this.home())}.`;
        if (!(await this.hasTable())) {
            try {
                await this.keeper.query(createTracking(lockTable, within));
            } catch (error) {
                // Two that begin at once: IF NOT EXISTS does not see what is not committed.
                const { code = "" } = (error as { cause?: { code?: string } }).cause ?? {};
                if (!["23505", "42P07"].includes(code)) throw error;
            }
        }
        await this.keeper.query(insertLockRow(within));
    }

    /** The lock row; undefined when the lock is free. */
    private async row(): Promise<LockRow | undefined> {
        const { rows } = await this.keeper.query<LockRow>(
            `SELECT coalesce(lockedby, '') AS "lockedBy", lockgranted::text AS granted
               FROM ${await this.table()} WHERE id = 1 AND locked`,
        );
        return rows[0];
    }

    private async takeFree(): Promise<boolean> {
        const { rowCount } = await this.keeper.query(
            `UPDATE ${await this.table()} SET locked = true, lockgranted = now() AT TIME ZONE 'UTC', lockedby = $1
              WHERE id = 1 AND locked IS NOT TRUE`,
            [this.owner],
        );
        this.held = rowCount !== null && rowCount > 0;
        return this.held;
    }

    /** Compares what was read, so that of two that find the same dead lock one takes it. */
    private async takeFromDead(row: LockRow): Promise<boolean> {
        const { rowCount } = await this.keeper.query(
            `UPDATE ${await this.table()} SET locked = true, lockgranted = now() AT TIME ZONE 'UTC', lockedby = $1
              WHERE id = 1 AND locked AND coalesce(lockedby, '')::text = $2 AND lockgranted::text IS NOT DISTINCT FROM $3`,
            [this.owner, row.lockedBy, row.granted],
        );
        this.held = rowCount !== null && rowCount > 0;
        if (this.held) {
            this.dead = row;
            this.log(
                `Released the lock of a dead run: ${describeOwner(row)}. It ended without releasing it, and has had no session in the server for ${this.patience.graceMillis / 1000} s.`,
            );
        }
        return this.held;
    }

    private holders(row: LockRow): Promise<Holder[]> {
        const release = releaseIn(row.lockedBy);
        return release === undefined ? this.strangers(row) : this.sessionsOf(release);
    }

    private async sessionsOf(release: string): Promise<Holder[]> {
        const { rows } = await this.keeper.observe<Holder>(
            `${sessions} AND application_name = $1 ORDER BY backend_start`,
            [release],
        );
        return rows;
    }

    private async end(sessions: Holder[]): Promise<void> {
        await this.keeper.observe("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [
            sessions.map(({ pid }) => pid),
        ]);
    }

    /**
     * Sessions that may be the holder's where the lock does not tell a release. Whoever took it did so in a session that
     * began before, as a role that may write the table. LOCKGRANTED is in the holder's own time zone, at most 12 hours
     * behind UTC: a session that began later than that after it is none. When one began is hidden of other users', who may
     * be it then; but for a superuser's: on RDS that is AWS itself. Nobody took a lock in the future, whatever its row says.
     */
    private async strangers({ granted }: LockRow): Promise<Holder[]> {
        const { rows } = await this.keeper.observe<Holder>(
            `${sessions} AND has_table_privilege(usesysid, $2, 'UPDATE')
               AND coalesce(backend_start AT TIME ZONE 'UTC'
                                <= least($1::timestamp, now() AT TIME ZONE 'UTC' + interval '1 day') + interval '12 hours',
                            $1 IS NULL OR NOT (SELECT rolsuper FROM pg_roles WHERE oid = usesysid))
             ORDER BY backend_start`,
            [granted, await this.table()],
        );
        return rows;
    }

    private async stuck(): Promise<string> {
        return `The lock is free, and its row in ${await this.table()} cannot be changed: look for triggers, rules and policies on the table. Bootstrap puts them right.`;
    }

    private occupied(row: LockRow, holders: Holder[]): string {
        const waited = Math.round(this.patience.waitMillis / 1000);
        const known = releaseIn(row.lockedBy) !== undefined;
        return [
            `Another deployment holds the lock: ${describeOwner(row)}. Waited ${waited} s; nothing was applied.`,
            known ? "Its sessions in the server:" : "Sessions in the server that may be its:",
            ...holders.map(
                ({ pid, user, application, address, since }) =>
                    `  - process ${pid}, ${application || "no application name"}, user ${user}${address ? `, from ${address}` : ""}${since ? `, since ${since}` : ""}`,
            ),
            known
                ? "Let it finish, then start the pipeline again; or end it: SELECT pg_terminate_backend(<process>). The next run releases the lock of a dead one."
                : "If none of them is a running Liquibase, release the lock by hand: UPDATE databasechangeloglock SET locked = false, lockedby = NULL, lockgranted = NULL;",
        ].join("\n");
    }
}

// Background workers have no user; those of a session that runs in parallel have its.
const sessions = `SELECT pid, coalesce(usename, '') AS "user", coalesce(application_name, '') AS application,
        host(client_addr) AS address, backend_start::timestamp(0)::text AS since
   FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL`;
