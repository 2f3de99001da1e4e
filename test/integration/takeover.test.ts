import * as assert from "node:assert/strict";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import { newOwner } from "../../scripts/delivery/engines/lockOwner";
import type { Settings } from "../../scripts/delivery/settings";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";
import { Link } from "../support/link";
import { killAll } from "../faults/bench";

const index = "CREATE INDEX CONCURRENTLY one_note ON one (note);";
const changesets = [
    createTable("one"),
    `--changeset me:index runInTransaction:false\n${index}\n--rollback DROP INDEX CONCURRENTLY IF EXISTS one_note;`,
];

describe("a lock and what a dead run left", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject(async (fresh, server) => {
        [project, delivery] = [fresh, server];
        project.changelog(createTable("one"));
        await project.buildEnding(0, "deploy");
        project.nextExecution();
    });

    /** Waits until a statement runs, or waits for a lock. */
    async function running(marker: string): Promise<void> {
        const sessions = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
            AND pid <> pg_backend_pid() AND position('${marker.replaceAll("'", "''")}' IN query) > 0`;
        await eventually(`${marker} runs`, async () => (await project.query(sessions)).length > 0);
    }

    const indexOid = async () =>
        (await project.query<{ oid: number }>("SELECT to_regclass('one_note')::oid::int AS oid"))[0]?.oid;

    it("are left to a live run that reconnects", async () => {
        const link = await Link.start(delivery.server.server);
        try {
            project.changelog(createTable("one"), "--changeset me:slow\nSELECT pg_sleep(2), 'slow';\n--rollback empty");
            const first = project.build("deploy", { environment: link.environment });
            await running("slow");
            const other = delivery.source(project.database, `${project.database}-other`);
            other.changelog(createTable("one"), createTable("two"));
            other.nextExecution(50);
            let seen = () => "";
            const second = other.build("deploy", {
                environment: { TAKEOVER_GRACE_SECONDS: "30" },
                onStart: (_, output) => (seen = output),
            });
            const sessions = "SELECT FROM pg_stat_activity WHERE application_name = 'release-abcdef0-execut50'";
            await eventually("the second waits", async () => (await project.query(sessions)).length > 0);
            // All its connections are lost, and it gets no other until the second has noticed.
            link.refuse();
            await eventually("the second misses the first", () => seen().includes("has no session in the server"));
            link.mend();
            const [one, two] = await Promise.all([first, second]);
            assert.match(one.output, /The database is as it was before|Deployed: /, one.output);
            assert.doesNotMatch(one.output, /has lost its lock|could not be released/);
            assert.equal(two.code, 0, two.output);
            assert.doesNotMatch(two.output, /Released the lock of a run that ended without releasing it/);
            assert.match(
                two.output,
                /has no session in the server\. If it does not reconnect within 30 s, its lock is released/,
            );
        } finally {
            await link.close();
        }
    });

    it("are taken over when the grace period is over, whoever else uses the run's name meanwhile", async () => {
        await project.query(`DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN PASSWORD 'strange'`);
        const stranger = await delivery.server.connect(project.database, "stranger", "strange");
        await stranger.query("SET application_name = 'release-abcdef0-gone0000'");
        await project.query(
            "UPDATE databasechangeloglock SET locked = true, lockgranted = now() - interval '1 day', lockedby = 'gone#release-abcdef0-gone0000 (10.0.0.9) 0a1b2c3d'",
        );
        project.changelog(createTable("one"), createTable("two"));
        const { code, output, seconds } = await project.build("deploy", {
            environment: { TAKEOVER_GRACE_SECONDS: "6" },
        });
        await stranger.end();
        assert.equal(code, 0, output);
        assert.match(
            output,
            /Released the lock of a run that ended without releasing it: .* has had no session in the server for 6 s/,
        );
        assert.ok(seconds >= 6, `${seconds} s`);
    });

    it("include its own index: built, unrecorded, and rebuilt", async () => {
        project.changelog(...changesets);
        await project.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
            CREATE TRIGGER slow AFTER INSERT ON databasechangelog FOR EACH ROW WHEN (NEW.id = 'index') EXECUTE FUNCTION slow()`);
        const killed = project.build("deploy", {
            onStart: (child) => void running("VALUES ('index', 'me'").then(() => killAll(child)),
        });
        assert.equal((await killed).signal, "SIGKILL");
        const left = await indexOid();
        assert.ok(left, "no index was left");
        await project.query("DROP TRIGGER slow ON databasechangelog; DROP FUNCTION slow()");
        project.nextExecution();
        const output = await project.buildEnding(0, "deploy");
        assert.match(
            output,
            /Dropping the index public\.one_note, .*: it is complete, but release-\S+ on .* built it and ended before recording it/,
        );
        assert.notEqual(await indexOid(), left);
        assert.deepEqual((await project.history()).slice(-1), ["index"]);
    });

    it("include its own index that was begun and completed after the death, so that the run noted nothing", async () => {
        project.changelog(...changesets);
        const other = await delivery.server.administrate(project.database);
        await other.query("BEGIN; LOCK TABLE one IN SHARE UPDATE EXCLUSIVE MODE");
        const killed = await project.build("deploy", {
            onStart: (child) =>
                void running("CREATE INDEX CONCURRENTLY one_note")
                    .then(() => killAll(child))
                    // The server notices a dead client within 2 s; the build takes some milliseconds.
                    .then(() => other.query("COMMIT")),
        });
        assert.equal(killed.signal, "SIGKILL");
        await eventually("the index is complete", async () => {
            return (
                (await project.query("SELECT FROM pg_index WHERE indexrelid = to_regclass('one_note') AND indisvalid"))
                    .length > 0
            );
        });
        await other.end();
        project.nextExecution();
        const output = await project.buildEnding(0, "deploy");
        assert.match(
            output,
            /Dropping the index public\.one_note, .*: it is complete, but release-\S+ on .* built it and ended before recording it/,
        );
        assert.deepEqual((await project.history()).slice(-1), ["index"]);
    });

    it("are not an index that a person had built before the run that died", async () => {
        await project.query(index);
        const theirs = await indexOid();
        project.changelog(...changesets);
        const other = await delivery.server.administrate(project.database);
        await other.query("BEGIN; LOCK TABLE one IN SHARE UPDATE EXCLUSIVE MODE");
        const killed = await project.build("deploy", {
            onStart: (child) => void running("CREATE INDEX CONCURRENTLY one_note").then(() => killAll(child)),
        });
        assert.equal(killed.signal, "SIGKILL");
        await other.end();
        project.nextExecution();
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /Released the lock of a run that ended without releasing it/);
        assert.match(
            output,
            /The index public\.one_note is kept: there is no evidence that release-\S+ on .* built it\./,
        );
        assert.match(output, /onFail:MARK_RAN.*DROP INDEX CONCURRENTLY public\.one_note/);
        assert.match(output, /"one_note" already exists/);
        assert.match(output, /The database is as it was before/);
        assert.equal(await indexOid(), theirs);
    });

    it("are not an index that a person built in place of what a run had left unfinished", async () => {
        project.changelog(...changesets);
        await project.query("INSERT INTO one VALUES (1, 'a')");
        const other = await delivery.server.administrate(project.database);
        const killed = project.build("deploy", {
            onStart: (child) => {
                void other
                    .query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM one")
                    .then(() => running("CREATE INDEX CONCURRENTLY one_note"))
                    .then(() => killAll(child));
            },
        });
        assert.equal((await killed).signal, "SIGKILL");
        await other.end();
        await project.query("DROP INDEX one_note");
        await project.query(index);
        const theirs = await indexOid();
        project.nextExecution();
        const output = await project.buildEnding(1, "deploy");
        assert.match(
            output,
            /The index public\.one_note is kept: there is no evidence that release-\S+ on .* built it\./,
        );
        assert.equal(await indexOid(), theirs);
    });

    it("are not an index that a person built in the moment in which the run ended", async () => {
        const tag = project.releaseId;
        await project.query(
            `INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, tag)
             VALUES ('${tag}', 'pipeline', '${liquibase.tracking.history.markFile}', now(), 99, 'EXECUTED', '${tag}')`,
        );
        const settings = { database: project.connection(), releaseId: tag } as Settings;
        const session = await postgresql.openSession(settings, liquibase.tracking, {
            owner: newOwner(tag),
            patience: { waitMillis: 0, graceMillis: 200 },
            log: () => {},
            onGone: () => {},
        });
        const release = await session.leftovers.watch();
        const change = {
            ...{ id: "index", author: "me", path: "changelog.sql", file: "changelog.sql", sql: [index] },
            ...{ runInTransaction: false, again: false },
        };
        await release.begin(tag, [change]);
        release.follow(change);
        const note = async () =>
            (
                await project.query<{ note: string }>(
                    `SELECT comments AS note FROM databasechangelog WHERE id = '${tag}'`,
                )
            )[0]?.note;
        await project.query(index);
        const first = await indexOid();
        await eventually("the release's is noted", async () => (await note()) === `Indexes built: ["${first}"]`);
        await project.query("DROP INDEX one_note");
        await project.query(index);
        // The run dies: the server looks once more.
        await session.close();
        const looking = `SELECT FROM pg_stat_activity WHERE application_name = '${tag}-indexes'`;
        await eventually("the server has stopped looking", async () => (await project.query(looking)).length === 0);
        assert.equal(await note(), `Indexes built: ["${first}"]`);
    });

    it("are not an index that a person built after a run that had built none", async () => {
        // It died before its tag: that it began to build anything is not to be seen.
        await project.query(
            "UPDATE databasechangeloglock SET locked = true, lockgranted = now(), lockedby = 'gone#release-abcdef0-gone0000 (10.0.0.9) 0a1b2c3d'",
        );
        await project.query(index);
        const theirs = await indexOid();
        project.changelog(...changesets);
        assert.match(await project.buildEnding(1, "deploy"), /The index public\.one_note is kept/);
        assert.equal(await indexOid(), theirs);
    });
});
