import * as assert from "node:assert/strict";
import { trackingTables } from "../../../../scripts/delivery/database/tracking";
import type { Role, State, Users } from "../../../../scripts/delivery/users/model";
import { refusals } from "../../../../scripts/delivery/users/refusals";
import { stepsTo } from "../../../../scripts/delivery/users/steps";

const users: Users = {
    owner: "app_owner",
    migrator: { name: "app_migrator", iam: false },
    planner: { name: "app_planner", iam: false },
};

const role = (name: string, login = true): Role => ({
    name,
    login,
    inherit: true,
    superuser: false,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRls: false,
    limited: false,
    expires: false,
    administrable: true,
});
const member = (name: string, of: string, grantor = "dbowner") => ({
    member: name,
    role: of,
    grantor,
    inherits: true,
    sets: true,
});

/** A database in which nothing is left to do. */
function settled(change: Partial<State> = {}): State {
    return {
        server: 170_000,
        database: "app",
        administrator: { name: "dbowner", superuser: false, createRole: true, ownsDatabase: true },
        schema: { name: "public", owner: "app_owner", owned: true, open: false },
        roles: [role("app_owner", false), role("app_migrator"), role("app_planner")],
        memberships: [member("dbowner", "app_owner"), member("app_migrator", "app_owner")],
        settings: [
            { role: "app_migrator", database: "app", name: "role", value: "app_owner" },
            { role: "app_planner", database: "app", name: "default_transaction_read_only", value: "on" },
        ],
        ownerMay: ["CONNECT", "CREATE", "TEMPORARY"],
        plannerMay: [
            'CONNECT ON DATABASE "app"',
            'USAGE ON SCHEMA "public"',
            ...trackingTables.map((table) => `SELECT ON TABLE ${table}`),
        ],
        possessions: [],
        defaults: [],
        holdings: [{ kind: "DATABASE", name: "app" }],
        tables: trackingTables.map((name) => ({ name, owner: "app_owner" })),
        hasIam: false,
        ...change,
    };
}
const sql = (state: State, wanted = users) => stepsTo(wanted, state).map((step) => step.sql);

describe("the steps to the database's users", () => {
    it("are none where all is as it shall be", () => {
        assert.deepEqual(stepsTo(users, settled()), []);
    });

    it("make everything in an order that the server accepts", () => {
        const fresh = settled({
            roles: [],
            memberships: [],
            settings: [],
            ownerMay: [],
            plannerMay: [],
            tables: [],
            schema: { name: "public", owner: "pg_database_owner", owned: true, open: true },
        });
        const statements = sql(fresh);
        assert.deepEqual(statements.slice(0, 12), [
            'CREATE ROLE "app_owner" NOLOGIN INHERIT',
            'CREATE ROLE "app_migrator" LOGIN INHERIT',
            'CREATE ROLE "app_planner" LOGIN INHERIT',
            'GRANT "app_owner" TO "dbowner" WITH INHERIT TRUE, SET TRUE',
            'GRANT "app_owner" TO "app_migrator" WITH INHERIT TRUE, SET TRUE',
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET role = "app_owner"',
            'ALTER ROLE "app_planner" IN DATABASE "app" SET default_transaction_read_only = "on"',
            'ALTER SCHEMA "public" OWNER TO "app_owner"',
            'REVOKE CREATE ON SCHEMA "public" FROM PUBLIC',
            'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "app" TO "app_owner"',
            statements[10],
            statements[11],
        ]);
        assert.match(statements[10]!, /^SET LOCAL ROLE "app_owner"; CREATE TABLE IF NOT EXISTS databasechangelog \(/);
        assert.deepEqual(statements.slice(-5), [
            'GRANT CONNECT ON DATABASE "app" TO "app_planner"',
            'GRANT USAGE ON SCHEMA "public" TO "app_planner"',
            'GRANT SELECT ON TABLE databasechangelog TO "app_planner"',
            'GRANT SELECT ON TABLE databasechangeloglock TO "app_planner"',
            'GRANT SELECT ON TABLE aurora_pipeline_deployments TO "app_planner"',
        ]);
    });

    it("never give the database away: what was its owner's stays", () => {
        const state = settled({ possessions: [{ owner: "dbowner", object: "table orders" }] });
        assert.deepEqual(sql(state), [
            'REASSIGN OWNED BY "dbowner" TO "app_owner"',
            'ALTER DATABASE "app" OWNER TO "dbowner"',
        ]);
    });

    it("join a user for as long as its objects are handed over", () => {
        const state = settled({ possessions: [{ owner: "app_migrator", object: "table orders" }] });
        assert.deepEqual(sql(state), [
            'GRANT "app_migrator" TO "dbowner"',
            'REASSIGN OWNED BY "app_migrator" TO "app_owner"',
            'REVOKE "app_migrator" FROM "dbowner"',
        ]);
    });

    it("move default privileges, those that were revoked too", () => {
        const granted = {
            schema: "public",
            privilege: "SELECT",
            objects: "TABLES",
            grantee: "reader",
            grantable: false,
            granted: true,
        };
        const revoked = { ...granted, schema: null, privilege: "EXECUTE", objects: "FUNCTIONS", grantee: "PUBLIC" };
        assert.deepEqual(sql(settled({ defaults: [granted, { ...revoked, granted: false }] })), [
            'ALTER DEFAULT PRIVILEGES FOR ROLE "app_owner" IN SCHEMA public GRANT SELECT ON TABLES TO reader',
            'ALTER DEFAULT PRIVILEGES FOR ROLE "dbowner" IN SCHEMA public REVOKE SELECT ON TABLES FROM reader',
            'ALTER DEFAULT PRIVILEGES FOR ROLE "app_owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
            'ALTER DEFAULT PRIVILEGES FOR ROLE "dbowner" GRANT EXECUTE ON FUNCTIONS TO PUBLIC',
        ]);
    });

    it("name a few of many objects", () => {
        const possessions = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ owner: "dbowner", object: `table t${n}` }));
        const [step] = stepsTo(users, settled({ possessions }));
        assert.equal(
            step!.says,
            "handed over to app_owner what dbowner owned: table t1, table t2, table t3, table t4, table t5 and 2 more",
        );
    });

    it("take what a planner does not need, and grant anew what it does", () => {
        const { plannerMay } = settled();
        const statements = sql(settled({ plannerMay: [...plannerMay, "SELECT ON TABLE orders"] }));
        assert.deepEqual(statements.slice(0, 3), [
            'GRANT "app_planner" TO "dbowner"',
            'DROP OWNED BY "app_planner"',
            'REVOKE "app_planner" FROM "dbowner"',
        ]);
        assert.equal(statements.length, 3 + plannerMay.length);
    });

    it("grant a membership that lacks something, in words that the server knows", () => {
        const [administrators, migrators] = settled().memberships;
        const memberships = [administrators!, { ...migrators!, inherits: false }];
        assert.deepEqual(sql(settled({ memberships })), [
            'GRANT "app_owner" TO "app_migrator" WITH INHERIT TRUE, SET TRUE',
        ]);
        assert.deepEqual(sql(settled({ memberships: [administrators!], server: 150_000 })), [
            'GRANT "app_owner" TO "app_migrator"',
        ]);
    });

    it("revoke a membership as who granted it, where the server wants that", () => {
        const { memberships } = settled();
        const state = settled({ memberships: [...memberships, member("app_planner", "pg_read_all_data", "somebody")] });
        assert.deepEqual(sql(state), ['REVOKE "pg_read_all_data" FROM "app_planner" GRANTED BY "somebody"']);
        assert.deepEqual(sql({ ...state, server: 150_000 }), ['REVOKE "pg_read_all_data" FROM "app_planner"']);
    });

    it("let users in by IAM, without a password", () => {
        const iam = { ...users, planner: { name: "app_planner", iam: true } };
        assert.deepEqual(sql(settled({ hasIam: true }), iam), [
            'GRANT rds_iam TO "app_planner"',
            'ALTER ROLE "app_planner" PASSWORD NULL',
        ]);
        const { memberships } = settled();
        const state = settled({ hasIam: true, memberships: [...memberships, member("app_planner", "rds_iam")] });
        assert.deepEqual(sql(state, iam), []);
        assert.deepEqual(sql(state), ['REVOKE "rds_iam" FROM "app_planner"']);
    });

    it("undo a setting that would hold elsewhere too, where rotation logs in", () => {
        const { settings } = settled();
        const state = settled({
            settings: [...settings, { role: "app_migrator", database: null, name: "role", value: "app_owner" }],
        });
        assert.deepEqual(sql(state), ['ALTER ROLE "app_migrator" RESET role']);
    });

    it("quote every name", () => {
        const odd = { ...users, owner: 'o"; DROP DATABASE app; --' };
        for (const statement of sql(settled({ roles: [], memberships: [], tables: [] }), odd)) {
            assert.ok(!statement.replaceAll('""', "").includes('o"; DROP'), statement);
        }
    });
});

