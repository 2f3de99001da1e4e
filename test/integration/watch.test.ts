import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../scripts/local/database/provision";
import { startErrors } from "../../scripts/local/errors";
import { PlainProgress } from "../../scripts/local/progress/plain";
import { run } from "../../scripts/local/run";
import { git, removeTemporary, write } from "../scripts/local/support";
import { changelog, changeset, Scene } from "./localSupport";
import { Watched } from "./watchSupport";

const watching = /^Watching migrations\/ \(Ctrl-C ends\)$/;

// One session: each case goes on with the files and the database of the one before. Which changesets can be undone, and
// which cannot, is in test/scripts/local/watch/revision.test.ts.
describe("npm start -- --watch", () => {
    let scene: Scene;
    let watched: Watched;

    before(async () => {
        scene = new Scene();
        write(scene.repository, {
            "migrations/changesets/2.sql": changelog(
                changeset("drafted", "CREATE TABLE drafted (id int)", "DROP TABLE drafted"),
            ),
        });
        watched = new Watched(scene);
        const first = await watched.until(watching);
        assert.match(first, /Delivering the last commit first \(/);
    });
    after(async () => {
        await watched.interrupt().catch(() => undefined);
        removeTemporary();
    });

    async function columns(table: string): Promise<string[]> {
        const { database } = scene.lastRun();
        const server = { ...database!, authority: join(scene.local.postgres, "dev", "ca.pem") };
        const client = await connect(server, { ...database!, password: scene.password("dev") });
        try {
            const { rows } = await client.query<{ name: string }>(
                "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                [table],
            );
            return rows.map(({ name }) => name);
        } finally {
            await client.end();
        }
    }

    it("has delivered the last commit, and what is not committed as a release of its own", async () => {
        assert.deepEqual(await columns("items"), ["id"]);
        assert.deepEqual(await columns("drafted"), ["id"]);
    });

    it("delivers a migration that is saved", async () => {
        const output = await watched.save(
            "migrations/changesets/3.sql",
            changeset("notes", "CREATE TABLE notes (id int)", "DROP TABLE notes"),
        );
        assert.match(output, /Applied changesets\/3\.sql::notes::tester/);
        assert.match(output, /Succeeded in \d+\.\d s: 1 changeset applied, 0 undone\.$/);
        assert.deepEqual(await columns("notes"), ["id"]);
    });

    it("undoes a pending change that is edited, as it was applied, with what came after it, and applies it as it is now", async () => {
        const output = await watched.save(
            "migrations/changesets/2.sql",
            changeset("drafted", "CREATE TABLE revised (number int)", "DROP TABLE revised"),
        );
        assert.match(output, /2\.sql::drafted::tester: edited after it was applied\. Undoing 2 changesets …/);
        assert.deepEqual([await columns("drafted"), await columns("revised")], [[], ["number"]]);
        assert.deepEqual(await columns("notes"), ["id"]);
        // What the commit has stays.
        assert.deepEqual(await columns("items"), ["id"]);
    });

    it("says what is wrong with a broken file", async () => {
        const broken = await watched.save(
            "migrations/changesets/5.sql",
            changeset("bad", "CREATE TABEL bad (id int)", "DROP TABLE bad"),
        );
        assert.match(broken, /5\.sql/);
        assert.match(broken, /Failed in \d/);
    });

    it("leaves the database as it was when a deployment fails", async () => {
        write(scene.repository, {
            "migrations/changesets/5.sql": changelog(changeset("bad", "CREATE TABLE bad (id int)", "DROP TABLE bad")),
        });
        const failed = await watched.save(
            "migrations/changesets/6.sql",
            changeset("good", "CREATE TABLE good (id int)", "DROP TABLE good"),
            changeset("twice", "CREATE TABLE items (id int)", "DROP TABLE items"),
        );
        assert.match(failed, /relation "items" already exists/);
        assert.match(failed, /Failed in .*: 0 changesets applied, 2 undone\./);
        assert.deepEqual([await columns("bad"), await columns("good")], [[], []]);
    });

    it("leaves the database as it was when a check fails", async () => {
        write(scene.repository, { "migrations/verify/good.sql": "-- check: never\nSELECT false;\n" });
        const unverified = await watched.save(
            "migrations/changesets/6.sql",
            changeset("good", "CREATE TABLE good (id int)", "DROP TABLE good"),
        );
        assert.match(unverified, /never \(verify\/good\.sql\)/);
        assert.match(unverified, /Failed in .*: 0 changesets applied, 2 undone\./);
        assert.equal(scene.lastRun().status, "Failed");
        assert.deepEqual(scene.lastRun().changesets, []);
        assert.deepEqual(await columns("good"), []);
    });

    it("goes on with the next save, and undoes a pending change whose file is deleted", async () => {
        rmSync(join(scene.repository, "migrations/verify/good.sql"));
        rmSync(join(scene.repository, "migrations/changesets/3.sql"));
        const output = await watched.until(/^ {2}(Succeeded|Failed) in/);
        assert.match(output, /3\.sql::notes::tester: removed after it was applied\. Undoing 2 changesets …/);
        assert.match(output, /Succeeded in/);
        assert.deepEqual(await columns("notes"), []);
        assert.deepEqual(await columns("revised"), ["number"]);
        assert.deepEqual([await columns("bad"), await columns("good")], [["id"], ["id"]]);
    });

    const kept = (columns: string) =>
        changeset("no-rollback", `CREATE TABLE kept (${columns})`, "").replace(/\n--rollback.*/, "");

    it("takes an editor's temporary files and renames for what they are, and shows what the linter finds", async () => {
        const directory = join(scene.repository, "migrations/changesets");
        writeFileSync(join(directory, ".7.sql.swp"), "swap");
        writeFileSync(join(directory, "7.sql~"), "backup");
        writeFileSync(join(directory, ".goutputstream-1"), changelog(kept("id int")));
        renameSync(join(directory, ".goutputstream-1"), join(directory, "7.sql"));
        const output = await watched.until(/^ {2}(Succeeded|Failed) in/);
        assert.match(output, /rollback-missing/);
        assert.match(output, /Succeeded in .*1 changeset applied, 0 undone/);
        assert.deepEqual(await columns("kept"), ["id"]);
    });

    it("says of a change without a rollback that it cannot be undone, and how to begin again", async () => {
        const output = await watched.save("migrations/changesets/7.sql", kept("id int, more int"));
        assert.match(
            output,
            /and cannot be undone: changesets\/7\.sql::no-rollback::tester has no rollback\. To start/,
        );
        assert.match(output, /npm stop -- --reset/);
        assert.match(output, /Failed in \d/);
        assert.deepEqual(await columns("kept"), ["id"]);
    });

    it("refuses the edit of what the last commit has, as the pipeline does", async () => {
        write(scene.repository, { "migrations/changesets/7.sql": changelog(kept("id int")) });
        git(scene.repository, "add", ".");
        git(scene.repository, "commit", "--quiet", "-m", "A change");
        const output = await watched.save(
            "migrations/changesets/5.sql",
            changeset("bad", "CREATE TABLE bad (id bigint)", "DROP TABLE bad"),
        );
        assert.match(
            output,
            /5\.sql::bad::tester: edited after it was applied, and cannot be undone: the last commit contains/,
        );
        assert.match(output, /Revert the edit, and write a new changeset\./);
        assert.match(output, /Failed in \d/);
        assert.deepEqual(await columns("bad"), ["id"]);
    });

    it("ends by Ctrl-C in the middle of a deployment; the next run goes on", async () => {
        git(scene.repository, "checkout", "--quiet", "migrations/changesets/5.sql");
        write(scene.repository, {
            "migrations/changesets/8.sql": changelog(
                changeset("quick", "CREATE TABLE quick (id int)", "DROP TABLE quick"),
                changeset("slow", "SELECT pg_sleep(60)", "SELECT 1"),
            ),
        });
        await watched.until(/delivering …$/);
        while ((await columns("quick")).length === 0) await sleep(50);
        assert.equal(await watched.interrupt(), 130);
        assert(!scene.serverRuns());
        rmSync(join(scene.repository, "migrations/changesets/8.sql"));
        watched = new Watched(scene);
        const again = await watched.until(watching);
        // Of two seconds: no server fails over here.
        assert.match(again, /Released the lock .* It has had no session in the server for 2 s\./);
        assert.equal(scene.lastRun().status, "Succeeded");
        assert.deepEqual(await columns("quick"), []);
    });

    it("ends by Ctrl-C while nothing is under way", async () => {
        assert.equal(await watched.interrupt(), 0);
        assert(!scene.serverRuns());
    });

    it("refuses what it cannot do, all at once, and before anything starts", async () => {
        const options = { environment: "prod", repository: scene.repository, local: scene.local, watch: true };
        const quiet = { progress: new PlainProgress(() => undefined), signal: new AbortController().signal };
        await assert.rejects(
            run({ ...options, ...quiet }),
            new startErrors.WatchNeedsPerson({ environment: "prod", approvals: "Rollback/Approve, Deploy/Approve" }),
        );
        assert(!scene.serverRuns("prod"));
    });
});
