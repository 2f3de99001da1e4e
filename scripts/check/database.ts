import { randomBytes } from "node:crypto";
import { type Client, escapeLiteral } from "pg";
import { PartReader } from "../delivery/engines/postgresql/catalog/parts/reader";
import { establish } from "../delivery/engines/postgresql/users/establish";
import { liquibase } from "../delivery/tools/liquibase";
import { uncountedTables } from "../delivery/tracking";
import { type DatabaseAccount, provision } from "../local/database/provision";
import { type State, stateDifferences } from "./state";
import type { ThrowawayServer } from "./throwaway";
import type { TrialDatabase } from "./trial";
import { InternalError } from "../../components/errorDefinition";

/** The database that changesets are tried on, named and owned as in an `AuroraCluster` by default. */
const administrator: DatabaseAccount = { name: "app", user: "dbowner", password: newPassword() };

/** The default deployment user, as the bootstrap creates it, so that missing privileges are found here. */
const migrator: DatabaseAccount = { name: "app", user: "app_migrator", password: newPassword() };

const users = {
    tracking: liquibase.tracking,
    owner: "app_owner",
    migrator: { name: migrator.user, iam: false },
    planner: { name: "app_planner", iam: false },
};

const trackingTables = uncountedTables(liquibase.tracking);

// Roles that exist in every Amazon RDS database and that changesets grant.
const rdsRoles = ["rds_superuser", "rds_iam", "rds_password", "rds_replication"];

/** Such a database of PostgreSQL. */
export class CheckDatabase implements TrialDatabase {
    private client: Client | undefined;
    private other: Client | undefined;
    private reader: PartReader | undefined;

    private constructor(
        private readonly server: ThrowawayServer,
        /** The user who applies the changesets. */
        readonly account: DatabaseAccount,
        private readonly ownRoles: string[],
    ) {}

    /** With `asAdministrator`, changesets run as the owner of the database instead of the migrator. */
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

    /** Replaces the database with an empty one, and removes roles that changesets created. */
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

    /** The state; after the first time, only what was written since the last time is read. */
    async state(): Promise<State> {
        if (this.reader === undefined) {
            throw new InternalError("The database is closed.");
        }
        return this.reader.read();
    }

    /** The state with everything read again; fails if a reading of what was written had missed anything. */
    async wholeState(): Promise<State> {
        const inParts = await this.state();
        this.reader?.forget();
        const whole = await this.state();
        const [missed] = stateDifferences(inParts, whole);
        if (missed !== undefined) {
            throw new InternalError(`the check missed that ${missed.kind} ${missed.name} was ${missed.change}`);
        }
        return whole;
    }

    /** The last value of each sequence. */
    async sequences(): Promise<Map<string, string | null>> {
        const { rows } = await this.connection.query<{ name: string; value: string | null }>(
            "SELECT format('%I.%I', schemaname, sequencename) AS name, last_value AS value FROM pg_sequences",
        );
        return new Map(rows.map(({ name, value }) => [name, value]));
    }

    /**
     * Resets sequences. No rollback does that, but a changeset that is applied a second time only because of this check
     * should get the same numbers as elsewhere: later ones may refer to them.
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

    /** The number of changesets that Liquibase records as run. */
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
        await this.other?.end();
        this.client = undefined;
        this.other = undefined;
        this.reader = undefined;
    }

    private async open(): Promise<void> {
        this.client = await this.server.administrate(administrator.name);
        this.other = await this.server.administrate();
        this.reader = await PartReader.open(this.client, this.other, { trackingTables });
    }

    private get connection(): Client {
        if (this.client === undefined) {
            throw new InternalError("The database is closed.");
        }
        return this.client;
    }
}

/** Does what the pipeline's first stage does. */
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
