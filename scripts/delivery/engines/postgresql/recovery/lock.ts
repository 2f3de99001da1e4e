import { codeOf, SqlState } from "../errors";
import { homeSchema, inSchema, tableExists } from "../connection/searchPath";
import { createTracking, insertLockRow, wantedLock } from "../tracking";
import { type LockRow, releaseIn } from "../../lockOwner";
import { type ManualRelease, RowLock } from "../../rowLock";
import type { Patience } from "../../session";
import type { Keeper } from "./keeper";

/** Two builds create the table at once: IF NOT EXISTS does not see uncommitted tables. */
const beganAtOnce: string[] = [SqlState.uniqueViolation, SqlState.duplicateTable];

/** A session that may be the lock holder's. */
interface Holder {
    pid: number;
    user: string;
    application: string;
    address: string | null;
    since: string | null;
}

/**
 * The lock as a row of the migration tool's table.
 *
 * The columns are compared as `text`, for which `pg_catalog` has every operator. It has none for `varchar`, so an
 * operator of a migration could be called instead, in a session that writes, before the plan has been compared.
 */
export class TableLock extends RowLock<Holder> {
    private schema: string | undefined;

    constructor(
        private readonly keeper: Keeper,
        owner: string,
        patience: Patience,
        log: (line: string) => void,
    ) {
        super(keeper.tracking, owner, patience, log);
    }

    /** The schema of the tracking tables. */
    private async home(): Promise<string> {
        return (this.schema ??= await this.keeper.use(homeSchema));
    }

    protected override async table(): Promise<string> {
        return inSchema(await this.home(), this.tracking.lock.name);
    }

    protected override async hasTable(): Promise<boolean> {
        const schema = await this.home();
        return this.keeper.use((client) => tableExists(client, schema, this.tracking.lock.name));
    }

    protected override async prepare(): Promise<void> {
        const { tracking } = this;
        const schema = await this.home();
        if (!(await this.hasTable())) {
            try {
                await this.keeper.query(createTracking(wantedLock(tracking), schema));
            } catch (error) {
                if (!beganAtOnce.includes(codeOf(error))) throw error;
            }
        }
        await this.keeper.query(insertLockRow(tracking.lock, schema));
    }

    protected override async row(): Promise<LockRow | undefined> {
        const { id, locked, grantedAt, owner } = this.columns;
        const { rows } = await this.keeper.query<LockRow>(
            `SELECT coalesce(${owner}, '') AS "lockedBy", ${grantedAt}::text AS granted
               FROM ${await this.table()} WHERE ${id} = 1 AND ${locked}`,
        );
        return rows[0];
    }

    protected override async isOurs(): Promise<boolean> {
        const { id, locked, owner } = this.columns;
        const { rowCount } = await this.keeper.query(
            `SELECT 1 FROM ${await this.table()} WHERE ${id} = 1 AND ${locked} AND ${owner}::text = $1`,
            [this.owner],
        );
        return found(rowCount);
    }

    /** The row's values once `$1` holds the lock. */
    private get taken(): string {
        const { locked, grantedAt, owner } = this.columns;
        return `${locked} = true, ${grantedAt} = now() AT TIME ZONE 'UTC', ${owner} = $1`;
    }

    protected override async claimFree(): Promise<boolean> {
        const { id, locked } = this.columns;
        const { rowCount } = await this.keeper.query(
            `UPDATE ${await this.table()} SET ${this.taken} WHERE ${id} = 1 AND ${locked} IS NOT TRUE`,
            [this.owner],
        );
        return found(rowCount);
    }

    protected override async claimFromDead(row: LockRow): Promise<boolean> {
        const { id, locked, grantedAt, owner } = this.columns;
        const { rowCount } = await this.keeper.query(
            `UPDATE ${await this.table()} SET ${this.taken}
              WHERE ${id} = 1 AND ${locked} AND coalesce(${owner}, '')::text = $2
                AND ${grantedAt}::text IS NOT DISTINCT FROM $3`,
            [this.owner, row.lockedBy, row.granted],
        );
        return found(rowCount);
    }

    protected override async clear(): Promise<void> {
        const { id, locked, grantedAt, owner } = this.columns;
        await this.keeper.query(
            `UPDATE ${await this.table()} SET ${locked} = false, ${grantedAt} = NULL, ${owner} = NULL
              WHERE ${id} = 1 AND ${owner}::text = $1`,
            [this.owner],
        );
    }

    protected override holders(row: LockRow): Promise<Holder[]> {
        const release = releaseIn(row.lockedBy);
        return release === undefined ? this.strangers(row) : this.sessionsOf(release);
    }

    /** Any session can give itself the release's name; only one that may write the lock can have taken it. */
    protected override async sessionsOf(release: string): Promise<Holder[]> {
        const { rows } = await this.keeper.observe<Holder>(
            `${sessions} AND application_name = $1 AND has_table_privilege(usesysid, $2, 'UPDATE') ORDER BY backend_start`,
            [release, await this.table()],
        );
        return rows;
    }

    protected override async end(sessions: Holder[]): Promise<void> {
        await this.keeper.observe("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [
            sessions.map(({ pid }) => pid),
        ]);
    }

    /**
     * Sessions that may be the holder's when the lock names no release. The holder took it in a session that began
     * earlier, with a role that may write the table. The time of the lock is in the holder's own time zone, at most 12 hours
     * behind UTC, so a session that began more than 12 hours after it is excluded. The start of other users' sessions
     * is hidden; these count as possible holders, except a superuser's, which on RDS is AWS itself. A time in
     * the future is capped.
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

    protected override manualRelease(holders: Holder[]): ManualRelease {
        const { lock } = this.tracking;
        const { locked, grantedAt, owner } = lock.holds;
        return {
            sessions: holders.map(
                ({ pid, user, application, address, since }) =>
                    `process ${pid}, ${application || "no application name"}, user ${user}${address ? `, from ${address}` : ""}${since ? `, since ${since}` : ""}`,
            ),
            end: "SELECT pg_terminate_backend(<process>)",
            release: `UPDATE ${lock.name} SET ${locked} = false, ${owner} = NULL, ${grantedAt} = NULL;`,
        };
    }
}

function found(rowCount: number | null): boolean {
    return rowCount !== null && rowCount > 0;
}

// Background workers have no user; parallel workers have their session's user.
const sessions = `SELECT pid, coalesce(usename, '') AS "user", coalesce(application_name, '') AS application,
        host(client_addr) AS address, backend_start::timestamp(0)::text AS since
   FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL`;
