import { setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "node:net";
import type { Client } from "pg";
import { ConnectionLost } from "./lost";
import { type Loss, SilenceJudge, type SilenceLimits } from "./silence";

const tickMillis = 1000;
/** A server that is gone does not answer a farewell either. */
const farewellMillis = 2000;

/** Sessions of this process's own clients, by the server's process ids. */
const ownSessions = new Set<number>();

/** The server's process ids of the connections that this process has open, beside Liquibase's. */
export function ownProcessIds(): number[] {
    return [...ownSessions];
}

/** Which sessions somebody looks for: one, or all but those of this process's own clients, which are Liquibase's. */
export type Asked = { pid: number } | "liquibase";

/** Looks over another connection whether sessions of one name work. */
export class Lookout {
    private client: Client | undefined;
    /** Of the connection that is being opened. */
    private opening: AbortController | undefined;

    constructor(
        private readonly open: (signal: AbortSignal) => Promise<Client>,
        private readonly applicationName: string,
        private readonly limits: Pick<SilenceLimits, "lookMillis">,
    ) {}

    /**
     * Whether one of them works, or has just ended its work; fails where the server does not answer. One that waits for its
     * client, to send or to receive, does not work: its client hears nothing of it.
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
                [
                    this.applicationName,
                    asked === "liquibase" ? null : asked.pid,
                    this.limits.lookMillis,
                    ownProcessIds(),
                ],
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
        if (client) await hangUp(client);
    }

    /** The server shows a session in full to its own user alone, not to the role that he works as. */
    private async openAsUser(): Promise<Client> {
        const opening = (this.opening = new AbortController());
        const client = await this.open(opening.signal);
        try {
            await client.query("SET ROLE NONE");
            if (opening.signal.aborted) throw new Error("nobody waits any more");
            return client;
        } catch (error) {
            await hangUp(client);
            throw error;
        }
    }
}

/** Lets a client find out that its answer will not come: whoever waits for it gets {@link ConnectionLost}. */
export function watchSilence(
    client: Client,
    limits: SilenceLimits,
    { host, port }: { host: string; port: number },
    lookout: Lookout,
): void {
    const { pid, stream } = internalsOf(client);
    ownSessions.add(pid);
    client.once("end", () => {
        ownSessions.delete(pid);
        stop();
    });
    let asked = 0;
    let timer: NodeJS.Timeout | undefined;
    let judge: SilenceJudge | undefined;
    let [silentMillis, tickedAt] = [0, 0];
    stream.on("data", () => (silentMillis = 0));

    function start(): void {
        silentMillis = 0;
        tickedAt = performance.now();
        judge = new SilenceJudge(
            limits,
            () => lookout.works({ pid }),
            (loss) => stream.destroy(lossError(loss, limits, { host, port })),
        );
        timer = setInterval(() => {
            const now = performance.now();
            // A process that was busy has not listened for so long.
            silentMillis += Math.min(now - tickedAt, 2 * tickMillis);
            tickedAt = now;
            judge?.hears(silentMillis);
        }, tickMillis).unref();
    }

    function stop(): void {
        clearInterval(timer);
        timer = judge = undefined;
        void lookout.close();
    }

    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
        const answer = query(...args);
        if (answer instanceof Promise) {
            if (++asked === 1) start();
            const settled = () => {
                if (--asked === 0) stop();
            };
            answer.then(settled, settled);
        }
        return answer;
    }) as Client["query"];
    const farewell: () => Promise<void> = client.end.bind(client);
    client.end = () => hangUp(client, farewell);
}

/** What a client is told whose connection is given up on. */
export function lossError(
    loss: Loss,
    { silenceMillis }: SilenceLimits,
    { host, port }: { host: string; port: number },
): ConnectionLost {
    return loss === "silent"
        ? new ConnectionLost(`${host}:${port} has not answered for ${silenceMillis / 1000} s`, true)
        : new ConnectionLost(
              `the connection to ${host}:${port} was lost without a word: its session does not work in the server any more, and no answer came`,
              false,
          );
}

/** Ends a connection, and does not wait for a server that is gone. */
async function hangUp(client: Client, farewell = () => client.end()): Promise<void> {
    const patience = new AbortController();
    const bored = sleep(farewellMillis, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([farewell().catch(() => {}), bored]);
    patience.abort();
    destroy(client);
}

/** Ends a connection at once, also one that is being made. */
export function destroy(client: Client): void {
    internalsOf(client).stream.destroy();
}

/** What the client has and its type does not show. */
function internalsOf(client: Client): { pid: number; stream: Socket } {
    const { processID, connection } = client as unknown as { processID: number; connection: { stream: Socket } };
    return { pid: processID, stream: connection.stream };
}
