import { randomBytes } from "node:crypto";
import { type Connection, escape, escapeId, type RowDataPacket } from "mysql2/promise";
import { InternalError } from "../../components/errorDefinition";
import type { TableContent } from "../delivery/engines/fingerprint";
import { mysql } from "../delivery/engines/mysql";
import { readFingerprint } from "../delivery/engines/mysql/catalog/read";
import type { BootstrapSettings } from "../delivery/settings";
import { liquibase } from "../delivery/tools/liquibase";
import { uncountedTables } from "../delivery/tracking";
import { connectMysql, provisionMysql } from "../local/database/mysql/provision";
import { startMysql } from "../local/database/mysql/server";
import { choosePort } from "../local/database/port";
import type { DatabaseAccount } from "../local/database/provision";
import { administrator, type Server } from "../local/database/server";
import { startTemporarily } from "./place";
import type { State } from "./state";
import type { TrialDatabase, TrialServer } from "./trial";

const owner: DatabaseAccount = { name: "app", user: "dbowner", password: newPassword() };
const migrator: DatabaseAccount = { name: "app", user: "app_migrator", password: newPassword() };
const planner: DatabaseAccount = { name: "app", user: "app_planner", password: newPassword() };
const tracking = uncountedTables(liquibase.tracking);
/** Larger tables, in bytes, are counted by the server's estimate. */
const maxBytes = 8 * 1024 * 1024;

/** Starts a MySQL server in a temporary directory. */
export async function startTrialMysql(): Promise<TrialServer> {
    const { server, dispose } = await startTemporarily(async (place) => startMysql(place, await choosePort()));
    return { server, create: (asAdministrator) => MysqlTrial.create(server, asAdministrator), dispose };
}

class MysqlTrial implements TrialDatabase {
    private connection: Connection | undefined;

    private constructor(
        private readonly server: Server,
        readonly account: DatabaseAccount,
        private users: string[] = [],
    ) {}

    static async create(server: Server, asAdministrator: boolean): Promise<MysqlTrial> {
        const trial = new MysqlTrial(server, asAdministrator ? owner : migrator);
        await trial.provide();
        trial.users = await trial.accounts();
        return trial;
    }

    async recreate(): Promise<void> {
        await this.ask(`DROP DATABASE ${owner.name}`);
        for (const name of (await this.accounts()).filter((one) => !this.users.includes(one))) {
            await this.ask(`DROP USER ${name}`);
        }
        await this.close();
        await this.provide();
    }

    async state(): Promise<State> {
        const { entries } = await readFingerprint(this.open, { trackingTables: tracking });
        const content = await readContents(this.open);
        return {
            catalog: new Map([[0, entries]]),
            content: new Map(content.map((table, position) => [position, table])),
        };
    }

    /** It is read whole each time. */
    wholeState(): Promise<State> {
        return this.state();
    }

    async sequences(): Promise<Map<string, string | null>> {
        const rows = await this.ask<{ name: string; next: string }>(
            "SELECT TABLE_NAME AS name, CAST(AUTO_INCREMENT AS CHAR) AS next FROM information_schema.TABLES WHERE TABLE_SCHEMA = database() AND AUTO_INCREMENT IS NOT NULL",
        );
        return new Map(rows.map(({ name, next }) => [name, next]));
    }

    async resetSequences(former: Map<string, string | null>): Promise<void> {
        for (const [name, next] of await this.sequences()) {
            const before = former.get(name);
            if (before === undefined || before === null || before === next) continue;
            await this.ask(`ALTER TABLE ${escapeId(name, true)} AUTO_INCREMENT = ${BigInt(before)}`);
        }
    }

    async historyLength(): Promise<number> {
        const [row] = await this.ask<{ number: number }>("SELECT COUNT(*) AS number FROM DATABASECHANGELOG");
        return row?.number ?? 0;
    }

    async version(): Promise<string> {
        const [row] = await this.ask<{ version: string }>("SELECT version() AS version");
        return row?.version ?? "";
    }

    async close(): Promise<void> {
        await this.connection?.end();
        this.connection = undefined;
    }

