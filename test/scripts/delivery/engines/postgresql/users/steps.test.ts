import * as assert from "node:assert/strict";
import { liquibase } from "../../../../../../scripts/delivery/tools/liquibase";
import { trackingNames } from "../../../../../../scripts/delivery/tracking";
import { markOf } from "../../../../../../scripts/delivery/engines/postgresql/users/mark";
import type {
    Role,
    SchemaState,
    State,
    Users,
} from "../../../../../../scripts/delivery/engines/postgresql/users/model";
import { notes } from "../../../../../../scripts/delivery/engines/postgresql/users/notes";
import { refusals } from "../../../../../../scripts/delivery/engines/postgresql/users/refusals";
import { stepsTo } from "../../../../../../scripts/delivery/engines/postgresql/users/steps";
import { nonEmpty } from "../../../../../support/nonEmpty";

const users: Users = {
    tracking: liquibase.tracking,
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
    comment: markOf(name === "app_owner" ? "owner" : name === "app_migrator" ? "migrator" : "planner", "app"),
});
const member = (name: string, of: string, grantor = "dbowner") => ({
    member: name,
    role: of,
    grantor,
    inherits: true,
    sets: true,
    admin: false,
    revocable: true,
});
const setting = (role: string | null, name: string, value: string, database: string | null = "app") => ({
    role,
    database,
    name,
    value,
    resettable: true,
});
const home: SchemaState = {
    name: "public",
    owner: "app_owner",
    owned: true,
    open: false,
    ownerMay: ["CREATE", "USAGE"],
    history: "app_owner",
};

const administrator = {
    name: "dbowner",
    superuser: false,
    createRole: true,
    createDatabase: true,
    replication: false,
    bypassRls: false,
    ownsDatabase: true,
};

/** A database in which nothing is left to do. */
function settled(change: Partial<State> = {}): State {
    return {
        server: 170_000,
        database: "app",
        administrator,
        path: ["public"],
        schemas: [home],
        former: [],
        roles: [role("app_owner", false), role("app_migrator"), role("app_planner")],
        memberships: [member("dbowner", "app_owner"), member("app_migrator", "app_owner")],
        settings: [
            setting("app_migrator", "role", "app_owner"),
            setting("app_migrator", "search_path", "public"),
            setting("app_migrator", "default_transaction_read_only", "off"),
            setting("app_planner", "search_path", "public"),
            setting("app_planner", "default_transaction_read_only", "on"),
        ],
        ownerMay: ["CONNECT", "CREATE", "TEMPORARY"],
        plannerMay: [
            'CONNECT ON DATABASE "app"',
            'USAGE ON SCHEMA "public"',
            ...trackingNames(liquibase.tracking).map((table) => `SELECT ON TABLE "public"."${table}"`),
        ],
        possessions: [],
        defaults: [],
        holdings: [{ kind: "DATABASE", name: "app" }],
        eventTriggers: [],
        shadows: [],
        renamedHistories: [],
        hasIam: false,
        ...change,
    };
}
const sql = (state: State, wanted = users) => stepsTo(wanted, state).map((step) => step.sql);

