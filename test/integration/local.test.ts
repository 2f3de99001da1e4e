import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { removeTemporary, temporaryDirectory, write } from "../scripts/local/support";
import { assertDelivered, changelog, changeset, filesBelow, Scene, shop, stagesOf } from "./localSupport";
import { nonEmpty } from "../support/nonEmpty";

describe("local run of dev, from push to database", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    it("takes the first commit to an empty database", async () => {
        const outcome = await scene.run();
        assertDelivered(outcome);
        const { status, changesets, database, stages } = outcome.lastRun;
        assert.equal(status, "Succeeded");
        assert.deepEqual(
            changesets.map(({ id, author, file }) => ({ id, author, file })),
            [
                { id: "items", author: "tester", file: "changesets/1.sql" },
                { id: "prices", author: "tester", file: "changesets/1.sql" },
            ],
        );
        assert(changesets.every(({ seconds }) => seconds >= 0 && seconds < 60));
        assert.deepEqual({ ...database, port: 0 }, { host: "localhost", port: 0, name: "app", user: "dbowner" });
        assert.deepEqual(
            stages[0]!.actions.map(({ name, status }) => [name, status]),
            [
                ["Source", "Succeeded"],
                ["Toolchain", "Succeeded"],
            ],
        );
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        assert(!scene.serverRuns());
    });

    it("applies nothing when nothing is new, in the same database", async () => {
        const outcome = await scene.run();
        assertDelivered(outcome);
        assert.deepEqual(outcome.lastRun.changesets, []);
    });

    it("applies exactly the changeset of the next commit, and says how to undo it", async () => {
        const revision = scene.commit({
            "migrations/changesets/2.sql": changelog(
                changeset("orders", "CREATE TABLE orders (id int)", "DROP TABLE orders"),
            ),
        });
        const outcome = await scene.run();
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["orders"],
        );
        assert.equal(outcome.lastRun.revision, revision);
        assert.match(outcome.lastRun.releaseId!, new RegExp(`^release-${revision.slice(0, 7)}-[0-9a-f]{8}$`));
        assert(outcome.output.includes(`npm start -- --env dev --rollback-to ${outcome.lastRun.releaseId}`));
        assert.deepEqual(await scene.tables(), ["items", "orders", "prices"]);
    });

    it("undoes a release, and applies it again at the next push", async () => {
        const { releaseId } = scene.lastRun();
        const outcome = await scene.run({ rollbackTo: releaseId });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Succeeded",
            "Deploy Skipped",
        ]);
        assert.deepEqual(
            outcome.lastRun.undone.map(({ id }) => id),
            ["orders"],
        );
        assert.deepEqual(outcome.lastRun.changesets, []);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
    });

    it("leaves the database as it was when a changeset fails", async () => {
        scene.commit({
            "migrations/changesets/3.sql": changelog(
                changeset("good", "CREATE TABLE good (id int)", "DROP TABLE good"),
                changeset("bad", "CREATE TABLE items (id int)", "DROP TABLE items"),
            ),
        });
        const outcome = await scene.run();
        assert.equal(outcome.exit, 1, outcome.output);
        assert.equal(outcome.lastRun.status, "Failed");
        assert.deepEqual(stagesOf(outcome), [
            "Source Succeeded",
            "Plan Succeeded",
            "Rollback Skipped",
            "Deploy Failed",
        ]);
        assert.deepEqual(outcome.lastRun.changesets, []);
        assert.deepEqual(
            outcome.lastRun.undone.map(({ id }) => id),
            ["orders", "good"],
        );
        assert.match(
            outcome.output,
            /\nFailed in Deploy: AP1401: The update failed: “.*relation "items" already exists”\. Everything was undone\. Correct the cause named in the message, and push\.$/,
        );
        assert.match(outcome.output, /^Stage Rollback: skipped, none was requested$/m);
        assert.doesNotMatch(outcome.output, /_aws|COMMAND_EXECUTION_ERROR|not NE/);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        scene.commit({ "migrations/changesets/3.sql": changelog() });
    });

    it("leaves the database as it was when a verification does not hold", async () => {
        scene.commit({ "migrations/verify/items.sql": "-- check: there are items\nSELECT count(*) > 0 FROM items;\n" });
        const outcome = await scene.run();
        assert.equal(outcome.exit, 1, outcome.output);
        assert.match(outcome.output, /there are items/);
        assert.deepEqual(outcome.lastRun.changesets, []);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        scene.commit({ "migrations/verify/items.sql": shop["migrations/verify/items.sql"] });
    });

    it("takes what is not committed when it is told to", async () => {
        write(scene.repository, {
            "migrations/changesets/4.sql": changelog(
                changeset("draft", "CREATE TABLE draft (id int)", "DROP TABLE draft"),
            ),
        });
        const committed = await scene.run();
        assert.deepEqual(
            committed.lastRun.changesets.map(({ id }) => id),
            ["orders"],
        );
        const outcome = await scene.run({ worktree: true });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["draft"],
        );
    });

    it("keeps someone else's changelog in a database of its own", async () => {
        const migrations = temporaryDirectory();
        write(migrations, {
            "liquibase.properties": "changeLogFile=other.sql\n",
            "other.sql": changelog(changeset("other", "CREATE TABLE other (id int)", "DROP TABLE other")),
        });
        const outcome = await scene.run({ migrations });
        assert.equal(outcome.exit, 0, outcome.output);
        assert.deepEqual(
            outcome.lastRun.changesets.map(({ id }) => id),
            ["other"],
        );
        assert.deepEqual(readdirSync(scene.local.postgres).length, 2);
        assert.deepEqual(await scene.tables(), ["draft", "items", "orders", "prices"]);
    });

    it("leaves nothing but logs of a broken changelog", async () => {
        const before = await scene.tables();
        scene.commit({ "migrations/changelog.yaml": "databaseChangeLog:\n  - include: {file: absent.sql}\n" });
        const outcome = await scene.run();
        assert.equal(outcome.exit, 1, outcome.output);
        assert.deepEqual(stagesOf(outcome), ["Source Succeeded", "Plan Failed"]);
        assert.match(outcome.output, /absent\.sql/);
        assert.deepEqual(await scene.tables(), before);
        scene.commit({ "migrations/changelog.yaml": shop["migrations/changelog.yaml"] });
    });

    it("says which directory the commit lacks", async () => {
        const empty = new Scene();
        execFileSync("git", ["-C", empty.repository, "rm", "-rq", "migrations"]);
        const outcome = await empty.run({ repository: empty.repository, worktree: false });
        // The commit still has it; a commit without it has not.
        assert.equal(outcome.exit, 0, outcome.output);
        empty.commit({ "README.md": "no migrations" });
        const missing = await empty.run();
        assert.equal(missing.exit, 1, missing.output);
        assert.match(missing.output, /The migrations directory .* does not exist/);
    });

    it("tells no secret", async () => {
        const passwords = Object.values(scene.passwords("dev"));
        assert.equal(passwords.length, 3, "of the administrator, the migrator and the planner");
        assert(passwords.every((password) => password.length >= 16));
        scene.commit({
            "migrations/changesets/5.sql": changelog(changeset("slow", "SELECT pg_sleep(1)", "SELECT 1")),
        });
        const commandLines = new Set<string>();
        const watch = setInterval(() => collectCommandLines(commandLines), 20);
        const outcome = await scene.run();
        clearInterval(watch);
        assert.equal(outcome.exit, 0, outcome.output);
        assert(
            [...commandLines].some((line) => line.includes("java")),
            "the watch saw Liquibase run",
        );
        const tells = (text: string | Buffer) => passwords.some((password) => text.includes(password));
        for (const line of nonEmpty(commandLines)) assert(!tells(line), line);
        assert(!tells(outcome.output));
        const files = [scene.local.lastRun, ...filesBelow(scene.local.runs)];
        assert(files.some((file) => file.endsWith("build.log")) && files.some((file) => file.endsWith("plan.md")));
        for (const file of files) assert(!tells(readFileSync(file)), file);
    });
});

function collectCommandLines(into: Set<string>): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            into.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        } catch {
            // It ended meanwhile.
        }
    }
}
