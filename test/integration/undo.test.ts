import * as assert from "node:assert/strict";
import { beforeEachProject, type Project } from "../support/delivery";

const adopted = `--changeset me:customers
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT count(*) FROM information_schema.tables WHERE table_name = 'customers'
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
--rollback DROP TABLE customers CASCADE;`;
const tax = `--changeset me:tax
ALTER TABLE customers ADD COLUMN tax_number text;
--rollback ALTER TABLE customers DROP COLUMN tax_number;`;
const conditional = (rollback: string) => `--changeset me:maybe-customers
CREATE TABLE IF NOT EXISTS customers (id bigint PRIMARY KEY, name text);
--rollback ${rollback}`;
const orders = `--changeset me:orders
CREATE TABLE orders (id bigint PRIMARY KEY);
--rollback DROP TABLE orders;`;
const broken = `--changeset me:broken
SELECT 1 / 0;
--rollback not required`;

describe("undoing a release in a database that people made by hand", function () {
    this.timeout(240_000);
    let project: Project;
    beforeEachProject(async (fresh) => {
        project = fresh;
        await project.query(
            "CREATE TABLE customers (id bigint PRIMARY KEY, name text); INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bob'); ALTER TABLE customers OWNER TO dbowner",
        );
    });

    const names = async () =>
        (await project.query<{ name: string }>("SELECT name FROM customers ORDER BY id")).map(({ name }) => name);
    const rollback = (expected: number, tag: string) =>
        project.buildEnding(expected, "rollback", { environment: { ROLLBACK_TO: tag } });

    it("takes a marked changeset from the history without its rollback, after a failure", async () => {
        project.changelog(adopted, tax, broken);
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /Everything was undone/);
        assert.deepEqual(await names(), ["Ann", "Bob"]);
        assert.deepEqual(await project.history(), [`[${project.releaseId}]`]);
        const { changesets, undone, remaining, differences } = project.deployment();
        assert.deepEqual(
            changesets.map(({ id, status }) => [id, status]),
            [
                ["customers", "MarkedAsRan"],
                ["tax", "Applied"],
                ["broken", "Failed"],
            ],
        );
        assert.deepEqual([undone.map(({ id }) => id), remaining, differences], [["customers", "tax"], [], []]);
    });

    it("does the same in a rollback that somebody asked for, and its plan has no SQL for the mark", async () => {
        project.changelog(adopted, tax);
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await project.buildEnding(0, "plan", { environment: { ROLLBACK_TO: release } });
        assert.deepEqual(
            project.plan().changes.map(({ id, sql, marked }) => [id, sql, marked]),
            [
                ["tax", ["ALTER TABLE customers DROP COLUMN tax_number;"], undefined],
                ["customers", [], true],
            ],
        );
        await rollback(0, release);
        assert.deepEqual(await names(), ["Ann", "Bob"]);
        assert.deepEqual(await project.history(), [`[${release}]`]);
    });

    it("drops nothing that was there before the release, and names it", async () => {
        project.changelog(conditional("DROP TABLE IF EXISTS customers;"), orders, broken);
        const output = await project.buildEnding(1, "deploy");
        assert.match(
            output,
            /AP1508: .* would drop what was there before it, so nothing was undone:\n.*table public\.customers \(changelog\.sql::maybe-customers::me: DROP TABLE IF EXISTS customers\)/,
        );
        assert.doesNotMatch(output, /Everything was undone/);
        assert.deepEqual(await names(), ["Ann", "Bob"]);
        const { remaining } = project.deployment();
        assert.deepEqual(
            remaining.map(({ id }) => id),
            ["maybe-customers", "orders"],
        );

        // The way out that the message names.
        const release = project.releaseId;
        project.nextExecution();
        await project.buildEnding(2, "plan", { environment: { ROLLBACK_TO: release } });
        assert.deepEqual(await names(), ["Ann", "Bob"]);
        project.changelog(conditional("not required: it may have been there"), orders);
        await rollback(0, release);
        assert.deepEqual(await names(), ["Ann", "Bob"]);
        assert.equal((await project.tables()).includes("orders"), false);
    });

    it("undoes a table that took the name of an earlier one", async () => {
        project.changelog(
            `--changeset me:swap
ALTER TABLE customers RENAME TO old_customers;
CREATE TABLE customers (id bigint PRIMARY KEY);
--rollback DROP TABLE customers;
--rollback ALTER TABLE old_customers RENAME TO customers;`,
        );
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await rollback(0, release);
        assert.deepEqual(await names(), ["Ann", "Bob"]);
    });
});

const table = `--changeset me:customers
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
--rollback DROP TABLE customers;`;
const view = (columns: string) => `--changeset me:names runOnChange:true
CREATE OR REPLACE VIEW names AS SELECT ${columns} FROM customers;
--rollback DROP VIEW names;`;
const label = (separator: string) => `--changeset me:label runOnChange:true splitStatements:false
CREATE OR REPLACE FUNCTION label(id bigint, name text) RETURNS text LANGUAGE sql AS $$ SELECT id || '${separator}' || name; $$;
--rollback DROP FUNCTION label(bigint, text);`;

