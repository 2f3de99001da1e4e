import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { readChangelog } from "../../../../../scripts/delivery/tools/liquibase/changelog/changelog";
import type { SourceChangeset } from "../../../../../scripts/delivery/tools/sources";
import { readFormattedSql } from "../../../../../scripts/delivery/tools/liquibase/changelog/formattedSql";

describe("changelog files", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "lint-source-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

    function write(files: Record<string, string>): void {
        for (const [name, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), text);
        }
    }
    const read = (files: Record<string, string>, root = Object.keys(files)[0]!) => {
        write(files);
        return readChangelog(directory, root, { folder: "parts" });
    };
    const places = (changesets: SourceChangeset[]) =>
        changesets.map(({ id, path: file, line }) => `${id} ${file}:${line}`);

    describe("in formatted SQL", () => {
        it("are read as Liquibase reads their lines", () => {
            const text = [
                "--liquibase formatted sql logicalFilePath:old/name.sql",
                "",
                "-- a remark that belongs to nothing",
                '--changeset "an author":first runInTransaction:false runOnChange:true splitStatements:false endDelimiter:/',
                "--comment: What it is for",
                "--lint-waive ban-drop-table: nobody reads it",
                "--preconditions onFail:MARK_RAN",
                "--precondition-sql-check expectedResult:0 SELECT 1",
                "--validCheckSum: 9:abc",
                "SELECT 1",
                "--rollback DROP TABLE a;",
                "--rollback DROP TABLE b;",
                "--ignoreLines:start",
                "--changeset never:read",
                "--ignoreLines:end",
                "-- changeset bob:second logicalFilePath:own.sql",
                "SELECT 2;",
                "/* liquibase rollback",
                "DROP TABLE c;",
                "*/",
            ].join("\r\n");
            const [first, second, ...none] = readFormattedSql("a.sql", text).changesets;
            assert.equal(none.length, 0);
            assert.deepEqual(first, {
                id: "first",
                author: "an author",
                file: "old/name.sql",
                path: "a.sql",
                line: 4,
                runOnChange: true,
                runAlways: false,
                runInTransaction: false,
                validCheckSum: true,
                rollback: { kind: "written" },
                sql: [
                    {
                        text: "--lint-waive ban-drop-table: nobody reads it\n\n\n\nSELECT 1",
                        line: 6,
                        splitStatements: false,
                        endDelimiter: "/",
                    },
                ],
                onlySql: true,
                remarks: [
                    { text: "What it is for", line: 5 },
                    { text: "lint-waive ban-drop-table: nobody reads it", line: 6 },
                ],
            });
            assert.deepEqual([second?.file, second?.line, second?.rollback.kind], ["own.sql", 16, "written"]);
        });

        for (const [rollback, expected] of [
            ["", { kind: "absent" }],
            ["--rollback DROP TABLE a;", { kind: "written" }],
            ["--rollback empty", { kind: "empty", reason: undefined }],
            ["--rollback not required", { kind: "empty", reason: undefined }],
            ["--rollback not required: ", { kind: "empty", reason: undefined }],
            ["--rollback not required: a comment harms nobody", { kind: "empty", reason: "a comment harms nobody" }],
            ["--rollback EMPTY - a comment harms nobody", { kind: "empty", reason: "a comment harms nobody" }],
            [
                "--comment: rollback not required: rows are kept\n--rollback empty",
                { kind: "empty", reason: "rows are kept" },
            ],
        ] as const) {
            it(`has a rollback that is ${expected.kind}: ${rollback.replaceAll("\n", " ") || "(nothing)"}`, () => {
                const { changesets } = readFormattedSql(
                    "a.sql",
                    `--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n${rollback}`,
                );
                assert.deepEqual(changesets[0]?.rollback, expected);
            });
        }

        it("are returned unchanged, at their lines", () => {
            const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,11}$/);
            const changeset = fc.record({
                id: word,
                author: word,
                runInTransaction: fc.boolean(),
                splitStatements: fc.boolean(),
                runOnChange: fc.boolean(),
                body: fc.array(fc.stringMatching(/^[a-z0-9 ;$'"()]{0,20}$/), { minLength: 1, maxLength: 5 }),
                rollback: fc.option(fc.stringMatching(/^DROP [a-z]{1,8};$/), { nil: undefined }),
            });
            fc.assert(
                fc.property(fc.array(changeset, { maxLength: 6 }), (given) => {
                    const lines = ["--liquibase formatted sql"];
                    const starts = given.map((one) => {
                        lines.push(
                            `--changeset ${one.author}:${one.id} runInTransaction:${one.runInTransaction} splitStatements:${one.splitStatements} runOnChange:${one.runOnChange}`,
                        );
                        const start = lines.length;
                        lines.push(...one.body, ...(one.rollback === undefined ? [] : [`--rollback ${one.rollback}`]));
                        return start;
                    });
                    const found = readFormattedSql("a.sql", lines.join("\n")).changesets;
                    assert.deepEqual(
                        found.map((one) => ({
                            id: one.id,
                            author: one.author,
                            runInTransaction: one.runInTransaction,
                            splitStatements: one.sql[0]?.splitStatements,
                            runOnChange: one.runOnChange,
                            body: one.sql[0]?.text.split("\n"),
                            rollback: one.rollback.kind,
                        })),
                        given.map((one) => ({ ...one, rollback: one.rollback === undefined ? "absent" : "written" })),
                    );
                    assert.deepEqual(
                        found.map(({ line }) => line),
                        starts,
                    );
                }),
            );
        });

        it("are read whatever they contain", () => {
            fc.assert(
                fc.property(fc.string(), (text) =>
                    assert.ok(Array.isArray(readFormattedSql("a.sql", text).changesets)),
                ),
            );
        });
    });

    describe("in XML, YAML and JSON", () => {
        const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ._-]{0,10}[A-Za-z]$/);
        const changeset = fc.record({
            id: word,
            author: word,
            runInTransaction: fc.boolean(),
            runAlways: fc.boolean(),
            comment: word,
            sql: fc.stringMatching(/^SELECT [a-z<>&'" ;]{1,20}x$/),
            splitStatements: fc.boolean(),
            rollback: fc.constantFrom("absent", "empty", "written"),
        });

        it("say the same in every format", () => {
            fc.assert(
                fc.property(fc.array(changeset, { maxLength: 4 }), (given) => {
                    const model = {
                        databaseChangeLog: given.map(
                            ({ id, author, runInTransaction, runAlways, comment, sql, splitStatements, rollback }) => ({
                                changeSet: {
                                    ...{ id, author, runInTransaction, runAlways, comment },
                                    changes: [{ sql: { sql, splitStatements } }],
                                    ...(rollback === "absent"
                                        ? {}
                                        : { rollback: rollback === "empty" ? [] : [{ sql: { sql: "SELECT 1" } }] }),
                                },
                            }),
                        ),
                    };
                    const xml = given.map(
                        ({ id, author, runInTransaction, runAlways, comment, sql, splitStatements, rollback }) => `
                        <changeSet id="${id}" author="${author}" runInTransaction="${runInTransaction}" runAlways="${runAlways}">
                            <comment>${comment}</comment>
                            <sql splitStatements="${splitStatements}"><![CDATA[${sql}]]></sql>
                            ${{ absent: "", empty: "<rollback/>", written: "<rollback>SELECT 1</rollback>" }[rollback]}
                        </changeSet>`,
                    );
                    const files = {
                        "a.yaml": stringify(model),
                        "a.json": JSON.stringify(model, undefined, 4),
                        "a.xml": `<?xml version="1.0"?><databaseChangeLog>${xml.join("")}</databaseChangeLog>`,
                    };
                    const expected = given.map(
                        ({ id, author, runInTransaction, runAlways, comment, sql, splitStatements, rollback }) => ({
                            ...{ id, author, runInTransaction, runAlways, comment, sql, splitStatements, rollback },
                        }),
                    );
                    for (const file of Object.keys(files)) {
                        const found = read(files, file);
                        assert.deepEqual(found.unread, []);
                        assert.deepEqual(
                            found.changesets.map((one) => ({
                                id: one.id,
                                author: one.author,
                                runInTransaction: one.runInTransaction,
                                runAlways: one.runAlways,
                                comment: one.remarks[0]?.text,
                                sql: one.sql[0]?.text,
                                splitStatements: one.sql[0]?.splitStatements,
                                rollback: one.rollback.kind,
                            })),
                            expected,
                        );
                    }
                }),
                { numRuns: 50 },
            );
        });

        it("know the line of a changeset and of its remarks", () => {
            const yaml = [
                "databaseChangeLog:",
                "  - changeSet:",
                "      id: 007",
                "      author: 1.10",
                "      comment: |",
                "        What it is for",
                "        lint-waive ban-drop-column: nobody reads it",
                "      changes:",
                "        - dropColumn: { tableName: a, columnName: b }",
                "      rollback: []",
            ].join("\n");
            const xml = [
                "<databaseChangeLog>",
                '  <changeSet id="x"',
                '             author="a">',
                "    <comment>",
                "      lint-waive ban-drop-column: nobody reads it",
                "    </comment>",
                '    <dropColumn tableName="a" columnName="b"/>',
                "    <rollback/>",
                "  </changeSet>",
                "</databaseChangeLog>",
            ].join("\n");
            const json =
                '{\n"databaseChangeLog": [\n\t{\n"changeSet":\n{ "id": "j", "author": "a", "comment": "lint-waive x", "changes": [] } } ] }';
            const [fromYaml, fromXml, fromJson] = [
                read({ "a.yaml": yaml }),
                read({ "a.xml": xml }),
                read({ "a.json": json }),
            ].map(({ changesets }) => changesets[0]!);
            // As Java prints the numbers: that is how Liquibase names the changeset.
            assert.deepEqual([fromYaml?.id, fromYaml?.author, fromYaml?.line], ["7", "1.1", 2]);
            assert.deepEqual(fromYaml?.remarks.at(1), { text: "lint-waive ban-drop-column: nobody reads it", line: 7 });
            assert.deepEqual(
                [fromXml?.id, fromXml?.line, fromXml?.rollback.kind, fromXml?.onlySql],
                ["x", 2, "empty", false],
            );
            assert.deepEqual(
                fromXml?.remarks.find(({ text }) => text !== ""),
                { text: "lint-waive ban-drop-column: nobody reads it", line: 5 },
            );
            assert.deepEqual([fromJson?.id, fromJson?.line, fromJson?.remarks.length], ["j", 4, 1]);
        });

        it("follow YAML's anchors and merges", () => {
            const { changesets } = read({
                "a.yaml":
                    "databaseChangeLog:\n  - changeSet: &base { id: a, author: b, runInTransaction: no }\n  - changeSet: { <<: *base, id: c }\n  - changeSet: *base\n",
            });
            assert.deepEqual(
                changesets.map(({ id, runInTransaction }) => [id, runInTransaction]),
                [
                    ["a", false],
                    ["c", false],
                    ["a", false],
                ],
            );
        });

        it("read the SQL of files that a change names", () => {
            const { changesets } = read({
                "a/a.xml":
                    '<databaseChangeLog><changeSet id="x" author="a"><sqlFile path="b.sql" relativeToChangelogFile="true" splitStatements="false"/></changeSet></databaseChangeLog>',
                "a/b.sql": "SELECT 1;",
            });
            assert.deepEqual(changesets[0]?.sql, [
                { text: "SELECT 1;", line: 1, splitStatements: false, endDelimiter: undefined },
            ]);
        });
    });

    describe("with text that Liquibase ignores", () => {
        const found = (files: Record<string, string>) => {
            const { changesets, issues = [] } = read(files);
            return [
                ...issues.map(({ file, line, rule, what }) => `${file}:${line} ${rule} ${what}`),
                ...changesets.flatMap(({ path: file, issues: own = [] }) =>
                    own.map(({ line, rule, what }) => `${file}:${line} ${rule} ${what}`),
                ),
            ];
        };

        it("report the line, in YAML", () => {
            const changelog = [
                "databaseChangeLog:",
                "  - logicalFilePaht: other.yaml",
                "  - property: { name: size, value: 3, contex: prod }",
                "  - changeSet:",
                "      id: 1",
                "      author: a",
                "      runInTransation: false",
                "      ticket: ABC-1",
                "      dbms: postgres",
                "      changes:",
                "        - createTable:",
                "            tableNmae: b",
                "            columns:",
                "              - column: { name: id, typ: int, constraints: { nulable: false, schemaName: b } }",
                "        - sql: { sql: SELECT 1, dbms: mysq1 }",
                "        - some.extension: { anything: goes }",
            ].join("\n");
            assert.deepEqual(found({ "changelog.yaml": changelog }), [
                "changelog.yaml:2 misspelled-word Liquibase ignores `logicalFilePaht`. Did you mean `logicalFilePath`?",
                "changelog.yaml:3 misspelled-word Liquibase ignores `contex`. Did you mean `context`?",
                "changelog.yaml:7 misspelled-word Liquibase ignores `runInTransation`. Did you mean `runInTransaction`?",
                "changelog.yaml:8 unknown-attribute Liquibase knows no `ticket` here.",
                "changelog.yaml:4 unknown-database No database is called `postgres`. Did you mean `postgresql`?",
                "changelog.yaml:12 misspelled-word Liquibase ignores `tableNmae`. Did you mean `tableName`?",
                "changelog.yaml:14 misspelled-word Liquibase ignores `typ`. Did you mean `type`?",
                "changelog.yaml:14 misspelled-word Liquibase ignores `nulable`. Did you mean `nullable`?",
                "changelog.yaml:14 unknown-attribute Liquibase knows no `schemaName` here.",
                "changelog.yaml:15 unknown-database No database is called `mysq1`. Did you mean `mysql`?",
            ]);
        });

        it("report which file of a directory has no changeset", () => {
            const files = {
                "changelog.yaml": "databaseChangeLog: [{ includeAll: { path: all/ } }]",
                "all/1.sql": "--liquibase formatted sql\n-- later",
                "all/2.sql": "",
                "all/3.yaml": "databaseChangeLog: []",
                "all/4.xml":
                    '<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"><property name="a" value="b"/></databaseChangeLog>',
                "all/5.sql": "--liquibase formatted sql\n\nCREATE TABLE lost ();",
                "all/README.md": "not a changelog",
            };
            assert.deepEqual(found(files), [
                "all/1.sql:1 no-changeset The file has no changeset.",
                "all/2.sql:1 no-changeset The file has no changeset.",
                "all/3.yaml:1 no-changeset The file has no changeset.",
                "all/5.sql:3 outside-changeset It belongs to no changeset: `CREATE TABLE lost ();`",
            ]);
        });

        it("report nothing for the sample", () => {
            const directory = path.resolve(__dirname, "../../../../../migrations");
            const { changesets, issues, parameters } = readChangelog(directory, "changelog.yaml", { size: "3" });
            assert.deepEqual(issues, []);
            assert.ok(changesets.length > 10);
            assert.deepEqual(
                changesets.flatMap((changeset) => changeset.issues ?? []),
                [],
            );
            assert.deepEqual(parameters, ["size"]);
        });
    });

    describe("that include others", () => {
        const sql = (id: string) => `--liquibase formatted sql\n--changeset a:${id}\nSELECT 1;`;

        it("run in Liquibase's order, with Liquibase's paths", () => {
            const { changesets, unread } = read({
                "changelog.yaml": [
                    "databaseChangeLog:",
                    '  - include: { file: "${folder}/z.xml" }',
                    "  - changeSet: { id: own, author: a }",
                    "  - includeAll: { path: all/, relativeToChangelogFile: true, maxDepth: 2 }",
                    "  - include: { file: named.sql, logicalFilePath: other.sql }",
                ].join("\n"),
                "parts/z.xml":
                    '<databaseChangeLog><include file="below.sql" relativeToChangelogFile="true"/></databaseChangeLog>',
                "parts/below.sql": sql("below"),
                "all/B.sql": sql("B"),
                "all/a.sql": sql("a"),
                "all/c/d.sql": sql("d"),
                "all/c/e/too-deep.sql": sql("too-deep"),
                "all/README.md": "not a changelog",
                "named.sql": sql("named"),
            });
            assert.deepEqual(unread, []);
            assert.deepEqual(places(changesets), [
                "below parts/below.sql:2",
                "own changelog.yaml:3",
                "B all/B.sql:2",
                "a all/a.sql:2",
                "d all/c/d.sql:2",
                "named named.sql:2",
            ]);
            assert.equal(changesets.at(-1)?.file, "other.sql");
        });

        it("put runOrder first and last where it says", () => {
            const item = (id: string, order?: string) => ({
                changeSet: { id, author: "a", ...(order ? { runOrder: order } : {}) },
            });
            const { changesets } = read({
                "a.yaml": stringify({
                    databaseChangeLog: [item("1", "last"), item("2"), item("3", "first"), item("4")],
                }),
            });
            assert.deepEqual(
                changesets.map(({ id }) => id),
                ["3", "2", "4", "1"],
            );
        });

        it("end a cycle", () => {
            const { changesets } = read({
                "a.yaml": "databaseChangeLog: [{ include: { file: a.yaml } }, { changeSet: { id: x, author: a } }]",
            });
            assert.equal(changesets.length, 1);
        });

        it("report what could not be read, and read the rest", () => {
            const { changesets, unread } = read({
                "a.yaml":
                    "databaseChangeLog: [{ include: { file: in/a/jar.xml } }, { include: { file: bad.xml } }, { include: { file: bad.yaml } }, { include: { file: plain.sql } }, { include: { file: x.groovy } }, { includeAll: { path: none/ } }, { includeAll: { path: parts/, resourceComparator: my.Own } }, { changeSet: { id: x, author: a } }]",
                "bad.xml": "<databaseChangeLog><open></databaseChangeLog>",
                "bad.yaml": "databaseChangeLog: [",
                "plain.sql": "SELECT 1;",
                "x.groovy": "databaseChangeLog {}",
            });
            assert.equal(changesets.length, 1);
            assert.deepEqual(
                unread.map(({ file }) => file),
                ["in/a/jar.xml", "bad.xml", "bad.yaml", "plain.sql", "x.groovy", "none/", "parts/"],
            );
            assert.equal(unread[0]?.reason, "it is not in the migrations directory");
            assert.equal(unread[3]?.reason, "it does not begin with `--liquibase formatted sql`");
        });
    });
});
