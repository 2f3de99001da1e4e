import assert from "node:assert/strict";
import * as path from "node:path";
import { stringify } from "yaml";
import { readChangelog } from "../../../../../scripts/delivery/tools/liquibase/changelog/changelog";
import { changelogFiles } from "./changelogSupport";

describe("changelog files", () => {
    const { read, places } = changelogFiles();

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

        it("do not miss what the changelog says may be missing, unless a jar may have it", () => {
            const files = {
                "a.yaml":
                    "databaseChangeLog: [{ include: { file: own.sql, errorIfMissing: false } }, { includeAll: { path: custom/, errorIfMissingOrEmpty: false } }, { changeSet: { id: x, author: a } }]",
            };
            assert.deepEqual(read(files).unread, []);
            const withJar = read({ ...files, "lib/extension.jar": "" }).unread;
            assert.deepEqual(
                withJar.map(({ file }) => file),
                ["own.sql", "custom/"],
            );
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
