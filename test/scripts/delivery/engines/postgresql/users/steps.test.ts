import * as assert from "node:assert/strict";
import { notes } from "../../../../../../scripts/delivery/engines/postgresql/users/notes";
import { stepsTo } from "../../../../../../scripts/delivery/engines/postgresql/users/steps";
import { nonEmpty } from "../../../../../support/nonEmpty";
import { users, member, setting, home, administrator, settled, sql } from "./support";

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
