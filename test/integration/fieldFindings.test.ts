import * as assert from "node:assert/strict";
import { beforeEachProject, type Project } from "../support/delivery";

// What teams wrote, and a plan has to find before the database does.
describe("what a plan finds in changelogs from the field", function () {
    this.timeout(240_000);
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
    });

    const plan = (expected: number, environmentName = "prod") =>
        project.buildEnding(expected, "plan", { environment: { ENVIRONMENT_NAME: environmentName } });
    const found = () =>
        (project.plan().lint?.findings ?? []).map(({ rule, level, file, line }) => `${file}:${line} ${level} ${rule}`);
    const structured = (name: string, text: string) =>
        project.write({ "liquibase.properties": `changeLogFile=${name}\n`, [name]: text });

    it("question marks that the driver takes for parameters; doubled ones are what runs", async () => {
        const table = "--changeset me:docs\nCREATE TABLE doc (id bigint, data jsonb);\n--rollback DROP TABLE doc;";
        const clean = (operator: string, key = "'email'") =>
            `--changeset me:clean${operator}\nDELETE FROM doc WHERE NOT data ${operator} ${key};\n--rollback not required: none of them was read`;
        const any = "array['email', 'a']";
        project.changelog(
            table,
            clean("?"),
            clean("?|", any),
            clean("?&", any),
            clean("@?", "'$.email'"),
            // One that stands before its operand leaves SQL that can be read.
            "--changeset me:level\nDELETE FROM doc WHERE ?- lseg '((0,0),(id,0))';\n--rollback not required: none of them was read",
        );
        await plan(1, "dev");
        assert.deepEqual(
            found(),
            [8, 12, 16, 20, 24].map((line) => `changelog.sql:${line} error question-mark`),
        );
        project.changelog(table, clean("??"), clean("??|", any), clean("??&", any), clean("@??", "'$.email'"));
        await project.buildEnding(0, "deploy");
    });

    it("commands of a client, and a rollback that is cut in the body of a function", async () => {
        const body = (result: number) =>
            `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN ${result}; END; $$;`;
        project.changelog(
            "--changeset me:rows\nCREATE TABLE country (code text PRIMARY KEY, name text);\nCOPY country (code, name) FROM stdin;\nFR\tFrance\n\\.\n--rollback DROP TABLE country;",
            "--changeset me:meta\n\\connect app\nCREATE TABLE z (id bigint);\n--rollback DROP TABLE z;",
            `--changeset me:body splitStatements:false\n${body(2)}\n/* liquibase rollback\n${body(1)}\n*/`,
        );
        await plan(1, "dev");
        assert.deepEqual(found(), [
            "changelog.sql:5 error client-command",
            "changelog.sql:11 error client-command",
            "changelog.sql:15 error dollar-quote-split",
        ]);
    });

    it("a view that loses a column, and what depends on it", async () => {
        const source = (columns: string) =>
            project.changelog(
                "--changeset me:t\nCREATE TABLE t (id bigint PRIMARY KEY, a text, b text);\n--rollback DROP TABLE t;",
                `--changeset me:v runOnChange:true\nCREATE OR REPLACE VIEW v AS SELECT ${columns} FROM t;\n--rollback DROP VIEW v;`,
                "--changeset me:w\nCREATE VIEW w AS SELECT a FROM v;\n--rollback DROP VIEW w;",
            );
        source("id, a, b");
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        source("id, a");
        await plan(1, "dev");
        const [finding, ...more] = project.plan().lint!.findings;
        assert.deepEqual([finding?.rule, more], ["view-columns", []]);
        assert.match(finding!.what, /The view v loses or renames b; public\.w depends on it/);
    });

    it("what only the administrator may do, with a way that works", async () => {
        structured(
            "changelog.yaml",
            'databaseChangeLog:\n  - changeSet: {id: 1, author: me, changes: [{sql: {sql: "CREATE ROLE reporting"}}], rollback: [{sql: {sql: "DROP ROLE reporting"}}]}\n',
        );
        await plan(1);
        assert.deepEqual(
            project.plan().lint?.findings.map(({ rule, what }) => `${rule}: ${what}`),
            [
                "needs-administrator: It creates a role: CREATE ROLE reporting",
                "needs-administrator: Its rollback: It drops a role: DROP ROLE reporting",
            ],
        );
        assert.match(project.plan().lint!.findings[0]!.instead, /`groupRoles`, `applicationUsers`/);
    });

    it("no reason for an empty rollback, but takes one in any form of the format", async () => {
        const insert = (id: number, more: string) =>
            `  - changeSet:\n      id: ${id}\n      author: me\n      changes: [{sql: {sql: "INSERT INTO t VALUES (${id})"}}]\n${more}`;
        structured(
            "changelog.yaml",
            [
                "databaseChangeLog:",
                "  - changeSet: {id: 1, author: me, changes: [{createTable: {tableName: t, columns: [{column: {name: id, type: bigint}}]}}]}",
                insert(2, '      rollback: [{sql: {sql: "--rollback not required: seed row may stay"}}]'),
                insert(3, "      comment: 'rollback not required: seed row may stay'\n      rollback: [{empty: {}}]"),
                insert(4, "      # rollback not required: seed row may stay\n      rollback: [{empty: {}}]"),
                insert(5, "      rollback: [{empty: {}}]"),
                "",
            ].join("\n"),
        );
        await plan(1);
        assert.deepEqual(found(), ["changelog.yaml:20 error rollback-empty-unexplained"]);
        assert.match(project.plan().lint!.findings[0]!.instead, /^Give the reason in the changeset: `# rollback not/);

        const changeSet = (id: number, inner: string) =>
            `<changeSet id="${id}" author="me">${inner}<sql>SELECT ${id}</sql><rollback/></changeSet>`;
        structured(
            "changelog.xml",
            `<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">\n${changeSet(1, "<!-- rollback not required: it reads -->")}\n${changeSet(2, "")}\n</databaseChangeLog>`,
        );
        await plan(1);
        assert.deepEqual(found(), ["changelog.xml:3 error rollback-empty-unexplained"]);
        assert.match(project.plan().lint!.findings[0]!.instead, /`<!-- rollback not required: <reason> -->`/);
    });

    it("a constraint without a name, files in an order that nobody meant, and no alarm about a new column", async () => {
        const creating =
            "--liquibase formatted sql\n\n--changeset me:a\nCREATE TABLE a (id bigint PRIMARY KEY);\n--rollback DROP TABLE a;\n";
        structured(
            "root.yaml",
            [
                "databaseChangeLog:",
                "  - includeAll: {path: all/}",
                "  - changeSet: {id: u, author: me, changes: [{addUniqueConstraint: {tableName: a, columnNames: id}}]}",
                "",
            ].join("\n"),
        );
        project.write({ "all/1-a.sql": creating });
        await plan(1, "dev");
        assert.deepEqual(found(), ["root.yaml:3 error unnamed-constraint"]);

        structured("root.yaml", "databaseChangeLog:\n  - includeAll: {path: all/}\n");
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        project.write({
            "all/2-b.sql":
                "--liquibase formatted sql\n\n--changeset me:b\nALTER TABLE a ADD COLUMN parent bigint REFERENCES a (id);\n--rollback ALTER TABLE a DROP COLUMN parent;\n",
            "all/10-c.sql":
                "--liquibase formatted sql\n\n--changeset me:c\nCREATE TABLE c (id bigint PRIMARY KEY);\n--rollback DROP TABLE c;\n",
        });
        await plan(0);
        assert.deepEqual(found(), ["root.yaml:2 warning include-order"]);
    });
});
