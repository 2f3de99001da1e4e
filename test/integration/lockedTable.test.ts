import * as assert from "node:assert/strict";
import type { Client } from "pg";
import { beforeEachCopy, type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

/** PostgreSQL reads a default's text under a lock of its table: who holds ACCESS EXCLUSIVE holds up every look at it. */
describe("a table that somebody else has locked altogether", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachCopy(
        async (original, started) => {
            delivery = started;
            original.changelog(items);
            await original.buildEnding(0, "deploy");
            original.nextExecution();
        },
        (copy) => {
            project = copy;
        },
    );

    const items =
        "--changeset me:items\nCREATE TABLE items (id int, made timestamptz DEFAULT now());\n--rollback DROP TABLE items;";
    const other = "--changeset me:other\nCREATE TABLE other (id int);\n--rollback DROP TABLE other;";

    async function lock(): Promise<Client> {
        const session = await delivery.server.administrate(project.database);
        await session.query("BEGIN");
        await session.query("LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
        return session;
    }

    async function until(condition: string): Promise<void> {
        const observer = await delivery.server.administrate();
        const sql = `SELECT FROM pg_stat_activity WHERE datname = '${project.database}' AND ${condition}`;
        await eventually(condition, async () => (await observer.query(sql)).rowCount! > 0);
        await observer.end();
    }

    it("holds a deployment up for as long as it lasts, within the deployment's patience", async () => {
        project.changelog(items, other);
        const session = await lock();
        const building = project.build("deploy");
        await until("wait_event_type = 'Lock'");
        await session.query("ROLLBACK");
        await session.end();
        const { code, output } = await building;
        assert.equal(code, 0, output);
        assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock", "items", "other"]);
    });

    it("for longer than that refuses the deployment before it changes anything, and says why", async () => {
        project.changelog(items, other);
        const before = await project.history();
        const session = await lock();
        const { code, output } = await project.build("deploy", { environment: { LOCK_RETRY_BUDGET_SECONDS: "1" } });
        assert.equal(code, 2, output);
        assert.match(
            output,
            /The catalog's columns could not be read: .*lock timeout; another session holds an ACCESS EXCLUSIVE lock on a table/,
        );
        await session.query("ROLLBACK");
        await session.end();
        assert.deepEqual(await project.history(), before);
        assert.deepEqual(await project.query("SELECT FROM databasechangeloglock WHERE locked"), []);
    });

    it("that is locked still when all is undone leaves only the comparison open, and nothing is said to remain", async () => {
        project.changelog(
            items,
            other,
            "--changeset me:slow\nSELECT pg_sleep(2), 'now lock';\n--rollback empty",
            "--changeset me:note\nALTER TABLE items ADD COLUMN note text;\n--rollback ALTER TABLE items DROP COLUMN note;",
        );
        const building = project.build("deploy", {
            environment: { LOCK_TIMEOUT_MILLISECONDS: "150", LOCK_RETRY_BUDGET_SECONDS: "1" },
        });
        await until("state = 'active' AND position('now lock' IN query) > 0 AND pid <> pg_backend_pid()");
        const session = await lock();
        const { code, output } = await building;
        await session.query("ROLLBACK");
        await session.end();
        assert.equal(code, 1, output);
        const { undone, remaining } = project.deployment();
        assert.deepEqual([undone.map(({ id }) => id).sort(), remaining], [["other", "slow"], []]);
        assert.match(
            output,
            /Undone \(2\):[^]*The catalog could not be compared with the one before the update: .*lock timeout/,
        );
        assert.doesNotMatch(output, /could not run|The database is as it was before/);
        assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock", "items"]);
    });
});