    /** Does what the stack and the pipeline's first stage do. */
    private async provide(): Promise<void> {
        await provisionMysql(this.server, owner);
        if (this.account === migrator) await mysql.users.make(bootstrapOf(this.server), liquibase.tracking, () => {});
        const login = { name: owner.name, user: administrator, password: this.server.password };
        this.connection = await connectMysql(this.server, login);
        // Statistics would be those of a day ago.
        await this.ask("SET SESSION information_schema_stats_expiry = 0");
    }

    private async accounts(): Promise<string[]> {
        const rows = await this.ask<{ name: string }>(
            "SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) AS name FROM mysql.user",
        );
        return rows.map(({ name }) => name);
    }

    private get open(): Connection {
        if (this.connection === undefined) {
            throw new InternalError("The database is closed.");
        }
        return this.connection;
    }

    private async ask<T>(sql: string, values: unknown[] = []): Promise<T[]> {
        const [rows] = await this.open.query<RowDataPacket[]>(sql, values);
        return rows as T[];
    }
}

/** The contents of the tables that have any. Rows as JSON name their columns, so column order does not matter. */
export async function readContents(connection: Connection): Promise<TableContent[]> {
    const [tables] = await connection.query<RowDataPacket[]>(
        `SELECT TABLE_NAME AS name, DATA_LENGTH AS bytes, TABLE_ROWS AS estimate,
                (SELECT JSON_ARRAYAGG(COLUMN_NAME) FROM information_schema.COLUMNS c
                  WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME) AS columns
           FROM information_schema.TABLES t
          WHERE TABLE_SCHEMA = database() AND TABLE_TYPE = 'BASE TABLE' AND LOWER(TABLE_NAME) NOT IN (?)
          ORDER BY TABLE_NAME`,
        [tracking],
    );
    const found: TableContent[] = [];
    for (const { name: table, bytes, estimate, columns } of tables as Table[]) {
        const names = (typeof columns === "string" ? JSON.parse(columns) : columns) as string[];
        const content =
            Number(bytes) > maxBytes
                ? { table, rows: Number(estimate) }
                : { table, ...(await digestOf(connection, table, names)) };
        if (content.rows > 0) found.push(content);
    }
    return found;
}

interface Table {
    name: string;
    bytes: number;
    estimate: number;
    columns: string | string[];
}

/** The sum of hashes is independent of row order and counts duplicate rows. */
async function digestOf(
    connection: Connection,
    table: string,
    columns: string[],
): Promise<Pick<TableContent, "rows" | "digest">> {
    const row = `JSON_OBJECT(${columns.flatMap((column) => [escape(column), escapeId(column, true)]).join(", ")})`;
    const [[read]] = await connection.query<RowDataPacket[]>(
        `SELECT COUNT(*) AS number, MD5(COALESCE(SUM(CAST(CONV(LEFT(MD5(${row}), 15), 16, 10) AS DECIMAL(30))), 0)) AS digest
           FROM ${escapeId(table, true)}`,
    );
    return { rows: Number(read?.["number"]), digest: String(read?.["digest"]) };
}

function bootstrapOf({ host, port, authority }: Server): BootstrapSettings {
    const credentialOf = ({ password }: DatabaseAccount) => ({
        password: () => Promise.resolve(password),
        another: () => Promise.resolve(undefined),
        advice: () => "",
    });
    const user = (account: DatabaseAccount) => ({ name: account.user, iam: false, credential: credentialOf(account) });
    return {
        environmentName: "check",
        releaseId: "check",
        engine: "aurora-mysql",
        tool: liquibase.name,
        source: "",
        owner: "app_owner",
        migrator: user(migrator),
        planner: user(planner),
        extensions: [],
        groups: [],
        takeOverFrom: [],
        applications: [],
        database: {
            ...{ host, port, name: owner.name, username: owner.user, caBundle: authority, silenceSeconds: 45 },
            credential: credentialOf(owner),
        },
    };
}

function newPassword(): string {
    return randomBytes(18).toString("base64url");
}
