import * as assert from "node:assert/strict";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

/** Runs until the test has looked, then fails, so that the release is undone. */
const failsLater = "--changeset me:fails\nSELECT pg_sleep(4);\nSELECT 1 / 0;\n--rollback empty";
const edited = createTable("one").replace("note text", "note varchar(100)");

describe("a plan that is made while another release is being deployed", () => {
    let project: Project;
    let next: Project;
    let delivery: Delivery;
    beforeEachProject((fresh, started: Delivery) => {
        project = fresh;
        delivery = started;
        next = delivery.source(fresh.database, `${fresh.database}-next`);
        next.nextExecution(50);
    });

    it("is made again when that has failed, instead of being refused for what it undoes", async () => {
        project.changelog(createTable("one"), failsLater);
        const deployment = project.buildEnding(1, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        // The next push corrects the release that is about to fail.
        next.changelog(edited);
        const output = await next.buildEnding(0, "plan");
        assert.match(output, new RegExp(`refused while ${project.releaseId} is being deployed`));
        assert.match(await deployment, /The database is as it was before/);
        assert.deepEqual(
            next.plan().changes.map(({ id }) => id),
            ["one"],
        );
    });

    it("is refused if the cause persists", async () => {
        project.changelog(createTable("one"), "--changeset me:slow\nSELECT pg_sleep(3);\n--rollback empty");
        const deployment = project.buildEnding(0, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        next.changelog(edited);
        const output = await next.buildEnding(2, "plan");
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
        const release = project.releaseId;
        await eventually(
            "the release runs",
            async () =>
                (await project.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(4)%'")).length > 0,
        );
        next.changelog(createTable("one"));
        // Its tag is there, and after it nothing that could be undone.
        const output = await next.buildEnding(2, "plan", { environment: { ROLLBACK_TO: release } });
        assert.match(output, new RegExp(`refused while ${release} is being deployed`));
        await deployment;
        await next.buildEnding(0, "plan", { environment: { ROLLBACK_TO: earlier } });
    });

    it("waits no longer than a deployment would", async () => {
        project.changelog(createTable("one"), "--changeset me:slow\nSELECT pg_sleep(12);\n--rollback empty");
        const deployment = project.buildEnding(0, "deploy");
        await eventually("the first changeset is there", async () => (await project.tables()).includes("one"));
        next.changelog(edited);
        const output = await next.buildEnding(2, "plan", { environment: { DEPLOYMENT_WAIT_SECONDS: "2" } });
        assert.match(output, /still being deployed after 2 s/);
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
