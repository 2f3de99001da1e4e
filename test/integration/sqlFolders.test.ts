import * as assert from "node:assert/strict";
import { beforeDelivery, type Delivery, type Project } from "../support/delivery";
import { dbmate, migrateWithDrizzle } from "../support/realTools";
import { type FolderSample, samples } from "../support/sqlFolders";
import { Users } from "../support/users";

// The real delivery program and PostgreSQL; dbmate and Drizzle are the real ones, from npm.
describe("folders of SQL", function () {
    this.timeout(120_000);
    let delivery: Delivery;
    beforeDelivery((started) => {
        delivery = started;
    });

    const environment = { MIGRATION_TOOL: "Sql" };
    const build = (project: Project, action: string, more: Record<string, string> = {}, expected = 0) =>
        project.buildEnding(expected, action, { environment: { ...environment, ...more } });
    const tables = async (project: Project) =>
        (await project.tables()).filter((name) => !/^(aurora_pipeline|schema_migrations|_prisma)/.test(name));
    const pending = (project: Project) => project.plan().changes.map(({ id }) => id);

    async function projectOf(...files: Record<string, string>[]): Promise<Project> {
        const project = await delivery.project();
        project.clear();
        files.forEach((some) => project.write(some));
        return project;
    }

    /** Both migrations, the first of which a release has deployed. */
    async function deployed({ first, second }: FolderSample): Promise<Project> {
        const project = await projectOf(first);
        await build(project, "deploy");
        project.write(second);
        project.nextExecution();
        return project;
    }

    for (const sample of Object.values(samples)) {
        it(`of ${sample.layout} are planned with SQL and undo, deployed, recorded as the tool does, and undone`, async () => {
            const project = await projectOf(sample.first);
            await build(project, "plan");
            assert.deepEqual(
                project.plan().changes.map(({ id, sql, undo }) => ({ id, sql, undo })),
                [
                    {
                        id: sample.ids[0],
                        sql: ["CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);"],
                        undo: ["DROP TABLE authors;"],
                    },
                ],
            );
            assert.deepEqual(await project.tables(), []);
            await build(project, "deploy", { CODEBUILD_SRC_DIR_DeployPlan: project.approve() });
            assert.deepEqual(await tables(project), ["authors"]);
            const release = project.releaseId;
            assert.deepEqual(await project.query(sample.history), sample.rows[0]);

            project.nextExecution();
            project.write(sample.second);
            await build(project, "deploy");
            assert.deepEqual(await tables(project), ["authors", "books"]);
            assert.deepEqual(await project.query(sample.history), sample.rows[1]);

            project.nextExecution();
            await build(project, "plan");
            assert.deepEqual(pending(project), []);
            assert.equal(project.plan().drift?.result, "None");

            const rollback = { ROLLBACK_TO: release };
            await build(project, "plan", rollback);
            await build(project, "rollback", { ...rollback, CODEBUILD_SRC_DIR_RollbackPlan: project.approve() });
            assert.deepEqual(await tables(project), []);
            assert.deepEqual(await project.query(sample.history), []);
        });
    }

    it("of dbmate are left to dbmate at any time, and taken over again", async () => {
        const sample = samples.dbmate;
        const project = await deployed(sample);
        await build(project, "deploy");
        assert.match(dbmate(project, "status"), /Applied: 2\nPending: 0/);
        dbmate(project, "rollback");
        project.nextExecution();
        await build(project, "plan");
        assert.deepEqual(pending(project), [sample.ids[1]]);
        dbmate(project, "up");
        await build(project, "plan");
        assert.deepEqual(pending(project), []);

        // A release records what dbmate has done meanwhile, and undoes only its own part.
        project.write({
            "20250103000000_shelves.sql":
                "-- migrate:up\nCREATE TABLE shelves ();\n-- migrate:down\nDROP TABLE shelves;\n",
        });
        const release = project.nextExecution();
        await build(project, "deploy");
        assert.match(dbmate(project, "status"), /Applied: 3\nPending: 0/);
        await build(project, "rollback", { ROLLBACK_TO: release });
        assert.deepEqual(await tables(project), ["authors", "books"]);
        assert.match(dbmate(project, "status"), /Applied: 2\nPending: 1/);
    });

    it("of Drizzle are left to Drizzle at any time, and taken over again", async () => {
        const { first, second, history, rows } = samples.drizzle;
        const own = await projectOf(first);
        migrateWithDrizzle(own);
        own.write(second);
        await build(own, "deploy");
        assert.deepEqual(await own.query(history), rows[1]);
        migrateWithDrizzle(own);
        assert.deepEqual(await own.query(history), rows[1]);
        assert.deepEqual(await tables(own), ["authors", "books"]);
        const hashes = "SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id";
        const bare = await projectOf(first, second);
        migrateWithDrizzle(bare);
        assert.deepEqual(await own.query(hashes), await bare.query(hashes));
    });

    it("have the tools' tables as the tools themselves create them", async () => {
        const form = (table: string) =>
            `SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value,
                    (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = a.attrelid AND contype = 'p') AS key
               FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
              WHERE a.attrelid = '${table}'::regclass AND a.attnum > 0 ORDER BY a.attnum`;
        const byDbmate = await projectOf(samples.dbmate.first);
        dbmate(byDbmate, "up");
        const byDrizzle = await projectOf(samples.drizzle.first);
        migrateWithDrizzle(byDrizzle);
        const own = async (sample: FolderSample, table: string) => {
            const project = await projectOf(sample.first);
            await build(project, "deploy");
            return project.query(form(table));
        };
        assert.deepEqual(
            await own(samples.dbmate, "schema_migrations"),
            await byDbmate.query(form("schema_migrations")),
        );
        assert.deepEqual(
            await own(samples.drizzle, "drizzle.__drizzle_migrations"),
            await byDrizzle.query(form("drizzle.__drizzle_migrations")),
        );
    });

    it("that golang-migrate left dirty are explained, and continued as their owner declares", async () => {
        const sample = samples.golangMigrate;
        const project = await deployed(sample);
        await project.query("UPDATE schema_migrations SET version = 2, dirty = true");
        const refusal = await build(project, "plan", {}, 2);
        assert.match(refusal, /AP1431: golang-migrate began the migration 000002 outside the pipeline/);
        assert.match(refusal, /resolve\.000002=undone/);

        const applied = await delivery.copy(project);
        applied.write({ "sql.properties": "resolve.000002=applied\n" });
        await build(applied, "plan");
        assert.deepEqual(
            applied.plan().changes.map(({ id, decision }) => [id, decision?.outcome]),
            [["000002", "Marked"]],
        );
        await build(applied, "deploy", { CODEBUILD_SRC_DIR_DeployPlan: applied.approve() });
        assert.deepEqual(await tables(applied), ["authors"]);
        assert.deepEqual(await applied.query(sample.history), sample.rows[1]);

        project.write({ "sql.properties": "resolve.000002=undone\n" });
        await build(project, "deploy");
        assert.deepEqual(await tables(project), ["authors", "books"]);
        assert.deepEqual(await project.query(sample.history), sample.rows[1]);
    });

    it("that the server refused of Prisma run again by themselves", async () => {
        const sample = samples.prisma;
        const project = await deployed(sample);
        await project.query(
            `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('1', 'x', '${sample.ids[1]}', 'Database error code: 42P07')`,
        );
        await build(project, "plan");
        assert.match(project.plan().changes[0]?.comment ?? "", /nothing of it is left, and it runs again/);
        await build(project, "deploy");
        assert.deepEqual(await project.query(sample.history), sample.rows[1]);
        assert.deepEqual(
            await project.query(
                "SELECT id FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL",
            ),
            [],
        );
    });

    it("leave nothing of a release that fails, and say in which file and line", async () => {
        const { ids, history, rows } = samples.golangMigrate;
        const project = await deployed(samples.golangMigrate);
        project.write({
            "000003_shelves.up.sql": "CREATE TABLE shelves ();\n\nALTER TABLE shelves\n    ADD wood nowhere;\n",
            "000003_shelves.down.sql": "DROP TABLE shelves;\n",
        });
        const output = await build(project, "deploy", {}, 1);
        assert.match(output, /000003_shelves\.up\.sql, line 4: ERROR: type "nowhere" does not exist/);
        const { undone, status } = project.deployment();
        assert.deepEqual([status, undone.map(({ id }) => id)], ["Failed", [ids[1]]]);
        assert.deepEqual(await tables(project), ["authors"]);
        assert.deepEqual(await project.query(history), rows[0]);
    });

    it("run with the limits of a deployment, each with the settings of a new session", async () => {
        const project = await projectOf({
            "1_path.up.sql": "SELECT set_config('search_path', '', false);\nSET lock_timeout = 0;\n",
            "2_seen.up.sql":
                "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock_timeout, current_setting('statement_timeout') AS statement_timeout;\n",
            "3_index.up.sql": "CREATE INDEX CONCURRENTLY seen_lock ON seen (lock_timeout);\n",
        });
        await build(project, "plan");
        assert.deepEqual(
            project.plan().changes.map(({ runInTransaction }) => runInTransaction),
            [true, true, false],
        );
        await build(project, "deploy", { LOCK_TIMEOUT_MILLISECONDS: "1234", STATEMENT_TIMEOUT_MILLISECONDS: "60000" });
        assert.deepEqual(await project.query("SELECT * FROM seen"), [
            { lock_timeout: "1234ms", statement_timeout: "1min" },
        ]);
    });

    it("are refused once they were edited, and with the line in the linter's findings", async () => {
        const project = await deployed(samples.dbmate);
        const [file, text] = Object.entries(samples.dbmate.first)[0]!;
        project.write({ [file]: text.replace("name text", "name varchar") });
        assert.match(await build(project, "plan", {}, 2), /AP1430: .*were edited/);
        assert.match(project.report(), /edited-changeset/);
    });

    it("run as they were approved or not at all", async () => {
        const project = await deployed(samples.golangMigrate);
        await build(project, "plan");
        const approved = project.approve();
        project.write({ "000002_books.up.sql": "CREATE TABLE books (id bigint, author bigint);\n" });
        const output = await build(project, "deploy", { CODEBUILD_SRC_DIR_DeployPlan: approved }, 2);
        assert.match(output, /AP1103/);
        assert.deepEqual(await tables(project), ["authors"]);
    });

    it("are planned by a user that only reads, whether the tool or the pipeline made its table", async () => {
        const project = await projectOf(samples.dbmate.first);
        dbmate(project, "up");
        const users = new Users(delivery, project);
        assert.match(await users.bootstrap(0, environment), /granted SELECT on schema_migrations to /);
        assert.match(await users.bootstrap(0, environment), /up to date/);
        project.write(samples.dbmate.second);
        await users.run("plan", users.planner, 0, environment);
        assert.deepEqual(pending(project), [samples.dbmate.ids[1]]);
        await users.run("deploy", users.migrator, 0, environment);

        const made = await projectOf(samples.drizzle.first);
        const others = new Users(delivery, made);
        await others.bootstrap(0, environment);
        await others.run("deploy", others.migrator, 0, environment);
        made.nextExecution();
        await others.run("plan", others.planner, 0, environment);
        assert.deepEqual(pending(made), []);
        assert.equal(made.plan().drift?.result, "None");
    });

    it("are rehearsed on a copy, and undone there", async () => {
        const project = await deployed(samples.dbmate);
        await build(project, "rehearse", {
            REHEARSAL_COPY: "DatabaseTemplate",
            REHEARSAL_CLONE_LIFETIME_MINUTES: "60",
            LOCK_BUDGET_MILLISECONDS: "1000",
        });
        const { rollback, changesets } = JSON.parse(project.artifact("rehearsal.json")) as {
            rollback: { result: string };
            changesets: { id: string; status: string; figures?: object }[];
        };
        assert.equal(rollback.result, "Proven");
        assert.deepEqual(
            changesets.map(({ id, status, figures }) => [id, status, figures !== undefined]),
            [[samples.dbmate.ids[1], "Applied", true]],
        );
        assert.deepEqual(await tables(project), ["authors"]);
    });
});
