import type { Client } from "pg";
import { InternalError, messageOf } from "../../../errors";
import { deploymentsTable, type TrackingTables } from "../../../tracking";
import type { KeptTable, RowChange, Script, ScriptFailure, ScriptSession, ScriptSettings } from "../../scripts";
import { connect, keepOnDisk } from "../connection/connection";
import { jdbcDialect } from "../connection/dialect";
import { homeSchema, inSchema, pinSearchPath, tableExists } from "../connection/searchPath";
import { destroy } from "../connection/watch";
import { codeOf } from "../errors";
import { changeStatement, createStatements } from "./tables";

/** Connects as a migration tool of its own would: by the release's name, so that its sessions are known as such. */
export async function openScripts(settings: ScriptSettings, tracking: TrackingTables): Promise<ScriptSession> {
    const client = await connect(settings, settings.releaseId);
    try {
        const { rows } = await client.query<{ version: number }>(
            "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version",
        );
        return new PostgresScripts(client, await homeSchema(client), tracking, rows[0]?.version ?? 0);
    } catch (error) {
        await client.end().catch(() => {});
        throw error;
    }
}

class PostgresScripts implements ScriptSession {
    constructor(
        private readonly client: Client,
        private readonly home: string,
        private readonly tracking: TrackingTables,
        /** Of the server: `170004`. */
        private readonly version: number,
    ) {}

    async rows({ schema = this.home, name }: Pick<KeptTable, "schema" | "name">) {
        const { client } = this;
        await client.query("BEGIN READ ONLY");
        try {
            if (!(await tableExists(client, schema, name))) return undefined;
            const { rows } = await client.query<{ row: Record<string, unknown> }>(
                `SELECT pg_catalog.to_jsonb(t) AS row FROM ${inSchema(schema, name)} t`,
            );
            return rows.map(({ row }) => texts(row));
        } finally {
            await client.query("ROLLBACK").catch(() => {});
        }
    }

    async confirmLock(owner: string): Promise<void> {
        const { lock } = this.tracking;
        const { rowCount } = await this.client.query(
            jdbcDialect.confirmLock
                .replace("{table}", inSchema(this.home, lock.name))
                .replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof lock.holds) => lock.holds[name])
                .replace("?", "$1"),
            [owner],
        );
        if (rowCount !== 1) {
            throw new InternalError(`This deployment does not hold the lock any more (${owner})`);
        }
    }

    async create(table: KeptTable): Promise<void> {
        if (await tableExists(this.client, table.schema ?? this.home, table.name)) return;
        for (const statement of createStatements(table, this.home)) {
            await this.client.query(statement);
        }
        await this.letReadersRead(table);
    }

    /** Whoever may read the catalogs of deployments plans them, and reads this history too. */
    private async letReadersRead({ schema, name }: KeptTable): Promise<void> {
        const { rows } = await this.client.query<{ reader: string }>(
            `SELECT DISTINCT pg_catalog.quote_ident(r.rolname) AS reader
               FROM pg_catalog.pg_class c
               CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) acl JOIN pg_catalog.pg_roles r ON r.oid = acl.grantee
              WHERE c.oid = pg_catalog.to_regclass($1) AND acl.privilege_type = 'SELECT' AND acl.grantee <> c.relowner`,
            [inSchema(this.home, deploymentsTable)],
        );
        for (const { reader } of rows) {
            await this.client.query(`GRANT SELECT ON TABLE ${inSchema(schema ?? this.home, name)} TO ${reader}`);
            if (schema !== undefined) await this.client.query(`GRANT USAGE ON SCHEMA "${schema}" TO ${reader}`);
        }
    }

    async write(changes: RowChange[]): Promise<void> {
        await this.client.query("BEGIN");
        try {
            await this.record(changes);
            await this.client.query("COMMIT");
        } catch (error) {
            await this.client.query("ROLLBACK").catch(() => {});
            throw error;
        }
    }

    async run({ statements, inTransaction, limits, records, ran }: Script): Promise<ScriptFailure | undefined> {
        const { client } = this;
        let statement: number | undefined;
        try {
            await this.begin(limits);
            if (inTransaction) await client.query("BEGIN");
            for (const [number, text] of statements.entries()) {
                statement = number;
                await client.query(text);
                if (ran !== undefined) {
                    await this.countRows();
                    await ran();
                }
            }
            statement = undefined;
            if (inTransaction) {
                await this.record(records);
                await client.query("COMMIT");
            }
            await pinSearchPath(client);
            if (!inTransaction) await this.write(records);
            return undefined;
        } catch (error) {
            await client.query("ROLLBACK").catch(() => {});
            await pinSearchPath(client).catch(() => {});
            const { position } = error as { position?: string };
            return {
                statement,
                ...(position !== undefined && { position: Number(position) - 1 }),
                code: codeOf(error) || undefined,
                message: `ERROR: ${messageOf(error)}`,
            };
        }
    }

    /**
     * As a new session, whatever an earlier script has set: only the role that the user acts as, and the database's own search
     * path. Outside a transaction nothing is limited: an index that is built concurrently waits for every older snapshot.
     */
    private async begin(limits: Script["limits"]): Promise<void> {
        const { client } = this;
        await client.query("DISCARD ALL");
        await client.query(
            [
                "RESET ROLE",
                ...(limits === undefined
                    ? []
                    : [`SET lock_timeout = ${limits.lockMillis}`, `SET statement_timeout = ${limits.statementMillis}`]),
                keepOnDisk,
            ].join("; "),
        );
    }

    /** Newer servers can be asked to publish the row counts of a transaction before its end. */
    private async countRows(): Promise<void> {
        const { countRows = [], countRowsSince = "0" } = jdbcDialect;
        if (this.version < Number(countRowsSince) * 10_000) return;
        for (const statement of countRows) await this.client.query(statement);
    }

    private async record(changes: RowChange[]): Promise<void> {
        for (const change of changes) {
            const { sql, values } = changeStatement(change, this.home);
            await this.client.query(sql, values);
        }
    }

    abort(): void {
        destroy(this.client);
    }

    async close(): Promise<void> {
        await this.client.end().catch(() => {});
    }
}

function texts(row: Record<string, unknown>): Record<string, string | null> {
    return Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
            name,
            value === null ? null : typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );
}
