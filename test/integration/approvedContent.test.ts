import * as assert from "node:assert/strict";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEachProject, createTable, type Project } from "../support/delivery";

const sha256 = (content: string) => crypto.createHash("sha256").update(content).digest("hex");

/** A changelog in YAML, of which JSON is a part. */
function changelog(...entries: object[]): Record<string, string> {
    return {
        "liquibase.properties": "changeLogFile=changelog.yaml\n",
        "changelog.yaml": JSON.stringify({ databaseChangeLog: entries }),
    };
}

function changeSet(id: string, changes: object[], attributes: object = {}): object {
    return { changeSet: { id, author: "me", changes, ...attributes } };
}

const tables = {
    docs: "CREATE TABLE docs (id int PRIMARY KEY, body text, scan bytea);",
    orders: "CREATE TABLE orders (id int PRIMARY KEY, note text);",
};

/** Each change that reads a file, with the file; all read on execution what the changelog only names. */
const readers: [id: string, file: string, change: object, rollback?: object[]][] = [
    [
        "clob",
        "files/body.txt",
        {
            insert: {
                tableName: "docs",
                columns: [column("id", { valueNumeric: 1 }), column("body", { valueClobFile: "files/body.txt" })],
            },
        },
    ],
    [
        "blob",
        "files/scan.bin",
        {
            insert: {
                tableName: "docs",
                columns: [column("id", { valueNumeric: 2 }), column("scan", { valueBlobFile: "files/scan.bin" })],
            },
        },
    ],
    [
        "updated",
        "files/update.txt",
        {
            update: {
                tableName: "docs",
                columns: [column("body", { valueClobFile: "files/update.txt" })],
                where: "id = 1",
            },
        },
    ],
    [
        "prepared",
        "files/prepared.csv",
        { loadData: { tableName: "orders", file: "files/prepared.csv", usePreparedStatements: true } },
    ],
    ["loaded", "files/loaded.csv", { loadData: { tableName: "orders", file: "files/loaded.csv" } }],
    [
        "merged",
        "files/merged.csv",
        { loadUpdateData: { tableName: "orders", file: "files/merged.csv", primaryKey: "id" } },
    ],
    ["sql", "files/statements.sql", { sqlFile: { path: "files/statements.sql" } }],
    ["function", "files/function.sql", { createProcedure: { path: "files/function.sql" } }],
    ["view", "files/view.sql", { createView: { viewName: "notes", path: "files/view.sql" } }],
];

function column(name: string, value: object): object {
    return { column: { name, ...value } };
}

const contents = (word: string): Record<string, string> => ({
    "files/body.txt": `body ${word}`,
    "files/scan.bin": `scan ${word}`,
    "files/update.txt": `update ${word}`,
    "files/prepared.csv": `id,note\n10,${word}\n`,
    "files/loaded.csv": `id,note\n20,${word}\n`,
    "files/merged.csv": `id,note\n30,${word}\n`,
    "files/statements.sql": `INSERT INTO orders VALUES (40, '${word}');\n`,
    "files/function.sql": `CREATE FUNCTION word() RETURNS text LANGUAGE sql AS 'SELECT ''${word}''';\n`,
    "files/view.sql": `SELECT '${word}' AS word, * FROM orders\n`,
    "files/undo.sql": `DELETE FROM orders WHERE note = '${word}';\n`,
});

