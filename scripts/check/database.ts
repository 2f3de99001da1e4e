import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { readContent, readFingerprint } from "../delivery/catalog";
import { type DatabaseAccount, provision } from "../local/database/provision";
import type { State } from "./state";
import type { ThrowawayServer } from "./throwaway";

/** The database that changesets are tried on. Named and owned as an `AuroraCluster` has it by default. */
export const account: DatabaseAccount = {
    name: "app",
    user: "dbowner",
    password: randomBytes(18).toString("base64url"),
};

// Roles that every database of Amazon RDS has, and that changesets grant.
const rdsRoles = ["rds_superuser", "rds_iam", "rds_password", "rds_replication"];

/** The database that changesets are tried on, as its server's administrator sees it. */
export class CheckDatabase {
    private client: Client | undefined;

    private constructor(
        private readonly server: ThrowawayServer,
        private readonly ownRoles: string[],
    ) {}

    static async create(server: ThrowawayServer): Promise<CheckDatabase> {
        const administrator = await server.administrate();
        try {
            await administrator.query(rdsRoles.map((role) => `CREATE ROLE ${role}`).join(";"));
            await provision(server.server, account);
            await administrator.query(`GRANT ${rdsRoles.join(", ")} TO ${account.user} WITH ADMIN OPTION`);
            const { rows } = await administrator.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
            const database = new CheckDatabase(
                server,
                rows.map(({ rolname }) => rolname),
            );
            await database.open();
            return database;
        } finally {
            await administrator.end();
        }
    }

    /** Puts an empty database in the place of this one, and removes roles that changesets created. */
    async recreate(): Promise<void> {
        await this.close();
        const administrator = await this.server.administrate();
        try {
            await administrator.query(`DROP DATABASE ${account.name} WITH (FORCE)`);
            const { rows } = await administrator.query<{ role: string }>(
                "SELECT quote_ident(rolname) AS role FROM pg_roles WHERE rolname <> ALL ($1)",
                [this.ownRoles],
            );
            for (const { role } of rows) {
                await administrator.query(`DROP ROLE ${role}`);
            }
        } finally {
            await administrator.end();
        }
        await provision(this.server.server, account);
        await this.open();
    }

    async state(): Promise<State> {
        return {
            catalog: await readFingerprint(this.connection, { roles: true }),
            content: await readContent(this.connection),
        };
    }

    /** How far each sequence has counted. */
    async sequences(): Promise<Map<string, string | null>> {
        const { rows } = await this.connection.query<{ name: string; value: string | null }>(
            "SELECT format('%I.%I', schemaname, sequencename) AS name, last_value AS value FROM pg_sequences",
        );
        return new Map(rows.map(({ name, value }) => [name, value]));
    }

    /**
     * Sets sequences back to where they were. No rollback does that; but a changeset that is applied a second time only
     * because of this check shall get the numbers that it gets elsewhere: later ones may refer to them.
     */
    async resetSequences(former: Map<string, string | null>): Promise<void> {
        for (const [name, value] of await this.sequences()) {
            const before = former.get(name);
            if (before === undefined || before === value) {
                continue;
            }
            await this.connection.query(
                before === null
                    ? `ALTER SEQUENCE ${name} RESTART`
                    : { text: "SELECT setval($1::regclass, $2::bigint)", values: [name, before] },
            );
        }
    }

    /** How many changesets Liquibase counts as run. */
    async historyLength(): Promise<number> {
        const { rows } = await this.connection.query<{ number: number }>(
            "SELECT count(*)::int AS number FROM databasechangelog",
        );
        return rows[0]?.number ?? 0;
    }

    async version(): Promise<string> {
        const { rows } = await this.connection.query<{ server_version: string }>("SHOW server_version");
        return rows[0]?.server_version ?? "";
    }

    async close(): Promise<void> {
        await this.client?.end();
        this.client = undefined;
    }

    private async open(): Promise<void> {
        this.client = await this.server.administrate(account.name);
    }

    private get connection(): Client {
        if (this.client === undefined) {
            throw new Error("The database is closed.");
        }
        return this.client;
    }
}
