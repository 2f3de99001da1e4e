import * as assert from "node:assert/strict";
import { beforeDelivery, createTable, type Delivery, type Project } from "../support/delivery";

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
    let delivery: Delivery;
    /** One database after each build, in copies that the tests may change: a plan, a release that fails, the same again, the next. */
    let planned: Project;
    let failed: Project;
    let deployed: Project;
    let deployedTwice: Project;
    const outputs: Record<"failed" | "deployed", string> = { failed: "", deployed: "" };
    beforeDelivery(async (started) => {
        delivery = started;
        planned = await delivery.project();
        planned.changelog(customers, orders);
        planned.write({ "verify/customers.sql": holds });
        await planned.buildEnding(0, "plan");

        failed = await delivery.copy(planned);
        failed.changelog(customers, orders, broken);
        outputs.failed = await failed.buildEnding(1, "deploy");

        deployed = await delivery.copy(failed);
        deployed.changelog(customers, orders);
        outputs.deployed = await deployed.buildEnding(0, "deploy", {
            environment: { CODEBUILD_SRC_DIR_DeployPlan: planned.approve() },
        });

        deployedTwice = await delivery.copy(deployed);
        deployedTwice.nextExecution();
        deployedTwice.changelog(customers, orders, view("id"));
        await deployedTwice.buildEnding(0, "deploy");
    });

    const succeed = (project: Project, action: string, environment?: Record<string, string>) =>
        project.buildEnding(0, action, { environment });
    const fail = (project: Project, action: string, expected: number, environment?: Record<string, string>) =>
        project.buildEnding(expected, action, { environment });

    describe("plan", () => {
        it("says what would run and what would undo it, and writes nothing to a fresh database", async () => {
            const { changes, kind, releaseId, digest } = planned.plan();
            assert.equal(kind, "deploy");
            assert.equal(releaseId, planned.releaseId);
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
                planned.exports(),
                `PENDING_CHANGESETS=2\nPLANNED_CHANGES=2\nPLAN_DIGEST=${digest}\nRELEASE_ID=${releaseId}\nLINT_ERRORS=0\nLINT_WARNINGS=2\nLINT_WAIVED=0\nLINT_LOWERED=0\nDRIFTED_OBJECTS=unknown\nAPPROVAL=needed\n`,
            );
            assert.match(planned.artifact("plan.md"), /^# 2 changesets will be applied to dev\n/);
            assert.deepEqual(await planned.tables(), []);
        });

        it("has the same digest whenever it is made", async () => {
            const again = await delivery.copy(planned);
            again.nextExecution();
            await succeed(again, "plan");
            assert.equal(again.plan().digest, planned.plan().digest);
        });

        it("reports that nothing is pending", async () => {
            const project = await delivery.copy(deployed);
            assert.match(await succeed(project, "plan"), /Nothing pending/);
            assert.match(project.exports(), /PENDING_CHANGESETS=0\nPLANNED_CHANGES=0/);
        });
    });

    describe("deploy", () => {
        it("applies, verifies and reports", async () => {
            assert.match(outputs.deployed, new RegExp(`ROLLBACK_TO=${deployed.releaseId} undoes this release`));
            assert.deepEqual(await deployed.tables(), ["customers", ...liquibaseTables, "orders"]);
            const { status, changesets, checks, remaining, undone } = deployed.deployment();
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
            const { _aws: aws, ...metrics } = JSON.parse(
                outputs.deployed.split("\n").find((line) => line.startsWith("{"))!,
            ) as { [name: string]: unknown };
            assert.ok(aws);
            assert.deepEqual(
                [metrics.Environment, metrics.ReleaseId, metrics.Changesets, metrics.Failures],
                ["dev", deployed.releaseId, 2, 0],
            );
            const report = deployed.report();
            assert.match(report, /<testsuite name="changesets" tests="2" failures="0"/);
            assert.match(report, /<testcase classname="changelog.sql" name="customers \(me\)" time="\d+\.\d{3}"\/>/);
            assert.match(report, /<testsuite name="verification" tests="1" failures="0"/);
        });

        it("applies exactly what is new, and tags nothing when nothing is", async () => {
            assert.deepEqual(
                deployedTwice.deployment().changesets.map(({ id }) => id),
                ["names"],
            );
            const project = await delivery.copy(deployedTwice);
            project.nextExecution();
            assert.match(await succeed(project, "deploy"), /Nothing pending: dev has every changeset of this source\./);
            assert.deepEqual(await project.history(), [
                `[${deployed.releaseId}]`,
                "customers",
                "orders",
                `[${deployedTwice.releaseId}]`,
                "names",
            ]);
        });

        it("goes back to the tag when a changeset fails", async () => {
            assert.match(outputs.failed, /relation "nowhere" does not exist/);
            assert.match(
                outputs.failed,
                /Undone \(2\):\n {2}- changelog\.sql::customers::me\n {2}- changelog\.sql::orders::me/,
            );
            assert.match(outputs.failed, new RegExp(`The database is as it was before ${failed.releaseId}\\.`));
            assert.deepEqual(await failed.tables(), liquibaseTables);
            assert.deepEqual(await failed.history(), [`[${failed.releaseId}]`]);
            const { status, changesets, undone, remaining } = failed.deployment();
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
                failed.report(),
                /name="broken \(me\)" time="[\d.]+"><failure message="ERROR: relation &quot;nowhere&quot;/,
            );
        });

        it("goes back to the tag when a check does not hold, and lets no check change anything", async () => {
            const project = await delivery.copy(deployed);
            await project.query("INSERT INTO customers VALUES (1, 'a'), (2, 'b')");
            project.nextExecution();
            project.changelog(customers, orders, createTable("more"));
            project.write({ "verify/lies.sql": lies });
            const output = await fail(project, "deploy", 1);
            assert.match(output, /nobody is there \(verify\/lies\.sql\): is false/);
            assert.match(
                output,
                /two rows \(verify\/lies\.sql\): returned 2 rows; a check must return one row with one boolean/,
            );
            assert.match(output, /deletes \(verify\/lies\.sql\): cannot execute DELETE in a read-only transaction/);
            assert.deepEqual(await project.tables(), ["customers", ...liquibaseTables, "orders"]);
            assert.deepEqual(await project.query("SELECT count(*)::int AS n FROM customers"), [{ n: 2 }]);
            assert.match(project.report(), /<testsuite name="verification" tests="4" failures="3"/);
        });

        it("says what could not be undone, after its plan has warned of it", async () => {
            const project = await delivery.project();
            project.changelog(
                customers,
                "--changeset me:stuck\nCREATE TABLE stuck (id int);\n",
                "--changeset me:partial runInTransaction:false\nINSERT INTO customers VALUES (7, 'x');\nSELECT 1 / 0;\n",
            );
            const output = await fail(project, "deploy", 1);
            const why =
                'Liquibase does not support automatic rollback generation for raw sql changes (did you mean to specify keyword "empty" to ignore rolling back this change?)';
            assert.deepEqual(project.plan().warnings, [
                `changelog.sql::stuck::me cannot be undone: ${why}`,
                `changelog.sql::partial::me cannot be undone: ${why}`,
                "changelog.sql::partial::me runs outside a transaction: if it fails, part of it may remain",
            ]);
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
            assert.equal(deployed.deployment().digest, planned.plan().digest);
            const project = await delivery.copy(planned);
            project.changelog(customers, orders, createTable("more"));
            const environment = { CODEBUILD_SRC_DIR_DeployPlan: planned.approve() };
            const output = await fail(project, "deploy", 2, environment);
            assert.match(output, /This is not the plan that was approved/);
            assert.match(output, /Would run now, but not approved:\n {2}- changelog\.sql::more::me/);
            assert.deepEqual(await project.tables(), []);
        });

        it("can be tried again after a failure, but never over another release", async () => {
            const [first, second] = [failed.releaseId, deployedTwice.releaseId];
            assert.equal(deployed.releaseId, first);
            assert.deepEqual(await deployed.history(), [`[${first}]`, "customers", "orders"]);
            const project = await delivery.copy(deployedTwice);
            project.changelog(customers, orders, view("id"), createTable("more"));
            assert.match(
                await fail(project, "deploy", 2, { PIPELINE_EXECUTION_ID: first.slice(-8) }),
                new RegExp(`${first} was started before, and ${second} was deployed after it\\.`),
            );
        });
    });

    describe("rollback", () => {
        let project: Project;
        let first: string;
        let third: string;
        let history: string[];
        let undoneByThird: string[];
        let output: string;
        before(async () => {
            // A view that runs again takes its row in the history along; a release that failed leaves only its tag.
            project = await delivery.copy(deployedTwice);
            first = deployed.releaseId;
            project.nextExecution();
            project.changelog(customers, orders, view("id, name"), broken);
            await fail(project, "deploy", 1);
            third = project.nextExecution();
            project.changelog(customers, orders, view("id, name"), createTable("more"));
            await succeed(project, "deploy");
            history = await project.history();
            await succeed(project, "rollback", { ROLLBACK_TO: third });
            undoneByThird = project.deployment().changesets.map(({ id }) => id);
            project.nextExecution();
            output = await succeed(project, "plan", { ROLLBACK_TO: first });
        });
        let undoing: string;
        let undone: Project;
        before(async () => {
            undone = await delivery.copy(project);
            undoing = await succeed(undone, "rollback", {
                ROLLBACK_TO: first,
                CODEBUILD_SRC_DIR_RollbackPlan: project.approve(),
            });
        });

        it("is planned: a release and everything after it", () => {
            assert.match(
                output,
                new RegExp(
                    `3 changesets will be undone: ${first} and everything after it; the catalog of dev is then compared with the one before ${first}:`,
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
        });

        it("undoes a release and everything after it", async () => {
            assert.match(
                undoing,
                new RegExp(
                    `Undone: ${first} and everything after it \\(3 changesets\\); the catalog of dev is as it was before ${first}\\.`,
                ),
            );
            assert.match(undoing, /The next push applies these changesets again: revert or correct their commit/);
            assert.deepEqual(await undone.tables(), liquibaseTables);
            assert.deepEqual(
                undone.deployment().changesets.map(({ id, status }) => [id, status]),
                [
                    ["names", "Undone"],
                    ["orders", "Undone"],
                    ["customers", "Undone"],
                ],
            );
        });

        it("keeps the tags of earlier releases, whatever came between", () => {
            assert.deepEqual(history, [
                `[${first}]`,
                "customers",
                "orders",
                `[${deployedTwice.releaseId}]`,
                "[release-abcdef0-execut02]",
                `[${third}]`,
                "names",
                "more",
            ]);
            assert.deepEqual(undoneByThird, ["more", "names"]);
            // The earlier form of the view came back, in the database and in the history.
            assert.deepEqual(
                project.plan().changes.map(({ id }) => id),
                ["names", "orders", "customers"],
            );
        });

        // The two refusals are made where the plan of a rollback is, for both actions: each has one of them here.
        it("is not planned for an unknown tag", async () => {
            const copy = await delivery.copy(deployed);
            assert.match(
                await fail(copy, "plan", 2, { ROLLBACK_TO: "release-x" }),
                new RegExp(`Unknown tag release-x\\. .*:\\n {2}- ${first} \\(`),
            );
        });

        it("fails where the source lacks a changeset, and changes nothing", async () => {
            const copy = await delivery.copy(deployed);
            copy.changelog(customers);
            assert.match(
                await fail(copy, "rollback", 2, { ROLLBACK_TO: first }),
                /must undo 1 changeset that this source does not contain .*\n {2}- changelog\.sql::orders::me\nStart it from a source that contains them/,
            );
            assert.deepEqual(await copy.tables(), ["customers", ...liquibaseTables, "orders"]);
        });

        it("fails where there is nothing to undo", async () => {
            assert.match(
                await fail(await delivery.copy(undone), "rollback", 2, { ROLLBACK_TO: first }),
                /Nothing to undo: no changeset has run since/,
            );
        });

        it("says what it undid when it fails half way", async () => {
            const copy = await delivery.copy(deployedTwice);
            copy.changelog(customers, orders.replace("DROP TABLE orders", "DROP TABLE orders, nowhere"), view("id"));
            const output = await fail(copy, "rollback", 1, { ROLLBACK_TO: first });
            assert.match(output, /table "nowhere" does not exist/);
            assert.match(output, /Undone \(1\):\n {2}- changelog\.sql::names::me/);
            assert.match(output, /NOT undone, still in the database \(2\):/);
            assert.equal(copy.deployment().status, "Failed");
        });
    });
});
