import type { Socket } from "node:net";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { InternalError } from "../../../errors";
import { hangUp, watchAnswers } from "../../answers";
import type { SessionLookout, SilenceLimits } from "../../silence";

/** Sessions of this process's own clients, by the server's connection IDs. */
const ownSessions = new Set<number>();

/** Which sessions to check: one, or all except those of this process's own clients. */
type Asked = { id: number } | "others";

/** Checks over a separate connection whether sessions of this user with one name are working. */
export class Lookout implements SessionLookout {
    private connection: Connection | undefined;
    private opening: AbortController | undefined;

    constructor(
        private readonly open: (signal: AbortSignal) => Promise<Connection>,
        private readonly programName: string,
        private readonly limits: Pick<SilenceLimits, "lookMillis">,
    ) {}

    /** A session that waits to send to or receive from its client does not count as working: it hears nothing. */
    async works(asked: Asked): Promise<boolean> {
        try {
            const connection = (this.connection ??= await this.openOnce());
            const [rows] = await connection.query<RowDataPacket[]>(
                `${ownSessionsNamed} AND (command <> 'Sleep' AND coalesce(state, '') NOT IN ('Sending to client', 'Reading from net')
                                       OR time <= ?)`,
                [this.programName, Math.ceil(this.limits.lookMillis / 1000)],
            );
            return rows.some(({ id }) => (asked === "others" ? !ownSessions.has(id as number) : id === asked.id));
        } catch (error) {
            await this.close();
            throw error;
        }
    }

    async close(): Promise<void> {
        const { connection } = this;
        this.connection = undefined;
        this.opening?.abort();
        if (connection)
            await hangUp(
                () => connection.end(),
                () => connection.destroy(),
            );
    }

    private async openOnce(): Promise<Connection> {
        const opening = (this.opening = new AbortController());
        const connection = await this.open(opening.signal);
        if (opening.signal.aborted) {
            await hangUp(
                () => connection.end(),
                () => connection.destroy(),
            );
            throw new InternalError("the wait was cancelled");
        }
        return connection;
    }
}

/** Sessions of this account by the name that their client has given. */
const ownSessionsNamed = `
    SELECT p.ID AS id, p.COMMAND AS command, p.STATE AS state, p.TIME AS time
      FROM information_schema.PROCESSLIST p
      JOIN performance_schema.session_account_connect_attrs a
        ON a.PROCESSLIST_ID = p.ID AND a.ATTR_NAME = 'program_name' AND a.ATTR_VALUE = ?
     WHERE p.ID <> connection_id()`;

/** Detects that an answer will not come; the pending query then fails with `ConnectionLost`. */
export function watchSilence(
    connection: Connection,
    limits: SilenceLimits,
    address: { host: string; port: number },
    lookout: Lookout,
): void {
    const stream = streamOf(connection);
    const { threadId: id } = connection;
    ownSessions.add(id);
    const watch = watchAnswers(stream, limits, address, {
        works: () => lookout.works({ id }),
        close: () => lookout.close(),
    });
    stream.once("close", () => {
        ownSessions.delete(id);
        watch.stop();
    });

    // Prepared statements too: a check from the repository runs as one.
    for (const method of ["query", "execute"] as const) {
        const ask = connection[method].bind(connection) as (...args: unknown[]) => Promise<unknown>;
        const watched = (...args: unknown[]) => {
            const answer = ask(...args);
            watch.expect(answer);
            return answer;
        };
        Object.assign(connection, { [method]: watched });
    }
    const farewell = connection.end.bind(connection);
    connection.end = () => hangUp(farewell, () => connection.destroy());
}

/** What the client has but its type does not show. */
export function streamOf(connection: Connection): Socket {
    return (connection as unknown as { connection: { stream: Socket } }).connection.stream;
}
