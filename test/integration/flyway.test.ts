import * as assert from "node:assert/strict";
import { bareFlyway } from "../support/bareFlyway";
import { beforeEachCopy, type Delivery, type Project } from "../support/delivery";

const first = {
    "flyway.toml": '[flyway.placeholders]\ncurrency = "EUR"\n',
    "sql/V1__orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, currency text DEFAULT '${currency}');\nCREATE TABLE customers (id bigint PRIMARY KEY);\n",
    "sql/U1__orders.sql": "DROP TABLE customers;\nDROP TABLE orders;\n",
    "sql/R__open_orders.sql": "CREATE OR REPLACE VIEW open_orders AS SELECT id FROM orders;\n",
    "sql/U__open_orders.sql": "DROP VIEW open_orders;\n",
    "verify/orders.sql": "-- check: there are orders\nSELECT count(*) >= 0 FROM orders;\n",
};

const second = {
    "sql/V2__amount.sql": "ALTER TABLE orders ADD COLUMN amount integer;\n",
    "sql/U2__amount.sql": "ALTER TABLE orders DROP COLUMN amount;\n",
};

describe("Flyway, by the delivery program", () => {
    let project: Project;
    let delivery: Delivery;
    let firstRelease: string;

    beforeEachCopy(
        async (original) => {
            original.clear();
            original.tool = "Flyway";
            original.write(first);
            firstRelease = original.releaseId;
            await original.buildEnding(0, "deploy");
            original.nextExecution();
        },
        (copy, started) => {
            project = copy;
            delivery = started;
        },
    );

    const journal = async () =>
        (
            await project.query<{ id: string; tag: string | null }>(
                "SELECT id, tag FROM aurora_pipeline_history ORDER BY ran_at, position",
            )
        ).map(({ id, tag }) => (tag === null ? id : `[${tag}]`));
    const columns = async (table: string) =>
        (
            await project.query<{ name: string }>(
                `SELECT column_name AS name FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`,
            )
        ).map(({ name }) => name);

    it("plans the SQL after placeholders and its undo, and writes nothing to a fresh database", async () => {
        const fresh = await delivery.project();
        fresh.clear();
        fresh.tool = "Flyway";
        fresh.write({ ...first, ...second, "sql/beforeEachMigrate.sql": "SELECT 1;\n" });
        await fresh.buildEnding(0, "plan");
        assert.deepEqual(await fresh.tables(), []);
        const { changes } = fresh.plan();
        assert.deepEqual(
            changes.map(({ file, id, sql, undo }) => ({ file, id, sql, undo })),
            [
                {
                    file: "V1__orders.sql",
                    id: "1",
                    sql: [
                        "CREATE TABLE orders (id bigint PRIMARY KEY, currency text DEFAULT 'EUR');",
                        "CREATE TABLE customers (id bigint PRIMARY KEY);",
                    ],
                    undo: ["DROP TABLE customers;", "DROP TABLE orders;"],
                },
                {
                    file: "V2__amount.sql",
                    id: "2",
                    sql: ["ALTER TABLE orders ADD COLUMN amount integer;"],
                    undo: ["ALTER TABLE orders DROP COLUMN amount;"],
                },
                {
                    file: "R__open_orders.sql",
                    id: "open orders",
                    sql: ["CREATE OR REPLACE VIEW open_orders AS SELECT id FROM orders;"],
                    undo: ["DROP VIEW open_orders;"],
                },
            ],
        );
        assert.deepEqual(
            changes.map(({ files }) => files?.map(({ path }) => path)),
            changes.map(() => ["sql/beforeEachMigrate.sql"]),
        );
    });

    it("shows and lints what callbacks run, below no level that the stack pins, and approves nothing else", async () => {
        const callback = (statement: string) => ({ "sql/afterEachMigrate__x.sql": `${statement};\n` });
        project.write({
            ...second,
            ...callback("DROP TABLE ${gone}"),
            "flyway.toml": '[flyway.placeholders]\ncurrency = "EUR"\ngone = "customers"\n',
            "lint.yaml": "rules:\n  ban-drop-table: off\n",
        });
        const environment = { LINT_FLOOR: JSON.stringify({ destructive: "error" }) };
        await project.buildEnding(1, "plan", { environment });
        const file = "sql/afterEachMigrate__x.sql";
        const found = project.plan().lint!.findings.filter((finding) => finding.file === file);
        assert.ok(
            found.some(({ rule, level }) => rule === "ban-drop-table" && level === "error"),
            JSON.stringify(found),
        );
        for (const page of ["plan.md", "plan.html"]) assert.match(project.artifact(page), /DROP TABLE customers;/);
        await project.buildEnding(0, "plan");
        const approved = { environment: { CODEBUILD_SRC_DIR_DeployPlan: project.approve() } };
        // The file is the same, and so is all other SQL.
        project.write({ "flyway.toml": '[flyway.placeholders]\ncurrency = "EUR"\ngone = "orders"\n' });
        const refused = await project.buildEnding(2, "deploy", approved);
        assert.match(
            refused,
            /Runs before or after them, and differs from what was approved:\n.*sql\/afterEachMigrate__x\.sql::afterEachMigrate__x\.sql::flyway/,
        );
        assert.deepEqual(await columns("customers"), ["id"]);
    });

    it("deploys by Flyway itself, whose own history bare Flyway agrees with, and finds drift", async () => {
        assert.deepEqual(bareFlyway(project, "info"), ["V1__orders.sql Success", "R__open_orders.sql Success"]);
        assert.deepEqual(bareFlyway(project, "validate"), []);
        assert.deepEqual(await journal(), [`[${firstRelease}]`, "1", "open orders"]);
        assert.match(await project.buildEnding(0, "plan"), /Nothing pending: dev has every changeset of this source/);
        await project.query("ALTER TABLE customers ADD COLUMN by_hand text");
        await project.buildEnding(1, "drift");
        assert.match(project.artifact("drift.json"), /by_hand/);
    });

    it("rolls back to a tag by the undo scripts, after which bare Flyway finds the scripts pending", async () => {
        project.write(second);
        const { releaseId } = project;
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await columns("orders"), ["id", "currency", "amount"]);
        project.nextExecution();
        const rollback = { environment: { ROLLBACK_TO: releaseId } };
        await project.buildEnding(0, "plan", rollback);
        assert.deepEqual(
            project.plan().changes.map(({ id, sql }) => [id, sql]),
            [["2", ["ALTER TABLE orders DROP COLUMN amount;"]]],
        );
        await project.buildEnding(0, "rollback", rollback);
        assert.deepEqual(project.deployment().differences, []);
        assert.deepEqual(await columns("orders"), ["id", "currency"]);
        assert.deepEqual(bareFlyway(project, "info"), [
            "V1__orders.sql Success",
            "R__open_orders.sql Success",
            "V2__amount.sql Pending",
        ]);
        assert.deepEqual(bareFlyway(project, "migrate"), ["1"]);
        assert.deepEqual(bareFlyway(project, "validate"), []);
    });

    it("undoes a release of which one script fails, and proves it by the catalog", async () => {
        project.write({ ...second, "sql/V3__broken.sql": "CREATE TABLE third (id int);\nSELECT 1 / 0;\n" });
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /division by zero/);
        assert.match(output, /Its catalog is the same as before the update/);
        assert.deepEqual(
            project.deployment().undone.map(({ id }) => id),
            ["2"],
        );
        assert.deepEqual(bareFlyway(project, "info"), [
            "V1__orders.sql Success",
            "R__open_orders.sql Success",
            "V2__amount.sql Pending",
            "V3__broken.sql Pending",
        ]);
    });

    it("gives a view its earlier form back when a repeatable script is undone", async () => {
        project.write({
            "sql/R__open_orders.sql": "CREATE OR REPLACE VIEW open_orders AS SELECT id, currency FROM orders;\n",
            "verify/orders.sql": "-- check: fails\nSELECT false;\n",
        });
        const output = await project.buildEnding(1, "deploy");
        assert.equal(project.deployment().changesets.length, 1);
        assert.match(output, /1 changeset will be applied/);
        assert.match(output, /Restored the earlier form of view public.open_orders/);
        assert.deepEqual(await columns("open_orders"), ["id"]);
        assert.deepEqual(await journal(), [`[${firstRelease}]`, "1", "open orders", `[${project.releaseId}]`]);
        assert.deepEqual(bareFlyway(project, "info"), [
            "V1__orders.sql Success",
            "R__open_orders.sql Outdated",
            "R__open_orders.sql Pending",
        ]);
    });

    it("says in the plan that a script without an undo script cannot be undone, and what is left then", async () => {
        project.write({ "sql/V2__amount.sql": second["sql/V2__amount.sql"] });
        await project.buildEnding(0, "plan");
        assert.match(
            project.plan().warnings.join("\n"),
            /V2__amount.sql::2::flyway cannot be undone: it has no undo script. Alternatives: a snapshot before the release, or a new script that reverts it/,
        );
        assert.match(project.artifact("plan.md"), /rollback-missing/);
    });

    it("deploys nothing but what was approved", async () => {
        project.write(second);
        await project.buildEnding(0, "plan");
        const approved = { environment: { CODEBUILD_SRC_DIR_DeployPlan: project.approve() } };
        project.write({ "sql/V2__amount.sql": "ALTER TABLE orders ADD COLUMN amount bigint;\n" });
        const refused = await project.buildEnding(2, "deploy", approved);
        assert.match(refused, /V2__amount.sql::2::flyway/);
        assert.deepEqual(await columns("orders"), ["id", "currency"]);
        project.write(second);
        await project.buildEnding(0, "deploy", approved);
        assert.deepEqual(await columns("orders"), ["id", "currency", "amount"]);
    });

    it("names a script that was edited after it ran", async () => {
        project.write({ "sql/V1__orders.sql": `${first["sql/V1__orders.sql"]}-- edited\n` });
        const output = await project.buildEnding(2, "plan");
        assert.match(output, /AP1418/);
        assert.match(output, /edited-changeset/);
        assert.match(project.artifact("edited.json"), /"V1__orders.sql"/);
    });

    it("adopts what somebody ran with bare Flyway, as done before the next release", async () => {
        project.write(second);
        assert.deepEqual(bareFlyway(project, "migrate"), ["1"]);
        project.write({
            "sql/V3__third.sql": "CREATE TABLE third (id int);\n",
            "sql/U3__third.sql": "DROP TABLE third;\n",
        });
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await journal(), [
            `[${firstRelease}]`,
            "1",
            "open orders",
            "2",
            `[${project.releaseId}]`,
            "3",
        ]);
    });

    it("runs a script outside a transaction where PostgreSQL demands it, and again after it failed", async () => {
        project.write({
            "sql/V2__index.sql": "CREATE UNIQUE INDEX CONCURRENTLY orders_currency ON orders (currency);\n",
            "sql/U2__index.sql": "DROP INDEX CONCURRENTLY orders_currency;\n",
        });
        await project.query("INSERT INTO orders VALUES (1), (2)");
        assert.match(await project.buildEnding(1, "deploy"), /could not create unique index/);
        await project.query("DELETE FROM orders");
        project.nextExecution();
        await project.buildEnding(0, "deploy");
        assert.deepEqual(bareFlyway(project, "validate"), []);
        const { releaseId } = project;
        project.nextExecution();
        await project.buildEnding(0, "rollback", { environment: { ROLLBACK_TO: releaseId } });
        assert.deepEqual(project.deployment().differences, []);
    });

    it("repeats a script that does not get its locks, within the timeouts of the pipeline", async () => {
        project.write(second);
        const holder = await delivery.server.administrate(project.database);
        try {
            await holder.query("BEGIN");
            await holder.query("LOCK TABLE orders IN ACCESS SHARE MODE");
            let released: Promise<unknown> | undefined;
            const { code, output } = await project.build("deploy", {
                environment: { LOCK_TIMEOUT_MILLISECONDS: "200" },
                onStart: (child, said) => {
                    child.stdout!.on("data", () => {
                        if (said().includes("did not get its locks")) released ??= holder.query("COMMIT");
                    });
                },
            });
            assert.equal(code, 0, output);
            assert.match(output, /V2__amount.sql::2::flyway did not get its locks \(55P03\); trying again/);
        } finally {
            await holder.end();
        }
        assert.deepEqual(await columns("orders"), ["id", "currency", "amount"]);
    });

    it("is taken over after a build was killed, and a second deployment waits for the first", async () => {
        project.write({ ...second, "sql/V3__slow.sql": "SELECT pg_sleep(60);\n", "sql/U3__slow.sql": "SELECT 1;\n" });
        await project.build("deploy", {
            onStart: (child, said) => {
                child.stdout!.on("data", () => {
                    if (said().includes("Applied V2__amount.sql")) child.kill("SIGKILL");
                });
            },
        });
        project.write({ "sql/V3__slow.sql": "SELECT 1;\n" });
        project.nextExecution();
        await project.buildEnding(0, "deploy");
        assert.deepEqual(bareFlyway(project, "validate"), []);
        assert.deepEqual((await journal()).slice(3), [
            "[release-abcdef0-execut01]",
            "2",
            "[release-abcdef0-execut02]",
            "3",
        ]);
    });

    it("rehearses the release on a copy, script by script", async () => {
        project.write(second);
        await project.buildEnding(0, "plan");
        const environment = {
            REHEARSAL_COPY: "DatabaseTemplate",
            REHEARSAL_CLONE_LIFETIME_MINUTES: "60",
            LOCK_BUDGET_MILLISECONDS: "10000",
            CODEBUILD_SRC_DIR_DeployPlan: project.approve(),
        };
        const output = await project.buildEnding(0, "rehearse", { environment });
        assert.match(output, /V2__amount.sql/);
        assert.deepEqual(await columns("orders"), ["id", "currency"]);
    });
});
