import type { Client, QueryArrayConfig } from "pg";
import type { ConnectionSettings, Database, OtherHistory } from "../../database";
import {
    asRefusal,
    type Fingerprint,
    type FingerprintOptions,
    type RecordedCatalog,
    type TableContent,
} from "../../fingerprint";
import { readContent } from "../catalog/content";
import { readFingerprint } from "../catalog/read";
import { catalogBefore, historyBefore, lastCatalog } from "../catalog/recorded";
import { connect } from "./connection";
import type { HistoryRow } from "../../../history";
import { releaseIn } from "../../lockOwner";
import { otherHistories } from "./otherHistories";
import { asInChangesets, homeSchema, inSchema, tableExists } from "./searchPath";
import { type HistoryRecord, type TrackingTables, uncountedTables } from "../../../tracking";

/** The delivery program's own view of the database: same server and same TLS rules as the migration tool's. */
export class PostgresDatabase implements Database {
    private home: Promise<string> | undefined;

    /** Uses a connection of {@link connect}, which stays open. */
    constructor(
        private readonly client: Client,
        private readonly tracking: TrackingTables,
    ) {}

    /** Connects, does the work and disconnects: no session is idle while a migration runs. */
    static async with<T>(
        settings: ConnectionSettings,
        tracking: TrackingTables,
        work: (database: PostgresDatabase) => Promise<T>,
    ): Promise<T> {
        const client = await connect(settings, settings.releaseId);
        try {
            return await work(new PostgresDatabase(client, tracking));
        } finally {
            await client.end();
        }
    }

    /** The history in the migration tool's own order; empty if it has never run. */
    history(): Promise<HistoryRow[]> {
        return this.readOnly(async () => {
            const schema = await this.schema();
            const { name, holds, markFile } = this.tracking.history;
            if (!(await tableExists(this.client, schema, name))) {
                return [];
            }
            // A migration can write anything into it and change its columns, so the types are cast explicitly.
            const { rows } = await this.client.query<Omit<HistoryRow, "internal">>(
                `SELECT coalesce(${holds.id}::text, '') AS id, coalesce(${holds.author}::text, '') AS author,
                        coalesce(${holds.file}::text, '') AS file, coalesce(${holds.order}::text::float8, 0) AS order,
                        coalesce(${holds.outcome}::text, '') AS outcome, ${holds.tag}::text AS tag,
                        ${holds.ranAt}::text AS "ranAt"
                   FROM ${inSchema(schema, name)} ORDER BY ${holds.ranAt}, ${holds.order}`,
            );
            return rows.map((row) => ({ ...row, internal: row.file === markFile }));
        });
    }

    otherHistories(): Promise<OtherHistory[]> {
        return this.readOnly(async () => otherHistories(this.client, this.tracking.history, await this.schema()));
    }

    /** The contents of the catalog: writes nothing and needs no privilege. */
    async fingerprint(options?: Omit<FingerprintOptions, "trackingTables">): Promise<Fingerprint> {
        try {
            return await readFingerprint(this.client, { ...options, trackingTables: uncountedTables(this.tracking) });
        } catch (error) {
            throw asRefusal(error);
        }
    }

    content(): Promise<TableContent[]> {
        return readContent(this.client, { trackingTables: uncountedTables(this.tracking) });
    }

    /** The catalog as the last deployment left it; undefined if none recorded it. */
    lastCatalog(): Promise<RecordedCatalog | undefined> {
        return this.readOnly(async () => lastCatalog(this.client, await this.schema()));
    }

    catalogBefore(releaseId: string): Promise<RecordedCatalog | undefined> {
        return this.readOnly(async () => catalogBefore(this.client, releaseId, await this.schema()));
    }

    historyBefore(releaseId: string): Promise<HistoryRecord[]> {
        return this.readOnly(async () => historyBefore(this.client, releaseId, await this.schema()));
    }

    /** Whether the migration tool's lock is held at the moment. */
    async isLocked(): Promise<boolean> {
        return (await this.lockedBy()) !== undefined;
    }

    /** Every user sees the application names of all sessions. */
    async deploying(): Promise<string | undefined> {
        const release = releaseIn((await this.lockedBy()) ?? "");
        if (release === undefined) {
            return undefined;
        }
        // Whoever cannot work as the owner of the lock's table cannot have taken the lock, whatever its session is named.
        const { rows } = await this.client.query(
            `SELECT FROM pg_catalog.pg_stat_activity JOIN pg_catalog.pg_class ON pg_class.oid = $2::pg_catalog.regclass
              WHERE datname = pg_catalog.current_database() AND application_name = $1
                AND pg_catalog.pg_has_role(usesysid, relowner, 'MEMBER') LIMIT 1`,
            [release, inSchema(await this.schema(), this.tracking.lock.name)],
        );
        return rows.length > 0 ? release : undefined;
    }

    /** The release's sessions have this session's application name. Other users' queries are hidden from a migrator. */
    async blockers(): Promise<string[]> {
        const { rows } = await this.client.query<{ blocker: string }>(
            `SELECT DISTINCT pg_catalog.concat('process ', b.pid, ' of user ', b.usename,
                    ' (' || nullif(b.application_name, '') || ')', ', ' || b.state) AS blocker
               FROM pg_catalog.pg_stat_activity w
               CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) blocking (pid)
               JOIN pg_catalog.pg_stat_activity b ON b.pid = blocking.pid
              WHERE w.datname = pg_catalog.current_database() AND w.wait_event_type = 'Lock'
                AND w.application_name = pg_catalog.current_setting('application_name')
              ORDER BY 1`,
        );
        return rows.map(({ blocker }) => blocker);
    }

    /** What the lock's row says of its holder; undefined if the lock is free. */
    private lockedBy(): Promise<string | undefined> {
        return this.readOnly(async () => {
            const schema = await this.schema();
            const { name, holds } = this.tracking.lock;
            if (!(await tableExists(this.client, schema, name))) {
                return undefined;
            }
            const { rows } = await this.client.query<{ owner: string }>(
                `SELECT coalesce(${holds.owner}::text, '') AS owner FROM ${inSchema(schema, name)}
                  WHERE ${holds.id} = 1 AND ${holds.locked} LIMIT 1`,
            );
            return rows[0]?.owner;
        });
    }

    /** The schema that unqualified names resolve to. Asked once: the session's search path is pinned. */
    schema(): Promise<string> {
        return (this.home ??= homeSchema(this.client));
    }

    /** The rows of a query from the repository; the query cannot change anything. */
    read(sql: string): Promise<unknown[][]> {
        return this.readOnly(async () => {
            await this.client.query(asInChangesets);
            // The extended protocol accepts only one statement; @types/pg does not know the option.
            const query: QueryArrayConfig & { queryMode: "extended" } = {
                text: sql,
                rowMode: "array",
                queryMode: "extended",
            };
            const { rows } = await this.client.query<unknown[]>(query);
            return rows;
        });
    }

    /**
     * Runs in a read-only transaction, whatever views or functions of the database do when they are read. This holds
     * even before the plan has been compared with the approved one.
     */
    private async readOnly<T>(work: () => Promise<T>): Promise<T> {
        await this.client.query("BEGIN READ ONLY");
        try {
            const result = await work();
            await this.client.query("ROLLBACK");
            return result;
        } catch (error) {
            // The original error matters more than a failure of this ROLLBACK.
            await this.client.query("ROLLBACK").catch(() => {});
            throw error;
        }
    }
}
