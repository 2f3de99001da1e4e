import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "../../scripts/delivery/errors";
import { newOwner } from "../../scripts/delivery/engines/lockOwner";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import type { Settings } from "../../scripts/delivery/settings";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { beforeEachCopy, createTable, type Delivery, password, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

const seen = "'lock ' || current_setting('lock_timeout') || ', statement ' || current_setting('statement_timeout')";
const look = (id: string, attributes = "") =>
    `--changeset me:${id}${attributes}\nINSERT INTO seen SELECT '${id}', ${seen};\n--rollback DELETE FROM seen WHERE id = '${id}';`;
/** What the tests start from. */
const deployed = [
    createTable("one"),
    "--changeset me:seen\nCREATE TABLE seen (id text, settings text);\n--rollback DROP TABLE seen;",
];

describe("a guarded deployment", () => {
    let delivery: Delivery;
    let initial: Project;
    let project: Project;
    beforeEachCopy(
        async (original, server) => {
            [initial, delivery] = [original, server];
            initial.changelog(...deployed);
            await initial.buildEnding(0, "deploy");
        },
        (copy) => {
            project = copy;
            project.nextExecution();
        },
    );

    const deploy = (expected: number, environment?: Record<string, string>) =>
        project.buildEnding(expected, "deploy", { environment });

    const lockedBy = (owner: string, granted = "now() AT TIME ZONE 'UTC'") =>
        project.query(
            `UPDATE databasechangeloglock SET locked = true, lockedby = '${owner}', lockgranted = ${granted} RETURNING id`,
        );

    describe("of changesets of every kind", () => {
        let original: Project;
        /** Who held the lock while it ran. */
        const owners = new Set<string>();

        const note = (id: string) => `INSERT INTO transactions SELECT '${id}', pg_current_xact_id()::text;\n`;
        const wanted = {
            tcp_keepalives_idle: "30",
            tcp_keepalives_interval: "10",
            tcp_keepalives_count: "3",
            tcp_user_timeout: "60000",
            client_connection_check_interval: "2000",
        };
        const settings = Object.entries(wanted).map(([name, value]) => `('${name}', '${value}')`);
        const all = `SELECT count(*) = ${settings.length} AS set FROM pg_settings WHERE (name, setting) IN (${settings.join(", ")})`;
        const changesets = (view: string) => [
            ...deployed,
            look("first"),
            "--changeset me:sets\nSET lock_timeout = 1;\n--rollback empty",
            look("after"),
            look("outside", " runInTransaction:false"),
            look("again"),
            `--changeset me:guarded\n--preconditions onFail:HALT\n--precondition-sql-check expectedResult:4 SELECT count(*) FROM seen\nINSERT INTO seen SELECT 'guarded', ${seen};\n--rollback INSERT INTO seen SELECT 'undone', ${seen};`,
            `--changeset me:settings\nCREATE TABLE settings AS ${all};\n--rollback DROP TABLE settings;`,
            "--changeset me:transactions\nCREATE TABLE transactions (id text, transaction text);\n--rollback DROP TABLE transactions;",
            `--changeset me:one-transaction\n${note("first")}${note("first")}--rollback empty`,
            `--changeset me:another-transaction\n${note("second")}${note("second")}--rollback empty`,
            `--changeset me:no-transaction runInTransaction:false\n${note("outside")}${note("outside")}--rollback empty`,
            `--changeset me:view runOnChange:true\nCREATE OR REPLACE VIEW v AS ${view};\n--rollback DROP VIEW v;`,
            "--changeset me:always runAlways:true\nSELECT 1;\n--rollback empty",
            "--changeset me:elsewhere dbms:oracle\nSELECT nothing FROM dual;",
            "--changeset me:tolerated failOnError:false\nSELECT 1 / 0;",
            "--changeset me:skipped\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 SELECT 0\nSELECT 1;\n--rollback empty",
            "--changeset me:slow\nSELECT pg_sleep(1);\n--rollback empty",
        ];
        const limited = "lock 250ms, statement 1min";

        before(async () => {
            original = await delivery.copy(initial);
            original.nextExecution();
            original.changelog(...changesets("SELECT 1 AS a"));
            original.write({
                "verify/settings.sql": `-- check: sessions of Node.js have them too\n${all};\n`,
                "verify/slow.sql": "-- check: takes a while\nSELECT pg_sleep(1) IS NOT NULL;\n",
            });
            const environment = { LOCK_TIMEOUT_MILLISECONDS: "250", STATEMENT_TIMEOUT_MILLISECONDS: "60000" };
            const observer = await delivery.server.administrate(original.database);
            let ended = false;
            const building = original.buildEnding(0, "deploy", { environment }).finally(() => (ended = true));
            while (!ended) {
                const { rows } = await observer.query<{ lockedby: string | null }>(
                    "SELECT lockedby FROM databasechangeloglock",
                );
                rows.forEach(({ lockedby }) => owners.add(lockedby ?? "nobody"));
                await sleep(50);
            }
            await observer.end();
            await building;
        });

        it("runs each under config's time-outs in a transaction, outside of one under none, and none leaks into the next", async () => {
            assert.deepEqual(await original.query("SELECT id, settings FROM seen WHERE id <> 'guarded'"), [
                { id: "first", settings: limited },
                { id: "after", settings: limited },
                { id: "outside", settings: "lock 0, statement 0" },
                { id: "again", settings: limited },
            ]);
        });

        it("does so also where a precondition comes first, and in a rollback", async () => {
            const undoing = await delivery.copy(original);
            undoing.nextExecution();
            const environment = { ROLLBACK_TO: original.releaseId, LOCK_TIMEOUT_MILLISECONDS: "350" };
            await undoing.buildEnding(0, "rollback", { environment });
            assert.deepEqual(await undoing.query("SELECT id, settings FROM seen"), [
                { id: "guarded", settings: limited },
                { id: "undone", settings: "lock 350ms, statement 0" },
            ]);
        });

        it("lets the server end its sessions within a minute when its machine vanishes", async () => {
            assert.deepEqual(await original.query("SELECT set FROM settings"), [{ set: true }]);
            const { checks } = original.deployment();
            assert.deepEqual(
                checks.map(({ failure }) => failure),
                [undefined, undefined],
            );
        });

        it("holds the lock in its own name from the tag to the end", async () => {
            owners.delete("nobody");
            assert.equal(owners.size, 1);
            assert.match([...owners][0]!, new RegExp(`^\\S+#${original.releaseId} \\(\\S+\\) [0-9a-f]{8}$`));
            assert.deepEqual(await original.query("SELECT locked, lockedby FROM databasechangeloglock"), [
                { locked: false, lockedby: null },
            ]);
        });

        it("runs each changeset in a transaction of its own, unless the changeset says otherwise", async () => {
            assert.deepEqual(
                await original.query(
                    "SELECT id, count(DISTINCT transaction)::int AS transactions FROM transactions GROUP BY id ORDER BY id",
                ),
                [
                    { id: "first", transactions: 1 },
                    { id: "outside", transactions: 2 },
                    { id: "second", transactions: 1 },
                ],
            );
            assert.deepEqual(await original.query("SELECT count(DISTINCT transaction)::int AS all FROM transactions"), [
                { all: 4 },
            ]);
        });

        it("records each once, and again what runs again", async () => {
            const types = (of: Project) =>
                of.query(
                    "SELECT id, exectype FROM databasechangelog WHERE id IN ('one', 'view', 'always', 'elsewhere', 'tolerated', 'skipped') ORDER BY orderexecuted",
                );
            assert.deepEqual(await types(original), [
                { id: "one", exectype: "EXECUTED" },
                { id: "view", exectype: "EXECUTED" },
                { id: "always", exectype: "EXECUTED" },
                { id: "skipped", exectype: "MARK_RAN" },
            ]);
            const again = await delivery.copy(original);
            again.nextExecution();
            again.changelog(...changesets("SELECT 1 AS a, 2 AS b"));
            await again.buildEnding(0, "deploy");
            assert.deepEqual(await types(again), [
                { id: "one", exectype: "EXECUTED" },
                { id: "skipped", exectype: "MARK_RAN" },
                { id: "view", exectype: "RERAN" },
                { id: "always", exectype: "RERAN" },
            ]);
        });
    });

    it("undoes a changeset that runs too long, without trying it again", async () => {
        project.changelog(...deployed, "--changeset me:slow\nSELECT pg_sleep(30);\n--rollback empty");
        const output = await deploy(1, { STATEMENT_TIMEOUT_MILLISECONDS: "300" });
        assert.match(output, /canceling statement due to statement timeout/);
        assert.match(output, /The database is as it was before/);
        assert.deepEqual(project.deployment().retries, []);
    });

    describe("with the lock taken", () => {
        const live = "ip-10-0-0-7#release-1234567-live0000 (10.0.0.7) 0a1b2c3d";
        beforeEach(() => project.changelog(...deployed, createTable("two")));

        /** Takes the lock as a deployment does; returns what it says. */
        async function take(graceMillis = 200): Promise<string> {
            const settings = { database: project.connection(), releaseId: project.releaseId } as Settings;
            const lines: string[] = [];
            const session = await postgresql.openSession(settings, liquibase.tracking, {
                owner: newOwner(project.releaseId),
                patience: { waitMillis: 0, graceMillis },
                log: (line) => lines.push(line),
                onGone: () => {},
            });
            try {
                await session.lock.take();
                return lines.join("\n");
            } finally {
                await session.close();
            }
        }

        it("by a live release: waits, then says who, and what to do", async () => {
            await lockedBy(live, "timestamp '2026-01-02 03:04:05'");
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
            await lockedBy(live);
            await other.end();
            assert.match(
                await deploy(0),
                /Released the lock of a run that ended without releasing it: release-1234567-live0000 on ip-10-0-0-7/,
            );
            assert.ok((await project.tables()).includes("two"));
            assert.equal(project.deployment().recoveredFrom, live);
        });

        it("by somebody's own Liquibase: its session may be any that could have taken it", async () => {
            await lockedBy("anas-laptop.local (192.168.1.7)");
            const other = await delivery.server.connect(project.database, "dbowner", password);
            await assert.rejects(take(), (error) => {
                assert.ok(error instanceof CodedError);
                assert.equal(error.exitCode, 2);
                assert.match(error.message, /Liquibase on anas-laptop\.local \(192\.168\.1\.7\), since /);
                assert.match(
                    error.message,
                    /Sessions in the server that may belong to it:\n {2}- process \d+, no application name, user dbowner/,
                );
                assert.match(
                    error.message,
                    /release the lock by hand: UPDATE databasechangeloglock SET locked = false/,
                );
                return true;
            });
            await other.end();
        });

        it("by somebody's own Liquibase that is gone, beside sessions that cannot have taken it", async () => {
            await project.query("CREATE ROLE reader LOGIN PASSWORD 'reader'");
            const reader = await delivery.server.connect(project.database, "reader", "reader");
            await lockedBy("anas-laptop.local (192.168.1.7)");
            const released =
                /Released the lock of a run that ended without releasing it: Liquibase on anas-laptop\.local/;
            assert.match(await take(), released);
            // A session that began long after the lock was taken is not its holder's either.
            const later = await delivery.server.connect(project.database, "dbowner", password);
            await lockedBy("anas-laptop.local (192.168.1.7)", "now() AT TIME ZONE 'UTC' - interval '13 hours'");
            assert.match(await take(), released);
            await later.end();
            await reader.end();
        });

        it("and can still be planned", async () => {
            await lockedBy(live);
            const { code, output, seconds } = await project.build("plan");
            assert.equal(code, 0, output);
            assert.ok(seconds < 60, `${seconds} s`);
            assert.deepEqual(
                project.plan().changes.map(({ id }) => id),
                ["two"],
            );
        });
    });

    describe("tries again", () => {
        let retried: Project;
        let output: string;
        before(async () => {
            retried = await delivery.copy(initial);
            retried.nextExecution();
            retried.changelog(
                ...deployed,
                "--changeset me:column\nALTER TABLE one ADD COLUMN more text;\n--rollback ALTER TABLE one DROP COLUMN more;",
                "--changeset me:index runInTransaction:false\nCREATE INDEX CONCURRENTLY seen_id ON seen (id);\n--rollback DROP INDEX CONCURRENTLY seen_id;",
            );
            const reading = await delivery.server.administrate(retried.database);
            await reading.query("SET application_name = 'report'; BEGIN; LOCK TABLE one IN ACCESS SHARE MODE");
            const writing = await delivery.server.administrate(retried.database);
            // The build finds the deadlock, not this session.
            await writing.query("SET deadlock_timeout = '60s'; BEGIN; INSERT INTO seen VALUES ('written')");
            let soFar = () => "";
            const building = retried.buildEnding(0, "deploy", {
                environment: { LOCK_TIMEOUT_MILLISECONDS: "4000" },
                onStart: (_, printed) => (soFar = printed),
            });
            await eventually("the column is tried again", () => soFar().includes("trying again in"));
            await reading.query("COMMIT");
            const waits =
                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'virtualxid' AND query LIKE 'CREATE INDEX CONC%'";
            const waiting = async () => (await reading.query(waits)).rowCount! > 0;
            await eventually("the index waits for the other session", waiting);
            await writing.query("LOCK TABLE seen IN SHARE UPDATE EXCLUSIVE MODE; COMMIT");
            await Promise.all([reading.end(), writing.end()]);
            output = await building;
        });

        it("names the session that holds its locks, and does not call an attempt failed", () => {
            assert.match(
                output,
                /The locks that changelog\.sql::column::me waits for are held by process \d+ of user \S+ \(report\)/,
            );
            assert.match(output, /column::me did not get its locks \(55P03\); trying again in/);
            assert.doesNotMatch(output, /Failed changelog\.sql::column::me/);
        });

        it("drops the invalid index of a concurrent build that ended in a deadlock, and builds it again", async () => {
            assert.match(output, /index::me did not get its locks \(40P01\); trying again in/);
            assert.match(output, /Dropping the invalid index public\.seen_id left by the failed attempt\./);
            const { retries, changesets } = retried.deployment();
            assert.deepEqual(
                retries.filter(({ id }) => id === "index").map(({ id, sqlState }) => [id, sqlState]),
                [["index", "40P01"]],
            );
            assert.deepEqual(
                changesets.map(({ id, status }) => [id, status]),
                [
                    ["column", "Applied"],
                    ["index", "Applied"],
                ],
            );
            assert.deepEqual(
                await retried.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'seen_id'::regclass"),
                [{ indisvalid: true }],
            );
        });
    });

    it("writes like Liquibase itself, whose lock tells the release as well", async () => {
        const { host, port, authority } = delivery.server.server;
        // A changeset that copies the lock row while Liquibase, alone, holds it.
        project.changelog(
            ...deployed,
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
            ...deployed,
            createTable("two"),
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
});
