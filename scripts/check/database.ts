import { randomBytes } from "node:crypto";
import { type Client, escapeLiteral } from "pg";
import { readContent, readFingerprint } from "../delivery/catalog";
import { establish } from "../delivery/users/establish";
import { type DatabaseAccount, provision } from "../local/database/provision";
import type { State } from "./state";
import type { ThrowawayServer } from "./throwaway";

/** The database that changesets are tried on, named and owned as an `AuroraCluster` has it by default. */
const administrator: DatabaseAccount = { name: "app", user: "dbowner", password: newPassword() };

/** Who deploys by default: the same user that the bootstrap makes, so that what he may not do is found here. */
const migrator: DatabaseAccount = { name: "app", user: "app_migrator", password: newPassword() };

const users = {
    owner: "app_owner",
    migrator: { name: migrator.user, iam: false },
    planner: { name: "app_planner", iam: false },
};

// Roles that every database of Amazon RDS has, and that changesets grant.
const rdsRoles = ["rds_superuser", "rds_iam", "rds_password", "rds_replication"];

/** The database that changesets are tried on, as its server's administrator sees it. */
export class CheckDatabase {
    private client: Client | undefined;

    private constructor(
        private readonly server: ThrowawayServer,
        /** Who applies the changesets. */
        readonly account: DatabaseAccount,
        private readonly ownRoles: string[],
    ) {}

    /** With `asAdministrator`, changesets run as the owner of the database and not as the migrator. */
    static async create(server: ThrowawayServer, asAdministrator: boolean): Promise<CheckDatabase> {
        const client = await server.administrate();
        try {
            await client.query(rdsRoles.map((role) => `CREATE ROLE ${role}`).join(";"));
            await provision(server.server, administrator);
            await client.query(`GRANT ${rdsRoles.join(", ")} TO ${administrator.user} WITH ADMIN OPTION`);
            if (!asAdministrator) {
                await makeUsers(server);
                await client.query(`ALTER ROLE ${migrator.user} PASSWORD ${escapeLiteral(migrator.password)}`);
            }
            const { rows } = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
            const database = new CheckDatabase(
                server,
                asAdministrator ? administrator : migrator,
                rows.map(({ rolname }) => rolname),
            );
            await database.open();
            return database;
        } finally {
            await client.end();
        }
    }

    /** Puts an empty database in the place of this one, and removes roles that changesets created. */
    async recreate(): Promise<void> {
        await this.close();
        const client = await this.server.administrate();
        try {
            await client.query(`DROP DATABASE ${administrator.name} WITH (FORCE)`);
            const { rows } = await client.query<{ role: string }>(
                "SELECT quote_ident(rolname) AS role FROM pg_roles WHERE rolname <> ALL ($1)",
                [this.ownRoles],
            );
            for (const { role } of rows) {
                await client.query(`DROP ROLE ${role}`);
            }
        } finally {
            await client.end();
        }
        await provision(this.server.server, administrator);
        if (this.account === migrator) {
            await makeUsers(this.server);
        }
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
        this.client = await this.server.administrate(administrator.name);
    }

    private get connection(): Client {
        if (this.client === undefined) {
            throw new Error("The database is closed.");
        }
        return this.client;
    }
}

/** What the pipeline's first stage does. */
async function makeUsers(server: ThrowawayServer): Promise<void> {
    const { name, user, password } = administrator;
    const client = await server.connect(name, user, password);
    try {
        await establish(client, users);
    } finally {
        await client.end();
    }
}

function newPassword(): string {
    return randomBytes(18).toString("base64url");
}
