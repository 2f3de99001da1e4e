import type { ClientBase } from "pg";
import { homeSchema } from "../connection/searchPath";
import { trackingNames, type TrackingTables } from "../../../tracking";
import { databaseErrors } from "../../../errors";
import type { BootstrapSettings, BootstrapUser } from "../../../settings";
import { connectAs } from "./session";

type Client = Pick<ClientBase, "query">;

/** What a user can do after logging in. */
interface Finding {
    role: string;
    schema: string;
    creates: boolean;
    createsSchemas: boolean;
    /** The number of existing tracking tables, and of those it may read and write. */
    tables: number;
    reads: number;
    writes: number;
}

/**
 * Logs in as each user, as its builds will, and checks its privileges. An object in place of a tracking table has
 * already been reported: a person must decide on it, and it is not a fault of the users.
 */
export async function prove(settings: BootstrapSettings, tracking: TrackingTables, schema: string): Promise<void> {
    const { owner, migrator, planner } = settings;
    const [deploys, plans] = [await look(migrator), await look(planner)];
    const wrong = [
        ...problems(migrator.name, deploys, owner, [
            [deploys.creates && deploys.createsSchemas, "cannot create the objects that migrations create"],
            [
                deploys.reads === deploys.tables && deploys.writes === deploys.tables,
                "cannot write the migration history tables",
            ],
        ]),
        ...problems(planner.name, plans, planner.name, [
            [!plans.creates, `can create in the schema ${schema}: REVOKE CREATE ON SCHEMA … FROM PUBLIC`],
            [!plans.createsSchemas, "can create schemas: REVOKE CREATE ON DATABASE … FROM PUBLIC"],
            [plans.reads === plans.tables, "cannot read the migration history tables"],
            [plans.writes === 0, "can write the migration history tables: revoke that from PUBLIC"],
        ]),
    ];
    if (wrong.length > 0) {
        throw new databaseErrors.UsersMisconfigured({ problems: wrong });
    }

    async function look(user: BootstrapUser): Promise<Finding> {
        const client = await connectAs(settings, user);
        try {
            return await find(client, trackingNames(tracking));
        } finally {
            await client.end();
        }
    }

    function problems(user: string, found: Finding, role: string, checks: [boolean, string][]): string[] {
        const expected: [boolean, string][] = [
            [found.role === role, `acts as ${found.role} instead of ${role}`],
            [found.schema === schema, `has ${found.schema} as its first schema instead of ${schema}`],
            ...checks,
        ];
        return expected.filter(([holds]) => !holds).map(([, problem]) => `${user} ${problem}`);
    }
}

async function find(client: Client, tables: string[]): Promise<Finding> {
    const schema = await homeSchema(client);
    const { rows } = await client.query<Omit<Finding, "schema">>(question, [schema, tables]);
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
