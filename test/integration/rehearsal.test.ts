import * as assert from "node:assert/strict";
import type { RehearsedChangeset } from "../../scripts/delivery/safety/rehearsal/model";
import type { Rehearsal } from "../../scripts/delivery/safety/rehearsal/model";
import { beforeDelivery, type Delivery, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

// The real delivery program, Liquibase and PostgreSQL; the copy is made by the server (CREATE DATABASE … TEMPLATE).
describe("a rehearsal on a copy of the database", function () {
    this.timeout(240_000);
    let delivery: Delivery;

    /** A database with tables that the next release works on, one of them with many rows. */
    let base: Project;
    beforeDelivery(async (started) => {
        delivery = started;
        base = await delivery.project();
        base.changelog(orders, few);
        await base.buildEnding(0, "deploy");
    });

    const environment = {
        REHEARSAL_COPY: "DatabaseTemplate",
        REHEARSAL_CLONE_LIFETIME_MINUTES: "60",
        LOCK_BUDGET_MILLISECONDS: "1000",
    };

    async function rehearse(project: Project, more: Record<string, string> = {}) {
        const result = await project.build("rehearse", { environment: { ...environment, ...more } });
        return { ...result, rehearsal: JSON.parse(project.artifact("rehearsal.json")) as Rehearsal };
    }

    /** A copy of that database, and a release with these changesets. */
    async function withOrders(...changesets: string[]): Promise<Project> {
        const project = await delivery.project(base.database);
        project.nextExecution();
        project.changelog(orders, few, ...changesets);
        return project;
    }

    describe("of a release that passes", () => {
        let project: Project;
        let result: Awaited<ReturnType<typeof rehearse>>;
        before(async () => {
            project = await withOrders(
                "--changeset team:widen splitStatements:false\nALTER TABLE orders ALTER COLUMN total TYPE numeric;\nDO $$ BEGIN PERFORM pg_sleep(0.3); END $$;\n--rollback ALTER TABLE orders ALTER COLUMN total TYPE integer",
                "--changeset team:mark\nUPDATE orders SET note = 'old' WHERE id <= 1000;\n--rollback UPDATE orders SET note = NULL WHERE id <= 1000",
                "--changeset team:index runInTransaction:false\nCREATE INDEX CONCURRENTLY orders_note ON orders (note);\n--rollback DROP INDEX CONCURRENTLY orders_note",
                "--changeset team:customers\nCREATE TABLE customers (id integer);\n--rollback DROP TABLE customers",
                "--changeset team:lose\nDELETE FROM few;\n--rollback empty",
            );
            project.write({ "verify/all.sql": "-- check: orders are there\nSELECT count(*) = 50000 FROM orders;\n" });
            result = await rehearse(project);
        });

        it("reports the lock, the time, the rows and the bytes of each changeset, and proves the rollback", async () => {
            const { code, output, rehearsal } = result;
            assert.equal(code, 0, output);
            assert.equal(rehearsal.status, "Passed");
            assert.equal(rehearsal.rollback.result, "Proven");
            assert.deepEqual(rehearsal.rollback.differences, []);
            const [widen, mark, index, customers] = rehearsal.changesets as [
                RehearsedChangeset,
                RehearsedChangeset,
                RehearsedChangeset,
                RehearsedChangeset,
            ];

            const [lock] = widen.figures!.locks;
            assert.equal(lock!.table, "public.orders");
            assert.equal(lock!.mode, "AccessExclusiveLock");
            assert.equal(lock!.existedBefore, true);
            // It slept for 300 ms with the lock; two looks at the server are 25 ms apart, more on a busy machine.
            assert.ok(
                lock!.milliseconds >= 200 && lock!.milliseconds <= widen.seconds * 1000 + 100,
                JSON.stringify(lock),
            );
            assert.ok(lock!.atMost >= lock!.milliseconds);
            const [rewrite] = widen.figures!.rewrites;
            assert.equal(rewrite!.table, "public.orders");
            assert.ok(rewrite!.bytes > 50_000 * 24, JSON.stringify(rewrite));
            assert.equal(rewrite!.rows, 50_000);
            assert.equal(widen.undo!.figures!.locks[0]!.mode, "AccessExclusiveLock");

            assert.deepEqual(mark.figures!.rows, [{ table: "public.orders", inserted: 0, updated: 1000, deleted: 0 }]);
            assert.equal(mark.figures!.locks[0]!.mode, "RowExclusiveLock");
            assert.deepEqual(mark.figures!.rewrites, []);

            assert.equal(
                index.figures!.locks.some(({ mode }) => mode === "AccessExclusiveLock"),
                false,
            );
            assert.equal(customers.figures!.locks[0]!.existedBefore, false);

            assert.match(project.exports(), /^REHEARSAL=Passed$/m);
            assert.match(project.exports(), /^ROLLBACK_VERDICT=Proven$/m);
            assert.match(project.exports(), /^LONGEST_LOCK_MILLISECONDS=[1-9]\d{2}$/m);
            assert.match(project.artifact("rehearsal.md"), /ACCESS EXCLUSIVE on `public\.orders`/);
            const page = project.artifact("plan.html");
            assert.match(page, /ACCESS EXCLUSIVE on public\.orders/);
            assert.match(page, /<dd>\s*Proven/);
            // The database itself has seen nothing of it, and the copy is gone.
            assert.deepEqual(await project.tables(), ["databasechangelog", "databasechangeloglock", "few", "orders"]);
            assert.deepEqual(await copies(project), []);
        });

        it("says which rows a rollback does not bring back", () => {
            assert.deepEqual(result.rehearsal.rollback.otherRows, ["public.few"]);
            assert.match(result.output, /Warning: After a rollback the rows of these tables differ: public\.few\./);
        });
    });

    it("proves an undo that restores the earlier form of a view and a function, as a deployment's would", async () => {
        const project = await withOrders(...forms("id, total, note", 1));
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        project.changelog(orders, few, ...forms("id, total, note, 1 AS one", 2));
        const { code, output, rehearsal } = await rehearse(project);
        assert.equal(code, 0, output);
        assert.deepEqual(
            [rehearsal.rollback, rehearsal.warnings],
            [{ result: "Proven", differences: [], otherRows: [] }, []],
        );
        assert.match(output, /Restored the earlier form of function public\.answer\(\)\.[^]*of view public\.listed\./);
    });

    describe("of a release that fails", () => {
        let project: Project;
        let result: Awaited<ReturnType<typeof rehearse>>;
        before(async () => {
            project = await withOrders(
                "--changeset team:slow\nLOCK TABLE orders IN ACCESS EXCLUSIVE MODE;\nSELECT pg_sleep(0.6);\n--rollback empty",
                "--changeset team:new\nCREATE TABLE other (id integer);\nSELECT pg_sleep(0.6);\n--rollback DROP TABLE other",
                "--changeset team:column\nALTER TABLE orders ADD COLUMN country text;\n--rollback SELECT 1",
            );
            result = await rehearse(project, { LOCK_BUDGET_MILLISECONDS: "250" });
            assert.equal(result.code, 1, result.output);
            assert.equal(result.rehearsal.status, "Failed");
        });

        it("names a changeset that holds ACCESS EXCLUSIVE longer than the budget, with the number", async () => {
            const { output, rehearsal } = result;
            const [slow] = rehearsal.changesets;
            assert.match(
                slow!.overBudget.join(),
                /^public\.orders: ACCESS EXCLUSIVE for [4-9]\d\d ms; the lock budget is 250 ms$/,
            );
            assert.match(output, /changelog\.sql::slow::team: public\.orders: ACCESS EXCLUSIVE for/);
            assert.match(
                project.report(),
                /<testcase[^>]*name="slow \(team\)"[^>]*><failure message="public\.orders: ACCESS/,
            );
            assert.deepEqual(await copies(project), []);
        });

        it("does not hold a table that the release itself makes against it", () => {
            const [, made] = result.rehearsal.changesets;
            assert.equal(made!.id, "new");
            assert.deepEqual(made!.overBudget, []);
            assert.ok(
                made!.figures!.locks.some(({ table, milliseconds }) => table === "public.other" && milliseconds > 250),
            );
        });

        it("finds a rollback that does nothing", () => {
            const { output, rehearsal } = result;
            assert.equal(rehearsal.rollback.result, "Failed");
            assert.deepEqual(
                rehearsal.rollback.differences.map(({ change, kind, name }) => `${change} ${kind} ${name}`),
                ["added column public.orders.country"],
            );
            assert.match(
                output,
                /The rollback does not undo the release completely\. Differences:\n.*public\.orders\.country/,
            );
        });
    });

    it("fails where the deployment would: an update, a check", async () => {
        const project = await withOrders(
            "--changeset team:wrong\nALTER TABLE nowhere ADD COLUMN x text;\n--rollback empty",
        );
        const wrong = await rehearse(project);
        assert.equal(wrong.code, 1, wrong.output);
        assert.match(wrong.output, /The update failed on the copy[^]*nowhere/);
        assert.equal(wrong.rehearsal.rollback.result, "NotTried");

        project.changelog(
            orders,
            few,
            "--changeset team:fine\nCREATE TABLE fine (id integer);\n--rollback DROP TABLE fine",
        );
        project.write({ "verify/all.sql": "-- check: never\nSELECT false;\n" });
        const checked = await rehearse(project);
        assert.equal(checked.code, 1, checked.output);
        assert.match(checked.output, /The check never \(verify\/all\.sql\) fails on the copy: is false/);
        assert.deepEqual(await copies(project), []);
    });

    it("rehearses no rollback and nothing, quickly, and says so to the approver", async () => {
        const project = await withOrders();
        const nothing = await rehearse(project);
        assert.equal(nothing.code, 0, nothing.output);
        assert.match(project.exports(), /^REHEARSAL=NotRehearsed$/m);
    });

    it("removes the copy when it is stopped", async () => {
        const project = await withOrders("--changeset team:long\nSELECT pg_sleep(60);\n--rollback empty");
        const asleep = async () => {
            const [copy] = await copies(project);
            const sql = `SELECT FROM pg_stat_activity WHERE datname = '${copy}' AND wait_event = 'PgSleep'`;
            return copy !== undefined && (await project.query(sql)).length > 0;
        };
        let stopped = false;
        const { code, output } = await project.build("rehearse", {
            environment,
            onStart: (child) =>
                void eventually("the changeset runs on the copy", asleep).then(() => {
                    stopped = child.kill("SIGTERM");
                }),
        });
        assert.equal(stopped, true, output);
        assert.equal(code, 143, output);
        assert.deepEqual(await copies(project), []);
    });

    it("names what is wrong with its settings", async () => {
        const output = await base.buildEnding(2, "rehearse", {
            environment: { REHEARSAL_COPY: "Elsewhere", LOCK_BUDGET_MILLISECONDS: "soon" },
        });
        assert.match(output, /REHEARSAL_COPY is "Elsewhere"; allowed: AuroraClone, DatabaseTemplate/);
        assert.match(output, /LOCK_BUDGET_MILLISECONDS is "soon"; allowed: whole milliseconds, at least 0/);
        assert.match(output, /REHEARSAL_CLONE_LIFETIME_MINUTES is missing; allowed: whole minutes, at least 1/);
    });
});

const orders = [
    "--changeset team:orders",
    "CREATE TABLE orders (id integer, total integer, note text);",
    "INSERT INTO orders SELECT n, n FROM generate_series(1, 50000) n;",
    "ANALYZE orders;",
    "--rollback DROP TABLE orders",
].join("\n");

const forms = (columns: string, answer: number) => [
    `--changeset team:listed runOnChange:true\nCREATE OR REPLACE VIEW listed AS SELECT ${columns} FROM orders;\n--rollback DROP VIEW listed`,
    `--changeset team:answer runOnChange:true\nCREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT ${answer}';\n--rollback DROP FUNCTION answer()`,
];

const few = "--changeset team:few\nCREATE TABLE few AS SELECT 1 AS id;\n--rollback DROP TABLE few";

async function copies(project: Project): Promise<string[]> {
    const rows = await project.query<{ name: string }>(
        `SELECT datname AS name FROM pg_database WHERE datname LIKE '${project.database}\\_rehearsal\\_%'`,
    );
    return rows.map(({ name }) => name);
}
