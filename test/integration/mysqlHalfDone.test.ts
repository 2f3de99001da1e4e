import assert from "node:assert/strict";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { ChangesetName } from "../../scripts/delivery/changesets";
import { mysql } from "../../scripts/delivery/engines/mysql";
import { connect } from "../../scripts/delivery/engines/mysql/connection/connection";
import { mysqlErrors } from "../../scripts/delivery/engines/mysql/ownErrors";
import { differences, renderDifferences } from "../../scripts/delivery/engines/fingerprint";
import type { LockSession, PendingSql } from "../../scripts/delivery/engines/session";
import { tracking } from "../../scripts/delivery/tools/liquibase/tracking";
import { MysqlServer } from "../support/mysqlServer";

// A run is killed between a schema change and its record; the next one takes over its lock.
describe("a changeset that was interrupted in MySQL", function () {
    this.timeout(300_000);
    const one = MysqlServer.forTests();
    let number = 0;
    let database: string;
    let connection: Connection;

    beforeEach(async () => {
        database = `app_${++number}`;
        await one.provide(database);
        connection = await connect(one.settings("release-0-test", { name: database }), "test");
        one.log.length = 0;
        await run("CREATE TABLE t (id int PRIMARY KEY, a int)", history);
    });
    afterEach(() => connection.end());

    const history =
        "CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, FILENAME VARCHAR(255) NOT NULL, DATEEXECUTED datetime NOT NULL, ORDEREXECUTED INT NOT NULL, EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255), COMMENTS VARCHAR(255), TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), LABELS VARCHAR(255), DEPLOYMENT_ID VARCHAR(10))";
    const run = async (...statements: string[]) => {
        for (const sql of statements) await connection.query(sql);
    };
    const recorded = async () => {
        const [rows] = await connection.query<RowDataPacket[]>(
            "SELECT ID, EXECTYPE, MD5SUM, ORDEREXECUTED FROM DATABASECHANGELOG ORDER BY ORDEREXECUTED",
        );
        return rows.map((row) => ({ ...row }));
    };
    const record = (id: string, position: number) =>
        run(
            `INSERT INTO DATABASECHANGELOG (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE, MD5SUM) VALUES ('${id}', 'app', 'c.sql', NOW(), ${position}, 'EXECUTED', '9:00')`,
        );
    const named = (id: string): ChangesetName => ({ id, author: "app", file: "c.sql" });
    const change = (id: string, sql: string[], undo?: string[]): PendingSql => ({
        ...named(id),
        ...{ sql, undo, runInTransaction: true, again: false, checksum: "9:abc" },
    });
    const open = (release: string) => one.open(release, { name: database, waitMillis: 10_000, graceMillis: 300 });
    const catalog = () =>
        mysql.withDatabase(one.settings("release-0-look", { name: database }), tracking, (d) => d.fingerprint());

    /** Begins a step in one run, which dies after what it did of it, and lends the session of the next run. */
    async function afterKill<T>(
        { kind, ...begun }: PendingSql & { kind: "run" | "undo" },
        done: string[],
        work: (next: LockSession) => Promise<T>,
    ): Promise<T> {
        const dead = await open("release-1111111-dead");
        await dead.lock.take();
        await dead.leftovers.note({ kind, change: begun, sql: kind === "run" ? begun.sql : (begun.undo ?? []) });
        await run(...done);
        await dead.close();
        const next = await open("release-2222222-next");
        try {
            await next.lock.take();
            return await work(next);
        } finally {
            await next.lock.release(5000);
            await next.close();
        }
    }
    const cleared = (changeset: PendingSql, done: string[]) =>
        afterKill({ kind: "run", ...changeset }, done, ({ leftovers }) => leftovers.clear([changeset]));

    const whole: Record<string, { before?: string[]; sql: string }> = {
        "a new table": {
            sql: "CREATE TABLE made (id int PRIMARY KEY, t_id int, FOREIGN KEY (t_id) REFERENCES t (id))",
        },
        "a column": { sql: "ALTER TABLE `t` ADD COLUMN b int NOT NULL DEFAULT 1, ALGORITHM=INSTANT" },
        "a dropped table": { before: ["CREATE TABLE old (id int PRIMARY KEY)"], sql: "DROP TABLE old" },
        "a renamed table that another refers to": {
            before: ["CREATE TABLE child (id int PRIMARY KEY, t_id int, FOREIGN KEY (t_id) REFERENCES t (id))"],
            sql: "RENAME TABLE t TO t2",
        },
        "another type under a view": {
            before: ["CREATE VIEW v AS SELECT a FROM t"],
            sql: "ALTER TABLE t MODIFY a bigint",
        },
        "a procedure": { sql: "CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (1, 1); END" },
        "a trigger": { sql: "CREATE TRIGGER t_first BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1" },
    };
    for (const [what, { before = [], sql }] of Object.entries(whole)) {
        it(`is recorded as run if it is complete: ${what}`, async () => {
            await run(...before);
            await record("first", 7);
            const changeset = change("x", [sql], ["DO 1"]);
            assert.deepEqual(await cleared(changeset, [sql]), [named("x")]);
            assert.deepEqual((await recorded()).at(-1), {
                ID: "x",
                EXECTYPE: "EXECUTED",
                MD5SUM: "9:abc",
                ORDEREXECUTED: 8,
            });
            assert.match(
                one.log.join("\n"),
                /c\.sql::x::app was completed before release-1111111-dead was interrupted/,
            );
        });
    }

    it("runs from its beginning if nothing of it is there", async () => {
        assert.deepEqual(await cleared(change("x", ["ALTER TABLE t ADD b int"]), []), []);
        assert.deepEqual(await recorded(), []);
        assert.match(one.log.join("\n"), /c\.sql::x::app had begun and changed nothing/);
    });

    const two = ["CREATE TABLE one (id int PRIMARY KEY)", "CREATE TABLE two (id int PRIMARY KEY)"];

    it("is taken back if a part of it is there, and its rollback undoes that", async () => {
        const before = await catalog();
        const changeset = change("x", two, ["DROP TABLE two", "DROP TABLE one"]);
        assert.deepEqual(await cleared(changeset, two.slice(0, 1)), []);
        assert.equal((await catalog()).digest, before.digest);
        assert.deepEqual(await recorded(), []);
        assert.match(one.log.join("\n"), /Took back what release-1111111-dead had done of c\.sql::x::app/);
    });

    const unsettled: Record<string, { changeset: PendingSql; done: string[]; reason: RegExp }> = {
        "it has no rollback": {
            changeset: change("x", two),
            done: two.slice(0, 1),
            reason: /It could not be taken back: it has no rollback\./,
        },
        "its rollback does not undo it": {
            changeset: change("x", two, ["DROP TABLE two"]),
            done: two.slice(0, 1),
            reason: /its rollback does not restore the catalog/,
        },
        "its rollback would drop what was there before": {
            changeset: change("x", two, ["DROP TABLE two", "DROP TABLE one", "DROP TABLE t"]),
            done: two.slice(0, 1),
            reason: /its rollback would drop the table t, which was there before/,
        },
        "it wrote rows before, which are committed": {
            changeset: change("x", ["INSERT INTO t VALUES (1, 1)", ...two], ["DROP TABLE two", "DROP TABLE one"]),
            done: ["INSERT INTO t VALUES (1, 1)", two[0]!],
            reason: /rows that it wrote may be committed/,
        },
        "somebody else changed something, too": {
            changeset: change("x", two, ["DROP TABLE two", "DROP TABLE one"]),
            done: [two[0]!, "CREATE TABLE stranger (id int PRIMARY KEY)"],
            reason: /something else has changed, too/,
        },
    };
    for (const [why, { changeset, done, reason }] of Object.entries(unsettled)) {
        it(`is named with the statements that are done if ${why}`, async () => {
            await assert.rejects(cleared(changeset, done), (error: Error) => {
                assert.ok(error instanceof mysqlErrors.ChangesetHalfDone);
                assert.deepEqual(error.facts["done"], [two[0]]);
                assert.match(error.message, reason);
                assert.match(error.message, /\+ table one: /);
                return true;
            });
            assert.deepEqual(await recorded(), []);
            const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE 'one'");
            assert.equal(tables.length, 1, "it is still there");
        });
    }

    it("loses its record if its undo was completed, and keeps it if nothing was undone", async () => {
        const changeset = change("x", ["ALTER TABLE t ADD b int"], ["ALTER TABLE t DROP COLUMN b"]);
        await run(...changeset.sql);
        await record("x", 1);
        const finish = (done: string[]) =>
            afterKill({ kind: "undo", ...changeset }, done, ({ leftovers }) => leftovers.finishUndo());
        assert.equal(await finish([]), undefined);
        assert.equal((await recorded()).length, 1);
        assert.deepEqual(await finish(changeset.undo!), named("x"));
        assert.deepEqual(await recorded(), []);
    });

    it("is settled in the same run after a lost connection, and after a failure in its middle", async () => {
        const session = await open("release-3333333-lost");
        try {
            await session.lock.take();
            const added = change("x", ["ALTER TABLE t ADD b int"]);
            await session.leftovers.note({ kind: "run", change: added, sql: added.sql });
            await run(...added.sql);
            assert.equal(await session.leftovers.clears(added), true);
            assert.deepEqual(
                (await recorded()).map(({ ID }) => ID as string),
                ["x"],
            );
            const failing = change("y", [...two, "CREATE TABLE t (id int)"], ["DROP TABLE two", "DROP TABLE one"]);
            const before = await catalog();
            await session.leftovers.note({ kind: "run", change: failing, sql: failing.sql });
            await run(...two);
            const release = await session.leftovers.watch();
            assert.deepEqual(await release.drop(failing), []);
            assert.equal((await catalog()).digest, before.digest);
            const stuck = change("z", [...two, "CREATE TABLE t (id int)"]);
            await session.leftovers.note({ kind: "run", change: stuck, sql: stuck.sql });
            await run(...two);
            assert.deepEqual(await release.drop(stuck), [
                "c.sql::z::app is half done (it has no rollback). These of its statements are in the database:",
                ...two.map((sql) => `  ${sql}`),
            ]);
        } finally {
            await session.lock.release(5000);
            await session.close();
        }
        const [steps] = await connection.query<RowDataPacket[]>(
            "SELECT 1 FROM aurora_pipeline_deployments WHERE action = 'step'",
        );
        assert.deepEqual(steps, [], "an orderly end leaves no step");
    });

    it("restores views and routines to the form of an earlier catalog, and their rows in the history", async () => {
        const session = await open("release-4444444-forms");
        try {
            await run(
                "CREATE SQL SECURITY INVOKER VIEW v AS SELECT id, a + 1 AS `one more` FROM t WHERE a > 0 WITH LOCAL CHECK OPTION",
                "CREATE VIEW w AS SELECT `one more` FROM v",
                "CREATE PROCEDURE p(IN who varchar(100), OUT n int) READS SQL DATA COMMENT 'it''s\\nthis' BEGIN SELECT COUNT(*) INTO n FROM t; END",
                "CREATE FUNCTION f(x decimal(10,2), y int) RETURNS decimal(10,2) DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN x * 2",
            );
            await record("v", 1);
            const before = await session.fingerprint();
            const rows = await session.historyOf([named("v"), named("absent")]);
            await session.recordCatalog({ releaseId: "release-5-r", action: "before", digest: "d" }, before, rows);
            await run(
                "DELETE FROM DATABASECHANGELOG",
                "DROP VIEW w",
                "CREATE OR REPLACE VIEW v AS SELECT id FROM t",
                "DROP PROCEDURE p",
                "CREATE PROCEDURE p() DO 1",
                "DROP FUNCTION f",
            );
            const { restored, lacking } = await session.restore(before);
            assert.deepEqual([restored.sort(), lacking], [["function f", "procedure p", "view v", "view w"], []]);
            assert.deepEqual(renderDifferences(differences(before, await session.fingerprint())), []);
            const kept = await session.look((d) => d.historyBefore("release-5-r"));
            assert.deepEqual(kept, rows);
            await session.restoreHistory(kept);
            await session.restoreHistory(kept);
            assert.deepEqual(await recorded(), [{ ID: "v", EXECTYPE: "EXECUTED", MD5SUM: "9:00", ORDEREXECUTED: 1 }]);
        } finally {
            await session.close();
        }
    });
});