describe("what is approved", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
    });

    async function digest(): Promise<string> {
        await project.buildEnding(0, "plan");
        return project.plan().digest;
    }

    const refused = /This is not the plan that was approved/;

    describe("holds the files that a changeset reads when it runs", () => {
        beforeEach(() => {
            project.write(
                changelog(
                    changeSet("tables", [{ sql: { sql: Object.values(tables).join("\n") } }], {
                        rollback: [{ sql: { sql: "DROP TABLE docs; DROP TABLE orders" } }],
                    }),
                    ...readers.map(([id, , change]) =>
                        changeSet(id, [change], { rollback: [{ sqlFile: { path: "files/undo.sql" } }] }),
                    ),
                ),
            );
            project.write(contents("one"));
        });

        it("by path, size and SHA-256, on the page too, and runs with them", async () => {
            const first = await digest();
            const { changes } = project.plan();
            for (const [id, file] of readers) {
                const content = contents("one")[file]!;
                const expected = [{ path: file, bytes: content.length, sha256: sha256(content) }];
                assert.deepEqual(changes.find((change) => change.id === id)?.files, expected, id);
            }
            const undo = contents("one")["files/undo.sql"]!;
            assert.deepEqual(changes[1]!.undoFiles, [
                { path: "files/undo.sql", bytes: undo.length, sha256: sha256(undo) },
            ]);
            const shown = `files/body.txt (8 bytes, SHA-256 ${sha256("body one")})`;
            assert.ok(project.artifact("plan.md").includes(`- reads \`${shown}\``));
            assert.ok(project.artifact("plan.html").includes(`Reads ${shown}`));
            assert.deepEqual(changes[1]!.sql, [
                "-- $1 id: 1\n-- $2 body: the content of the file files/body.txt\nINSERT INTO public.docs(id, body) VALUES($1, $2);",
            ]);
            assert.ok(changes.every(({ sql }) => !sql.join().includes("WARNING")));
            assert.deepEqual(
                project.plan().lint?.findings.filter(({ rule }) => rule === "syntax-error"),
                [],
            );

            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            project.write(contents("two"));
            assert.notEqual(await digest(), first);
            const unlike = project
                .plan()
                .changes.filter(({ files }, index) => JSON.stringify(files) !== JSON.stringify(changes[index]!.files));
            assert.deepEqual(
                unlike.map(({ id }) => id),
                readers.map(([id]) => id),
            );
            project.write(contents("one"));
            project.write({ "files/scan.bin": "another scan" });
            const output = await project.buildEnding(2, "deploy", { environment: approved });
            assert.match(output, refused);
            assert.match(output, /^Different from what was approved:\n {2}- changelog\.yaml::blob::me: files$/m);
            assert.deepEqual(await project.tables(), []);

            project.write(contents("one"));
            await project.buildEnding(0, "deploy", { environment: approved });
            const rows = await project.query(
                "SELECT id, body, convert_from(scan, 'UTF8') AS scan FROM docs ORDER BY id",
            );
            assert.deepEqual(rows, [
                { id: 1, body: "update one", scan: null },
                { id: 2, body: null, scan: "scan one" },
            ]);
            assert.equal((await project.query("SELECT FROM orders")).length, 4);
        });
    });

    it("says of which SQL Liquibase reads the database to make it, and of no other", async () => {
        const t = { tableName: "t" };
        const note = [column("note", { type: "text" })];
        const changes: [id: string, change: object, readsDatabase?: true][] = [
            ["createTable", { createTable: { ...t, columns: [column("id", { type: "int", autoIncrement: true })] } }],
            ["addColumn", { addColumn: { ...t, columns: note } }],
            ["addPrimaryKey", { addPrimaryKey: { ...t, columnNames: "id", constraintName: "t_pk" } }],
            ["dropPrimaryKey", { dropPrimaryKey: { ...t } }],
            ["addUniqueConstraint", { addUniqueConstraint: { ...t, columnNames: "id", constraintName: "t_u" } }],
            ["dropUniqueConstraint", { dropUniqueConstraint: { ...t, constraintName: "t_u" } }],
            ["createIndex", { createIndex: { ...t, indexName: "t_i", columns: [column("id", {})] } }],
            ["dropIndex", { dropIndex: { ...t, indexName: "t_i" } }],
            ["addNotNullConstraint", { addNotNullConstraint: { ...t, columnName: "note", defaultNullValue: "x" } }],
            ["addDefaultValue", { addDefaultValue: { ...t, columnName: "note", defaultValue: "x" } }],
            ["dropDefaultValue", { dropDefaultValue: { ...t, columnName: "note" } }],
            ["modifyDataType", { modifyDataType: { ...t, columnName: "id", newDataType: "bigint" } }],
            ["addAutoIncrement", { addAutoIncrement: { ...t, columnName: "id", columnDataType: "bigint" } }],
            ["renameColumn", { renameColumn: { ...t, oldColumnName: "note", newColumnName: "word" } }],
            ["setColumnRemarks", { setColumnRemarks: { ...t, columnName: "id", remarks: "x" } }],
            ["createSequence", { createSequence: { sequenceName: "s" } }],
            ["alterSequence", { alterSequence: { sequenceName: "s", incrementBy: 2 } }],
            ["createView", { createView: { viewName: "v", selectQuery: "SELECT 1" } }],
            ["insert", { insert: { ...t, columns: [column("id", { valueNumeric: 1 })] } }],
            ["update", { update: { ...t, columns: [column("id", { valueNumeric: 2 })], where: "id = 1" } }],
            ["delete", { delete: { ...t, where: "id = 2" } }],
            ["dropColumn", { dropColumn: { ...t, columnName: "word" } }],
            ["sql", { sql: { sql: "SELECT 1; SELECT 2" } }],
            ["typed", { loadData: { ...t, file: "t.csv", columns: [column("id", { type: "numeric" })] } }],
            ["untyped", { loadData: { ...t, file: "t.csv" } }, true],
            ["foreignKeys", { dropAllForeignKeyConstraints: { baseTableName: "t" } }, true],
            ["dropTable", { dropTable: { ...t, cascadeConstraints: true } }],
        ];
        const attributes = (index: number) => (index % 2 === 0 ? {} : { runInTransaction: false });
        project.write({
            ...changelog(...changes.map(([id, change], index) => changeSet(id, [change], attributes(index)))),
            "t.csv": "id\n1\n",
        });
        await digest();
        const planned = project.plan().changes;
        assert.deepEqual(
            planned.map(({ id, readsDatabase, undoReadsDatabase }) => [id, readsDatabase, undoReadsDatabase]),
            changes.map(([id, , readsDatabase]) => [id, readsDatabase, undefined]),
        );
        const warning = "Liquibase reads the database to generate the SQL of changelog.yaml::untyped::me";
        assert.ok(project.plan().warnings.some((text) => text.startsWith(warning)));
        assert.match(project.artifact("plan.html"), /SQL depends on the database/);
    });

    describe("holds the preconditions", () => {
        const checked = (
            attributes = "onFail:MARK_RAN",
            expected = "0",
            sql = "SELECT count(*) FROM pg_class WHERE relname = 'two'",
        ) =>
            project.changelog(
                createTable("one"),
                createTable("two").replace(
                    "\n",
                    `\n--preconditions ${attributes}\n--precondition-sql-check expectedResult:${expected} ${sql}\n`,
                ),
            );

        it("of a changeset: what must hold, and what happens if it does not", async () => {
            checked();
            const first = await digest();
            assert.deepEqual(project.plan().changes[1]!.preconditions, {
                name: "preConditions",
                attributes: { onError: "HALT", onFail: "MARK_RAN", onSqlOutput: "IGNORE" },
                nested: [
                    {
                        name: "sqlCheck",
                        attributes: {
                            expectedResult: "0",
                            sql: "SELECT count(*) FROM pg_class WHERE relname = 'two'",
                        },
                    },
                ],
            });
            assert.equal(project.plan().changes[0]!.preconditions, undefined);
            const shown = `sqlCheck expectedResult "0", sql "SELECT count(*) FROM pg_class WHERE relname = 'two'"; if not: MARK_RAN; on an error: HALT`;
            assert.ok(project.artifact("plan.md").includes(`Only if: \`${shown}\``));
            assert.match(
                project.artifact("plan.html"),
                /<strong>Only if<\/strong> sqlCheck expectedResult &quot;0&quot;/,
            );
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            const others = [
                () => checked("onFail:CONTINUE"),
                () => checked("onFail:MARK_RAN onError:MARK_RAN"),
                () => checked("onFail:MARK_RAN", "1"),
                () => checked("onFail:MARK_RAN", "0", "SELECT count(*) FROM pg_class WHERE relname = 'one'"),
            ];
            const digests = [first];
            for (const other of others) {
                other();
                digests.push(await digest());
            }
            assert.equal(new Set(digests).size, digests.length);
            const output = await project.buildEnding(2, "deploy", { environment: approved });
            assert.match(output, refused);
            assert.match(output, /^Different from what was approved:\n {2}- changelog\.sql::two::me: preconditions$/m);
            assert.deepEqual(await project.tables(), []);
        });

        it("of the changelog and of those that it includes", async () => {
            const included = (expected: number) => ({
                "more.yaml": JSON.stringify({
                    databaseChangeLog: [
                        { preConditions: [{ sqlCheck: { expectedResult: expected, sql: "SELECT 1" } }] },
                        changeSet("more", [{ sql: { sql: "SELECT 1" } }], { rollback: [] }),
                    ],
                }),
            });
            const source = (dbms: string, expected = 1) =>
                project.write({
                    ...changelog(
                        { preConditions: [{ onFailMessage: "not here" }, { dbms: { type: dbms } }] },
                        { include: { file: "more.yaml" } },
                    ),
                    ...included(expected),
                });
            source("postgresql");
            const first = await digest();
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            const text = project.artifact("plan.md");
            assert.match(
                text,
                /^Only if: `dbms type "postgresql"; if not: HALT; on an error: HALT; and sqlCheck expectedResult "1"/m,
            );
            source("postgresql, mysql");
            assert.notEqual(await digest(), first);
            const output = await project.buildEnding(2, "deploy", { environment: approved });
            assert.match(output, /^Preconditions of the changelog, approved: dbms type "postgresql";/m);
            assert.match(output, /^Preconditions of the changelog now: dbms type "postgresql, mysql";/m);
        });

        it("each kind of them, with all of its attributes", async () => {
            // None of them holds, so that `not` lets all of the changesets run: a plan has no others.
            const kinds: [kind: string, attributes: Record<string, string>][] = [
                ["changeLogPropertyDefined", { property: "a", value: "b" }],
                ["changeSetExecuted", { id: "a", author: "b", changeLogFile: "c" }],
                ["columnExists", { schemaName: "a", tableName: "b", columnName: "c" }],
                ["dbms", { type: "mssql" }],
                ["expectedQuotingStrategy", { strategy: "LEGACY" }],
                ["foreignKeyConstraintExists", { schemaName: "a", foreignKeyTableName: "b", foreignKeyName: "c" }],
                ["indexExists", { schemaName: "a", indexName: "b", tableName: "c", columnNames: "d" }],
                ["primaryKeyExists", { schemaName: "a", primaryKeyName: "b", tableName: "c" }],
                ["rowCount", { schemaName: "a", tableName: "b", expectedRows: "3" }],
                ["runningAs", { username: "a" }],
                ["sequenceExists", { schemaName: "a", sequenceName: "b" }],
                ["sqlCheck", { expectedResult: "1", sql: "SELECT 1" }],
                ["tableExists", { schemaName: "a", tableName: "b" }],
                ["tableIsEmpty", { schemaName: "a", tableName: "b" }],
                ["uniqueConstraintExists", { tableName: "a", constraintName: "b", columnNames: "c" }],
                ["viewExists", { schemaName: "a", viewName: "b" }],
            ];
            project.write(
                changelog(
                    ...kinds.map(([kind, attributes]) =>
                        changeSet(kind, [{ sql: { sql: "SELECT 1" } }], {
                            preConditions: [{ onFail: "CONTINUE" }, { not: [{ or: [{ [kind]: attributes }] }] }],
                            rollback: [],
                        }),
                    ),
                ),
            );
            await digest();
            const found = project
                .plan()
                .changes.map(({ preconditions }) => preconditions?.nested?.[0]?.nested?.[0]?.nested?.[0]);
            assert.deepEqual(
                found.map((one) => [one?.name, one && Object.fromEntries(Object.entries(one.attributes).sort())]),
                kinds.map(([kind, attributes]) => [kind, Object.fromEntries(Object.entries(attributes).sort())]),
            );
            assert.equal(fs.existsSync(path.join(project.source, ".delivery/artifacts/plan.html")), true);
        });
    });

    describe("is all that can write: before it is compared,", () => {
        /** Tries to write whenever it is called, and hides that it could not. No rollback takes a sequence back. */
        const attack = `
            CREATE FUNCTION attack(who text) RETURNS int LANGUAGE plpgsql AS $f$
            BEGIN
                BEGIN PERFORM set_config('default_transaction_read_only', 'off', false); EXCEPTION WHEN others THEN NULL; END;
                BEGIN PERFORM set_config('transaction_read_only', 'off', false); EXCEPTION WHEN others THEN NULL; END;
                BEGIN PERFORM nextval('trace_' || who); EXCEPTION WHEN others THEN NULL; END;
                RETURN 1;
            END $f$;
            CREATE VIEW probe AS SELECT attack('view') AS one;
            CREATE FUNCTION same(text, varchar) RETURNS boolean LANGUAGE sql AS $f$ SELECT attack('operator') = 1 $f$;
            CREATE OPERATOR = (LEFTARG = text, RIGHTARG = varchar, FUNCTION = same);
            CREATE FUNCTION alike(varchar, varchar) RETURNS boolean LANGUAGE sql AS $f$ SELECT attack('varchar') = 1 $f$;
            CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = alike);
            ALTER FUNCTION attack OWNER TO dbowner; ALTER VIEW probe OWNER TO dbowner;
            ${["view", "operator", "varchar", "history"].map((who) => `CREATE SEQUENCE trace_${who}; ALTER SEQUENCE trace_${who} OWNER TO dbowner;`).join("\n")}`;
        /** Who could write so far. */
        const traces = async () =>
            (
                await project.query<{ who: string }>(
                    "SELECT replace(sequencename, 'trace_', '') AS who FROM pg_sequences WHERE sequencename LIKE 'trace%' AND last_value IS NOT NULL ORDER BY 1",
                )
            ).map(({ who }) => who);
        const check = (sql: string) => ({ sqlCheck: { expectedResult: 1, sql } });
        const source = (more: object[] = []) =>
            project.write({
                ...changelog(
                    {
                        preConditions: [
                            // Without it they are tested in a deployment only.
                            { onSqlOutput: "TEST" },
                            check("SELECT max(one) FROM probe"),
                            check("SELECT count(*) FROM probe WHERE CAST('a' AS text) = CAST('a' AS varchar)"),
                            { rowCount: { tableName: "probe", expectedRows: 1 } },
                        ],
                    },
                    ...["one", "two"].map((id) =>
                        changeSet(
                            id,
                            [
                                { createTable: { tableName: id, columns: [column("id", { type: "int" })] } },
                                { loadData: { tableName: id, file: "t.csv" } },
                            ],
                            { runInTransaction: id === "one" },
                        ),
                    ),
                    ...more,
                ),
                "t.csv": "id\n1\n",
            });

        it("no check of a changelog, nor what Liquibase reads to make SQL", async () => {
            await project.query(attack);
            source();
            await project.buildEnding(0, "plan");
            assert.deepEqual(await traces(), []);
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            source([changeSet("more", [{ sql: { sql: "SELECT 1" } }], { rollback: [] })]);
            assert.match(await project.buildEnding(2, "deploy", { environment: approved }), refused);
            assert.deepEqual(await traces(), []);
            // Nothing of it would have been refused anyway: with the approval the checks call what they call.
            source();
            await project.buildEnding(0, "deploy", { environment: approved });
            assert.deepEqual((await traces()).slice(-1), ["view"]);
        });

        it("nor a view in place of the history", async () => {
            project.changelog(createTable("one"));
            await project.buildEnding(0, "deploy");
            await project.query(attack);
            await project.query(`
                ALTER TABLE databasechangelog RENAME TO rows;
                CREATE VIEW databasechangelog AS SELECT rows.* FROM rows WHERE attack('history') = 1;
                ALTER VIEW databasechangelog OWNER TO dbowner`);
            project.changelog(createTable("one"), createTable("two"));
            project.nextExecution();
            await project.buildEnding(0, "plan");
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            project.changelog(createTable("one"), createTable("three"));
            assert.match(await project.buildEnding(2, "deploy", { environment: approved }), refused);
            assert.deepEqual(await traces(), []);
        });
    });
});
