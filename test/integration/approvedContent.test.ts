import * as assert from "node:assert/strict";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeDelivery, type Delivery, type Project } from "../support/delivery";

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
    let delivery: Delivery;
    /** A deployment of every change that reads a file. */
    let deployed: Project;
    /** Its plan, made before anything was there. */
    let planned: Project;
    beforeDelivery(async (started) => {
        delivery = started;
        planned = await delivery.project();
        planned.write(
            changelog(
                changeSet("tables", [{ sql: { sql: Object.values(tables).join("\n") } }], {
                    rollback: [{ sql: { sql: "DROP TABLE docs; DROP TABLE orders" } }],
                }),
                ...readers.map(([id, , change]) =>
                    changeSet(id, [change], { rollback: [{ sqlFile: { path: "files/undo.sql" } }] }),
                ),
            ),
        );
        planned.write(contents("one"));
        await planned.buildEnding(0, "plan");
        deployed = await delivery.copy(planned);
        await deployed.buildEnding(0, "deploy", { environment: { CODEBUILD_SRC_DIR_DeployPlan: planned.approve() } });
    });

    const refused = /This is not the plan that was approved/;

    /** What a refused build names as different, by changeset: the parts. */
    function different(output: string): [key: string, parts: string][] {
        const [, list = ""] = /^Different from what was approved:\n((?: {2}- .*\n)+)/m.exec(output) ?? [];
        return [...list.matchAll(/^ {2}- (\S+): (.*)$/gm)].map(([, key = "", parts = ""]) => [key, parts]);
    }

    describe("holds the files that a changeset reads when it runs", () => {
        it("by path, size and SHA-256, on the page too", () => {
            const { changes } = planned.plan();
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
            assert.ok(planned.artifact("plan.md").includes(`- reads \`${shown}\``));
            assert.ok(planned.artifact("plan.html").includes(`Reads ${shown}`));
            assert.deepEqual(changes[1]!.sql, [
                "-- $1 id: 1\n-- $2 body: the content of the file files/body.txt\nINSERT INTO public.docs(id, body) VALUES($1, $2);",
            ]);
            assert.ok(changes.every(({ sql }) => !sql.join().includes("WARNING")));
            assert.deepEqual(
                planned.plan().lint?.findings.filter(({ rule }) => rule === "syntax-error"),
                [],
            );
        });

        it("and refuses others", async () => {
            const project = await delivery.copy(planned);
            project.write({ ...contents("two"), "files/undo.sql": contents("one")["files/undo.sql"]! });
            const environment = { CODEBUILD_SRC_DIR_DeployPlan: planned.approve() };
            const output = await project.buildEnding(2, "deploy", { environment });
            assert.match(output, refused);
            const found = different(output);
            assert.deepEqual(
                found.map(([key]) => key),
                readers.map(([id]) => `changelog.yaml::${id}::me`),
            );
            for (const [key, parts] of found) {
                assert.match(parts, /(^|, )files(,|$)/, key);
            }
            assert.deepEqual(Object.fromEntries(found)["changelog.yaml::blob::me"], "files");
            assert.deepEqual(await project.tables(), []);
        });

        it("and runs with them", async () => {
            const rows = await deployed.query(
                "SELECT id, body, convert_from(scan, 'UTF8') AS scan FROM docs ORDER BY id",
            );
            assert.deepEqual(rows, [
                { id: 1, body: "update one", scan: null },
                { id: 2, body: null, scan: "scan one" },
            ]);
            assert.equal((await deployed.query("SELECT FROM orders")).length, 4);
        });
    });

    describe("holds everything else that decides what runs:", () => {
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
        /** The attributes of a precondition, what it expects, and its query: each is another one in the second form. */
        const query = (table: string) => `SELECT count(*) FROM pg_class WHERE relname = '${table}'`;
        const variants: [id: string, ...forms: [attributes: string, expected: string, sql: string][]][] = [
            ["fail", ["onFail:MARK_RAN", "0", query("two")], ["onFail:CONTINUE", "0", query("two")]],
            ["error", ["onFail:MARK_RAN", "0", query("two")], ["onFail:MARK_RAN onError:MARK_RAN", "0", query("two")]],
            ["expected", ["onFail:MARK_RAN", "0", query("two")], ["onFail:MARK_RAN", "1", query("two")]],
            ["query", ["onFail:MARK_RAN", "0", query("two")], ["onFail:MARK_RAN", "0", query("one")]],
        ];
        const variant = (form: 1 | 2) =>
            variants.map(([id, ...forms]) => {
                const [attributes, expected, sql] = forms[form - 1]!;
                return `--changeset me:${id}\n--preconditions ${attributes}\n--precondition-sql-check expectedResult:${expected} ${sql}\nSELECT 1;\n--rollback empty`;
            });
        const source = (form: 1 | 2) => ({
            ...changelog(
                {
                    preConditions: [
                        { onFailMessage: "not here" },
                        { dbms: { type: form === 1 ? "postgresql" : "postgresql, mysql" } },
                    ],
                },
                { include: { file: "more.yaml" } },
                { include: { file: "variants.sql" } },
                ...changes.map(([id, change], index) =>
                    changeSet(id, [change], index % 2 === 0 ? {} : { runInTransaction: false }),
                ),
                ...kinds.map(([kind, attributes]) =>
                    changeSet(kind, [{ sql: { sql: "SELECT 1" } }], {
                        preConditions: [{ onFail: "CONTINUE" }, { not: [{ or: [{ [kind]: attributes }] }] }],
                        rollback: [],
                    }),
                ),
            ),
            "more.yaml": JSON.stringify({
                databaseChangeLog: [
                    { preConditions: [{ sqlCheck: { expectedResult: 1, sql: "SELECT 1" } }] },
                    changeSet("more", [{ sql: { sql: "SELECT 1" } }], { rollback: [] }),
                ],
            }),
            "variants.sql": ["--liquibase formatted sql", ...variant(form)].join("\n\n"),
            "t.csv": "id\n1\n",
        });

        let project: Project;
        let output: string;
        before(async () => {
            project = await delivery.project();
            project.write(source(1));
            await project.buildEnding(0, "plan");
            const other = await delivery.copy(project);
            other.write(source(2));
            const environment = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            output = await other.buildEnding(2, "deploy", { environment });
            assert.deepEqual(await other.tables(), []);
        });
        const changeOf = (id: string) => project.plan().changes.find((change) => change.id === id);

        it("of which SQL Liquibase reads the database to make it, and of no other", () => {
            assert.deepEqual(
                changes.map(([id]) => [id, changeOf(id)?.readsDatabase, changeOf(id)?.undoReadsDatabase]),
                changes.map(([id, , readsDatabase]) => [id, readsDatabase, undefined]),
            );
            const warning = "Liquibase reads the database to generate the SQL of changelog.yaml::untyped::me";
            assert.ok(project.plan().warnings.some((text) => text.startsWith(warning)));
            assert.match(project.artifact("plan.html"), /SQL depends on the database/);
        });

        it("the preconditions of a changeset: what must hold, and what happens if it does not", () => {
            assert.deepEqual(changeOf("fail")!.preconditions, {
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
            assert.equal(changeOf("more")!.preconditions, undefined);
            const shown = `sqlCheck expectedResult "0", sql "SELECT count(*) FROM pg_class WHERE relname = 'two'"; if not: MARK_RAN; on an error: HALT`;
            assert.ok(project.artifact("plan.md").includes(`Only if: \`${shown}\``));
            assert.match(
                project.artifact("plan.html"),
                /<strong>Only if<\/strong> sqlCheck expectedResult &quot;0&quot;/,
            );
            assert.match(output, refused);
            assert.deepEqual(
                different(output),
                variants.map(([id]) => [`variants.sql::${id}::me`, "preconditions"]),
            );
        });

        it("the preconditions of the changelog and of those that it includes", () => {
            assert.match(
                project.artifact("plan.md"),
                /^Only if: `dbms type "postgresql"; if not: HALT; on an error: HALT; and sqlCheck expectedResult "1"/m,
            );
            assert.match(output, /^Preconditions of the changelog, approved: dbms type "postgresql";/m);
            assert.match(output, /^Preconditions of the changelog now: dbms type "postgresql, mysql";/m);
        });

        it("each kind of precondition, with all of its attributes", () => {
            const found = kinds.map(([kind]) => changeOf(kind)?.preconditions?.nested?.[0]?.nested?.[0]?.nested?.[0]);
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
        const traces = async (project: Project) =>
            (
                await project.query<{ who: string }>(
                    "SELECT replace(sequencename, 'trace_', '') AS who FROM pg_sequences WHERE sequencename LIKE 'trace%' AND last_value IS NOT NULL ORDER BY 1",
                )
            ).map(({ who }) => who);
        const check = (sql: string) => ({ sqlCheck: { expectedResult: 1, sql } });
        const source = (project: Project, more: object[] = []) =>
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
            const project = await delivery.project();
            await project.query(attack);
            source(project);
            await project.buildEnding(0, "plan");
            assert.deepEqual(await traces(project), []);
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            source(project, [changeSet("more", [{ sql: { sql: "SELECT 1" } }], { rollback: [] })]);
            assert.match(await project.buildEnding(2, "deploy", { environment: approved }), refused);
            assert.deepEqual(await traces(project), []);
            // Nothing of it would have been refused anyway: with the approval the checks call what they call.
            source(project);
            await project.buildEnding(0, "deploy", { environment: approved });
            assert.deepEqual((await traces(project)).slice(-1), ["view"]);
        });

        it("nor a view in place of the history", async () => {
            const project = await delivery.copy(deployed);
            await project.query(attack);
            await project.query(`
                ALTER TABLE databasechangelog RENAME TO rows;
                CREATE VIEW databasechangelog AS SELECT rows.* FROM rows WHERE attack('history') = 1;
                ALTER VIEW databasechangelog OWNER TO dbowner`);
            const more = (id: string) => {
                const { databaseChangeLog } = JSON.parse(
                    fs.readFileSync(path.join(deployed.source, "migrations/changelog.yaml"), "utf8"),
                ) as { databaseChangeLog: object[] };
                const sql = { sql: { sql: `CREATE TABLE ${id} (id int)` } };
                project.write(changelog(...databaseChangeLog, changeSet(id, [sql])));
            };
            more("two");
            project.nextExecution();
            await project.buildEnding(0, "plan");
            const approved = { CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            more("three");
            assert.match(await project.buildEnding(2, "deploy", { environment: approved }), refused);
            assert.deepEqual(await traces(project), []);
        });
    });
});
