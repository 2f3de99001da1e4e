import type { Client, QueryArrayConfig } from "pg";
import { type Fingerprint, type FingerprintOptions, readFingerprint } from "../catalog";
import { lastCatalog, type RecordedCatalog } from "../drift/history";
import { InputError, messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { connect } from "./connection";
import { HistoryRow } from "./history";
import { historyTable, trackingTableExists } from "./tracking";

export { connect };

/** The delivery program's own view of the database, beside Liquibase's: same server, same TLS rules. */
export class Database {
    private constructor(private readonly client: Client) {}

    /** Connects, does the work and disconnects: no session stays idle while a migration runs. */
    static async with<T>(
        settings: Pick<Settings, "database" | "releaseId">,
        work: (database: Database) => Promise<T>,
    ): Promise<T> {
        const client = await connect(settings, settings.releaseId);
        try {
            return await work(new Database(client));
        } finally {
            await client.end();
        }
    }

    /** The history in Liquibase's own order; empty where Liquibase has never run. */
    history(): Promise<HistoryRow[]> {
        return this.readOnly(async () => {
            if (!(await this.findsHistory())) {
                return [];
            }
            const { rows } = await this.client.query<HistoryRow>(
                `SELECT id, author, filename AS file, orderexecuted AS order, exectype AS "execType", tag
                   FROM databasechangelog ORDER BY dateexecuted, orderexecuted`,
            );
            return rows;
        });
    }

    /** What the catalog holds: nothing is written, no privilege is needed. */
    async fingerprint(options?: FingerprintOptions): Promise<Fingerprint> {
        try {
            return await readFingerprint(this.client, options);
        } catch (error) {
            throw new InputError(messageOf(error), { cause: error });
        }
    }

    /** The catalog as the last deployment left it; undefined where none has recorded it. */
    lastCatalog(): Promise<RecordedCatalog | undefined> {
        return this.readOnly(() => lastCatalog(this.client));
    }

    /** Whether somebody is changing it by Liquibase just now. */
    isLocked(): Promise<boolean> {
        return this.readOnly(async () => {
            if (!(await this.findsHistory())) {
                return false;
            }
            const { rows } = await this.client.query("SELECT FROM databasechangeloglock WHERE locked");
            return rows.length > 0;
        });
    }

    /** Where names without a schema lie. */
    async schema(): Promise<string> {
        const { rows } = await this.client.query<{ schema: string | null }>(
            "SELECT pg_catalog.current_schema() AS schema",
        );
        return rows[0]?.schema ?? "public";
    }

    /** The rows of a query that cannot change anything. */
    read(sql: string): Promise<unknown[][]> {
        return this.readOnly(async () => {
            // The extended protocol takes one statement only; @types/pg does not know the option.
            const query: QueryArrayConfig & { queryMode: "extended" } = {
                text: sql,
                rowMode: "array",
                queryMode: "extended",
            };
            const { rows } = await this.client.query<unknown[]>(query);
            return rows;
        });
    }

    /** Whether Liquibase has ever run here. */
    private async findsHistory(): Promise<boolean> {
        const { rows } = await this.client.query<{ found: boolean }>(trackingTableExists, [historyTable]);
        return rows[0]?.found ?? false;
    }

    /**
     * In a transaction that cannot write, whatever a view or a function of the database's does when it is read: also
     * before anybody has compared the plan with the approved one.
     */
    private async readOnly<T>(work: () => Promise<T>): Promise<T> {
        await this.client.query("BEGIN READ ONLY");
        try {
            const result = await work();
            await this.client.query("ROLLBACK");
            return result;
        } catch (error) {
            // What went wrong says more than that this does, too.
            await this.client.query("ROLLBACK").catch(() => {});
            throw error;
        }
    }
}
