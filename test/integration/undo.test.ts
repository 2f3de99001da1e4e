import * as assert from "node:assert/strict";
import type { Drift } from "../../scripts/delivery/safety/drift/model";
import { beforeEachCopy, type Delivery, type Project } from "../support/delivery";

// What the first release deploys, to a database that has tables which people made by hand.
const table = `--changeset me:customers
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
--rollback DROP TABLE customers;`;
const view = (columns: string) => `--changeset me:names runOnChange:true
CREATE OR REPLACE VIEW names AS SELECT ${columns} FROM customers;
--rollback DROP VIEW names;`;
const label = (separator: string) => `--changeset me:label runOnChange:true splitStatements:false
CREATE OR REPLACE FUNCTION label(id bigint, name text) RETURNS text LANGUAGE sql AS $$ SELECT id || '${separator}' || name; $$;
--rollback DROP FUNCTION label(bigint, text);`;
const grants = `--changeset me:grants
GRANT SELECT ON names TO PUBLIC;
COMMENT ON VIEW names IS 'Who they are';
REVOKE EXECUTE ON FUNCTION label(bigint, text) FROM PUBLIC;
--rollback not required`;
const orders = `--changeset me:orders
CREATE TABLE orders (id bigint PRIMARY KEY);
--rollback DROP TABLE orders;`;
const first = [table, view("id"), label(": "), grants, orders];

// What the second release adds.
const adopted = `--changeset me:clients
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT count(*) FROM information_schema.tables WHERE table_name = 'clients'
CREATE TABLE clients (id bigint PRIMARY KEY, name text);
--rollback DROP TABLE clients CASCADE;`;
const tax = `--changeset me:tax
ALTER TABLE clients ADD COLUMN tax_number text;
--rollback ALTER TABLE clients DROP COLUMN tax_number;`;
const swap = `--changeset me:swap
ALTER TABLE parts RENAME TO old_parts;
CREATE TABLE parts (id bigint PRIMARY KEY);
--rollback DROP TABLE parts;
--rollback ALTER TABLE old_parts RENAME TO parts;`;
const conditional = (rollback: string) => `--changeset me:maybe-clients
CREATE TABLE IF NOT EXISTS clients (id bigint PRIMARY KEY, name text);
--rollback ${rollback}`;
const visits = `--changeset me:visits
CREATE TABLE visits (id int);
--rollback DROP TABLE visits;`;
const broken = `--changeset me:broken
SELECT 1 / 0;
--rollback not required`;

