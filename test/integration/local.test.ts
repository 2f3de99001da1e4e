import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary, write } from "../scripts/local/support";
import { assertDelivered, changelog, changeset, filesBelow, type Outcome, Scene, stagesOf } from "./localSupport";
import { nonEmpty } from "../support/nonEmpty";

// Where else the same commands are tested: a failed verification in watch.test.ts, a changelog that cannot be read in
// localApproval.test.ts, a changelog from elsewhere and a second run in localPublicChangelog.test.ts; which files of a
// checkout are the source, in test/scripts/local/source.test.ts.
describe("local run of dev, from push to database", () => {
    let scene: Scene;
    let first: Outcome;
    const commandLines = new Set<string>();
    before(async () => {
        scene = new Scene();
        scene.commit({
            "migrations/changesets/1a.sql": changelog("--changeset tester:row\nINSERT INTO items VALUES (1);"),
        });
        const watch = setInterval(() => collectCommandLines(commandLines), 20);
        first = await scene.run().finally(() => clearInterval(watch));
    });
    after(removeTemporary);

    it("takes the first commit to an empty database", async () => {
        assertDelivered(first);
        const { status, changesets, database, stages } = first.lastRun;
        assert.equal(status, "Succeeded");
        assert.deepEqual(
            changesets.map(({ id, author, file }) => ({ id, author, file })),
            [
                { id: "items", author: "tester", file: "changesets/1.sql" },
                { id: "prices", author: "tester", file: "changesets/1.sql" },
                { id: "row", author: "tester", file: "changesets/1a.sql" },
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

    it("ends without the command that would undo a release which cannot be undone", () => {
        assert.deepEqual(
            first.lastRun.irreversible?.map(({ id }) => id),
            ["row"],
        );
        assert(
            first.output.includes(
                "This release cannot be undone, because these changesets have no rollback: changesets/1a.sql::row::tester",
            ),
            first.output,
        );
        assert(!first.output.includes("To undo this release"));
    });

    it("tells no secret", () => {
        const passwords = Object.values(scene.passwords("dev"));
        assert.equal(passwords.length, 3, "of the administrator, the migrator and the planner");
        assert(passwords.every((password) => password.length >= 16));
        assert(
            [...commandLines].some((line) => line.includes("java")),
            "the watch saw Liquibase run",
        );
        const tells = (text: string | Buffer) => passwords.some((password) => text.includes(password));
        for (const line of nonEmpty(commandLines)) assert(!tells(line), line);
        assert(!tells(first.output));
        const files = [scene.local.lastRun, ...filesBelow(scene.local.runs)];
        assert(files.some((file) => file.endsWith("build.log")) && files.some((file) => file.endsWith("plan.md")));
        for (const file of files) assert(!tells(readFileSync(file)), file);
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

    it("lists the releases on request, and delivers nothing", async () => {
        const { exit, output } = await scene.run({ releases: true });
        assert.equal(exit, 0, output);
        assert.match(
            output,
            new RegExp(
                `release +deployed at \\(UTC\\) +changesets\\n[\\s\\S]*\\n +${first.lastRun.releaseId} +\\d{4}-.* +3$`,
                "m",
            ),
        );
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
    });

    it("takes what is not committed on request, and leaves the database as it was when a changeset fails", async () => {
        write(scene.repository, {
            "migrations/changesets/3.sql": changelog(
                changeset("good", "CREATE TABLE good (id int)", "DROP TABLE good"),
                changeset("bad", "CREATE TABLE items (id int)", "DROP TABLE items"),
            ),
        });
        const outcome = await scene.run({ worktree: true });
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
    });

    it("says which directory the commit lacks", async () => {
        rmSync(join(scene.repository, "migrations"), { recursive: true });
        scene.commit({ "README.md": "no migrations" });
        const missing = await scene.run();
        assert.equal(missing.exit, 1, missing.output);
        assert.match(missing.output, /The migrations directory .* does not exist/);
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