describe("what the bootstrap refuses", () => {
    const problems = (change: Partial<State> = {}, wanted: Users = users) => refusals(wanted, settled(change));

    it("is nothing where the administrator may do it", () => {
        assert.deepEqual(problems(), []);
        assert.deepEqual(problems({ roles: [] }), []);
    });

    it("are names that collide or are too long", () => {
        assert.deepEqual(problems({}, { ...users, owner: "app_planner" }), [
            "app_planner is named twice: owner, migrator and planner are three roles",
        ]);
        assert.match(problems({}, { ...users, owner: "ü".repeat(32) })[0]!, /longer than 63 bytes/);
        assert.match(problems({}, { ...users, owner: "dbowner" })[0]!, /^dbowner is the administrator/);
    });

    it("are rights that the administrator lacks", () => {
        const nobody = { name: "dbowner", superuser: false, createRole: false, ownsDatabase: false };
        assert.deepEqual(problems({ administrator: nobody }), [
            "dbowner may not create roles: connect as the cluster's master user, or grant CREATEROLE",
            "dbowner does not own the database app: ALTER DATABASE app OWNER TO dbowner",
        ]);
        const foreign = { ...role("app_owner", false), administrable: false };
        assert.match(
            problems({ roles: [foreign] })[0]!,
            /dbowner may not alter it: GRANT app_owner TO dbowner WITH ADMIN/,
        );
    });

    it("are schemas that the users would not see, or cannot get", () => {
        const schema = { name: "public", owner: "somebody", owned: false, open: false };
        assert.match(
            problems({ schema })[0]!,
            /^the schema public belongs to somebody, and dbowner cannot give it away/,
        );
        assert.match(problems({ schema: { ...schema, name: null } })[0]!, /names no schema that the database has/);
        assert.match(
            problems({ schema: { ...schema, name: "dbowner", owned: true } })[0]!,
            /which only dbowner sees so/,
        );
    });

    it("is IAM where there is none", () => {
        assert.match(
            problems({}, { ...users, migrator: { name: "m", iam: true } })[0]!,
            /has no role rds_iam, so that m /,
        );
    });
});
