import type { Client, QueryArrayConfig } from "pg";
import { type Fingerprint, type FingerprintOptions, readFingerprint } from "../catalog";
import { lastCatalog, type RecordedCatalog } from "../drift/history";
import { InputError, messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { connect } from "./connection";
import { HistoryRow } from "./history";
import { asInChangesets, homeSchema, inSchema, tableExists } from "./searchPath";
import { historyTable, lockTable } from "./tracking";

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
            const schema = await this.schema();
            if (!(await tableExists(this.client, schema, historyTable))) {
                return [];
            }
            // A migration can write anything into it, and change its columns: what is read is of these types all the same.
            const { rows } = await this.client.query<HistoryRow>(
                `SELECT coalesce(id::text, '') AS id, coalesce(author::text, '') AS author, coalesce(filename::text, '') AS file,
                        coalesce(orderexecuted::text::float8, 0) AS order, coalesce(exectype::text, '') AS "execType", tag::text
                   FROM ${inSchema(schema, historyTable)} ORDER BY dateexecuted, orderexecuted`,
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
        return this.readOnly(async () => lastCatalog(this.client, await this.schema()));
    }

    /** Whether somebody is changing it by Liquibase just now. */
    isLocked(): Promise<boolean> {
        return this.readOnly(async () => {
            const schema = await this.schema();
            if (!(await tableExists(this.client, schema, lockTable))) {
                return false;
            }
            const { rows } = await this.client.query(
                `SELECT FROM ${inSchema(schema, lockTable)} WHERE id = 1 AND locked LIMIT 1`,
            );
            return rows.length > 0;
        });
    }

    /** Where names without a schema lie. */
    schema(): Promise<string> {
        return homeSchema(this.client);
    }

    /** The rows of a query of the repository's, which cannot change anything. */
    read(sql: string): Promise<unknown[][]> {
        return this.readOnly(async () => {
            await this.client.query(asInChangesets);
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
