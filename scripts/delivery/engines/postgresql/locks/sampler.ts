import type { ClientBase } from "pg";
import type { LockMode, Sample } from "./sample";

/** Milliseconds between two samples while a statement runs. */
export const defaultInterval = 25;

/** Lower OIDs are PostgreSQL's own. */
const firstUserOid = 16384;

// Always one row. The query reads shared memory only and takes no lock that a migration could wait for.
const question = `
    WITH locks AS MATERIALIZED (
        SELECT pid, json_agg(json_build_array(relation::bigint, mode, granted)) AS held
          FROM pg_locks
         WHERE locktype = 'relation' AND relation >= ${firstUserOid}
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         GROUP BY pid)
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at, coalesce((
        SELECT json_agg(json_build_object(
                   'pid', activity.pid, 'transaction', coalesce(xact_start::text, ''),
                   'wait', wait_event_type || ':' || wait_event, 'locks', coalesce(locks.held, '[]')))
          FROM pg_stat_activity activity LEFT JOIN locks ON locks.pid = activity.pid
         WHERE application_name = $1 AND datname = current_database() AND activity.pid <> pg_backend_pid()), '[]') AS sessions`;

interface Row {
    at: number;
    sessions: { pid: number; transaction: string; wait: string | null; locks: [number, LockMode, boolean][] }[];
}

/** Samples the sessions of one release repeatedly while they work, over a separate connection. */
export class Sampler {
    private samples: Sample[] = [];
    private timer: NodeJS.Timeout | undefined;
    private running = true;
    private failure: Error | undefined;

    private constructor(
        private readonly connection: Pick<ClientBase, "query">,
        private readonly applicationName: string,
        private readonly interval: number,
    ) {}

    static start(connection: Pick<ClientBase, "query">, applicationName: string, interval = defaultInterval): Sampler {
        const sampler = new Sampler(connection, applicationName, interval);
        sampler.again();
        return sampler;
    }

    /** Takes one more sample now. Fails if an earlier one failed: the gap would be unknown. */
    async sample(): Promise<void> {
        if (this.failure) {
            throw this.failure;
        }
        await this.take();
    }

    /** The samples since the last call, plus the last one before that, because its locks may still be held. */
    collect(): Sample[] {
        const collected = this.samples;
        this.samples = collected.slice(-1);
        return collected;
    }

    stop(): void {
        this.running = false;
        clearTimeout(this.timer);
    }

    private again(): void {
        if (!this.running) {
            return;
        }
        this.timer = setTimeout(() => {
            this.take().then(
                () => this.again(),
                (error: Error) => (this.failure = error),
            );
        }, this.interval);
    }

    private async take(): Promise<void> {
        const { rows } = await this.connection.query<Row>({
            name: "aurora-pipeline: locks",
            text: question,
            values: [this.applicationName],
        });
        const [row] = rows;
        if (row && this.running) {
            this.samples.push({ at: row.at, sessions: row.sessions.map(sessionOf) });
        }
    }
}

function sessionOf({ pid, transaction, wait, locks }: Row["sessions"][number]): Sample["sessions"][number] {
    return {
        pid,
        transaction,
        ...(wait !== null && { wait }),
        locks: locks.map(([relation, mode, granted]) => ({ relation, mode, granted })),
    };
}
