import type { ClientBase } from "pg";
import { connect } from "../database/database";
import { trackingTables } from "../database/tracking";
import { DeliveryError } from "../errors";
import type { BootstrapSettings, BootstrapUser } from "../input/bootstrap";

type Client = Pick<ClientBase, "query">;

/** What a user finds when he has logged in, or what the catalog says he would. */
interface Finding {
    role: string;
    schema: string | null;
    creates: boolean;
    createsSchemas: boolean;
    /** Tracking tables that he may read, and write. */
    reads: number;
    writes: number;
}

/** Logs in as the users that were made and looks at what they may; whom IAM lets in, this build may not be. */
export async function prove(administrator: Client, settings: BootstrapSettings): Promise<void> {
    const schema = await schemaOf(administrator);
    const { owner, migrator, planner } = settings;
    const [deploys, plans] = [await look(migrator, owner), await look(planner, planner.name)];
    const all = trackingTables.length;
    const wrong = [
        ...problems(migrator.name, deploys, owner, [
            [deploys.creates && deploys.createsSchemas, "cannot create what migrations create"],
            [deploys.reads === all && deploys.writes === all, "cannot write the tables that keep what was migrated"],
        ]),
        ...problems(planner.name, plans, planner.name, [
            [!plans.creates, `can create in the schema ${schema}: REVOKE CREATE ON SCHEMA … FROM PUBLIC`],
            [!plans.createsSchemas, "can create schemas: REVOKE CREATE ON DATABASE … FROM PUBLIC"],
            [plans.reads === all, "cannot read the tables that keep what was migrated"],
            [plans.writes === 0, "can write the tables that keep what was migrated: revoke that from PUBLIC"],
        ]),
    ];
    if (wrong.length > 0) {
        throw new DeliveryError(["The database's users are not what they shall be:", ...wrong].join("\n"));
    }

    async function look(user: BootstrapUser, role: string): Promise<Finding> {
        const { credential, name } = user;
        if (credential === undefined) {
            return find(administrator, role);
        }
        const client = await connect(
            { database: { ...settings.database, username: name, credential } },
            settings.releaseId,
        );
        try {
            return await find(client);
        } finally {
            await client.end();
        }
    }

    function problems(user: string, found: Finding, role: string, checks: [boolean, string][]): string[] {
        const expected: [boolean, string][] = [
            [found.role === role, `works as ${found.role} instead of ${role}`],
            [found.schema === schema, `has ${found.schema ?? "no schema"} as its first schema instead of ${schema}`],
            ...checks,
        ];
        return expected.filter(([holds]) => !holds).map(([, problem]) => `  - ${user} ${problem}`);
    }
}

async function schemaOf(client: Client): Promise<string | null> {
    const { rows } = await client.query<{ schema: string | null }>("SELECT current_schema() AS schema");
    return rows[0]?.schema ?? null;
}

async function find(client: Client, role?: string): Promise<Finding> {
    const { rows } = await client.query<Finding>(
        `SELECT role, current_schema() AS schema, has_schema_privilege(role, current_schema(), 'CREATE') AS creates,
                has_database_privilege(role, current_database(), 'CREATE') AS "createsSchemas",
                count(*) FILTER (WHERE has_table_privilege(role, name, 'SELECT'))::int AS reads,
                count(*) FILTER (WHERE has_table_privilege(role, name, 'INSERT'))::int AS writes
           FROM (SELECT coalesce($1, current_user) AS role) wanted,
                (SELECT format('%I.%I', current_schema(), name) AS name FROM unnest($2::text[]) name) tracking
          GROUP BY role`,
        [role ?? null, trackingTables],
    );
    return rows[0]!;
}
