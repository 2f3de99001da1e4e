import type { Socket } from "node:net";
import type { Client } from "pg";
import { hangUp, watchAnswers } from "../../answers";
import type { SessionLookout, SilenceLimits } from "../../silence";
import { InternalError } from "../../../errors";

/** Sessions of this process's own clients, by the server's process IDs. */
const ownSessions = new Set<number>();

/** The server's process IDs of this process's open connections, without the migration tool's. */
export function ownProcessIds(): number[] {
    return [...ownSessions];
}

/**
 * Which sessions to check: one, or all except those of this process's own clients, which leaves the migration tool's.
 */
export type Asked = { pid: number } | "others";

/** Checks over a separate connection whether sessions with one name are working. */
export class Lookout implements SessionLookout {
    private client: Client | undefined;
    /** For the connection that is being opened. */
    private opening: AbortController | undefined;

    constructor(
        private readonly open: (signal: AbortSignal) => Promise<Client>,
        private readonly applicationName: string,
        private readonly limits: Pick<SilenceLimits, "lookMillis">,
    ) {}

    /**
     * Whether one of them is working, or has just finished; fails if the server does not answer. A session that waits
     * to send to or receive from its client does not count as working: its client hears nothing from it.
     */
    async works(asked: Asked): Promise<boolean> {
        try {
            const client = (this.client ??= await this.openAsUser());
            const { rows } = await client.query<{ works: boolean | null }>(
                `SELECT bool_or(state IN ('active', 'fastpath function call') AND wait_event_type IS DISTINCT FROM 'Client'
                                OR state_change > clock_timestamp() - $3 * interval '1 millisecond') AS works
                   FROM pg_catalog.pg_stat_activity
                  WHERE datname = current_database() AND application_name = $1
                    AND ($2::int IS NULL AND pid <> ALL ($4::int[]) OR pid = $2)`,
                [this.applicationName, asked === "others" ? null : asked.pid, this.limits.lookMillis, ownProcessIds()],
            );
            return rows[0]?.works ?? false;
        } catch (error) {
            await this.close();
            throw error;
        }
    }

    async close(): Promise<void> {
        const { client } = this;
        this.client = undefined;
        this.opening?.abort();
        if (client)
            await hangUp(
                () => client.end(),
                () => destroy(client),
            );
    }

    /** The server shows a session's details only to its own login user, not to the role it has switched to. */
    private async openAsUser(): Promise<Client> {
        const opening = (this.opening = new AbortController());
        const client = await this.open(opening.signal);
        try {
            await client.query("SET ROLE NONE");
            if (opening.signal.aborted) throw new InternalError("the wait was cancelled");
            return client;
        } catch (error) {
            await hangUp(
                () => client.end(),
                () => destroy(client),
            );
            throw error;
        }
    }
}

/** Detects that a client's answer will not come; its pending query then fails with {@link ConnectionLost}. */
export function watchSilence(
    client: Client,
    limits: SilenceLimits,
    address: { host: string; port: number },
    lookout: Lookout,
): void {
    const { pid, stream } = internalsOf(client);
    ownSessions.add(pid);
    const watch = watchAnswers(stream, limits, address, {
        works: () => lookout.works({ pid }),
        close: () => lookout.close(),
    });
    client.once("end", () => {
        ownSessions.delete(pid);
        watch.stop();
    });

    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
        const answer = query(...args);
        if (answer instanceof Promise) watch.expect(answer);
        return answer;
    }) as Client["query"];
    const farewell: () => Promise<void> = client.end.bind(client);
    client.end = () => hangUp(farewell, () => destroy(client));
}

/** Ends a connection at once, even while it is being opened. */
export function destroy(client: Client): void {
    internalsOf(client).stream.destroy();
}

/** What the client has but its type does not show. */
function internalsOf(client: Client): { pid: number; stream: Socket } {
    const { processID, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
    return { pid: processID, stream: connection.stream };
}
