import * as assert from "node:assert/strict";
import { beforeEachProject, type Delivery, type Project } from "../support/delivery";

describe("preconditions", () => {
    let project: Project;
    let delivery: Delivery;
    beforeEachProject((fresh, suite) => {
        project = fresh;
        delivery = suite;
    });

    const changelog = (...entries: object[]) => JSON.stringify({ databaseChangeLog: entries });
    const changeSet = (id: string, more: object = {}) => ({
        changeSet: { id, author: "me", changes: [{ sql: { sql: `CREATE TABLE ${id} ()` } }], rollback: [], ...more },
    });
    const check = (sql: string, expectedResult = 1) => ({ sqlCheck: { expectedResult, sql } });

    describe("that never end", () => {
        // Unlike a recursive query, this one needs no room on the disk.
        const endless = `SELECT count(*) FROM ${Array.from("abcdef", (name) => `pg_class ${name}`).join(", ")}`;
        const stopped = (what: string) =>
            new RegExp(String.raw`The precondition ${what} was stopped after 30 s\.\n(\| )?A precondition runs while`);

        /** Each in a database of its own, all at the same time. */
        const cases: { where: string; action: string; files: Record<string, string>; before?: string; what: string }[] =
            [
                {
                    where: "of an included changelog, in a deployment",
                    action: "deploy",
                    files: {
                        "changelog.json": changelog({ include: { file: "more/part.json" } }),
                        "more/part.json": changelog({ preConditions: [check(endless)] }, changeSet("one")),
                    },
                    what: "sqlCheck of more/part\\.json",
                },
                {
                    where: "of a changelog that a plan tests",
                    action: "plan",
                    files: {
                        "changelog.json": changelog(
                            { preConditions: [{ onSqlOutput: "TEST" }, { not: [check(endless)] }] },
                            changeSet("one"),
                        ),
                    },
                    what: "sqlCheck of changelog\\.json",
                },
                {
                    where: "of a changeset outside a transaction, whatever it says of errors",
                    action: "deploy",
                    files: {
                        "changelog.json": changelog(
                            changeSet("one", {
                                runInTransaction: false,
                                preConditions: [{ onError: "MARK_RAN" }, check(endless)],
                            }),
                        ),
                    },
                    what: "sqlCheck of changelog\\.json::one::me",
                },
                {
                    where: "of a view, which counting its rows reads",
                    action: "deploy",
                    files: {
                        "changelog.json": changelog(
                            changeSet("one", {
                                preConditions: [{ rowCount: { tableName: "endless", expectedRows: 1 } }],
                            }),
                        ),
                    },
                    before: `CREATE VIEW endless AS ${endless}; ALTER VIEW endless OWNER TO dbowner`,
                    what: "rowCount of changelog\\.json::one::me",
                },
            ];

        it("are stopped, and named with file and changeset", async () => {
            const outputs = await Promise.all(
                cases.map(async ({ where, action, files, before }) => {
                    const own = await delivery.project();
                    own.write({ "liquibase.properties": "changeLogFile=changelog.json\n", ...files });
                    if (before !== undefined) {
                        await own.query(before);
                    }
                    const { code, output } = await own.build(action);
                    assert.notEqual(code, 0, `${where}\n${output}`);
                    const tables = await own.query("SELECT FROM pg_tables WHERE tablename = 'one'");
                    assert.deepEqual(tables, [], where);
                    return output;
                }),
            );
            cases.forEach(({ what }, number) => assert.match(outputs[number]!, stopped(what)));
        });
    });

    it("leave the time-outs of what follows as they were, also where they do not hold", async () => {
        project.write({
            "liquibase.properties": "changeLogFile=changelog.json\n",
            "changelog.json": changelog(
                { preConditions: [check("SELECT 1")] },
                changeSet("one", {
                    preConditions: [{ onFail: "CONTINUE", onError: "CONTINUE" }, check("SELECT 1 / 0")],
                }),
                changeSet("two", {
                    preConditions: [check("SELECT 1")],
                    changes: [{ sql: { sql: "CREATE TABLE two AS SELECT current_setting('statement_timeout') AS t" } }],
                }),
                changeSet("three", {
                    runInTransaction: false,
                    preConditions: [check("SELECT 1")],
                    changes: [
                        { sql: { sql: "CREATE TABLE three AS SELECT current_setting('statement_timeout') AS t" } },
                    ],
                }),
            ),
        });
        await project.buildEnding(0, "deploy", { environment: { STATEMENT_TIMEOUT_MILLISECONDS: "77000" } });
        assert.deepEqual(await project.query("SELECT 2 AS n, t FROM two UNION SELECT 3, t FROM three ORDER BY n"), [
            { n: 2, t: "77s" },
            { n: 3, t: "0" },
        ]);
    });

    it("may compare with long texts, of any characters", async () => {
        const literals = ["x".repeat(1_000_000), "''".repeat(500_000), "a''".repeat(300_000)];
        project.write({
            "liquibase.properties": "changeLogFile=changelog.json\n",
            "changelog.json": changelog(
                ...literals.map((literal, number) =>
                    changeSet(`t${number}`, {
                        preConditions: [check(`SELECT count(*) WHERE length('${literal}') > 5`)],
                    }),
                ),
            ),
        });
        await project.buildEnding(0, "plan");
        assert.deepEqual(
            project.plan().changes.map(({ id }) => id),
            ["t0", "t1", "t2"],
        );
    });

    it("that are nested without end are named with file and changeset", async () => {
        const depth = 200_000;
        project.write({
            "liquibase.properties": "changeLogFile=changelog.json\n",
            "changelog.json": changelog({ include: { file: "deep.xml" } }),
            "deep.xml": `<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"><changeSet id="one" author="me"><preConditions>${"<not>".repeat(depth)}<dbms type="postgresql"/>${"</not>".repeat(depth)}</preConditions><sql>SELECT 1</sql></changeSet></databaseChangeLog>`,
        });
        const output = await project.buildEnding(2, "plan");
        assert.match(output, /deep\.xml/);
        assert.doesNotMatch(output, /java\.lang/);
    });
});
