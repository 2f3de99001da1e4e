import * as assert from "node:assert/strict";
import type { Drift } from "../../scripts/delivery/safety/drift/model";
import { beforeDelivery, beforeEachCopy, type Delivery, password, type Project } from "../support/delivery";
import { type Account, customers, denied, orders, Users } from "../support/users";

// The administrator of these tests has the rights of an RDS master user and no more: LOGIN CREATEROLE CREATEDB, owner of
// the database, no superuser.

describe("the users of a database that is not new", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    /** Has privileges on what the administrator creates. */
    const reader = { name: "reader_of_app_1", password: "reads" };
    const more = [
        "--changeset me:more splitStatements:false\nCREATE SCHEMA sales; CREATE TABLE sales.deals (id serial); CREATE VIEW names AS SELECT name FROM customers; CREATE TYPE mood AS ENUM ('ok'); CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE EXTENSION citext; CREATE PUBLICATION changes FOR TABLE customers; INSERT INTO customers VALUES (1, 'Ann');\n--rollback empty",
        `--changeset me:defaults splitStatements:false\nALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${reader.name}; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO ${reader.name}; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n--rollback empty`,
    ];
    beforeEachCopy(
        async (original) => {
            await original.query(`CREATE ROLE ${reader.name} LOGIN PASSWORD '${reader.password}'`);
            original.changelog(customers, ...more);
            await original.buildEnding(0, "deploy");
        },
        (copy, started) => {
            [project, delivery] = [copy, started];
            users = new Users(delivery, project);
        },
    );

    const found = () => JSON.parse(project.artifact("drift.json")) as Drift;

    describe("that the administrator has migrated before", () => {
        it("take over the administrator's objects, and continue without drift", async () => {
            const output = await users.bootstrap();
            assert.match(output, new RegExp(`^ {2}transferred from dbowner to ${users.owner}: .* and \\d+ more$`, "m"));
            assert.match(await users.bootstrap(), /nothing to do/);
            const others = await project.query(
                `SELECT 'schema' AS kind FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'dbowner'
                 UNION ALL SELECT 'type' FROM pg_type WHERE pg_get_userbyid(typowner) = 'dbowner'
                 UNION ALL SELECT 'routine' FROM pg_proc WHERE pg_get_userbyid(proowner) = 'dbowner'
                 UNION ALL SELECT 'extension' FROM pg_extension WHERE pg_get_userbyid(extowner) = 'dbowner'`,
            );
            assert.deepEqual(others, []);
            assert.ok((await users.owners()).every(({ owner }) => owner === users.owner));
            assert.deepEqual(
                await project.query(
                    `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${project.database}'`,
                ),
                [{ owner: "dbowner" }],
            );
            // The administrator still uses what was his, and so do programs that connect as him.
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            assert.deepEqual((await administrator.query("SELECT name FROM customers")).rows, [{ name: "Ann" }]);
            await administrator.end();

            project.nextExecution();
            project.changelog(
                customers,
                ...more,
                orders,
                "--changeset me:alter\nALTER TABLE sales.deals ADD COLUMN total int;\n--rollback ALTER TABLE sales.deals DROP COLUMN total;",
            );
            await users.run("drift", users.planner);
            assert.deepEqual([found().result, found().differences], ["None", []]);
            await users.run("deploy", users.migrator);
            assert.deepEqual(
                project.deployment().changesets.map(({ id }) => id),
                ["orders", "alter"],
            );
        });

        it("keep default privileges of other roles on new objects", async () => {
            assert.match(
                await users.bootstrap(),
                /granted SELECT ON TABLES IN SCHEMA public to reader_of_app_1 for objects that app_\d+_owner creates/,
            );
            assert.match(await users.bootstrap(), /nothing to do/);
            await users.run("drift", users.planner);
            assert.equal(found().result, "None");
            const migrator = await users.connect(users.migrator);
            await migrator.query(
                "CREATE TABLE t (id serial); CREATE FUNCTION two() RETURNS int LANGUAGE sql AS 'SELECT 2'",
            );
            await migrator.end();
            assert.equal(await users.refusal(reader, "SELECT * FROM t"), undefined);
            assert.equal(await users.refusal(reader, "SELECT nextval('t_id_seq')"), undefined);
            assert.equal(await users.refusal(reader, "SELECT two()"), denied);
            assert.equal(await users.refusal(reader, "INSERT INTO t VALUES (1)"), denied);
        });

        it("leave temporary tables to the session that has them", async () => {
            await users.bootstrap();
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            await administrator.query("CREATE TEMPORARY TABLE mine (id serial)");
            assert.match(await users.bootstrap(), /nothing to do/);
            await administrator.end();
        });

        it("leave drift what it was", async () => {
            await project.query("CREATE TABLE by_hand (); ALTER TABLE customers ADD COLUMN by_hand int");
            await users.bootstrap();
            await users.run("drift", users.planner, 1);
            const lines = found().differences.map(({ change, kind, name }) => `${change} ${kind} ${name}`);
            assert.ok(lines.includes("added table public.by_hand"), JSON.stringify(lines));
            assert.ok(lines.includes("added column public.customers.by_hand"), JSON.stringify(lines));
            assert.ok(!lines.some((line) => line.includes("owner schema")), JSON.stringify(lines));
        });
    });

    describe("when somebody altered them by hand", () => {
        beforeEach(() => users.bootstrap());

        it("are repaired, and the log says what was wrong", async () => {
            const { owner, migrator, planner } = users;
            await project.query(
                `ALTER ROLE ${owner} LOGIN;
                 ALTER ROLE ${migrator.name} CREATEDB CREATEROLE NOINHERIT CONNECTION LIMIT 1;
                 ALTER ROLE ${migrator.name} IN DATABASE ${project.database} RESET role;
                 ALTER ROLE ${planner.name} NOLOGIN VALID UNTIL '2020-01-01';
                 ALTER ROLE ${planner.name} SET default_transaction_read_only = off;
                 GRANT pg_read_all_data TO dbowner WITH ADMIN OPTION;
                 GRANT SELECT ON customers TO ${planner.name};
                 GRANT SELECT (id) ON databasechangelog TO ${planner.name};
                 GRANT INSERT ON databasechangelog TO ${planner.name};
                 GRANT CREATE ON SCHEMA public TO PUBLIC;
                 ALTER SCHEMA public OWNER TO dbowner;
                 REVOKE ALL ON DATABASE ${project.database} FROM ${owner};
                 CREATE TABLE by_administrator ();
                 ALTER TABLE by_administrator OWNER TO dbowner;
                 CREATE TABLE by_migrator ();
                 ALTER TABLE by_migrator OWNER TO ${migrator.name};
                 DROP TABLE aurora_pipeline_deployments`,
            );
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            await administrator.query(`GRANT ${owner} TO ${migrator.name} WITH INHERIT FALSE, SET FALSE`);
            await administrator.query(`GRANT pg_read_all_data, ${owner} TO ${planner.name}`);
            await administrator.end();
            const output = await users.bootstrap();
            for (const line of [
                `repaired the role ${owner}: NOLOGIN`,
                `repaired the role ${migrator.name}: INHERIT, NOCREATEROLE, NOCREATEDB, CONNECTION LIMIT -1`,
                `repaired the role ${planner.name}: LOGIN, VALID UNTIL 'infinity'`,
                `set role of ${migrator.name} to ${owner}`,
                `reset default_transaction_read_only of ${planner.name} in all databases`,
                `granted ${owner} to ${migrator.name}`,
                `revoked ${owner} from ${planner.name}`,
                `revoked pg_read_all_data from ${planner.name}`,
                `revoked privileges that a planner does not need from ${planner.name}: ALL ON column id of table public.databasechangelog, INSERT ON TABLE "public"."databasechangelog", SELECT ON TABLE "public"."customers"`,
                "revoked CREATE on the schema public from PUBLIC",
                `transferred from dbowner to ${owner}: `,
                `transferred from ${migrator.name} to ${owner}: table public.by_migrator`,
                "created the table aurora_pipeline_deployments",
            ]) {
                assert.ok(output.includes(`  ${line}`), `${line}\n${output}`);
            }
            assert.match(await users.bootstrap(), /nothing to do/);
            assert.equal(await users.refusal(planner, "SELECT * FROM customers"), denied);
            project.nextExecution();
            project.changelog(customers, ...more, orders);
            await users.run("plan", planner);
            await users.run("deploy", migrator);
        });

        it("get their password back, and keep one that works", async () => {
            await project.query(`ALTER ROLE ${users.migrator.name} PASSWORD 'another'`);
            const before = await verifiers();
            assert.match(
                await users.bootstrap(),
                new RegExp(`^ {2}set the password of ${users.migrator.name} to that of its secret\nThe users`),
            );
            const after = await verifiers();
            assert.notEqual(after.migrator, before.migrator);
            assert.equal(after.planner, before.planner);
            await users.run("drift", users.migrator);
        });

        async function verifiers() {
            const rows = await project.query<{ name: string; verifier: string }>(
                `SELECT rolname AS name, rolpassword AS verifier FROM pg_authid WHERE rolname LIKE '${project.database}\\_%'`,
            );
            const of = ({ name }: Account) => rows.find((row) => row.name === name)?.verifier;
            return { migrator: of(users.migrator), planner: of(users.planner) };
        }
    });

    it("cannot be let in by IAM where the server has no such role", async () => {
        assert.match(
            await users.bootstrap(2, { BOOTSTRAP_MIGRATOR_PASSWORD: undefined, BOOTSTRAP_PLANNER_PASSWORD: undefined }),
            /the server has no role rds_iam, so that app_\d+_migrator and app_\d+_planner/,
        );
    });
});

