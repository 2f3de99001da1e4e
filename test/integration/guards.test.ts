import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEachProject, createTable, type Delivery, password, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

const seen = "'lock ' || current_setting('lock_timeout') || ', statement ' || current_setting('statement_timeout')";
const look = (id: string, attributes = "") =>
    `--changeset me:${id}${attributes}\nINSERT INTO seen SELECT '${id}', ${seen};\n--rollback DELETE FROM seen WHERE id = '${id}';`;

describe("a guarded deployment", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject((fresh, server) => {
        [project, delivery] = [fresh, server];
        project.changelog(createTable("one"));
    });

    const deploy = (expected: number, environment?: Record<string, string>) =>
        project.buildEnding(expected, "deploy", { environment });

    const lockedBy = (owner: string, granted = "now() AT TIME ZONE 'UTC'") =>
        project.query(
            `UPDATE databasechangeloglock SET locked = true, lockedby = '${owner}', lockgranted = ${granted} RETURNING id`,
        );

    describe("runs each changeset under its time-outs", () => {
        it("in a transaction with those of config, outside of one with none, and none leaks into the next", async () => {
            project.changelog(
                "--changeset me:seen\nCREATE TABLE seen (id text, settings text);\n--rollback DROP TABLE seen;",
                look("first"),
                "--changeset me:sets\nSET lock_timeout = 1;\n--rollback empty",
                look("after"),
                look("outside", " runInTransaction:false"),
                look("again"),
            );
            await deploy(0, { LOCK_TIMEOUT_MILLISECONDS: "250", STATEMENT_TIMEOUT_MILLISECONDS: "60000" });
            const limited = "lock 250ms, statement 1min";
            assert.deepEqual(await project.query("SELECT id, settings FROM seen"), [
                { id: "first", settings: limited },
                { id: "after", settings: limited },
                { id: "outside", settings: "lock 0, statement 0" },
                { id: "again", settings: limited },
            ]);
        });

        it("also where a precondition comes first, and in a rollback", async () => {
            const table =
                "--changeset me:seen\nCREATE TABLE seen (id text, settings text);\n--rollback DROP TABLE seen;";
            project.changelog(table);
            await deploy(0);
            project.nextExecution();
            project.changelog(
                table,
                `--changeset me:guarded\n--preconditions onFail:HALT\n--precondition-sql-check expectedResult:0 SELECT count(*) FROM seen\nINSERT INTO seen SELECT 'guarded', ${seen};\n--rollback INSERT INTO seen SELECT 'undone', ${seen};`,
            );
            const ROLLBACK_TO = project.releaseId;
            await deploy(0, { LOCK_TIMEOUT_MILLISECONDS: "250" });
            project.nextExecution();
            const environment = { ROLLBACK_TO, LOCK_TIMEOUT_MILLISECONDS: "350" };
            await project.buildEnding(0, "rollback", { environment });
            assert.deepEqual(await project.query("SELECT id, settings FROM seen"), [
                { id: "guarded", settings: "lock 250ms, statement 0" },
                { id: "undone", settings: "lock 350ms, statement 0" },
            ]);
        });

        it("and undoes one that runs too long, without trying it again", async () => {
            project.changelog(createTable("one"), "--changeset me:slow\nSELECT pg_sleep(30);\n--rollback empty");
            const output = await deploy(1, { STATEMENT_TIMEOUT_MILLISECONDS: "300" });
            assert.match(output, /canceling statement due to statement timeout/);
            assert.match(output, /The database is as it was before/);
            assert.deepEqual(project.deployment().retries, []);
        });
    });

    describe("with the lock taken", () => {
        beforeEach(async () => {
            await deploy(0);
            project.changelog(createTable("one"), createTable("two"));
            project.nextExecution();
        });

        it("by a live release: waits, then says who, and what to do", async () => {
            await lockedBy(
                "ip-10-0-0-7#release-1234567-live0000 (10.0.0.7) 0a1b2c3d",
                "timestamp '2026-01-02 03:04:05'",
            );
            const other = await delivery.server.connect(project.database, "dbowner", password);
            await other.query("SET application_name = 'release-1234567-live0000'");
            const output = await deploy(2, { DEPLOYMENT_WAIT_SECONDS: "1" });
            assert.match(
                output,
                /Another deployment holds the lock: release-1234567-live0000 on ip-10-0-0-7 \(10\.0\.0\.7\), since 2026-01-02 03:04:05 UTC\. Waited 1 s; nothing was applied\./,
            );
            assert.match(output, /- process \d+, release-1234567-live0000, user dbowner, from 127\.0\.0\.1, since /);
            assert.ok(!(await project.tables()).includes("two"));
            // It ends without giving the lock back: dead, however young its lock is.
            await lockedBy("ip-10-0-0-7#release-1234567-live0000 (10.0.0.7) 0a1b2c3d");
            await other.end();
            assert.match(
                await deploy(0),
                /Released the lock of a run that ended without releasing it: release-1234567-live0000 on ip-10-0-0-7/,
            );
            assert.equal(
                project.deployment().recoveredFrom,
                "ip-10-0-0-7#release-1234567-live0000 (10.0.0.7) 0a1b2c3d",
            );
        });

        it("by somebody's own Liquibase: its session may be any that could have taken it", async () => {
            await lockedBy("anas-laptop.local (192.168.1.7)");
            const other = await delivery.server.connect(project.database, "dbowner", password);
            const output = await deploy(2, { DEPLOYMENT_WAIT_SECONDS: "0" });
            assert.match(output, /Liquibase on anas-laptop\.local \(192\.168\.1\.7\), since /);
            assert.match(
                output,
                /Sessions in the server that may belong to it:\n {2}- process \d+, no application name, user dbowner/,
            );
            assert.match(output, /release the lock by hand: UPDATE databasechangeloglock SET locked = false/);
            await other.end();
        });

        it("by somebody's own Liquibase that is gone, beside sessions that cannot have taken it", async () => {
            await project.query("CREATE ROLE reader LOGIN PASSWORD 'reader'");
            const reader = await delivery.server.connect(project.database, "reader", "reader");
            await lockedBy("anas-laptop.local (192.168.1.7)");
            assert.match(
                await deploy(0),
                /Released the lock of a run that ended without releasing it: Liquibase on anas-laptop\.local/,
            );
            assert.ok((await project.tables()).includes("two"));
            // A session that began long after the lock was taken is not its holder's either.
            project.changelog(createTable("one"), createTable("two"), createTable("three"));
            project.nextExecution();
            const later = await delivery.server.connect(project.database, "dbowner", password);
            await lockedBy("anas-laptop.local (192.168.1.7)", "now() AT TIME ZONE 'UTC' - interval '13 hours'");
            assert.match(
                await deploy(0),
                /Released the lock of a run that ended without releasing it: Liquibase on anas-laptop\.local/,
            );
            await later.end();
            await reader.end();
        });

        it("and can still be planned", async () => {
            await lockedBy("ip-10-0-0-7#release-1234567-live0000 (10.0.0.7) 0a1b2c3d");
            const { code, output, seconds } = await project.build("plan");
            assert.equal(code, 0, output);
            assert.ok(seconds < 60, `${seconds} s`);
            assert.deepEqual(
                project.plan().changes.map(({ id }) => id),
                ["two"],
            );
        });
    });

    it("names the session that holds its locks, and does not call an attempt failed", async () => {
        await deploy(0);
        project.changelog(
            createTable("one"),
            "--changeset me:column\nALTER TABLE one ADD COLUMN more text;\n--rollback ALTER TABLE one DROP COLUMN more;",
        );
        project.nextExecution();
        const other = await delivery.server.administrate(project.database);
        await other.query("SET application_name = 'report'; BEGIN; LOCK TABLE one IN ACCESS SHARE MODE");
        const output = await project.buildEnding(0, "deploy", {
            environment: { LOCK_TIMEOUT_MILLISECONDS: "4000" },
            onStart: (child, soFar) => {
                const timer = setInterval(() => {
                    if (soFar().includes("trying again in")) void other.query("COMMIT").catch(() => {});
                }, 200);
                child.on("close", () => clearInterval(timer));
            },
        });
        await other.end();
        assert.match(
            output,
            /The locks that changelog\.sql::column::me waits for are held by process \d+ of user \S+ \(report\)/,
        );
        assert.match(output, /column::me did not get its locks \(55P03\); trying again in/);
        assert.doesNotMatch(output, /Failed changelog\.sql::column::me/);
    });

    it("drops the invalid index of a concurrent build that ended in a deadlock, and builds it again", async () => {
        await deploy(0);
        project.changelog(
            createTable("one"),
            "--changeset me:index runInTransaction:false\nCREATE INDEX CONCURRENTLY one_id ON one (id);\n--rollback DROP INDEX CONCURRENTLY one_id;",
        );
        project.nextExecution();
        const other = await delivery.server.administrate(project.database);
        // The build finds the deadlock, not this session.
        await other.query("SET deadlock_timeout = '60s'; BEGIN; INSERT INTO one VALUES (1)");
        const building = deploy(0);
        const waits =
            "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'virtualxid' AND query LIKE 'CREATE INDEX CONC%'";
        await eventually("the index waits for the other session", async () => (await project.query(waits)).length > 0);
        await other.query("LOCK TABLE one IN SHARE UPDATE EXCLUSIVE MODE; COMMIT");
        await other.end();
        const output = await building;
        assert.match(output, /index::me did not get its locks \(40P01\); trying again in/);
        assert.match(output, /Dropping the invalid index public\.one_id left by the failed attempt\./);
        assert.deepEqual(
            project.deployment().retries.map(({ id, sqlState }) => [id, sqlState]),
            [["index", "40P01"]],
        );
        assert.deepEqual(
            project.deployment().changesets.map(({ id, status }) => [id, status]),
            [["index", "Applied"]],
        );
        assert.deepEqual(await project.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_id'::regclass"), [
            { indisvalid: true },
        ]);
    });

    it("holds the lock in its own name from the tag to the end", async () => {
        const owners = new Set<string>();
        project.changelog(createTable("one"), "--changeset me:slow\nSELECT pg_sleep(1);\n--rollback empty");
        project.write({ "verify/slow.sql": "-- check: takes a while\nSELECT pg_sleep(1) IS NOT NULL;\n" });
        let ended = false;
        const building = deploy(0).finally(() => (ended = true));
        while (!ended) {
            const rows = await project
                .query<{ lockedby: string | null }>("SELECT lockedby FROM databasechangeloglock")
                .catch(() => []);
            rows.forEach(({ lockedby }) => owners.add(lockedby ?? "nobody"));
            await sleep(50);
        }
        await building;
        owners.delete("nobody");
        assert.equal(owners.size, 1);
        assert.match([...owners][0]!, new RegExp(`^\\S+#${project.releaseId} \\(\\S+\\) [0-9a-f]{8}$`));
        assert.deepEqual(await project.query("SELECT locked, lockedby FROM databasechangeloglock"), [
            { locked: false, lockedby: null },
        ]);
    });

    it("lets the server end its sessions within a minute when its machine vanishes", async () => {
        const wanted = {
            tcp_keepalives_idle: "30",
            tcp_keepalives_interval: "10",
            tcp_keepalives_count: "3",
            tcp_user_timeout: "60000",
            client_connection_check_interval: "2000",
        };
        const settings = Object.entries(wanted).map(([name, value]) => `('${name}', '${value}')`);
        const all = `SELECT count(*) = ${settings.length} AS set FROM pg_settings WHERE (name, setting) IN (${settings.join(", ")})`;
        project.changelog(
            createTable("one"),
            `--changeset me:settings\nCREATE TABLE settings AS ${all};\n--rollback DROP TABLE settings;`,
        );
        project.write({ "verify/settings.sql": `-- check: sessions of Node.js have them too\n${all};\n` });
        await deploy(0);
        assert.deepEqual(await project.query("SELECT set FROM settings"), [{ set: true }]);
        assert.deepEqual(
            project.deployment().checks.map(({ failure }) => failure),
            [undefined],
        );
    });

    it("writes like Liquibase itself, whose lock tells the release as well", async () => {
        await deploy(0);
        const { host, port, authority } = delivery.server.server;
        // A changeset that copies the lock row while Liquibase, alone, holds it.
        project.changelog(
            createTable("one"),
            "--changeset me:copy\nCREATE TABLE copy AS SELECT lockedby FROM databasechangeloglock;",
        );
        const classPath = ["classes", "lib/*"].map((part) => path.join(delivery.toolchain, part)).join(":");
        const description = "-Dliquibase.hostDescription=release-abcdef0-12345678";
        execFileSync(
            "java",
            [
                ...["-cp", classPath, description, "liquibase.integration.commandline.LiquibaseCommandLine"],
                ...["--analytics-enabled=false", "--show-banner=false", "update", "--changelog-file=changelog.sql"],
                `--url=jdbc:postgresql://${host}:${port}/${project.database}?sslmode=verify-full&sslrootcert=${authority}`,
            ],
            {
                cwd: path.join(project.source, "migrations"),
                env: {
                    PATH: process.env.PATH,
                    LC_ALL: "C.UTF-8",
                    LIQUIBASE_COMMAND_USERNAME: "dbowner",
                    LIQUIBASE_COMMAND_PASSWORD: password,
                },
                stdio: "pipe",
            },
        );
        const [row] = await project.query<{ lockedby: string }>("SELECT lockedby FROM copy");
        assert.match(row!.lockedby, /^\S+#release-abcdef0-12345678 \(\S+\)$/);
    });

    it("says what a rollback did not bring back", async () => {
        project.changelog(
            createTable("one"),
            "--changeset me:forgetful\nCREATE TABLE forgotten (id int PRIMARY KEY, name text);\n--rollback SELECT 1;",
            "--changeset me:broken\nSELECT 1 / 0;\n--rollback empty",
        );
        const output = await deploy(1);
        assert.match(output, /Undone \(2\):/);
        assert.match(
            output,
            /The catalog is NOT as it was before the update .*:\n {2}\+ table public\.forgotten: .*\(with /,
        );
        assert.match(output, /Every changeset is undone in the history, but the rollbacks did not restore/);
        const { fingerprints, differences, remaining } = project.deployment();
        assert.deepEqual(remaining, []);
        assert.notEqual(fingerprints.before, fingerprints.after);
        assert.ok(
            differences.some(
                ({ change, kind, name }) => change === "added" && kind === "table" && name === "public.forgotten",
            ),
        );
    });

    it("runs each changeset in a transaction of its own, unless the changeset says otherwise", async () => {
        const note = (id: string) => `INSERT INTO seen SELECT '${id}', pg_current_xact_id()::text;\n`;
        project.changelog(
            "--changeset me:seen\nCREATE TABLE seen (id text, transaction text);\n--rollback DROP TABLE seen;",
            `--changeset me:first\n${note("first")}${note("first")}--rollback empty`,
            `--changeset me:second\n${note("second")}${note("second")}--rollback empty`,
            `--changeset me:outside runInTransaction:false\n${note("outside")}${note("outside")}--rollback empty`,
        );
        await deploy(0);
        assert.deepEqual(
            await project.query(
                "SELECT id, count(DISTINCT transaction)::int AS transactions FROM seen GROUP BY id ORDER BY id",
            ),
            [
                { id: "first", transactions: 1 },
                { id: "outside", transactions: 2 },
                { id: "second", transactions: 1 },
            ],
        );
        assert.deepEqual(await project.query("SELECT count(DISTINCT transaction)::int AS all FROM seen"), [{ all: 4 }]);
    });

    it("records a changeset once, whatever kind it is", async () => {
        project.changelog(
            createTable("one"),
            "--changeset me:view runOnChange:true\nCREATE OR REPLACE VIEW v AS SELECT 1 AS a;\n--rollback DROP VIEW v;",
            "--changeset me:always runAlways:true\nSELECT 1;\n--rollback empty",
            "--changeset me:elsewhere dbms:oracle\nSELECT nothing FROM dual;",
            "--changeset me:tolerated failOnError:false\nSELECT 1 / 0;",
            "--changeset me:skipped\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 SELECT 0\nSELECT 1;\n--rollback empty",
        );
        await deploy(0);
        const types = () =>
            project.query("SELECT id, exectype FROM databasechangelog WHERE tag IS NULL ORDER BY orderexecuted");
        assert.deepEqual(await types(), [
            { id: "one", exectype: "EXECUTED" },
            { id: "view", exectype: "EXECUTED" },
            { id: "always", exectype: "EXECUTED" },
            { id: "skipped", exectype: "MARK_RAN" },
        ]);
        project.write({
            "changelog.sql": `--liquibase formatted sql\n\n${createTable("one")}\n\n--changeset me:view runOnChange:true\nCREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;\n--rollback DROP VIEW v;\n\n--changeset me:always runAlways:true\nSELECT 1;\n--rollback empty\n`,
        });
        project.nextExecution();
        await deploy(0);
        assert.deepEqual(await types(), [
            { id: "one", exectype: "EXECUTED" },
            { id: "skipped", exectype: "MARK_RAN" },
            { id: "view", exectype: "RERAN" },
            { id: "always", exectype: "RERAN" },
        ]);
    });
});