describe("the steps to the database's users", () => {
    it("are none if everything is as desired", () => {
        assert.deepEqual(stepsTo(users, settled()), []);
    });

    it("create everything in an order that the server accepts", () => {
        const fresh = settled({
            roles: [],
            memberships: [],
            settings: [],
            ownerMay: [],
            plannerMay: [],
            schemas: [{ ...home, owner: "pg_database_owner", open: true, ownerMay: [], history: null }],
        });
        assert.deepEqual(sql(fresh), [
            'CREATE ROLE "app_owner" NOLOGIN INHERIT',
            `COMMENT ON ROLE "app_owner" IS 'aurora-pipeline: owner of the database app'`,
            'CREATE ROLE "app_migrator" LOGIN INHERIT',
            `COMMENT ON ROLE "app_migrator" IS 'aurora-pipeline: migrator of the database app'`,
            'CREATE ROLE "app_planner" LOGIN INHERIT',
            `COMMENT ON ROLE "app_planner" IS 'aurora-pipeline: planner of the database app'`,
            'GRANT "app_owner" TO "dbowner" WITH INHERIT TRUE, SET TRUE',
            'GRANT "app_owner" TO "app_migrator" WITH INHERIT TRUE, SET TRUE',
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET role = "app_owner"',
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET search_path = "public"',
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET default_transaction_read_only = "off"',
            'ALTER ROLE "app_planner" IN DATABASE "app" SET search_path = "public"',
            'ALTER ROLE "app_planner" IN DATABASE "app" SET default_transaction_read_only = "on"',
            'ALTER SCHEMA "public" OWNER TO "app_owner"',
            'REVOKE CREATE ON SCHEMA "public" FROM PUBLIC',
            'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "app" TO "app_owner"',
            'GRANT CONNECT ON DATABASE "app" TO "app_planner"',
            'GRANT USAGE ON SCHEMA "public" TO "app_planner"',
        ]);
    });

    it("never change the owner of the database", () => {
        const state = settled({ possessions: [{ owner: "dbowner", object: "table orders" }] });
        assert.deepEqual(sql(state), [
            'REASSIGN OWNED BY "dbowner" TO "app_owner"',
            'ALTER DATABASE "app" OWNER TO "dbowner"',
        ]);
    });

    it("grant the user's role only while its objects are transferred", () => {
        const state = settled({ possessions: [{ owner: "app_migrator", object: "table orders" }] });
        assert.deepEqual(sql(state), [
            'GRANT "app_migrator" TO "dbowner"',
            'REASSIGN OWNED BY "app_migrator" TO "app_owner"',
            'REVOKE "app_migrator" FROM "dbowner"',
        ]);
    });

    it("move default privileges, including revoked ones", () => {
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
            "transferred from dbowner to app_owner: table t1, table t2, table t3, table t4, table t5 and 2 more",
        );
    });

    it("revoke privileges that a planner does not need, and grant the others again", () => {
        const { plannerMay } = settled();
        const statements = sql(settled({ plannerMay: [...plannerMay, "SELECT ON TABLE orders"] }));
        assert.deepEqual(statements.slice(0, 3), [
            'GRANT "app_planner" TO "dbowner"',
            'DROP OWNED BY "app_planner"',
            'REVOKE "app_planner" FROM "dbowner"',
        ]);
        assert.deepEqual(statements.slice(3), [
            'GRANT CONNECT ON DATABASE "app" TO "app_planner"',
            'GRANT USAGE ON SCHEMA "public" TO "app_planner"',
        ]);
    });

    it("complete a membership, in the syntax of the server's version", () => {
        const [administrators, migrators] = settled().memberships;
        const memberships = [administrators!, { ...migrators!, inherits: false }];
        assert.deepEqual(sql(settled({ memberships })), [
            'GRANT "app_owner" TO "app_migrator" WITH INHERIT TRUE, SET TRUE',
        ]);
        assert.deepEqual(sql(settled({ memberships: [administrators!], server: 150_000 })), [
            'GRANT "app_owner" TO "app_migrator"',
        ]);
    });

    it("revoke a membership as its grantor, if the server requires it", () => {
        const { memberships } = settled();
        const state = settled({ memberships: [...memberships, member("app_planner", "pg_read_all_data", "somebody")] });
        assert.deepEqual(sql(state), ['REVOKE "pg_read_all_data" FROM "app_planner" GRANTED BY "somebody"']);
        assert.deepEqual(sql({ ...state, server: 150_000 }), ['REVOKE "pg_read_all_data" FROM "app_planner"']);
    });

    it("let users log in with IAM, without a password", () => {
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

    it("reset every other setting, in every database, except those that only a superuser may reset", () => {
        const { settings } = settled();
        const state = settled({
            settings: [
                ...settings,
                setting("app_migrator", "role", "app_owner", null),
                setting("app_owner", "statement_timeout", "1ms"),
                setting("app_planner", "my.setting", "x", "postgres"),
                { ...setting("app_planner", "log_statement", "all"), resettable: false },
                // Of all roles: the three have their own, which come first.
                setting(null, "default_transaction_read_only", "on"),
            ],
        });
        assert.deepEqual(sql(state), [
            'ALTER ROLE "app_migrator" RESET "role"',
            'ALTER ROLE "app_owner" IN DATABASE "app" RESET "statement_timeout"',
            'ALTER ROLE "app_planner" IN DATABASE "postgres" RESET "my"."setting"',
        ]);
        assert.deepEqual(notes(users, state), [
            'log_statement is set for app_planner, and only a superuser can reset it: ALTER ROLE "app_planner" IN DATABASE "app" RESET "log_statement"',
        ]);
    });

    it("correct a setting with another value", () => {
        const [, , ...others] = settled().settings;
        const state = settled({
            settings: [
                ...others,
                setting("app_migrator", "role", "none"),
                setting("app_migrator", "search_path", '"$user", public'),
            ],
        });
        assert.deepEqual(sql(state), [
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET role = "app_owner"',
            'ALTER ROLE "app_migrator" IN DATABASE "app" SET search_path = "public"',
        ]);
    });

    it("grant the owner its schema again, and create a dropped one", () => {
        assert.deepEqual(sql(settled({ schemas: [{ ...home, ownerMay: ["USAGE"] }] })), [
            'GRANT CREATE ON SCHEMA "public" TO "app_owner"',
        ]);
        assert.deepEqual(sql(settled({ schemas: [] })), ['CREATE SCHEMA "public" AUTHORIZATION "app_owner"']);
    });

    it("revoke a member's right to grant the owner", () => {
        const [administrators, migrators] = settled().memberships;
        assert.deepEqual(sql(settled({ memberships: [administrators!, { ...migrators!, admin: true }] })), [
            'REVOKE ADMIN OPTION FOR "app_owner" FROM "app_migrator"',
        ]);
    });

    it("leave a membership to its grantor, with the statement", () => {
        const { memberships } = settled();
        const foreign = { ...member("app_planner", "pg_read_all_data", "somebody"), revocable: false };
        const state = settled({ memberships: [...memberships, foreign] });
        assert.deepEqual(sql(state), []);
        assert.deepEqual(notes(users, state), [
            'somebody granted pg_read_all_data to app_planner, which only somebody or a superuser can revoke: REVOKE "pg_read_all_data" FROM "app_planner" GRANTED BY "somebody"',
        ]);
    });

    it("remove every attribute except those that only a superuser may remove, which they name", () => {
        const [owner, migrator, planner] = settled().roles;
        const roles = [owner!, { ...migrator!, createDatabase: true, replication: true, expires: true }, planner!];
        assert.deepEqual(sql(settled({ roles })), [`ALTER ROLE "app_migrator" NOCREATEDB VALID UNTIL 'infinity'`]);
        assert.deepEqual(notes(users, settled({ roles })), [
            'app_migrator has an attribute that dbowner cannot remove: ALTER ROLE "app_migrator" NOREPLICATION',
        ]);
        assert.deepEqual(sql(settled({ roles, administrator: { ...administrator, superuser: true } })), [
            `ALTER ROLE "app_migrator" NOCREATEDB NOREPLICATION VALID UNTIL 'infinity'`,
        ]);
    });

    it("transfer the objects of a former owner, and say how to drop it", () => {
        const state = settled({
            former: [{ name: "old_owner", part: "owner" }],
            possessions: [{ owner: "old_owner", object: "table orders" }],
        });
        assert.deepEqual(sql(state), [
            'GRANT "old_owner" TO "dbowner"',
            'REASSIGN OWNED BY "old_owner" TO "app_owner"',
            'REVOKE "old_owner" FROM "dbowner"',
        ]);
        assert.deepEqual(notes(users, state), [
            'the role old_owner is the former owner and is no longer used: DROP OWNED BY "old_owner"; DROP ROLE "old_owner"',
        ]);
    });

    it("mark the roles that an earlier version created", () => {
        const roles = settled().roles.map((made) => ({ ...made, comment: null }));
        assert.deepEqual(
            sql(settled({ roles })).filter((statement) => !statement.startsWith("COMMENT ON ROLE ")),
            [],
        );
        assert.equal(sql(settled({ roles })).length, 3);
    });

    it("quote every name", () => {
        const odd = { ...users, owner: 'o"; DROP DATABASE app; --' };
        for (const statement of nonEmpty(sql(settled({ roles: [], memberships: [], settings: [] }), odd))) {
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
            "app_planner is used twice: owner, migrator and planner must be three roles",
        ]);
        assert.match(problems({}, { ...users, owner: "ü".repeat(32) })[0]!, /longer than 63 bytes/);
        assert.match(problems({}, { ...users, owner: "dbowner" })[0]!, /^dbowner is the administrator/);
    });

    it("are privileges that the administrator lacks", () => {
        const nobody = { ...administrator, createRole: false, ownsDatabase: false };
        assert.deepEqual(problems({ administrator: nobody }), [
            "dbowner may not create roles: connect as the cluster's master user, or grant CREATEROLE",
            "dbowner does not own the database app: ALTER DATABASE app OWNER TO dbowner",
        ]);
        const foreign = { ...role("app_owner", false), administrable: false };
        assert.match(
            problems({ roles: [foreign] })[0]!,
            /dbowner may not alter it: choose .* ownerName .*, or GRANT "app_owner" TO "dbowner" WITH ADMIN OPTION/,
        );
    });

    it("are schemas whose owner the administrator cannot change", () => {
        const foreign = { ...home, owner: "somebody", owned: false };
        assert.deepEqual(problems({ schemas: [foreign] }), [
            'the schema public belongs to somebody, and dbowner cannot change that: ALTER SCHEMA "public" OWNER TO "dbowner"',
        ]);
        assert.deepEqual(problems({ schemas: [{ ...foreign, owner: "app_migrator" }] }), []);
    });

    it("are schemas without the migration history", () => {
        const old = { ...home, name: "old" };
        assert.deepEqual(problems({ schemas: [old] }), [
            'there is no schema public, and the migration history is in the schema old: ALTER SCHEMA "old" RENAME TO "public"',
        ]);
        assert.deepEqual(problems({ schemas: [{ ...home, history: null }, old] }), [
            'unqualified names resolve to the schema public, but the migration history is in the schema old: ALTER DATABASE "app" SET search_path = "old", "public"',
        ]);
        const administrators = { ...home, name: "dbowner", owner: "dbowner", history: "dbowner" };
        assert.match(
            problems({ schemas: [{ ...home, history: null }, administrators] })[0]!,
            /ALTER DATABASE "app" SET search_path = "dbowner", "public"$/,
        );
        const renamedHistories = [{ schema: "public", name: "old" }];
        assert.deepEqual(problems({ schemas: [{ ...home, history: null }], renamedHistories }), [
            'there is no table databasechangelog in the schema public, but "public"."old" has the columns of a migration history: ALTER TABLE "public"."old" RENAME TO databasechangelog; or, if every changeset should run again, rename one of its columns',
        ]);
        // A copy beside the history.
        assert.deepEqual(problems({ renamedHistories }), []);
        // Another tool's, in a schema of its own.
        assert.deepEqual(problems({ schemas: [home, { ...old, history: "somebody" }] }), []);
    });

    it("are event triggers whose function migrations can change", () => {
        const eventTrigger = { name: "watch", routine: "public.watch()", owner: "app_owner" };
        assert.match(
            problems({ eventTriggers: [eventTrigger] })[0]!,
            /^the event trigger watch runs public.watch\(\), owned by app_owner, .*: ALTER EVENT TRIGGER "watch" DISABLE, or /,
        );
        assert.equal(problems({ eventTriggers: [{ ...eventTrigger, owner: "dbowner" }] }).length, 1);
        assert.deepEqual(problems({ eventTriggers: [{ ...eventTrigger, owner: "dba" }] }), []);
    });

    describe("of roles that are there", () => {
        const replaced = (name: string, change: Partial<Role>) =>
            settled().roles.map((made) => (made.name === name ? { ...made, ...change } : made));

        for (const [part, name, change] of [
            ["owner", "app_owner", { login: true, comment: null }],
            ["owner", "app_owner", { comment: "The application's" }],
            ["owner", "app_owner", { comment: markOf("owner", "another") }],
            ["owner", "app_owner", { comment: markOf("planner", "app") }],
            ["migrator", "app_migrator", { comment: null, createRole: true }],
            ["planner", "app_planner", { comment: null, login: false }],
        ] as const) {
            it(`is a foreign ${name}: ${JSON.stringify(change)}`, () => {
                const [problem, ...more] = problems({ roles: replaced(name, change) });
                assert.deepEqual(more, []);
                assert.equal(
                    problem,
                    `the role ${name} exists, and this pipeline did not create it: choose another name with the config key ${part}Name (arg ${part === "owner" ? "bootstrap.ownerRole" : `bootstrap.${part}.username`}); or, if it is this pipeline's ${part}, COMMENT ON ROLE "${name}" IS 'aurora-pipeline: ${part} of the database app'`,
                );
            });
        }

        it("is not a role with the mark, whatever was changed, nor one of an earlier version", () => {
            for (const name of ["app_owner", "app_migrator", "app_planner"]) {
                assert.deepEqual(problems({ roles: replaced(name, { createRole: true, inherit: false }) }), []);
            }
            assert.deepEqual(problems({ roles: settled().roles.map((made) => ({ ...made, comment: null })) }), []);
            const mark = `${markOf("planner", "app")}; ask the platform team`;
            assert.deepEqual(problems({ roles: replaced("app_planner", { comment: mark }) }), []);
        });

        it("are all three if only the names match", () => {
            const roles = settled().roles.map((made) => ({ ...made, comment: null }));
            assert.equal(problems({ roles, settings: [], memberships: [] }).length, 3);
        });
    });

    it("is IAM on a server without it", () => {
        assert.match(
            problems({}, { ...users, migrator: { name: "m", iam: true } })[0]!,
            /has no role rds_iam, so that m /,
        );
    });
});
