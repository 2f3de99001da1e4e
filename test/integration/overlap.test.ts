import * as assert from "node:assert/strict";
import type { Client } from "pg";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

/** Of the advisory lock that a test holds for as long as the release is to run. */
const held = 4711;
const untilReleased = `WHILE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${held}) LOOP PERFORM pg_sleep(0.05); END LOOP;`;
const slow = `--changeset me:slow splitStatements:false\nDO $$ BEGIN ${untilReleased} END $$\n--rollback empty`;
/** Fails in the end, so that the release is undone. */
const failsLater = `--changeset me:fails splitStatements:false\nDO $$ BEGIN ${untilReleased} RAISE EXCEPTION 'late'; END $$\n--rollback empty`;
const edited = createTable("one").replace("note text", "note varchar(100)");

describe("a plan that is made while another release is being deployed", () => {
    let project: Project;
    let next: Project;
    let delivery: Delivery;
    let holder: Client;
    beforeEachProject(async (fresh, started: Delivery) => {
        project = fresh;
        delivery = started;
        holder = await delivery.server.administrate(project.database);
        await holder.query(`SELECT pg_advisory_lock(${held})`);
        next = delivery.source(fresh.database, `${fresh.database}-next`);
        next.nextExecution(50);
    });
    afterEach(() => holder.end());

    const release = () => void holder.query(`SELECT pg_advisory_unlock(${held})`);
    /** A plan that lets the release go on once it has seen it. */
    const planBeside = (expected: number, environment: Record<string, string> = {}) =>
        next.buildEnding(expected, "plan", {
            environment,
            onStart: (_child, output) =>
                void eventually("the plan has seen the release", () =>
                    Promise.resolve(output().includes("refused while")),
                ).then(release, release),
        });

    it("is made again when that has failed, instead of being refused for what it undoes", async () => {
        project.changelog(createTable("one"), failsLater);
        const deployment = project.buildEnding(1, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        // The next push corrects the release that is about to fail.
        next.changelog(edited);
        const output = await planBeside(0);
        assert.match(output, new RegExp(`refused while ${project.releaseId} is being deployed`));
        assert.match(await deployment, /The database is as it was before/);
        assert.deepEqual(
            next.plan().changes.map(({ id }) => id),
            ["one"],
        );
    });

    it("is refused if the cause persists", async () => {
        project.changelog(createTable("one"), slow);
        const deployment = project.buildEnding(0, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        next.changelog(edited);
        const output = await planBeside(2);
        assert.match(output, /refused while release-\S+ is being deployed[\s\S]*error edited-changeset/);
        await deployment;
    });

    it("is made again when it is a rollback to a release that is being deployed", async () => {
        project.changelog(createTable("one"));
        await project.buildEnding(0, "deploy");
        const earlier = project.releaseId;
        project.nextExecution();
        project.changelog(createTable("one"), failsLater.replace("--rollback empty", "--rollback SELECT 1;"));
        const deployment = project.buildEnding(1, "deploy");
        const { releaseId } = project;
        await eventually(
            "the release runs",
            async () =>
                (await project.query("SELECT FROM pg_stat_activity WHERE query LIKE 'DO $$ BEGIN WHILE%'")).length > 0,
        );
        next.changelog(createTable("one"));
        // Its tag is there, and after it nothing that could be undone.
        const output = await planBeside(2, { ROLLBACK_TO: releaseId });
        assert.match(output, new RegExp(`refused while ${releaseId} is being deployed`));
        await deployment;
        await next.buildEnding(0, "plan", { environment: { ROLLBACK_TO: earlier } });
    });

    it("waits no longer than a deployment would", async () => {
        project.changelog(createTable("one"), slow);
        const deployment = project.buildEnding(0, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        next.changelog(edited);
        const output = await next.buildEnding(2, "plan", { environment: { DEPLOYMENT_WAIT_SECONDS: "2" } });
        assert.match(output, /still being deployed after 2 s/);
        release();
        await deployment;
    });

    it("does not wait for a session that only bears the release's name", async () => {
        project.changelog(createTable("one"));
        await project.buildEnding(0, "deploy");
        await project.query(
            `UPDATE databasechangeloglock SET locked = true, lockedby = 'host#${project.releaseId} (10.0.0.1) 1', lockgranted = now()`,
        );
        const forger = `${project.database}_forger`;
        await project.query(`CREATE ROLE ${forger} LOGIN PASSWORD 'forger'`);
        const session = await delivery.server.connect(project.database, forger, "forger");
        try {
            await session.query(`SET application_name = '${project.releaseId}'`);
            next.changelog(edited);
            assert.doesNotMatch(await next.buildEnding(2, "plan"), /refused while/);
        } finally {
            await session.end();
        }
    });

    it("does not wait for a release that died with the lock", async () => {
        project.changelog(createTable("one"));
        await project.buildEnding(0, "deploy");
        await project.query(
            `UPDATE databasechangeloglock SET locked = true, lockedby = 'host#${project.releaseId} (10.0.0.1) 1', lockgranted = now()`,
        );
        next.changelog(edited);
        const output = await next.buildEnding(2, "plan");
        assert.doesNotMatch(output, /refused while/);
    });
});
