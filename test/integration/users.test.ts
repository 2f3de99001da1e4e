import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readFingerprint } from "../../scripts/delivery/catalog";
import { Watch } from "../../scripts/delivery/locks/watch";
import { Delivery, password, type Project } from "../support/delivery";
import { type Account, as, Users } from "../support/users";

// The administrator of these tests has the rights of an RDS master user and no more: LOGIN CREATEROLE CREATEDB, owner of
// the database, no superuser.

const customers =
    "--changeset me:customers\nCREATE TABLE customers (id int PRIMARY KEY, name text);\n--rollback DROP TABLE customers;";
const orders =
    "--changeset me:orders\nCREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);\n--rollback DROP TABLE orders;";

describe("the database's users", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    before(async () => {
        delivery = await Delivery.start();
    });
    after(() => delivery?.dispose());
    beforeEach(async () => {
        project = await delivery.project();
        users = new Users(delivery, project);
        project.changelog(customers);
    });

    async function bootstrap(expected = 0, environment: Record<string, string | undefined> = {}): Promise<string> {
        const { code, output } = await users.bootstrap(environment);
        assert.equal(code, expected, output);
        return output;
    }

    async function run(action: string, account: Account, expected = 0, environment: Record<string, string> = {}) {
        const { code, output } = await project.build(action, { environment: { ...as(account), ...environment } });
        assert.equal(code, expected, output);
        return output;
    }

    /** The server's answer to a statement of a user: nothing, or the code of its refusal. */
    async function refusal(account: Account, sql: string): Promise<string | undefined> {
        const client = await users.connect(account);
        try {
            await client.query(sql);
            return undefined;
        } catch (error) {
            return (error as { code: string }).code;
        } finally {
            await client.end();
        }
    }

    const owners = () =>
        project.query<{ name: string; owner: string }>(
            `SELECT c.oid::regclass::text AS name, pg_get_userbyid(relowner) AS owner FROM pg_class c
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S') ORDER BY 1`,
        );
    const denied = "42501";
    const readOnly = "25006";

    describe("on a fresh database", () => {
        it("are made, and made again change nothing", async () => {
            const output = await bootstrap();
            for (const line of [
                `  created the role ${users.owner} (NOLOGIN)`,
                `  created the role ${users.migrator.name} (LOGIN)`,
                `  granted ${users.owner} to ${users.migrator.name}`,
                "  created the table databasechangelog",
                `  set the password of ${users.planner.name} to what its secret holds`,
            ]) {
                assert.ok(output.includes(line), `${line}\n${output}`);
            }
            assert.match(output, /^The users of dev are ready \(app_\d+_owner, .*\): \d+ changes\.$/m);
            const again = await bootstrap();
            assert.match(again, /^The users of dev are as they shall be \(.*\): nothing to do\.\n$/);
            assert.match(project.report(), /<testsuite name="users" tests="3" failures="0"/);
        });

        it("plan, deploy, look for drift and roll back", async () => {
            await bootstrap();
            await run("plan", users.planner);
            assert.equal(project.plan().changes.length, 1);
            const tag = project.releaseId;
            await run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await owners(), [
                { name: "aurora_pipeline_deployments", owner: users.owner },
                { name: "customers", owner: users.owner },
                { name: "databasechangelog", owner: users.owner },
                { name: "databasechangeloglock", owner: users.owner },
            ]);
            assert.match(await bootstrap(), /nothing to do/);
            assert.match(await run("drift", users.planner), /^No drift: /m);
            await run("plan", users.planner);
            assert.equal(project.plan().drift?.result, "None");

            project.nextExecution();
            await run("plan", users.planner, 0, { ROLLBACK_TO: tag });
            assert.deepEqual(
                project.plan().changes.map(({ id }) => id),
                ["customers"],
            );
            await run("rollback", users.migrator, 0, { ROLLBACK_TO: tag, CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock"]);
        });

        it("undo what fails, and tell by the sessions who holds the lock", async () => {
            await bootstrap();
            await run("deploy", users.migrator);
            project.nextExecution();
            project.changelog(customers, orders, "--changeset me:broken\nSELECT 1 / 0;\n--rollback empty");
            assert.match(
                await run("deploy", users.migrator, 1),
                /The database is back at release-\S+ Its catalog is as/,
            );
            project.changelog(customers, orders);
            await project.query(
                "UPDATE databasechangeloglock SET locked = true, lockedby = 'host#release-1234567-live0000 (10.0.0.7) 0a1b2c3d', lockgranted = now()",
            );
            const other = await users.connect(users.migrator);
            await other.query("SET application_name = 'release-1234567-live0000'");
            project.nextExecution();
            assert.match(
                await run("deploy", users.migrator, 2, { DEPLOYMENT_WAIT_SECONDS: "0" }),
                /- process \d+, release-1234567-live0000, user app_\d+_migrator, from 127\.0\.0\.1, since \d/,
            );
            await other.end();
            assert.match(await run("deploy", users.migrator), /Released the lock of a dead run/);
        });

        it("leave a lock to a user whose sessions the server hides, but for AWS's own", async () => {
            await bootstrap();
            await run("deploy", users.migrator);
            project.changelog(customers, orders);
            project.nextExecution();
            await project.query(
                "UPDATE databasechangeloglock SET locked = true, lockedby = 'anas-laptop.local (192.168.1.7)', lockgranted = now() AT TIME ZONE 'UTC'",
            );
            const superuser = await delivery.server.administrate(project.database);
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            const output = await run("deploy", users.migrator, 2, { DEPLOYMENT_WAIT_SECONDS: "0" });
            assert.match(output, /may be its:\n {2}- process \d+, no application name, user dbowner\nIf none of them/);
            await administrator.end();
            assert.match(
                await run("deploy", users.migrator),
                /Released the lock of a dead run: Liquibase on anas-laptop/,
            );
            await superuser.end();
        });

        it("plan also where a precondition asks for rows, which the planner may not read", async () => {
            await bootstrap();
            await run("deploy", users.migrator);
            project.nextExecution();
            const guarded =
                "--changeset me:guarded\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 SELECT count(*) FROM customers\nINSERT INTO customers VALUES (1, 'Ann');\n--rollback DELETE FROM customers WHERE id = 1;";
            project.changelog(customers, guarded);
            await run("plan", users.planner);
            await run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await project.query("SELECT name FROM customers"), [{ name: "Ann" }]);
        });

        it("are watched while they work: their locks, and what they wait for", async () => {
            await bootstrap();
            await run("deploy", users.migrator);
            const [watching, one, other] = [
                await users.connect(users.migrator),
                await users.connect(users.migrator),
                await users.connect(users.migrator),
            ];
            await one.query("SET application_name = 'release-one'");
            await other.query("SET application_name = 'somebody'");
            const watch = await Watch.start(watching, "release-one");
            await watch.begin();
            await other.query("BEGIN; LOCK TABLE databasechangelog");
            const waiting = one.query("BEGIN; LOCK TABLE customers; LOCK TABLE databasechangelog");
            await sleep(300);
            await watch.look();
            await other.query("COMMIT");
            await waiting;
            await one.query("COMMIT");
            const { locks, waits } = await watch.end();
            watch.stop();
            for (const client of [watching, one, other]) await client.end();
            assert.deepEqual(
                locks.map(({ table, mode, existedBefore }) => [table, mode, existedBefore]),
                [["public.customers", "AccessExclusiveLock", true]],
            );
            assert.ok(locks[0]!.milliseconds >= 200, JSON.stringify(locks));
            assert.deepEqual(
                waits.map(({ event }) => event),
                ["Lock:relation"],
            );
        });

        it("have the tables that Liquibase itself would make", async () => {
            await bootstrap();
            const theirs = await delivery.project();
            theirs.changelog(customers);
            assert.equal((await theirs.build("deploy")).code, 0);
            const [ours, liquibases] = [await tracking(project), await tracking(theirs)];
            assert.ok(ours.length > 20, JSON.stringify(ours));
            assert.deepEqual(ours, liquibases);
        });

        async function tracking({ database }: Project) {
            const client = await delivery.server.administrate(database);
            const { entries } = await readFingerprint(client, { trackingTables: [] });
            await client.end();
            return entries
                .filter(({ kind, name }) => name.includes("databasechangelog") && kind !== "owner" && kind !== "grant")
                .map(({ kind, name, definition }) => `${kind} ${name}: ${definition}`);
        }
    });

    it("can do what they are for, and nothing else", async () => {
        await bootstrap();
        await run("deploy", users.migrator);
        await project.query("CREATE SCHEMA hr; CREATE TABLE hr.salaries (amount int)");
        const { migrator, planner } = users;
        const { database } = project;
        for (const [account, sql, expected] of [
            [
                planner,
                "SELECT count(*) FROM databasechangelog, databasechangeloglock, aurora_pipeline_deployments",
                undefined,
            ],
            [planner, "SELECT * FROM customers", denied],
            [planner, "CREATE TABLE t ()", readOnly],
            [planner, "BEGIN READ WRITE; CREATE TABLE t ()", denied],
            [planner, "BEGIN READ WRITE; CREATE SCHEMA s", denied],
            [planner, "BEGIN READ WRITE; INSERT INTO customers VALUES (1)", denied],
            [planner, "BEGIN READ WRITE; UPDATE databasechangeloglock SET locked = true", denied],
            [planner, `SET ROLE ${users.owner}`, denied],
            [planner, `SET ROLE ${migrator.name}`, denied],
            [migrator, "CREATE SCHEMA s; CREATE TABLE s.t (); DROP SCHEMA s CASCADE", undefined],
            [migrator, "CREATE EXTENSION citext", undefined],
            [migrator, `DROP DATABASE ${database}`, denied],
            [migrator, "CREATE DATABASE other", denied],
            [migrator, "CREATE ROLE other", denied],
            [migrator, "RESET ROLE; SET ROLE NONE; CREATE ROLE other", denied],
            [migrator, "SELECT * FROM hr.salaries", denied],
            [migrator, `SET ROLE ${planner.name}`, denied],
            [migrator, "SET ROLE dbowner", denied],
        ] as const) {
            assert.equal(await refusal(account, sql), expected, `${account.name}: ${sql}`);
        }
    });

    describe("on a database that the administrator has migrated before", () => {
        it("take over what he made, and go on from there without drift", async () => {
            const more =
                "--changeset me:more splitStatements:false\nCREATE SCHEMA sales; CREATE TABLE sales.deals (id serial); CREATE VIEW names AS SELECT name FROM customers; CREATE TYPE mood AS ENUM ('ok'); CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE EXTENSION citext; CREATE PUBLICATION changes FOR TABLE customers; INSERT INTO customers VALUES (1, 'Ann');\n--rollback empty";
            project.changelog(customers, more);
            assert.equal((await project.build("deploy")).code, 0);
            const output = await bootstrap();
            assert.match(
                output,
                new RegExp(`^ {2}handed over to ${users.owner} what dbowner owned: .* and \\d+ more$`, "m"),
            );
            assert.match(await bootstrap(), /nothing to do/);
            const others = await project.query(
                `SELECT 'schema' AS kind FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'dbowner'
                 UNION ALL SELECT 'type' FROM pg_type WHERE pg_get_userbyid(typowner) = 'dbowner'
                 UNION ALL SELECT 'routine' FROM pg_proc WHERE pg_get_userbyid(proowner) = 'dbowner'
                 UNION ALL SELECT 'extension' FROM pg_extension WHERE pg_get_userbyid(extowner) = 'dbowner'`,
            );
            assert.deepEqual(others, []);
            assert.ok((await owners()).every(({ owner }) => owner === users.owner));
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
                more,
                orders,
                "--changeset me:alter\nALTER TABLE sales.deals ADD COLUMN total int;\n--rollback ALTER TABLE sales.deals DROP COLUMN total;",
            );
            await run("plan", users.planner);
            assert.deepEqual([project.plan().drift?.result, project.plan().drift?.differences], ["None", []]);
            await run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(
                project.deployment().changesets.map(({ id }) => id),
                ["orders", "alter"],
            );
        });

        it("give others what they were to get of new objects", async () => {
            const reader = { name: `reader_${project.database}`, password: "reads" };
            await project.query(`CREATE ROLE ${reader.name} LOGIN PASSWORD '${reader.password}'`);
            project.changelog(
                `--changeset me:defaults splitStatements:false\nALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${reader.name}; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO ${reader.name}; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n--rollback empty`,
            );
            assert.equal((await project.build("deploy")).code, 0);
            assert.match(
                await bootstrap(),
                /granted SELECT ON TABLES IN SCHEMA public to reader_app_\d+ for what app_\d+_owner creates/,
            );
            assert.match(await bootstrap(), /nothing to do/);
            await run("plan", users.planner);
            assert.equal(project.plan().drift?.result, "None");
            const migrator = await users.connect(users.migrator);
            await migrator.query(
                "CREATE TABLE t (id serial); CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            );
            await migrator.end();
            assert.equal(await refusal(reader, "SELECT * FROM t"), undefined);
            assert.equal(await refusal(reader, "SELECT nextval('t_id_seq')"), undefined);
            assert.equal(await refusal(reader, "SELECT one()"), denied);
            assert.equal(await refusal(reader, "INSERT INTO t VALUES (1)"), denied);
        });

        it("leave drift what it was", async () => {
            assert.equal((await project.build("deploy")).code, 0);
            await project.query("CREATE TABLE by_hand (); ALTER TABLE customers ADD COLUMN by_hand int");
            await bootstrap();
            await run("plan", users.planner);
            const found = project
                .plan()
                .drift?.differences.map(({ change, kind, name }) => `${change} ${kind} ${name}`);
            assert.ok(found?.includes("added table public.by_hand"), JSON.stringify(found));
            assert.ok(found?.includes("added column public.customers.by_hand"), JSON.stringify(found));
            assert.ok(!found?.some((line) => line.includes("owner schema")), JSON.stringify(found));
        });
    });

    describe("that somebody altered by hand", () => {
        beforeEach(async () => {
            await bootstrap();
            await run("deploy", users.migrator);
        });

        it("are put right, and it is said what was wrong", async () => {
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
            await administrator.query(`GRANT pg_read_all_data, ${owner} TO ${planner.name}`);
            await administrator.end();
            const output = await bootstrap();
            for (const line of [
                `put the role ${owner} right: NOLOGIN`,
                `put the role ${migrator.name} right: INHERIT, NOCREATEROLE, NOCREATEDB, CONNECTION LIMIT -1`,
                `put the role ${planner.name} right: LOGIN, VALID UNTIL 'infinity'`,
                `set role of ${migrator.name} to ${owner}`,
                `reset default_transaction_read_only of ${planner.name} elsewhere`,
                `revoked ${owner} from ${planner.name}`,
                `revoked pg_read_all_data from ${planner.name}`,
                `took from ${planner.name} what a planner does not need: ALL ON column id of table databasechangelog, INSERT ON TABLE databasechangelog, SELECT ON TABLE customers`,
                "revoked from everybody to create in the schema public",
                `handed over to ${owner} what dbowner owned: `,
                `handed over to ${owner} what ${migrator.name} owned: table by_migrator`,
                "created the table aurora_pipeline_deployments",
            ]) {
                assert.ok(output.includes(`  ${line}`), `${line}\n${output}`);
            }
            assert.match(await bootstrap(), /nothing to do/);
            assert.equal(await refusal(planner, "SELECT * FROM customers"), denied);
            project.nextExecution();
            project.changelog(customers, orders);
            await run("plan", planner);
            await run("deploy", migrator);
        });

        it("get their password back, and keep one that works", async () => {
            await project.query(`ALTER ROLE ${users.migrator.name} PASSWORD 'another'`);
            const before = await verifiers();
            assert.match(
                await bootstrap(),
                new RegExp(`^ {2}set the password of ${users.migrator.name} to what its secret holds\nThe users`),
            );
            const after = await verifiers();
            assert.notEqual(after.migrator, before.migrator);
            assert.equal(after.planner, before.planner);
            await run("plan", users.migrator);
        });

        async function verifiers() {
            const rows = await project.query<{ name: string; verifier: string }>(
                `SELECT rolname AS name, rolpassword AS verifier FROM pg_authid WHERE rolname LIKE '${project.database}\\_%'`,
            );
            const of = ({ name }: Account) => rows.find((row) => row.name === name)?.verifier;
            return { migrator: of(users.migrator), planner: of(users.planner) };
        }
    });

    describe("that IAM lets in", () => {
        const iam = { BOOTSTRAP_MIGRATOR_PASSWORD: undefined, BOOTSTRAP_PLANNER_PASSWORD: undefined };
        const members = async () =>
            (
                await project.query<{ name: string }>(
                    `SELECT m.rolname AS name FROM pg_auth_members JOIN pg_roles m ON m.oid = member
                      WHERE roleid = to_regrole('rds_iam') AND m.rolname LIKE '${project.database}\\_%' ORDER BY 1`,
                )
            ).map(({ name }) => name);

        it("have no password, and get one again", async () => {
            assert.match(
                await bootstrap(2, iam),
                /the server has no role rds_iam, so that app_\d+_migrator and app_\d+_planner/,
            );
            await project.query("CREATE ROLE rds_iam; GRANT rds_iam TO dbowner WITH ADMIN OPTION, INHERIT FALSE");
            try {
                await bootstrap();
                const output = await bootstrap(0, iam);
                assert.match(output, new RegExp(`took the password of ${users.planner.name}`));
                assert.deepEqual(await members(), [users.migrator.name, users.planner.name]);
                assert.deepEqual(
                    await project.query(
                        `SELECT count(*)::int AS n FROM pg_authid WHERE rolpassword IS NOT NULL AND rolname LIKE '${project.database}\\_%'`,
                    ),
                    [{ n: 0 }],
                );
                assert.match(await bootstrap(0, iam), /nothing to do/);
                assert.match(await bootstrap(), new RegExp(`revoked rds_iam from ${users.migrator.name}`));
                assert.deepEqual(await members(), []);
                await run("deploy", users.migrator);
            } finally {
                await project.query("DROP OWNED BY rds_iam; DROP ROLE rds_iam");
            }
        });
    });

    it("are refused before anything is changed, with what to do", async () => {
        await project.query(
            `CREATE ROLE ${users.owner} SUPERUSER; CREATE ROLE ${users.migrator.name};
             CREATE ROLE helper_${project.database} LOGIN PASSWORD 'helper'`,
        );
        const output = await bootstrap(2, { BOOTSTRAP_PLANNER: "dbowner" });
        assert.match(output, /^The database's users cannot be made; nothing was changed:/);
        assert.match(output, new RegExp(`- the role ${users.owner} is there and a superuser: no build may be one`));
        assert.match(
            output,
            new RegExp(
                `- the role ${users.migrator.name} is there, and dbowner may not alter it: GRANT .* WITH ADMIN OPTION`,
            ),
        );
        assert.match(output, /- dbowner is the administrator: builds are not to connect as him/);
        const helper = await bootstrap(2, { DB_USERNAME: `helper_${project.database}`, DB_PASSWORD: "helper" });
        assert.match(helper, /may not create roles: connect as the cluster's master user/);
        assert.match(helper, /does not own the database/);
        assert.match(
            await bootstrap(2, { BOOTSTRAP_OWNER: "", BOOTSTRAP_MIGRATOR: undefined }),
            /environment variables missing: BOOTSTRAP_OWNER, BOOTSTRAP_MIGRATOR;/,
        );
    });

    it("show their passwords nowhere: not in the build, not in the server's log of all statements", async () => {
        const administrator = await delivery.server.administrate();
        await administrator.query("ALTER SYSTEM SET log_statement = 'all'");
        await administrator.query("SELECT pg_reload_conf()");
        const from = readFileSync(delivery.server.server.log, "utf8").length;
        try {
            let output = await bootstrap();
            await project.query(`ALTER ROLE ${users.migrator.name} PASSWORD NULL`);
            output += await bootstrap();
            output += project.everything();
            output += await run("plan", users.planner);
            output += await run("deploy", users.migrator);
            const log = readFileSync(delivery.server.server.log, "utf8").slice(from);
            assert.match(log, /ALTER ROLE "app_\d+_migrator" PASSWORD 'SCRAM-SHA-256\$4096:/);
            for (const secret of [users.migrator.password, users.planner.password, password]) {
                const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
                forms.push(secret.replaceAll("'", "''"));
                for (const form of forms) {
                    assert.ok(!log.includes(form), "the server's log");
                    assert.ok(!output.includes(form), "the build");
                }
            }
        } finally {
            await administrator.query("ALTER SYSTEM RESET log_statement");
            await administrator.query("SELECT pg_reload_conf()");
            await administrator.end();
        }
    });
});
