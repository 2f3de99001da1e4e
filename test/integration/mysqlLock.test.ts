import assert from "node:assert/strict";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { mysql } from "../../scripts/delivery/engines/mysql";
import { connect } from "../../scripts/delivery/engines/mysql/connection/connection";
import { differences, renderDifferences } from "../../scripts/delivery/engines/fingerprint";
import { databaseErrors, sessionErrors } from "../../scripts/delivery/errors";
import { tracking } from "../../scripts/delivery/tools/liquibase/tracking";
import { eventually } from "../support/eventually";
import { MysqlServer } from "../support/mysqlServer";

describe("a deployment's session in MySQL", function () {
    this.timeout(300_000);
    const one = MysqlServer.forTests();
    const { log } = one;
    const settingsOf = (releaseId: string, password?: string) => one.settings(releaseId, { password });
    const open = (releaseId: string) => one.open(releaseId);
    let connection: Connection;

    before(async () => {
        await one.provide();
        connection = await connect(settingsOf("release-0000000-test"), "test");
    });
    after(() => connection?.end());

    const ask = async (sql: string, values: unknown[] = []) =>
        (await connection.query<RowDataPacket[]>(sql, values))[0].map((row) => ({ ...row }));
    const look = () => mysql.withDatabase(settingsOf("release-0000000-look"), tracking, (d) => d.deploying());

    it("holds the tool's lock, which others see and wait for", async () => {
        const [first, second] = [await open("release-1111111-a"), await open("release-2222222-b")];
        try {
            await first.lock.takeIfThere();
            assert.equal(first.lock.isHeld, false, "a database that the tool has never seen is left as it is");
            await first.lock.take();
            await first.lock.confirm();
            await assert.rejects(second.lock.take(), sessionErrors.LockHeld);
            await first.lock.release(5000);
            await second.lock.take();
            await assert.rejects(first.lock.confirm(), sessionErrors.LockLost);
            await second.lock.release(5000);
            assert.deepEqual(await ask("SELECT LOCKED, LOCKEDBY FROM DATABASECHANGELOGLOCK"), [
                { LOCKED: 0, LOCKEDBY: null },
            ]);
        } finally {
            await first.close();
            await second.close();
        }
    });

    it("takes over from a killed one, and first ends the statement that it left running", async () => {
        const killed = await open("release-3333333-c");
        await killed.lock.take();
        const tool = await connect(settingsOf("release-3333333-c"), "release-3333333-c");
        const running = tool.query("SELECT SLEEP(600)");
        const ended = assert.rejects(running);
        await eventually("the release is seen", async () => (await look()) === "release-3333333-c");
        await killed.close();
        const next = await open("release-4444444-d");
        try {
            await next.lock.take();
            assert.equal(next.lock.dead?.lockedBy.includes("release-3333333-c"), true);
            await ended;
            assert.ok(
                log.some((line) => /Ending what the dead run left in the server: session \d+, SELECT SLEEP/.test(line)),
            );
            assert.deepEqual(
                await ask("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"),
                [],
            );
            await next.lock.release(5000);
        } finally {
            await next.close();
            tool.destroy();
        }
    });

    it("reconnects after its connection was killed, and still holds the lock", async () => {
        const session = await open("release-5555555-e");
        try {
            await session.lock.take();
            const [{ id }] = (await ask(
                "SELECT PROCESSLIST_ID AS id FROM performance_schema.session_account_connect_attrs WHERE ATTR_VALUE = 'release-5555555-e-keeper'",
            )) as [{ id: number }];
            await connection.query("KILL ?", [id]);
            await session.steadily(30_000, () => session.lock.confirm());
            await session.lock.release(5000);
        } finally {
            await session.close();
        }
    });

    it("reads the whole catalog, and says what differs", async () => {
        const session = await open("release-6666666-f");
        try {
            await connection.query("CREATE TABLE a (id int PRIMARY KEY, b varchar(10))");
            await connection.query("CREATE TABLE checked (code varchar(9) CHARACTER SET ascii CHECK (code LIKE 'x%'))");
            const before = await session.fingerprint();
            const changes: [sql: string, undo: string, line: RegExp][] = [
                // The server writes the check again, with another character set.
                ["ALTER TABLE checked ADD c int", "ALTER TABLE checked DROP c", /^\+ column checked\.c: int$/],
                ["ALTER TABLE a ADD c int", "ALTER TABLE a DROP c", /^\+ column a\.c: int$/],
                ["ALTER TABLE a MODIFY b varchar(20)", "ALTER TABLE a MODIFY b varchar(10)", /^~ column a\.b$/],
                ["CREATE INDEX i ON a (b(3) DESC)", "DROP INDEX i ON a", /^\+ index a\.i: BTREE \(b\(3\) DESC\)$/],
                ["ALTER TABLE a ADD CONSTRAINT k CHECK (id > 0)", "ALTER TABLE a DROP CHECK k", /^\+ check a\.k/],
                ["CREATE VIEW v AS SELECT id FROM a", "DROP VIEW v", /^\+ view v: .* \(with 1 column\)$/],
                ["CREATE PROCEDURE p() DO 1", "DROP PROCEDURE p", /^\+ procedure p/],
                [
                    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 'x'",
                    "DROP TRIGGER t",
                    /^\+ trigger a\.t/,
                ],
                ["CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DO 1", "DROP EVENT e", /^\+ event e/],
                ["ALTER TABLE a COMMENT 'x'", "ALTER TABLE a COMMENT ''", /^~ table a$/],
                [
                    "ALTER TABLE a CONVERT TO CHARSET latin1",
                    "ALTER TABLE a CONVERT TO CHARSET utf8mb4",
                    /^~ column a\.b$/,
                ],
            ];
            for (const [sql, undo, line] of changes) {
                await connection.query(sql);
                const found = renderDifferences(differences(before, await session.fingerprint()));
                assert.ok(
                    found.some((one) => line.test(one)),
                    `${sql}\n${found.join("\n")}`,
                );
                await connection.query(undo);
            }
            const again = await session.fingerprint();
            assert.deepEqual(renderDifferences(differences(before, again)), []);
            assert.equal(again.digest, before.digest);
            await session.recordCatalog({ releaseId: "release-6666666-f", action: "deploy", digest: "d" }, again);
            const recorded = await session.look((database) => database.lastCatalog());
            assert.equal(recorded?.catalog.digest, before.digest);
        } finally {
            await session.close();
        }
    });

    it("names the holder of the lock that a changeset waits for", async () => {
        const [holder, tool] = [
            await connect(settingsOf("x"), "someone"),
            await connect(settingsOf("x"), "release-9-i"),
        ];
        try {
            await holder.query("START TRANSACTION");
            await holder.query("SELECT * FROM a");
            const waits = assert.rejects(tool.query("ALTER TABLE a ADD waiting int"), { errno: 1205 });
            const blockers = () =>
                mysql.withDatabase(settingsOf("release-9-i"), tracking, (database) => database.blockers());
            await eventually("the holder is named", async () => (await blockers()).length > 0);
            assert.match(
                (await blockers())[0]!,
                new RegExp(`^connection ${holder.threadId}, user owner, from .*, idle for \\d+ s$`),
            );
            await waits;
        } finally {
            await holder.end();
            await tool.end();
        }
    });

    it("answers checks as booleans, and lets nobody write", async () => {
        await mysql.withDatabase(settingsOf("release-7777777-g"), tracking, async (database) => {
            assert.deepEqual(await database.read("SELECT COUNT(*) = 0 FROM a"), [[true]]);
            assert.deepEqual(await database.read("SELECT 1 > 2"), [[false]]);
            assert.deepEqual(await database.read("SELECT 'text', 7"), [["text", 7]]);
            await assert.rejects(database.read("INSERT INTO a (id) VALUES (1)"), { errno: 1792 });
            await assert.rejects(database.read("SELECT 1; SELECT 2"), { errno: 1064 });
        });
    });

    it("says why there is no connection", async () => {
        const wrong = settingsOf("release-8888888-h", "wrong");
        const refused = mysql.withDatabase(wrong, tracking, (database) => database.history());
        await assert.rejects(refused, databaseErrors.CredentialRefused);
        const other = settingsOf("release-8888888-h");
        other.database.name = "absent";
        const missing = mysql.withDatabase(other, tracking, (database) => database.history());
        await assert.rejects(missing, databaseErrors.DatabaseMissing);
    });
});
