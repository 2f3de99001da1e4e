import * as assert from "node:assert/strict";
import { type Delivery, password, type Project } from "../support/delivery";
import { beforeEachUsers, customers, orders, type Users } from "../support/users";

// Whose a role is: those that an earlier version made carry no mark, and an application's may have the same names.

describe("roles that are there before the first bootstrap", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    beforeEachUsers((scene) => {
        ({ delivery, project, users } = scene);
    });

    /** All that is said of roles, and what the database's objects are. */
    const everything = () =>
        project.query(
            `SELECT 'role' AS kind, to_jsonb(r) AS said FROM pg_authid r
              UNION ALL SELECT 'comment', to_jsonb(d) FROM pg_shdescription d
              UNION ALL SELECT 'membership', to_jsonb(m) FROM pg_auth_members m
              UNION ALL SELECT 'setting', to_jsonb(s) FROM pg_db_role_setting s
              UNION ALL SELECT 'database', to_jsonb(d) FROM (SELECT datname, datdba, datacl::text FROM pg_database) d
              UNION ALL SELECT 'schema', to_jsonb(n) FROM (SELECT nspname, nspowner, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_') n
              UNION ALL SELECT 'table', to_jsonb(c) FROM (SELECT relname, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace) c
              ORDER BY 1, 2`,
        );

    it("are adopted if an earlier version created them: they keep their objects, passwords and history", async () => {
        project.changelog(customers);
        await users.bootstrap();
        await users.run("deploy", users.migrator);
        const { owner, migrator, planner } = users;
        const names = [owner, migrator.name, planner.name];
        // An earlier version marked nothing, and gave nobody a search path.
        await project.query(
            [
                ...names.map((name) => `COMMENT ON ROLE ${name} IS NULL`),
                ...[migrator.name, planner.name].map(
                    (name) => `ALTER ROLE ${name} IN DATABASE ${project.database} RESET search_path`,
                ),
                `ALTER ROLE ${migrator.name} IN DATABASE ${project.database} RESET default_transaction_read_only`,
            ].join(";"),
        );
        const before = await verifiers();
        const output = await users.bootstrap();
        for (const name of names) {
            assert.ok(output.includes(`marked the role ${name}, which an earlier version created`), output);
        }
        assert.deepEqual(await verifiers(), before);
        assert.match(await users.bootstrap(), /nothing to do/);
        project.nextExecution();
        project.changelog(customers, orders);
        await users.run("plan", planner);
        await users.run("deploy", migrator);
        assert.deepEqual(
            project.deployment().changesets.map(({ id }) => id),
            ["orders"],
        );

        function verifiers() {
            return project.query(
                `SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE '${project.database}\\_%' ORDER BY 1`,
            );
        }
    });

    const foreign: [string, (users: Users, database: string) => { make: string; role: string }][] = [
        [
            "an application's login that has the owner's name",
            ({ owner }) => ({ role: owner, make: `CREATE ROLE ${owner} LOGIN PASSWORD 'the application'` }),
        ],
        [
            "a login that the administrator made, with the migrator's name",
            ({ migrator }) => ({
                role: migrator.name,
                make: `SET ROLE dbowner; CREATE ROLE ${migrator.name} LOGIN PASSWORD 'the application'`,
            }),
        ],
        [
            "a role that carries the mark of another database",
            ({ planner }) => ({
                role: planner.name,
                make: `SET ROLE dbowner; CREATE ROLE ${planner.name} LOGIN; COMMENT ON ROLE ${planner.name} IS 'aurora-pipeline: planner of the database another'`,
            }),
        ],
    ];
    for (const [what, describeRole] of foreign) {
        it(`are refused before anything changes: ${what}`, async () => {
            const { role, make } = describeRole(users, project.database);
            await project.query(make);
            const before = await everything();
            const output = await users.bootstrap(2);
            assert.match(output, new RegExp(`the role ${role} exists, and `));
            assert.match(output, /choose another name with the config key (?:owner|migrator|planner)Name/);
            assert.deepEqual(await everything(), before);
            // The application logs in as before.
            if (make.includes("PASSWORD")) {
                await (await delivery.server.connect(project.database, role, "the application")).end();
            }
            // With other names there is nothing in the way.
            const others = {
                BOOTSTRAP_OWNER: `${project.database}_o`,
                BOOTSTRAP_MIGRATOR: `${project.database}_m`,
                BOOTSTRAP_PLANNER: `${project.database}_p`,
            };
            assert.match(await users.bootstrap(0, others), /are ready/);
        });
    }

    it("are accepted if a person marks them", async () => {
        const { owner } = users;
        const administrator = await delivery.server.connect(project.database, "dbowner", password);
        await administrator.query(`CREATE ROLE ${owner} LOGIN`);
        const output = await users.bootstrap(2);
        const [statement] = /COMMENT ON ROLE .*$/m.exec(output) ?? [];
        assert.ok(statement, output);
        await administrator.query(statement);
        await administrator.end();
        assert.match(await users.bootstrap(), new RegExp(`repaired the role ${owner}: NOLOGIN`));
    });
});
