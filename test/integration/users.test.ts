import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readFingerprint } from "../../scripts/delivery/engines/postgresql/catalog";
import { Watch } from "../../scripts/delivery/engines/postgresql/locks/watch";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { uncountedTables } from "../../scripts/delivery/tracking";
import { type Delivery, password, type Project } from "../support/delivery";
import { beforeEachUsers, customers, denied, orders, type Users } from "../support/users";

// The administrator of these tests has the rights of an RDS master user and no more: LOGIN CREATEROLE CREATEDB, owner of
// the database, no superuser.

describe("the database's users", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    beforeEachUsers((scene) => {
        ({ delivery, project, users } = scene);
        project.changelog(customers);
    });

    describe("on a fresh database", () => {
        it("are made, and made again change nothing", async () => {
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

        it("plan, deploy, look for drift and roll back", async () => {
            await users.bootstrap();
            await users.run("plan", users.planner);
            assert.equal(project.plan().changes.length, 1);
            const tag = project.releaseId;
            await users.run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await users.owners(), [
                { name: "aurora_pipeline_deployments", owner: users.owner },
                { name: "customers", owner: users.owner },
                { name: "databasechangelog", owner: users.owner },
                { name: "databasechangeloglock", owner: users.owner },
            ]);
            assert.match(await users.bootstrap(), /nothing to do/);
            assert.match(await users.run("drift", users.planner), /^No drift: /m);
            await users.run("plan", users.planner);
            assert.equal(project.plan().drift?.result, "None");

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

        it("undo what fails, and tell by the sessions who holds the lock", async () => {
            await users.bootstrap();
            await users.run("deploy", users.migrator);
            project.nextExecution();
            project.changelog(customers, orders, "--changeset me:broken\nSELECT 1 / 0;\n--rollback empty");
            assert.match(
                await users.run("deploy", users.migrator, 1),
                /The database is as it was before release-\S+ Its catalog is the same as/,
            );
            project.changelog(customers, orders);
            await project.query(
                "UPDATE databasechangeloglock SET locked = true, lockedby = 'host#release-1234567-live0000 (10.0.0.7) 0a1b2c3d', lockgranted = now()",
            );
            const other = await users.connect(users.migrator);
            await other.query("SET application_name = 'release-1234567-live0000'");
            project.nextExecution();
            assert.match(
                await users.run("deploy", users.migrator, 2, { DEPLOYMENT_WAIT_SECONDS: "0" }),
                /- process \d+, release-1234567-live0000, user app_\d+_migrator, from 127\.0\.0\.1, since \d/,
            );
            await other.end();
            assert.match(
                await users.run("deploy", users.migrator),
                /Released the lock of a run that ended without releasing it/,
            );
        });

        it("leave a lock to a user whose sessions the server hides, but for AWS's own", async () => {
            await users.bootstrap();
            await users.run("deploy", users.migrator);
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
            await users.bootstrap();
            await users.run("deploy", users.migrator);
            project.nextExecution();
            const guarded =
                "--changeset me:guarded\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 SELECT count(*) FROM customers\nINSERT INTO customers VALUES (1, 'Ann');\n--rollback DELETE FROM customers WHERE id = 1;";
            project.changelog(customers, guarded);
            await users.run("plan", users.planner);
            await users.run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
            assert.deepEqual(await project.query("SELECT name FROM customers"), [{ name: "Ann" }]);
        });

        it("are watched while they work: their locks, and what they wait for", async () => {
            await users.bootstrap();
            await users.run("deploy", users.migrator);
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

        it("have the tables that Liquibase itself would make", async () => {
            await users.bootstrap();
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
        await users.bootstrap();
        await users.run("deploy", users.migrator);
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

    it("show their passwords nowhere: not in the build, not in the server's log of all statements", async () => {
        const administrator = await delivery.server.administrate();
        await administrator.query("ALTER SYSTEM SET log_statement = 'all'");
        await administrator.query("SELECT pg_reload_conf()");
        const from = readFileSync(delivery.server.server.log, "utf8").length;
        try {
            let output = await users.bootstrap();
            await project.query(`ALTER ROLE ${users.migrator.name} PASSWORD NULL`);
            output += await users.bootstrap();
            output += project.everything();
            output += await users.run("plan", users.planner);
            output += await users.run("deploy", users.migrator);
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