describe("what an undo brings back", function () {
    this.timeout(240_000);
    let project: Project;
    let first: string;
    beforeEachProject(async (fresh) => {
        project = fresh;
        project.write({ "lint.yaml": "drift: error\n" });
        project.changelog(table, view("id"), label(": "));
        first = project.releaseId;
        await project.buildEnding(0, "deploy");
        await project.query(
            "GRANT SELECT ON names TO PUBLIC; COMMENT ON VIEW names IS 'Who they are'; REVOKE EXECUTE ON FUNCTION label(bigint, text) FROM PUBLIC",
        );
        project.nextExecution();
        project.write({ "lint.yaml": "drift: warning\n" });
        project.changelog(table, view("id"), label(": "), orders);
        await project.buildEnding(0, "deploy");
        project.write({ "lint.yaml": "drift: error\n" });
        project.nextExecution();
    });

    const columns = async () =>
        (
            await project.query<{ name: string }>(
                "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'names'::regclass AND attnum > 0 ORDER BY attnum",
            )
        ).map(({ name }) => name);
    const labelled = async () => (await project.query<{ label: string }>("SELECT label(1, 'Ann')"))[0]?.label;
    const rollback = (expected: number, tag: string, action = "rollback") =>
        project.buildEnding(expected, action, { environment: { ROLLBACK_TO: tag } });

    it("is the earlier form of views and functions, with their grants and comments, after a failed release", async () => {
        project.changelog(table, view("id, name"), label(" - "), orders, broken);
        await project.buildEnding(0, "plan");
        assert.deepEqual(
            project.plan().changes.map(({ id, restored }) => [id, restored]),
            [
                ["names", true],
                ["label", true],
                ["broken", undefined],
            ],
        );
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /Restored the earlier form of view public\.names\./);
        assert.match(output, /Restored the earlier form of function public\.label\(id bigint, name text\)\./);
        assert.match(output, /Its catalog is the same as before the update/);
        assert.match(output, /Everything was undone/);
        assert.deepEqual(await columns(), ["id"]);
        assert.equal(await labelled(), "1: Ann");
        assert.deepEqual(project.deployment().differences, []);

        // As told: deploy the earlier source.
        project.nextExecution();
        project.changelog(table, view("id"), label(": "), orders);
        assert.match(await project.buildEnding(0, "plan"), /Nothing pending[^]*No drift/);
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await columns(), ["id"]);
    });

    it("is the earlier form after a rollback that somebody asked for", async () => {
        project.changelog(table, view("id, name"), label(": "), orders);
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await rollback(0, release, "plan");
        assert.deepEqual(project.plan().warnings, [
            `The earlier form of 1 object is restored from the catalog recorded before ${release}, as far as the rollbacks do not: view public.names`,
        ]);
        const output = await rollback(0, release);
        assert.match(output, new RegExp(`the catalog of dev is as it was before ${release}\\.`));
        assert.deepEqual(await columns(), ["id"]);
    });

    it("is compared: a rollback that leaves out something fails and names it", async () => {
        project.changelog(
            table,
            view("id"),
            label(": "),
            orders,
            "--changeset me:drop\nDROP TABLE orders CASCADE;\n--rollback not required",
            "--changeset me:visits\nCREATE TABLE visits (id int);\n--rollback DROP TABLE visits;",
        );
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await rollback(0, release, "plan");
        assert.deepEqual(project.plan().warnings, [
            "The rollback of changelog.sql::visits::me drops table visits with all its rows",
            "changelog.sql::drop::me has an empty rollback: its effects stay in the database",
        ]);
        const output = await rollback(1, release);
        assert.match(
            output,
            /AP1509: .*\nUndone \(2\):[^]*The catalog is NOT as it was before release[^]*- table public\.orders/,
        );
        assert.doesNotMatch(output, /is as it was before release/);
        const { status, undone, remaining, differences } = project.deployment();
        assert.deepEqual([status, undone.length, remaining], ["Failed", 2, []]);
        assert.ok(differences.some(({ change, name }) => change === "removed" && name === "public.orders"));
        // Nobody changed that by hand.
        project.nextExecution();
        project.changelog(table, view("id"), label(": "), orders);
        assert.match(
            await project.buildEnding(0, "plan"),
            /No drift: the catalog is as release-\S+, which could not be undone completely, left it/,
        );
    });

    it("does not count what somebody changed by hand after the release", async () => {
        project.changelog(
            table,
            view("id"),
            label(": "),
            orders,
            "--changeset me:visits\nCREATE TABLE visits (id int);\n--rollback DROP TABLE visits;",
        );
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.write({ "lint.yaml": "drift: warning\n" });
        await project.query("CREATE INDEX by_hand ON customers (name); CREATE INDEX gone_with_it ON visits (id)");
        project.nextExecution();
        await rollback(0, release);
        assert.deepEqual(project.deployment().differences, []);
    });

    it("is recorded where it is not everything, and is not reported as drift", async () => {
        await project.query("CREATE INDEX by_hand ON customers (name)");
        project.write({ "lint.yaml": "drift: warning\n" });
        project.changelog(
            table,
            view("id"),
            label(": "),
            orders,
            "--changeset me:index\nCREATE INDEX forgotten ON customers (id, name);\n--rollback not required",
            broken,
        );
        const release = project.releaseId;
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /The catalog is NOT as it was before the update[^]*\+ index public\.forgotten/);
        project.nextExecution();
        project.changelog(table, view("id"), label(": "), orders);
        const plan = await project.buildEnding(0, "plan");
        assert.match(plan, new RegExp(`Drift: 1 object changed by hand since ${release}, which could not be undone`));
        assert.deepEqual(
            project.plan().drift?.differences.map(({ name }) => name),
            ["public.by_hand"],
        );
        assert.ok(first);
    });
});
