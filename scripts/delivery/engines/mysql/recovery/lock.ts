import { pollUntil } from "../../../retrying";
import { type LockRow, releaseIn } from "../../lockOwner";
import { type ManualRelease, RowLock } from "../../rowLock";
import type { Patience } from "../../session";
import { type Session, sessionsHere, sessionsNamed } from "../connection/sessions";
import { createLock, tableNamed } from "../tracking";
import { type Keeper, keeperName } from "./keeper";

const pollMillis = 500;

/**
 * The lock as a row of the migration tool's table. A deployment is alive while its keeper has a session. What a killed one
 * was running goes on in the server, which notices the client's end only when it has something to send: whoever takes
 * the lock over ends it.
 */
export class TableLock extends RowLock<Session> {
    constructor(
        private readonly keeper: Keeper,
        owner: string,
        patience: Patience,
        log: (line: string) => void,
    ) {
        super(keeper.tracking, owner, patience, log);
    }

    private place(): Promise<{ name: string; exists: boolean }> {
        return this.keeper.use((connection) => tableNamed(connection, this.tracking.lock));
    }

    protected override async table(): Promise<string> {
        return (await this.place()).name;
    }

    protected override async hasTable(): Promise<boolean> {
        return (await this.place()).exists;
    }

    protected override async prepare(): Promise<void> {
        const { lock } = this.tracking;
        for (const statement of createLock(lock, await this.table())) await this.keeper.execute(statement);
    }

    protected override async row(): Promise<LockRow | undefined> {
        const { id, locked, grantedAt, owner } = this.columns;
        const rows = await this.keeper.rows<LockRow>(
            `SELECT COALESCE(${owner}, '') AS lockedBy, CAST(${grantedAt} AS CHAR) AS granted
               FROM ${await this.table()} WHERE ${id} = 1 AND ${locked} = 1`,
        );
        return rows[0];
    }

    protected override async isOurs(): Promise<boolean> {
        const { id, locked, owner } = this.columns;
        const rows = await this.keeper.rows(
            `SELECT 1 FROM ${await this.table()} WHERE ${id} = 1 AND ${locked} = 1 AND CAST(${owner} AS BINARY) = CAST(? AS BINARY)`,
            [this.owner],
        );
        return rows.length > 0;
    }

    private get taken(): string {
        const { locked, grantedAt, owner } = this.columns;
        return `${locked} = 1, ${grantedAt} = UTC_TIMESTAMP(), ${owner} = ?`;
    }

    protected override async claimFree(): Promise<boolean> {
        const { id, locked } = this.columns;
        const found = await this.keeper.execute(
            `UPDATE ${await this.table()} SET ${this.taken} WHERE ${id} = 1 AND ${locked} = 0`,
            [this.owner],
        );
        return found > 0;
    }

    protected override async claimFromDead(row: LockRow): Promise<boolean> {
        await this.endStatementsOf(row);
        const { id, locked, grantedAt, owner } = this.columns;
        const found = await this.keeper.execute(
            `UPDATE ${await this.table()} SET ${this.taken}
              WHERE ${id} = 1 AND ${locked} = 1 AND CAST(COALESCE(${owner}, '') AS BINARY) = CAST(? AS BINARY)
                AND CAST(${grantedAt} AS CHAR) <=> ?`,
            [this.owner, row.lockedBy, row.granted],
        );
        return found > 0;
    }

    protected override async clear(): Promise<void> {
        const { id, locked, grantedAt, owner } = this.columns;
        await this.keeper.execute(
            `UPDATE ${await this.table()} SET ${locked} = 0, ${grantedAt} = NULL, ${owner} = NULL
              WHERE ${id} = 1 AND CAST(${owner} AS BINARY) = CAST(? AS BINARY)`,
            [this.owner],
        );
    }

    /** Ends what a dead run still has in the server, and waits until it is gone: an ALTER TABLE removes its copy. */
    private async endStatementsOf(row: LockRow): Promise<void> {
        const release = releaseIn(row.lockedBy);
        if (release === undefined) return;
        const left = await this.sessionsOf(release);
        for (const { id, info } of left) {
            this.log(
                `Ending what the dead run left in the server: session ${id}${info ? `, ${info.slice(0, 200)}` : ""}.`,
            );
        }
        await this.end(left);
        await pollUntil({ everyMillis: pollMillis }, async () =>
            (await this.sessionsOf(release)).length === 0 ? true : undefined,
        );
    }

    /** The keeper's sessions; without a release in the lock, those of the user who may have taken it. */
    protected override holders(row: LockRow): Promise<Session[]> {
        const release = releaseIn(row.lockedBy);
        return release === undefined
            ? sessionsHere((sql, values) => this.keeper.rows(sql, values))
            : this.sessionsNamed(keeperName(release));
    }

    protected override sessionsOf(release: string): Promise<Session[]> {
        return this.sessionsNamed(release);
    }

    private sessionsNamed(name: string): Promise<Session[]> {
        return sessionsNamed((sql, values) => this.keeper.rows(sql, values), name);
    }

    protected override async end(sessions: Session[]): Promise<void> {
        for (const { id } of sessions) {
            // It may have ended already: error 1094.
            await this.keeper.execute("KILL ?", [id]).catch(() => {});
        }
    }

    protected override manualRelease(holders: Session[]): ManualRelease {
        const { lock } = this.tracking;
        const { locked, grantedAt, owner } = lock.holds;
        return {
            sessions: holders.map(
                ({ id, user, address }) => `connection ${id}, user ${user}${address ? `, from ${address}` : ""}`,
            ),
            end: "KILL <connection>",
            release: `UPDATE ${lock.written ?? lock.name} SET ${locked} = 0, ${owner} = NULL, ${grantedAt} = NULL;`,
        };
    }
}
