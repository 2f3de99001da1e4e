import * as fs from "node:fs";
import * as tls from "node:tls";
import { Client, QueryArrayConfig } from "pg";
import { type Fingerprint, type FingerprintOptions, readFingerprint } from "../catalog";
import { lastCatalog, type RecordedCatalog } from "../drift/history";
import { InputError, messageOf } from "../errors";
import { explainConnection } from "../explain";
import { DatabaseSettings, Settings } from "../input/settings";
import { HistoryRow } from "./history";
import { historyTable, trackingTableExists } from "./tracking";

/** Long enough for an Aurora cluster that has paused to come back. */
const connectTimeoutMillis = 60_000;

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

    /** Whether Liquibase has ever run here. */
    async hasHistory(): Promise<boolean> {
        const { rows } = await this.client.query<{ found: boolean }>(trackingTableExists, [historyTable]);
        return rows[0]?.found ?? false;
    }

    /** The history in Liquibase's own order; empty where Liquibase has never run. */
    async history(): Promise<HistoryRow[]> {
        if (!(await this.hasHistory())) {
            return [];
        }
        const { rows } = await this.client.query<HistoryRow>(
            `SELECT id, author, filename AS file, orderexecuted AS order, exectype AS "execType", tag
               FROM databasechangelog ORDER BY dateexecuted, orderexecuted`,
        );
        return rows;
    }

    /** What the catalog holds: nothing is written, no privilege is needed. */
    async fingerprint(options?: FingerprintOptions): Promise<Fingerprint> {
        try {
            return await readFingerprint(this.client, options);
        } catch (error) {
            throw new InputError(messageOf(error));
        }
    }

    /** The catalog as the last deployment left it; undefined where none has recorded it. */
    lastCatalog(): Promise<RecordedCatalog | undefined> {
        return lastCatalog(this.client);
    }

    /** Whether somebody is changing it by Liquibase just now. */
    async isLocked(): Promise<boolean> {
        if (!(await this.hasHistory())) {
            return false;
        }
        const { rows } = await this.client.query("SELECT FROM databasechangeloglock WHERE locked");
        return rows.length > 0;
    }

    /** Where names without a schema lie. */
    async schema(): Promise<string> {
        const { rows } = await this.client.query<{ schema: string | null }>("SELECT current_schema() AS schema");
        return rows[0]?.schema ?? "public";
    }

    /** The rows of a query that cannot change anything. */
    async read(sql: string): Promise<unknown[][]> {
        await this.client.query("BEGIN READ ONLY");
        try {
            // The extended protocol takes one statement only; @types/pg does not know the option.
            const query: QueryArrayConfig & { queryMode: "extended" } = {
                text: sql,
                rowMode: "array",
                queryMode: "extended",
            };
            const { rows } = await this.client.query<unknown[]>(query);
            return rows;
        } finally {
            await this.client.query("ROLLBACK");
        }
    }
}

/**
 * A connection by the delivery program's own rules; whoever asks for it ends it. `start` are settings that it starts with,
 * which come before those of the user and of the database; a space in a value has a backslash in front of it.
 */
export async function connect(
    { database }: Pick<Settings, "database">,
    applicationName: string,
    start: Record<string, string> = {},
): Promise<Client> {
    const { credential } = database;
    const authorities = readBundle(database.caBundle);
    let password = await credential.password(database);
    for (;;) {
        try {
            return await open(database, { password, authorities, applicationName, start });
        } catch (error) {
            const another = refusesPassword(error) ? await credential.another(password) : undefined;
            if (another === undefined) {
                throw new InputError(explainConnection(error, database), { cause: error });
            }
            password = another;
        }
    }
}

/** The server knows no such user with this password; no other failure is a reason to try another one. */
function refusesPassword(error: unknown): boolean {
    return (error as { code?: string }).code === "28P01";
}

interface Opening {
    password: string;
    authorities: string;
    applicationName: string;
    start: Record<string, string>;
}

async function open(
    { host, port, name, username }: DatabaseSettings,
    { password, authorities, applicationName, start }: Opening,
): Promise<Client> {
    const options = Object.entries(start).map(([name, value]) => `-c ${name}=${value}`);
    const client = new Client({
        host,
        port,
        database: name,
        user: username,
        password,
        application_name: applicationName,
        ...(options.length > 0 && { options: options.join(" ") }),
        connectionTimeoutMillis: connectTimeoutMillis,
        ssl: {
            ca: authorities,
            rejectUnauthorized: true,
            // Named here because an IP address would not be compared with the certificate otherwise.
            checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
        },
    });
    // A connection lost between two queries: the next query says so.
    client.on("error", () => {});
    await client.connect();
    return client;
}

function readBundle(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        throw new InputError(`The CA bundle ${file} cannot be read (${messageOf(error)}).`);
    }
}