describe("the users of a database that IAM lets in", () => {
    let delivery: Delivery;
    beforeDelivery(
        (started) => {
            delivery = started;
        },
        { iam: true },
    );

    it("have no password, and get one again", async () => {
        const project = await delivery.project();
        project.changelog(customers);
        const [byPassword, byIam] = [new Users(delivery, project), new Users(delivery, project, true)];
        const members = async () =>
            (
                await project.query<{ name: string }>(
                    `SELECT m.rolname AS name FROM pg_auth_members JOIN pg_roles m ON m.oid = member
                      WHERE roleid = to_regrole('rds_iam') AND m.rolname LIKE '${project.database}\\_%' ORDER BY 1`,
                )
            ).map(({ name }) => name);
        await byPassword.bootstrap();
        const output = await byIam.bootstrap();
        assert.match(output, new RegExp(`removed the password of ${byIam.planner.name}`));
        assert.deepEqual(await members(), [byIam.migrator.name, byIam.planner.name]);
        assert.deepEqual(
            await project.query(
                `SELECT count(*)::int AS n FROM pg_authid WHERE rolpassword IS NOT NULL AND rolname LIKE '${project.database}\\_%'`,
            ),
            [{ n: 0 }],
        );
        assert.match(await byIam.bootstrap(), /nothing to do/);
        await byIam.run("deploy", byIam.migrator);
        assert.match(await byPassword.bootstrap(), new RegExp(`revoked rds_iam from ${byIam.migrator.name}`));
        assert.deepEqual(await members(), []);
        await byPassword.run("drift", byPassword.planner);
    });
});
