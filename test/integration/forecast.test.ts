import * as assert from "node:assert/strict";
import { beforeEachProject, password, type Project } from "../support/delivery";

describe("what a plan foresees of preconditions", function () {
    this.timeout(240_000);
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        project.write({ "liquibase.properties": "changeLogFile=changelog.json\ncontexts=live\n" });
    });

    const environment = { ENVIRONMENT_NAME: "prod" };
    const build = (expected: number, action: string) => project.buildEnding(expected, action, { environment });
    const changelog = (...entries: object[]) =>
        project.write({ "changelog.json": JSON.stringify({ databaseChangeLog: entries }) });
    const creating = (name: string, more: object = {}) => ({
        changeSet: {
            ...{ id: name, author: "me", ...more },
            changes: [{ createTable: { tableName: name, columns: [{ column: { name: "id", type: "bigint" } }] } }],
        },
    });
    const guarded = (name: string, onFail: string, ...nested: object[]) =>
        creating(name, { preConditions: [{ onFail, onError: onFail }, ...nested] });
    const elsewhere = { dbms: { type: "mssql" } };
    const exists = (tableName: string) => ({ tableExists: { tableName } });
    const sqlCheck = (sql: string, expectedResult = 1) => ({ sqlCheck: { sql, expectedResult } });
    const decisions = () => project.plan().changes.map(({ id, decision }) => [id, decision?.outcome ?? "Runs"]);
    const passedOver = () => (project.plan().passedOver ?? []).map(({ id, reason }) => [id, reason]);

    it("neither lints nor shows the SQL of what will only be marked, and applies exactly that", async () => {
        const foreign = {
            changeSet: {
                ...{ id: "foreign", author: "me", preConditions: [{ onFail: "MARK_RAN" }, elsewhere] },
                changes: [{ sql: { sql: "IF OBJECT_ID('t') IS NOT NULL DROP TABLE t" } }],
            },
        };
        changelog(creating("t"), foreign);
        const output = await build(0, "plan");
        assert.match(output, /^1 changeset will be applied to prod, and 1 will only be marked as run:$/m);
        const { changes, lint, warnings } = project.plan();
        assert.deepEqual(
            changes.map(({ id, sql, decision }) => [id, sql.length, decision?.outcome, decision?.reason]),
            [
                ["t", 1, undefined, undefined],
                ["foreign", 0, "Marked", "DBMS Precondition failed: expected mssql, got postgresql"],
            ],
        );
        assert.deepEqual([lint?.changesets, lint?.findings, warnings], [1, [], []]);
        assert.match(project.artifact("plan.html"), /only marked as run/);
        await project.buildEnding(0, "deploy", {
            environment: { ...environment, CODEBUILD_SRC_DIR_Plan: project.approve() },
        });
        assert.deepEqual(await project.history(), [`[${project.releaseId}]`, "t", "foreign"]);
    });

    it("warns of what may fail without stopping the release, and does not count it as deployed", async () => {
        changelog(creating("t"), creating("u"), {
            changeSet: {
                ...{ id: "may-fail", author: "me", failOnError: false, rollback: [{ empty: {} }] },
                ...{ comment: "rollback not required: it reads", changes: [{ sql: { sql: "SELECT 1 / 0" } }] },
            },
        });
        await build(0, "plan");
        const name = "changelog.json::may-fail::me";
        assert.deepEqual(project.plan().warnings, [
            `${name} may fail without stopping the release (failOnError is false): then it stays pending`,
        ]);
        const output = await build(0, "deploy");
        assert.ok(output.includes("Deployed: 2 changesets to prod.\n"), output);
        assert.ok(output.includes(`Warning: failed, and still pending (failOnError is false): ${name}\n`), output);
    });

    it("has nothing pending where nothing will run or be marked, and makes no release of it", async () => {
        changelog(creating("t"), guarded("u", "CONTINUE", elsewhere), creating("v", { context: "test" }));
        await build(0, "deploy");
        const history = await project.history();
        project.nextExecution();
        const output = await build(0, "plan");
        assert.match(
            output,
            /^Nothing pending: prod has every changeset of this source, except 2 that will not run\.$/m,
        );
        assert.match(project.exports(), /^PENDING_CHANGESETS=0$/m);
        assert.deepEqual(passedOver(), [
            ["v", "context test, and the contexts of this run are live"],
            ["u", "DBMS Precondition failed: expected mssql, got postgresql"],
        ]);
        await build(0, "deploy");
        assert.deepEqual(await project.history(), history);
    });

    it("lists what is for other contexts, labels and databases, or ignored, with the reason", async () => {
        project.write({ "liquibase.properties": "changeLogFile=changelog.json\ncontexts=live\nlabelFilter=a\n" });
        changelog(
            creating("labelled", { labels: "b" }),
            creating("other-database", { labels: "a", dbms: "oracle" }),
            creating("ignored", { labels: "a", ignore: true }),
            creating("runs", { labels: "a", context: "live" }),
        );
        const output = await build(0, "plan");
        assert.deepEqual(decisions(), [["runs", "Runs"]]);
        assert.deepEqual(passedOver(), [
            ["labelled", "labels b, and the label filter is a"],
            ["ignored", "ignore is true"],
            ["other-database", "dbms oracle, and the database is postgresql"],
        ]);
        assert.match(output, /^3 changesets will not run:$/m);
        for (const page of ["plan.md", "plan.html"]) {
            assert.match(project.artifact(page), /3 changesets will not run[\s\S]*labels b, and the label filter is a/);
        }
    });

    it("does not decide what an earlier changeset may change, and decides the rest as the update would", async () => {
        await project.query("CREATE TABLE old (id bigint); INSERT INTO old VALUES (1); GRANT SELECT ON old TO PUBLIC");
        changelog(
            guarded("first", "MARK_RAN", sqlCheck("SELECT count(*) FROM old")),
            guarded("second", "MARK_RAN", { not: [exists("first")] }),
            guarded("third", "MARK_RAN", exists("other")),
            guarded("fourth", "CONTINUE", { or: [elsewhere, exists("old")] }),
            guarded("fifth", "MARK_RAN", sqlCheck("SELECT count(*) FROM old")),
            guarded("sixth", "CONTINUE", elsewhere, sqlCheck("SELECT count(*) FROM old")),
            guarded("seventh", "MARK_RAN", {
                changeSetExecuted: { id: "first", author: "me", changeLogFile: "changelog.json" },
            }),
        );
        await build(0, "plan");
        const planned = decisions();
        assert.deepEqual(planned, [
            ["first", "Runs"],
            ["second", "Unknown"],
            ["third", "Marked"],
            ["fourth", "Runs"],
            ["fifth", "Unknown"],
            ["seventh", "Runs"],
        ]);
        assert.deepEqual(
            passedOver().map(([id]) => id),
            ["sixth"],
        );
        await build(0, "deploy");
        assert.deepEqual(
            project.deployment().changesets.map(({ id, status }) => [id, status]),
            [
                ["first", "Applied"],
                ["second", "MarkedAsRan"],
                ["third", "MarkedAsRan"],
                ["fourth", "Applied"],
                ["fifth", "Applied"],
                ["seventh", "Applied"],
            ],
        );
    });

    it("refuses a release that a precondition would stop, and says which", async () => {
        changelog(creating("t"), guarded("u", "HALT", exists("absent")));
        assert.match(
            await build(1, "plan"),
            /changelog\.json::u::me would stop the release: its preconditions are not met: Table public\.absent does not exist/,
        );
        changelog({ preConditions: [elsewhere] }, creating("t"));
        assert.match(
            await build(1, "plan"),
            /the preconditions of the whole source are not met: DBMS Precondition failed/,
        );
        assert.deepEqual(await project.tables(), []);
    });

    it("does not decide what depends on the user", async () => {
        changelog(
            guarded("a", "CONTINUE", { runningAs: { username: "somebody" } }),
            guarded("b", "CONTINUE", sqlCheck("SELECT count(*) WHERE current_user = 'somebody'")),
            guarded("c", "CONTINUE", sqlCheck("SELECT count(*) FROM information_schema.tables")),
            guarded("d", "CONTINUE", { uniqueConstraintExists: { tableName: "t", columnNames: "id" } }),
        );
        await build(0, "plan");
        assert.deepEqual(decisions(), [
            ["a", "Unknown"],
            ["b", "Unknown"],
            ["c", "Unknown"],
            ["d", "Unknown"],
        ]);
    });

    it("leaves open in the deployment what the planner may not read, although its user may", async () => {
        await project.query(
            "CREATE TABLE hidden (id bigint PRIMARY KEY, name text UNIQUE, parent bigint CONSTRAINT up REFERENCES hidden);" +
                " ALTER TABLE hidden OWNER TO dbowner; CREATE INDEX hidden_parent ON hidden (parent);" +
                ` CREATE ROLE reader_of_little LOGIN PASSWORD '${password.replaceAll("'", "''")}'; CREATE SEQUENCE numbers OWNED BY NONE; ` +
                "ALTER SEQUENCE numbers OWNER TO dbowner; CREATE VIEW seen AS SELECT id FROM hidden; ALTER VIEW seen OWNER TO dbowner",
        );
        const both: [string, object][] = [
            ["table", exists("hidden")],
            ["view", { viewExists: { viewName: "seen" } }],
            ["column", { columnExists: { tableName: "hidden", columnName: "name" } }],
            ["index", { indexExists: { indexName: "hidden_parent" } }],
            ["key", { primaryKeyExists: { tableName: "hidden" } }],
            ["foreign", { foreignKeyConstraintExists: { foreignKeyTableName: "hidden", foreignKeyName: "up" } }],
            ["sequence", { sequenceExists: { sequenceName: "numbers" } }],
        ];
        changelog(
            ...both.map(([name, condition]) => guarded(name, "CONTINUE", { not: [condition] })),
            guarded("c", "CONTINUE", sqlCheck("SELECT count(*) FROM hidden")),
        );
        await project.buildEnding(0, "plan", { environment: { ...environment, DB_USERNAME: "reader_of_little" } });
        const [only, ...more] = project.plan().changes;
        assert.deepEqual([only?.decision?.outcome, more], ["Unknown", []]);
        assert.match(only?.decision?.reason ?? "", /permission denied/);
        assert.deepEqual(
            passedOver().map(([id]) => id),
            both.map(([name]) => name),
        );
        await project.buildEnding(0, "deploy", {
            environment: { ...environment, CODEBUILD_SRC_DIR_Plan: project.approve() },
        });
        assert.deepEqual(project.deployment().changesets, []);
    });
});
