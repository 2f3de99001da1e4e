import * as assert from "node:assert/strict";
import { markOf } from "../../../../../../scripts/delivery/engines/postgresql/users/mark";
import type { Role, State, Users } from "../../../../../../scripts/delivery/engines/postgresql/users/model";
import { refusals } from "../../../../../../scripts/delivery/engines/postgresql/users/refusals";
import { users, role, home, administrator, settled } from "./support";

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
