import assert from "node:assert/strict";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { readFormattedSql } from "../../../../../scripts/delivery/tools/liquibase/changelog/formattedSql";
import { changelogFiles } from "./changelogSupport";

describe("changelog files", () => {
    const { read } = changelogFiles();

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
                repeatable: true,
                runInTransaction: false,
                mayBeEdited: true,
                rollback: { kind: "written" },
                sql: [
                    {
                        text: "--lint-waive ban-drop-table: nobody reads it\n\n\n\nSELECT 1",
                        line: 6,
                        splitStatements: false,
                        endDelimiter: "/",
                    },
                ],
                change: '["--lint-waive ban-drop-table: nobody reads it\\nSELECT 1",false,"/"]',
                written: text.split("\r\n").slice(3, 12).join("\n"),
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
                            runOnChange: one.repeatable,
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
                                runAlways: one.repeatable,
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
});
