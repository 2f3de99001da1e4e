import * as assert from "node:assert/strict";
import { beforeEachProject, createTable, type Project } from "../support/delivery";

const customers = `--changeset me:customers
--comment People who order
CREATE TABLE customers (id int PRIMARY KEY, name text);
--rollback DROP TABLE customers;`;
const orders = `--changeset me:orders
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
--rollback DROP TABLE orders;`;
const view = (columns: string) => `--changeset me:names runOnChange:true
CREATE OR REPLACE VIEW names AS SELECT ${columns} FROM customers;
--rollback DROP VIEW names;`;
const broken = `--changeset me:broken
INSERT INTO customers VALUES (1, 'Ann');
INSERT INTO nowhere VALUES (1);
--rollback DELETE FROM customers;`;
const holds = "-- check: customers are there\nSELECT count(*) >= 0 FROM customers;\n";
const lies =
    "-- check: nobody is there\nSELECT count(*) = 1 FROM customers;\n-- check: two rows\nSELECT true FROM generate_series(1, 2);\n-- check: deletes\nDELETE FROM customers RETURNING true;\n";
const liquibaseTables = ["databasechangelog", "databasechangeloglock"];

describe("the delivery program", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        project.changelog(customers, orders);
    });

    const succeed = (action: string, environment?: Record<string, string>) =>
        project.buildEnding(0, action, { environment });
    const fail = (action: string, expected: number, environment?: Record<string, string>) =>
        project.buildEnding(expected, action, { environment });

    describe("plan", () => {
        it("says what would run and what would undo it, and writes nothing to a fresh database", async () => {
            await succeed("plan");
            const { changes, kind, releaseId, digest } = project.plan();
            assert.equal(kind, "deploy");
            assert.equal(releaseId, project.releaseId);
            assert.deepEqual(changes, [
                {
                    id: "customers",
                    author: "me",
                    file: "changelog.sql",
                    comment: "People who order",
                    runInTransaction: true,
                    again: false,
                    checksum: "9:0ea7cd0115244d38575f977934760496",
                    sql: ["CREATE TABLE customers (id int PRIMARY KEY, name text);"],
                    undo: ["DROP TABLE customers;"],
                },
                {
                    id: "orders",
                    author: "me",
                    file: "changelog.sql",
                    runInTransaction: true,
                    again: false,
                    checksum: "9:1372166610fa27551736ee1d420ee18e",
                    sql: ["CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);"],
                    undo: ["DROP TABLE orders;"],
                },
            ]);
            assert.equal(
                project.exports(),
                `PENDING_CHANGESETS=2\nPLANNED_CHANGES=2\nPLAN_DIGEST=${digest}\nRELEASE_ID=${releaseId}\nLINT_ERRORS=0\nLINT_WARNINGS=2\nLINT_WAIVED=0\nLINT_LOWERED=0\nDRIFTED_OBJECTS=unknown\n`,
            );
            assert.match(project.artifact("plan.md"), /^# 2 changesets will be applied to dev\n/);
            assert.deepEqual(await project.tables(), []);
        });

        it("has the same digest whenever it is made", async () => {
            await succeed("plan");
            const { digest } = project.plan();
            project.nextExecution();
            await succeed("plan");
            assert.equal(project.plan().digest, digest);
        });

        it("reports that nothing is pending", async () => {
            await succeed("deploy");
            assert.match(await succeed("plan"), /Nothing pending/);
            assert.match(project.exports(), /PENDING_CHANGESETS=0\nPLANNED_CHANGES=0/);
        });

        it("warns of what cannot be undone", async () => {
            project.changelog(
                customers,
                "--changeset me:index runInTransaction:false\nCREATE INDEX CONCURRENTLY names_index ON customers (name);\n",
            );
            await succeed("plan");
            assert.deepEqual(project.plan().warnings, [
                "changelog.sql::index::me cannot be undone: Liquibase does not support automatic rollback generation for raw " +
                    'sql changes (did you mean to specify keyword "empty" to ignore rolling back this change?)',
                "changelog.sql::index::me runs outside a transaction: if it fails, part of it may remain",
            ]);
        });
    });

    describe("deploy", () => {
        it("applies, verifies and reports", async () => {
            project.write({ "verify/customers.sql": holds });
            const output = await succeed("deploy");
            assert.match(output, new RegExp(`ROLLBACK_TO=${project.releaseId} undoes this release`));
            assert.deepEqual(await project.tables(), ["customers", ...liquibaseTables, "orders"]);
            const { status, changesets, checks, remaining, undone } = project.deployment();
            assert.deepEqual([status, undone, remaining], ["Succeeded", [], []]);
            assert.deepEqual(
                changesets.map(({ id, status }) => [id, status]),
                [
                    ["customers", "Applied"],
                    ["orders", "Applied"],
                ],
            );
            assert.deepEqual(
                checks.map(({ name, failure }) => [name, failure]),
                [["customers are there", undefined]],
            );
            const { _aws: aws, ...metrics } = JSON.parse(output.split("\n").find((line) => line.startsWith("{"))!) as {
                [name: string]: unknown;
            };
            assert.ok(aws);
            assert.deepEqual(
                [metrics.Environment, metrics.ReleaseId, metrics.Changesets, metrics.Failures],
                ["dev", project.releaseId, 2, 0],
            );
            const report = project.report();
            assert.match(report, /<testsuite name="changesets" tests="2" failures="0"/);
            assert.match(report, /<testcase classname="changelog.sql" name="customers \(me\)" time="\d+\.\d{3}"\/>/);
            assert.match(report, /<testsuite name="verification" tests="1" failures="0"/);
        });

        it("applies exactly what is new, and tags nothing when nothing is", async () => {
            project.changelog(customers);
            const first = project.releaseId;
            await succeed("deploy");
            project.changelog(customers, orders);
            const second = project.nextExecution();
            await succeed("deploy");
            assert.deepEqual(
                project.deployment().changesets.map(({ id }) => id),
                ["orders"],
            );
            project.nextExecution();
            assert.match(await succeed("deploy"), /Nothing pending: dev has every changeset of this source\./);
            assert.deepEqual(await project.history(), [`[${first}]`, "customers", `[${second}]`, "orders"]);
        });

        it("goes back to the tag when a changeset fails", async () => {
            project.changelog(customers, orders, broken);
            const output = await fail("deploy", 1);
            assert.match(output, /relation "nowhere" does not exist/);
            assert.match(
                output,
                /Undone \(2\):\n {2}- changelog\.sql::customers::me\n {2}- changelog\.sql::orders::me/,
            );
            assert.match(output, new RegExp(`The database is as it was before ${project.releaseId}\\.`));
            assert.deepEqual(await project.tables(), liquibaseTables);
            assert.deepEqual(await project.history(), [`[${project.releaseId}]`]);
            const { status, changesets, undone, remaining } = project.deployment();
            assert.equal(status, "Failed");
            assert.deepEqual(
                changesets.map(({ id, status }) => [id, status]),
                [
                    ["customers", "Applied"],
                    ["orders", "Applied"],
                    ["broken", "Failed"],
                ],
            );
            assert.deepEqual([undone.map(({ id }) => id), remaining], [["customers", "orders"], []]);
            assert.match(
                project.report(),
                /name="broken \(me\)" time="[\d.]+"><failure message="ERROR: relation &quot;nowhere&quot;/,
            );
        });

        it("goes back to the tag when a check does not hold, and lets no check change anything", async () => {
            project.changelog(
                customers,
                "--changeset me:ann\nINSERT INTO customers VALUES (1, 'a'), (2, 'b');\n--rollback DELETE FROM customers;",
            );
            await succeed("deploy");
            project.nextExecution();
            project.changelog(
                customers,
                "--changeset me:ann\nINSERT INTO customers VALUES (1, 'a'), (2, 'b');\n--rollback DELETE FROM customers;",
                orders,
            );
            project.write({ "verify/a.sql": holds, "verify/b.sql": lies });
            const output = await fail("deploy", 1);
            assert.match(output, /nobody is there \(verify\/b\.sql\): is false/);
            assert.match(
                output,
                /two rows \(verify\/b\.sql\): returned 2 rows; a check must return one row with one boolean/,
            );
            assert.match(output, /deletes \(verify\/b\.sql\): cannot execute DELETE in a read-only transaction/);
            assert.deepEqual(await project.tables(), ["customers", ...liquibaseTables]);
            assert.deepEqual(await project.query("SELECT count(*)::int AS n FROM customers"), [{ n: 2 }]);
            assert.match(project.report(), /<testsuite name="verification" tests="4" failures="3"/);
        });

        it("says what could not be undone", async () => {
            project.changelog(
                customers,
                "--changeset me:stuck\nCREATE TABLE stuck (id int);\n",
                "--changeset me:partial runInTransaction:false\nINSERT INTO customers VALUES (7, 'x');\nSELECT 1 / 0;\n",
            );
            const output = await fail("deploy", 1);
            assert.match(output, /division by zero/);
            assert.match(
                output,
                /NOT undone, still in the database \(2\):\n {2}- changelog\.sql::customers::me\n {2}- changelog\.sql::stuck::me/,
            );
            assert.match(
                output,
                /Failed outside a transaction; the changes made before the failure may still be there:\n {2}- changelog\.sql::partial::me/,
            );
            assert.deepEqual(await project.tables(), ["customers", ...liquibaseTables, "stuck"]);
            assert.deepEqual(
                project.deployment().remaining.map(({ id }) => id),
                ["customers", "stuck"],
            );
        });

        it("runs the approved plan and refuses any other", async () => {
            await succeed("plan");
            const approved = project.approve();
            project.changelog(customers, orders, createTable("more"));
            const output = await fail("deploy", 2, { CODEBUILD_SRC_DIR_DeployPlan: approved });
            assert.match(output, /This is not the plan that was approved/);
            assert.match(output, /Would run now, but not approved:\n {2}- changelog\.sql::more::me/);
            assert.deepEqual(await project.tables(), []);
            project.changelog(customers, orders);
            await succeed("deploy", { CODEBUILD_SRC_DIR_DeployPlan: approved });
        });

        it("can be tried again after a failure, but never over another release", async () => {
            project.changelog(customers, broken);
            await fail("deploy", 1);
            project.changelog(customers);
            await succeed("deploy");
            const [first, second] = [project.releaseId, project.nextExecution()];
            project.changelog(customers, orders);
            await succeed("deploy");
            assert.deepEqual(await project.history(), [`[${first}]`, "customers", `[${second}]`, "orders"]);
            project.changelog(customers, orders, view("id"));
            assert.match(
                await fail("deploy", 2, { PIPELINE_EXECUTION_ID: first.slice(-8) }),
                new RegExp(`${first} was started before, and ${second} was deployed after it\\.`),
            );
        });
    });

    describe("rollback", () => {
        it("undoes a release and everything after it", async () => {
            const [first] = [project.releaseId, await succeed("deploy")];
            project.nextExecution();
            project.changelog(customers, orders, view("id"));
            await succeed("deploy");
            project.nextExecution();
            assert.match(
                await succeed("plan", { ROLLBACK_TO: first }),
                new RegExp(
                    `3 changesets will be undone: ${first} and everything after it; dev will be as it was before ${first}:`,
                ),
            );
            assert.deepEqual(
                project.plan().changes.map(({ id, sql }) => [id, sql]),
                [
                    ["names", ["DROP VIEW names;"]],
                    ["orders", ["DROP TABLE orders;"]],
                    ["customers", ["DROP TABLE customers;"]],
                ],
            );
            assert.match(project.exports(), /PLANNED_CHANGES=3/);
            const output = await succeed("rollback", {
                ROLLBACK_TO: first,
                CODEBUILD_SRC_DIR_RollbackPlan: project.approve(),
            });
            assert.match(
                output,
                new RegExp(
                    `Undone: ${first} and everything after it \\(3 changesets\\); the catalog of dev is as it was before ${first}\\.`,
                ),
            );
            assert.match(output, /The next push applies these changesets again: revert or correct their commit/);
            assert.deepEqual(await project.tables(), liquibaseTables);
            assert.deepEqual(
                project.deployment().changesets.map(({ id, status }) => [id, status]),
                [
                    ["names", "Undone"],
                    ["orders", "Undone"],
                    ["customers", "Undone"],
                ],
            );
        });

        it("keeps the tags of earlier releases, whatever came between", async () => {
            // A view that runs again takes its row in the history along; a release that failed leaves only its tag.
            project.changelog(customers, view("id"));
            const first = project.releaseId;
            await succeed("deploy");
            const second = project.nextExecution();
            project.changelog(customers, view("id, name"), broken);
            await fail("deploy", 1);
            const third = project.nextExecution();
            project.changelog(customers, view("id, name"), orders);
            await succeed("deploy");
            assert.deepEqual(await project.history(), [
                `[${first}]`,
                "customers",
                `[${second}]`,
                `[${third}]`,
                "names",
                "orders",
            ]);
            for (const [tag, undone] of [
                [third, ["orders", "names"]],
                // The earlier form of the view came back, in the database and in the history.
                [first, ["names", "customers"]],
            ] as const) {
                await succeed("rollback", { ROLLBACK_TO: tag });
                assert.deepEqual(
                    project.deployment().changesets.map(({ id }) => id),
                    undone,
                );
            }
            assert.deepEqual(await project.tables(), liquibaseTables);
        });

        it("fails when the tag is unknown, there is nothing to undo, or the source lacks a changeset", async () => {
            const tag = project.releaseId;
            await succeed("deploy");
            for (const action of ["plan", "rollback"]) {
                assert.match(
                    await fail(action, 2, { ROLLBACK_TO: "release-x" }),
                    new RegExp(`Unknown tag release-x\\. .*:\\n {2}- ${tag} \\(`),
                );
                project.changelog(customers);
                assert.match(
                    await fail(action, 2, { ROLLBACK_TO: tag }),
                    /must undo 1 changeset that this source does not contain .*\n {2}- changelog\.sql::orders::me\nStart it from a source that contains them/,
                );
                project.changelog(customers, orders);
            }
            assert.deepEqual(await project.tables(), ["customers", ...liquibaseTables, "orders"]);
            await succeed("rollback", { ROLLBACK_TO: tag });
            assert.match(
                await fail("rollback", 2, { ROLLBACK_TO: tag }),
                /Nothing to undo: no changeset has run since/,
            );
        });

        it("says what it undid when it fails half way", async () => {
            const tag = project.releaseId;
            project.changelog(customers, orders.replace("DROP TABLE orders", "DROP TABLE orders, nowhere"), view("id"));
            await succeed("deploy");
            const output = await fail("rollback", 1, { ROLLBACK_TO: tag });
            assert.match(output, /table "nowhere" does not exist/);
            assert.match(output, /Undone \(1\):\n {2}- changelog\.sql::names::me/);
            assert.match(output, /NOT undone, still in the database \(2\):/);
            assert.equal(project.deployment().status, "Failed");
        });
    });
});
