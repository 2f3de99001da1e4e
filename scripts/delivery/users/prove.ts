import type { ClientBase } from "pg";
import { homeSchema } from "../database/searchPath";
import { trackingTables } from "../database/tracking";
import { DeliveryError } from "../errors";
import type { BootstrapSettings, BootstrapUser } from "../input/bootstrap";
import { connectAs } from "./session";

type Client = Pick<ClientBase, "query">;

/** What a user finds when it has logged in. */
interface Finding {
    role: string;
    schema: string;
    creates: boolean;
    createsSchemas: boolean;
    /** Tracking tables that are there, and how many of them it may read and write. */
    tables: number;
    reads: number;
    writes: number;
}

/**
 * Logs in as the users that were made, as their builds will, and looks at what they may. What stands in the place of a
 * tracking table was named before: that is for a person to decide, and is no fault of the users.
 */
export async function prove(settings: BootstrapSettings, schema: string): Promise<void> {
    const { owner, migrator, planner } = settings;
    const [deploys, plans] = [await look(migrator), await look(planner)];
    const wrong = [
        ...problems(migrator.name, deploys, owner, [
            [deploys.creates && deploys.createsSchemas, "cannot create what migrations create"],
            [
                deploys.reads === deploys.tables && deploys.writes === deploys.tables,
                "cannot write the tables that keep what was migrated",
            ],
        ]),
        ...problems(planner.name, plans, planner.name, [
            [!plans.creates, `can create in the schema ${schema}: REVOKE CREATE ON SCHEMA … FROM PUBLIC`],
            [!plans.createsSchemas, "can create schemas: REVOKE CREATE ON DATABASE … FROM PUBLIC"],
            [plans.reads === plans.tables, "cannot read the tables that keep what was migrated"],
            [plans.writes === 0, "can write the tables that keep what was migrated: revoke that from PUBLIC"],
        ]),
    ];
    if (wrong.length > 0) {
        throw new DeliveryError(["The database's users are misconfigured:", ...wrong].join("\n"));
    }

    async function look(user: BootstrapUser): Promise<Finding> {
        const client = await connectAs(settings, user);
        try {
            return await find(client);
        } finally {
            await client.end();
        }
    }

    function problems(user: string, found: Finding, role: string, checks: [boolean, string][]): string[] {
        const expected: [boolean, string][] = [
            [found.role === role, `works as ${found.role} instead of ${role}`],
            [found.schema === schema, `has ${found.schema} as its first schema instead of ${schema}`],
            ...checks,
        ];
        return expected.filter(([holds]) => !holds).map(([, problem]) => `  - ${user} ${problem}`);
    }
}

async function find(client: Client): Promise<Finding> {
    const schema = await homeSchema(client);
    const { rows } = await client.query<Omit<Finding, "schema">>(question, [schema, trackingTables]);
    return { schema, ...rows[0]! };
}

const question = `
    SELECT current_user AS role, coalesce(pg_catalog.has_schema_privilege(n.oid, 'CREATE'), false) AS creates,
           pg_catalog.has_database_privilege(d.oid, 'CREATE') AS "createsSchemas",
           pg_catalog.count(c.oid)::pg_catalog.int4 AS tables,
           (pg_catalog.count(*) FILTER (WHERE pg_catalog.has_table_privilege(c.oid, 'SELECT')))::pg_catalog.int4 AS reads,
           (pg_catalog.count(*) FILTER (WHERE pg_catalog.has_table_privilege(c.oid, 'INSERT')))::pg_catalog.int4 AS writes
      FROM pg_catalog.pg_database d
      LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1
      LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = ANY ($2::pg_catalog.text[])
                                     AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     WHERE d.datname = pg_catalog.current_database()
     GROUP BY n.oid, d.oid`;