describe("what an undo brings back", function () {
    this.timeout(240_000);
    let delivery: Delivery;
    let project: Project;
    beforeEachCopy(
        async (original, started) => {
            delivery = started;
            const clients = "(id bigint PRIMARY KEY, name text)";
            await original.query(
                ["clients", "parts"]
                    .map(
                        (name) =>
                            `CREATE TABLE ${name} ${clients}; INSERT INTO ${name} VALUES (1, 'Ann'), (2, 'Bob'); ALTER TABLE ${name} OWNER TO dbowner`,
                    )
                    .join("; "),
            );
            original.write({ "lint.yaml": "drift: error\n" });
            original.changelog(...first);
            await original.buildEnding(0, "deploy");
            original.nextExecution();
        },
        (copy) => {
            project = copy;
        },
    );

    const rows = async (name: string) =>
        (await project.query<{ name: string }>(`SELECT name FROM ${name} ORDER BY id`)).map((row) => row.name);
    const columns = async () =>
        (
            await project.query<{ name: string }>(
                "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'names'::regclass AND attnum > 0 ORDER BY attnum",
            )
        ).map(({ name }) => name);
    const labelled = async () => (await project.query<{ label: string }>("SELECT label(1, 'Ann')"))[0]?.label;
    const rollback = (expected: number, tag: string, action = "rollback") =>
        project.buildEnding(expected, action, { environment: { ROLLBACK_TO: tag } });
    const undoneSource = () => {
        project.nextExecution();
        project.changelog(...first);
    };

    describe("after a release that failed", () => {
        let failed: Project;
        let history: string[];
        let output: string;
        beforeEach(async () => {
            failed ??= await fail();
            project = failed;
        });

        async function fail(): Promise<Project> {
            history = await project.history();
            project.changelog(table, view("id, name"), label(" - "), grants, orders, adopted, tax, broken);
            await project.buildEnding(0, "plan");
            output = await project.buildEnding(1, "deploy");
            return project;
        }

        it("takes a marked changeset from the history without its rollback", async () => {
            assert.match(output, /Everything was undone/);
            assert.deepEqual(await rows("clients"), ["Ann", "Bob"]);
            const { releaseId, changesets, undone, remaining, differences } = project.deployment();
            assert.deepEqual((await project.history()).slice(history.length), [`[${releaseId}]`]);
            assert.deepEqual(
                changesets.map(({ id, status }) => [id, status]),
                [
                    ["names", "AppliedAgain"],
                    ["label", "AppliedAgain"],
                    ["clients", "MarkedAsRan"],
                    ["tax", "Applied"],
                    ["broken", "Failed"],
                ],
            );
            assert.deepEqual(
                [undone.map(({ id }) => id), remaining, differences],
                [["names", "label", "clients", "tax"], [], []],
            );
        });

        it("is the earlier form of views and functions, with their grants and comments", async () => {
            assert.deepEqual(
                project.plan().changes.map(({ id, restored }) => [id, restored]),
                [
                    ["names", true],
                    ["label", true],
                    ["clients", undefined],
                    ["tax", undefined],
                    ["broken", undefined],
                ],
            );
            assert.match(output, /Restored the earlier form of view public\.names\./);
            assert.match(output, /Restored the earlier form of function public\.label\(id bigint, name text\)\./);
            assert.match(output, /Its catalog is the same as before the update/);
            assert.match(output, /Everything was undone/);
            assert.deepEqual(await columns(), ["id"]);
            assert.equal(await labelled(), "1: Ann");
            assert.deepEqual(project.deployment().differences, []);

            // As told: deploy the earlier source.
            project = await delivery.copy(failed);
            undoneSource();
            assert.match(await project.buildEnding(0, "drift"), /^No drift/m);
            assert.match(await project.buildEnding(0, "deploy"), /Nothing pending/);
            assert.deepEqual(await columns(), ["id"]);
        });
    });

    describe("after a rollback that somebody asked for", () => {
        let deployed: Project;
        let undone: Project;
        let release: string;
        let output: string;
        beforeEach(async () => {
            undone ??= await undo();
            project = undone;
        });

        async function undo(): Promise<Project> {
            project.changelog(table, view("id, name"), label(": "), grants, orders, adopted, tax, swap, visits);
            release = project.releaseId;
            await project.buildEnding(0, "deploy");
            project.nextExecution();
            deployed = project;
            project = await delivery.copy(deployed);
            await rollback(0, release, "plan");
            output = await rollback(0, release);
            return project;
        }

        it("takes a marked changeset from the history without its rollback, and its plan has no SQL for the mark", async () => {
            assert.deepEqual(
                project
                    .plan()
                    .changes.slice(2, 4)
                    .map(({ id, sql, marked }) => [id, sql, marked]),
                [
                    ["tax", ["ALTER TABLE clients DROP COLUMN tax_number;"], undefined],
                    ["clients", [], true],
                ],
            );
            assert.deepEqual(await rows("clients"), ["Ann", "Bob"]);
            assert.equal((await project.history()).at(-1), `[${release}]`);
        });

        it("undoes a table that took the name of an earlier one", async () => {
            assert.deepEqual(await rows("parts"), ["Ann", "Bob"]);
        });

        it("is the earlier form", async () => {
            assert.deepEqual(project.plan().warnings, [
                "The rollback of changelog.sql::visits::me drops table visits with all its rows",
                "The rollback of changelog.sql::swap::me drops table parts with all its rows",
                "The rollback of changelog.sql::tax::me drops column clients.tax_number with all its values",
                "changelog.sql::clients::me was only marked as ran: the mark is removed, and its rollback does not run",
                `The earlier form of 1 object is restored from the catalog recorded before ${release}, as far as the rollbacks do not: view public.names`,
            ]);
            assert.match(output, new RegExp(`the catalog of dev is as it was before ${release}\\.`));
            assert.deepEqual(await columns(), ["id"]);
        });

        it("does not count what somebody changed by hand after the release", async () => {
            project = await delivery.copy(deployed);
            project.write({ "lint.yaml": "drift: warning\n" });
            await project.query("CREATE INDEX by_hand ON customers (name); CREATE INDEX gone_with_it ON visits (id)");
            await rollback(0, release);
            assert.deepEqual(project.deployment().differences, []);
        });
    });

    it("is nothing that was there before the release, which is named", async () => {
        project.changelog(
            ...first,
            conditional("DROP TABLE IF EXISTS clients;"),
            orders.replaceAll("orders", "offers"),
            broken,
        );
        const output = await project.buildEnding(1, "deploy");
        assert.match(
            output,
            /AP1508: .* would drop what was there before it, so nothing was undone:\n.*table public\.clients \(changelog\.sql::maybe-clients::me: DROP TABLE IF EXISTS clients\)/,
        );
        assert.doesNotMatch(output, /Everything was undone/);
        assert.deepEqual(await rows("clients"), ["Ann", "Bob"]);
        const { remaining } = project.deployment();
        assert.deepEqual(
            remaining.map(({ id }) => id),
            ["maybe-clients", "offers"],
        );

        // The way out that the message names.
        const release = project.releaseId;
        project.nextExecution();
        await rollback(2, release, "plan");
        assert.deepEqual(await rows("clients"), ["Ann", "Bob"]);
        project.changelog(
            ...first,
            conditional("not required: it may have been there"),
            orders.replaceAll("orders", "offers"),
        );
        await rollback(0, release);
        assert.deepEqual(await rows("clients"), ["Ann", "Bob"]);
        assert.equal((await project.tables()).includes("offers"), false);
    });

    it("is compared: a rollback that leaves out something fails and names it", async () => {
        const drop = "--changeset me:drop\nDROP TABLE orders CASCADE;\n--rollback not required";
        project.changelog(table, view("id, name"), label(": "), grants, orders, drop, visits);
        const release = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await rollback(0, release, "plan");
        assert.deepEqual(project.plan().warnings.slice(0, 2), [
            "The rollback of changelog.sql::visits::me drops table visits with all its rows",
            "changelog.sql::drop::me has an empty rollback: its effects stay in the database",
        ]);
        const output = await rollback(1, release);
        assert.match(
            output,
            /AP1509: .*\nUndone \(3\):[^]*The catalog is NOT as it was before release[^]*- table public\.orders/,
        );
        assert.doesNotMatch(output, /is as it was before release/);
        const { status, undone, remaining, differences } = project.deployment();
        assert.deepEqual([status, undone.length, remaining], ["Failed", 3, []]);
        // The view came back, and so did its row.
        assert.deepEqual([await columns(), (await project.history()).includes("names")], [["id"], true]);
        assert.ok(differences.some(({ change, name }) => change === "removed" && name === "public.orders"));
        // Nobody changed that by hand.
        assert.match(
            await project.buildEnding(0, "drift"),
            /No drift: the catalog is as release-\S+, which could not be undone completely, left it/,
        );
    });

    it("is recorded where it is not everything, and is not reported as drift", async () => {
        await project.query("CREATE INDEX by_hand ON customers (name)");
        project.write({ "lint.yaml": "drift: warning\n" });
        project.changelog(
            ...first,
            "--changeset me:index\nCREATE INDEX forgotten ON customers (id, name);\n--rollback not required",
            broken,
        );
        const release = project.releaseId;
        const output = await project.buildEnding(1, "deploy");
        assert.match(output, /The catalog is NOT as it was before the update[^]*\+ index public\.forgotten/);
        const drift = await project.buildEnding(1, "drift");
        assert.match(drift, new RegExp(`Drift: 1 object changed by hand since ${release}, which could not be undone`));
        const { differences } = JSON.parse(project.artifact("drift.json")) as Drift;
        assert.deepEqual(
            differences.map(({ name }) => name),
            ["public.by_hand"],
        );
    });
});
