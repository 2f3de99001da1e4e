import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readFingerprint } from "../../scripts/delivery/engines/postgresql/catalog/read";
import { Watch } from "../../scripts/delivery/engines/postgresql/locks/watch";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { uncountedTables } from "../../scripts/delivery/tracking";
import { type Delivery, password, type Project } from "../support/delivery";
import { beforeEachMigrated, customers, denied, orders, Users } from "../support/users";

// The administrator of these tests has the rights of an RDS master user and no more: LOGIN CREATEROLE CREATEDB, owner of
// the database, no superuser.

describe("the database's users", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    beforeEachMigrated((scene) => {
        ({ delivery, project, users } = scene);
    });

    /** A database without users and without a deployment, in place of the one that the administrator has migrated. */
    async function beginAnew(): Promise<void> {
        project = await delivery.project();
        users = new Users(delivery, project);
        project.changelog(customers);
    }

    describe("on a fresh database", () => {
        let migrated: Project;
        beforeEach(async () => {
            migrated = project;
            await beginAnew();
        });

        it("are created, and a second run changes nothing", async () => {
            const output = await users.bootstrap();
            for (const line of [
                `  created the role ${users.owner} (NOLOGIN)`,
                `  created the role ${users.migrator.name} (LOGIN)`,
                `  granted ${users.owner} to ${users.migrator.name}`,
                "  created the table databasechangelog",
                `  set the password of ${users.planner.name} to that of its secret`,
            ]) {
                assert.ok(output.includes(line), `${line}\n${output}`);
            }
            assert.match(output, /^The users of dev are ready \(app_\d+_owner, .*\): \d+ changes\.$/m);
            const again = await users.bootstrap();
            assert.match(again, /^The users of dev are up to date \(.*\): nothing to do\.\n$/);
            assert.match(project.report(), /<testsuite name="users" tests="3" failures="0"/);
        });

        it("have the tables that Liquibase itself would make", async () => {
            const liquibases = await tracking(migrated);
            await users.bootstrap();
            const ours = await tracking(project);
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

    describe("on a database that has been migrated", () => {
        beforeEach(() => users.bootstrap());

        it("tell by the sessions who holds the lock, and undo what fails", async () => {
            await project.query(
                "UPDATE databasechangeloglock SET locked = true, lockedby = 'host#release-1234567-live0000 (10.0.0.7) 0a1b2c3d', lockgranted = now()",
            );
            const other = await users.connect(users.migrator);
            await other.query("SET application_name = 'release-1234567-live0000'");
            project.nextExecution();
            project.changelog(customers, orders, "--changeset me:broken\nSELECT 1 / 0;\n--rollback empty");
            assert.match(
                await users.run("deploy", users.migrator, 2, { DEPLOYMENT_WAIT_SECONDS: "0" }),
                /- process \d+, release-1234567-live0000, user app_\d+_migrator, from 127\.0\.0\.1, since \d/,
            );
            await other.end();
            const output = await users.run("deploy", users.migrator, 1);
            assert.match(output, /Released the lock of a run that ended without releasing it/);
            assert.match(output, /The database is as it was before release-\S+ Its catalog is the same as/);
        });

        it("leave a lock to a user whose sessions the server hides, but for AWS's own", async () => {
            project.changelog(customers, orders);
            project.nextExecution();
            await project.query(
                "UPDATE databasechangeloglock SET locked = true, lockedby = 'anas-laptop.local (192.168.1.7)', lockgranted = now() AT TIME ZONE 'UTC'",
            );
            const superuser = await delivery.server.administrate(project.database);
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            const output = await users.run("deploy", users.migrator, 2, { DEPLOYMENT_WAIT_SECONDS: "0" });
            assert.match(
                output,
                /may belong to it:\n {2}- process \d+, no application name, user dbowner\nIf none of them/,
            );
            await administrator.end();
            assert.match(
                await users.run("deploy", users.migrator),
                /Released the lock of a run that ended without releasing it: Liquibase on anas-laptop/,
            );
            await superuser.end();
        });

        it("plan also where a precondition asks for rows, which the planner may not read", async () => {
            project.nextExecution();
            const guarded =
                "--changeset me:guarded\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 SELECT count(*) FROM customers\nINSERT INTO customers VALUES (1, 'Ann');\n--rollback DELETE FROM customers WHERE id = 1;";
            project.changelog(customers, guarded);
            await users.run("plan", users.planner);
            await users.run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await project.query("SELECT name FROM customers"), [{ name: "Ann" }]);
        });

        it("are watched while they work: their locks, and what they wait for", async () => {
            const [watching, one, other] = [
                await users.connect(users.migrator),
                await users.connect(users.migrator),
                await users.connect(users.migrator),
            ];
            await one.query("SET application_name = 'release-one'");
            await other.query("SET application_name = 'somebody'");
            const watch = await Watch.start(watching, "release-one", uncountedTables(liquibase.tracking));
            await watch.begin();
            await other.query("BEGIN; LOCK TABLE databasechangelog");
            const waiting = one.query("BEGIN; LOCK TABLE customers; LOCK TABLE databasechangelog");
            // How long the lock is held is what is measured.
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
    });

    it("can do what they are for, and nothing else", async () => {
        await users.bootstrap();
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
            [planner, "CREATE TABLE t ()", "25006"],
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
            assert.equal(await users.refusal(account, sql), expected, `${account.name}: ${sql}`);
        }
    });

    it("are refused before anything is changed, with what to do", async () => {
        await beginAnew();
        await project.query(
            `CREATE ROLE ${users.owner} SUPERUSER; CREATE ROLE ${users.migrator.name};
             CREATE ROLE helper_${project.database} LOGIN PASSWORD 'helper'`,
        );
        const output = await users.bootstrap(2, { BOOTSTRAP_PLANNER: "dbowner" });
        assert.match(output, /^AP1215: The database's users cannot be created; nothing was changed:/);
        assert.match(
            output,
            new RegExp(`- the role ${users.owner} exists and is a superuser, which builds must not be`),
        );
        assert.match(
            output,
            new RegExp(
                `- the role ${users.migrator.name} exists, and dbowner may not alter it: choose another .* migratorName .* GRANT .* WITH ADMIN OPTION`,
            ),
        );
        assert.match(output, /- dbowner is the administrator, which builds must not connect as/);
        const helper = await users.bootstrap(2, { DB_USERNAME: `helper_${project.database}`, DB_PASSWORD: "helper" });
        assert.match(helper, /may not create roles: connect as the cluster's master user/);
        assert.match(helper, /does not own the database/);
        assert.match(
            await users.bootstrap(2, { BOOTSTRAP_OWNER: "", BOOTSTRAP_MIGRATOR: undefined }),
            /environment variables missing: BOOTSTRAP_OWNER, BOOTSTRAP_MIGRATOR;/,
        );
    });

    describe("from the first bootstrap to a rollback", () => {
        let all: { bootstraps: string; plan: string; deployment: string; log: string };
        let planned: string[];
        let used: { project: Project; users: Users };
        beforeEach(async () => {
            if (used === undefined) {
                await beginAnew();
                all = await deployLogged();
                used = { project, users };
            }
            ({ project, users } = used);
        });

        /** While the server logs all statements. */
        async function deployLogged(): Promise<typeof all> {
            const administrator = await delivery.server.administrate();
            await administrator.query("ALTER SYSTEM SET log_statement = 'all'");
            await administrator.query("SELECT pg_reload_conf()");
            const from = readFileSync(delivery.server.server.log, "utf8").length;
            try {
                let bootstraps = await users.bootstrap();
                await project.query(`ALTER ROLE ${users.migrator.name} PASSWORD NULL`);
                bootstraps += await users.bootstrap();
                bootstraps += project.everything();
                const plan = await users.run("plan", users.planner);
                planned = project.plan().changes.map(({ id }) => id);
                const deployment = await users.run("deploy", users.migrator, 0, {
                    CODEBUILD_SRC_DIR_Plan: project.approve(),
                });
                const log = readFileSync(delivery.server.server.log, "utf8").slice(from);
                return { bootstraps, plan, deployment, log };
            } finally {
                await administrator.query("ALTER SYSTEM RESET log_statement");
                await administrator.query("SELECT pg_reload_conf()");
                await administrator.end();
            }
        }

        it("show their passwords nowhere: not in the build, not in the server's log of all statements", () => {
            const { log } = all;
            const output = all.bootstraps + all.plan + all.deployment;
            assert.match(log, /ALTER ROLE "app_\d+_migrator" PASSWORD 'SCRAM-SHA-256\$4096:/);
            for (const secret of [users.migrator.password, users.planner.password, password]) {
                const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
                forms.push(secret.replaceAll("'", "''"));
                for (const form of forms) {
                    assert.ok(!log.includes(form), "the server's log");
                    assert.ok(!output.includes(form), "the build");
                }
            }
        });

        it("plan, deploy, look for drift and roll back", async () => {
            assert.deepEqual(planned, ["customers"]);
            const tag = project.releaseId;
            assert.deepEqual(await users.owners(), [
                { name: "aurora_pipeline_deployments", owner: users.owner },
                { name: "customers", owner: users.owner },
                { name: "databasechangelog", owner: users.owner },
                { name: "databasechangeloglock", owner: users.owner },
            ]);
            assert.match(await users.bootstrap(), /nothing to do/);
            assert.match(await users.run("drift", users.planner), /^No drift: /m);

            project.nextExecution();
            await users.run("plan", users.planner, 0, { ROLLBACK_TO: tag });
            assert.deepEqual(
                project.plan().changes.map(({ id }) => id),
                ["customers"],
            );
            await users.run("rollback", users.migrator, 0, {
                ROLLBACK_TO: tag,
                CODEBUILD_SRC_DIR_Plan: project.approve(),
            });
            assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock"]);
        });
    });
});
