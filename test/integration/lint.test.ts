import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { postgresErrors } from "../../scripts/delivery/engines/postgresql/ownErrors";
import { keyOf } from "../../scripts/delivery/changesets";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import { Catalogue, type Finding, lintPlan, loadLintConfig } from "../../scripts/delivery/lint";
import { type SquawkRule, squawkRuleNames } from "../../scripts/delivery/engines/postgresql/lint/squawkRules";
import { statementsOf } from "../../scripts/delivery/engines/postgresql/sql/read";
import { readMigrations } from "../../scripts/delivery/input/migrations";
import { pairs } from "../scripts/delivery/lint/pairs";
import { planned, rulesOf, sources } from "../scripts/delivery/lint/support";
import { beforeDelivery, type Delivery, type Project } from "../support/delivery";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { nonEmpty } from "../support/nonEmpty";
import { readChangelog } from "../../scripts/delivery/tools/liquibase/changelog/changelog";
import { editedChangesets } from "../../scripts/delivery/tools/liquibase/edited";

const squawk = path.join(
    __dirname,
    "../../node_modules/@squawk-cli",
    `${process.platform}-${process.arch}`,
    "bin/squawk",
);

describe("the linter with the real squawk", () => {
    let directory: string;
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "lint-test-"));
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    const written = () => readChangelog(directory, "changelog.sql");

    /** Lints changesets in formatted SQL as if all of them were pending. */
    async function lint(...changesets: string[]): Promise<Finding[]> {
        const text = `--liquibase formatted sql\n${changesets.join("\n")}`;
        fs.writeFileSync(path.join(directory, "changelog.sql"), text);
        const changes = planned(sources(changesets.join("\n"), "changelog.sql"));
        const report = await lintPlan({
            ...{
                engine: postgresql,
                tool: liquibase,
                directory,
                sources: written,
                environment: "prod",
                changes,
                applied: [],
                program: squawk,
            },
            serverVersion: "17",
        });
        return report.findings;
    }
    const changeset = (id: number, sql: string, outside?: true) =>
        `--changeset a:${id}${outside ? " runInTransaction:false" : ""}\n${sql}\n--rollback SELECT 1;`;

    it("is of the version whose rules the catalogue lists: look at its changes before this number is raised", () => {
        const version = execFileSync(squawk, ["--version"], { encoding: "utf8" });
        assert.equal(version.trim(), "squawk 2.61.0");
    });

    describe("finds the bad example of each of its rules, and not the good one:", () => {
        for (const rule of nonEmpty(squawkRuleNames)) {
            const pair = pairs[rule];
            if (!pair) {
                it(`${rule} is off unless lint.yaml says otherwise`, () =>
                    assert.equal(new Catalogue(postgresql.linter, liquibase).textOf(rule).group, "optional"));
                continue;
            }
            it(rule, async () => {
                const { bad, good, outside, also = [], told = rule } = pair;
                const findings = await lint(changeset(1, bad, outside));
                assert.deepEqual([...new Set(rulesOf(findings))].sort(), [told, ...also].sort());
                assert.ok(findings.every(({ line }) => line !== undefined && line >= 3));
                const well = [good].flat().map((sql, index) => changeset(index + 1, sql, outside));
                assert.deepEqual(await lint(...well), []);
            });
        }
    });

    describe("finds the same in a block, which squawk does not look into:", () => {
        // Told of blocks by other rules, or of no block at all.
        const others: SquawkRule[] = ["syntax-error", "transaction-nesting", "ban-uncommitted-transaction"];
        for (const [rule, pair] of nonEmpty(
            Object.entries(pairs).filter(([rule]) => !others.includes(rule as SquawkRule)),
        )) {
            it(rule, async () => {
                const text = `DO $$ BEGIN\n${pair.bad}\nEND $$;`;
                const id = pair.outside ? "1 runInTransaction:false splitStatements:false" : "1 splitStatements:false";
                const findings = await lint(`--changeset a:${id}\n${text}\n--rollback SELECT 1;`);
                const found = findings.filter((finding) => finding.rule === rule);
                assert.ok(found.length > 0, rulesOf(findings).join(", "));
                assert.ok(found.every(({ what, line }) => what.startsWith("In a DO block: ") && line === 3));
            });
        }
    });

    it("maps findings back to their changesets and lines, by characters and not by bytes", async () => {
        const many = Array.from({ length: 1200 }, (_, id) =>
            changeset(id, `SELECT '${"é😀".repeat(id % 5)}';\nDROP TABLE "ü${id}";`),
        );
        const findings = await lint(...many);
        assert.equal(findings.length, 1200);
        findings.forEach((finding, id) => {
            assert.deepEqual(
                [finding.changeset, finding.line, finding.what],
                [
                    `changelog.sql::${id}::a`,
                    2 + id * 4 + 2,
                    `Dropping a table may break existing clients: DROP TABLE "ü${id}"`,
                ],
            );
        });
    });

    it("does not let a squawk-ignore comment hide anything", async () => {
        const sql = "-- squawk-ignore-file\n-- squawk-ignore ban-drop-table\nDROP TABLE t;";
        assert.deepEqual(
            new Set(rulesOf(await lint(changeset(1, sql)))),
            new Set(["ban-drop-table", "invalid-waiver"]),
        );
    });

    it("takes no configuration from the directories above", async () => {
        const { TMPDIR } = process.env;
        fs.writeFileSync(path.join(directory, ".squawk.toml"), 'excluded_rules = ["ban-drop-table"]\n');
        process.env.TMPDIR = directory;
        try {
            assert.deepEqual(rulesOf(await lint(changeset(1, "DROP TABLE t;"))), ["ban-drop-table"]);
        } finally {
            restore("TMPDIR", TMPDIR);
        }
    });

    it("obeys levels: a rule that is off by default can be had, one that is on can be left out", async () => {
        const config = loadLintConfig(new Catalogue(postgresql.linter, liquibase), directory, "prod");
        const changes = planned(sources(changeset(1, "ALTER TABLE t DROP COLUMN a;"), "changelog.sql"));
        const report = await lintPlan({
            ...{
                engine: postgresql,
                tool: liquibase,
                directory,
                sources: written,
                environment: "prod",
                changes,
                applied: [],
                program: squawk,
            },
            config: {
                ...config,
                levels: { ...config.levels, "ban-drop-column": "off", "require-table-schema": "warning" },
            },
        });
        assert.deepEqual(
            report.findings.map(({ rule, level }) => [rule, level]),
            [["require-table-schema", "warning"]],
        );
    });

    it("says so when squawk's report is cut off, as when it is killed", async () => {
        const changes = planned(sources(changeset(1, "SELECT 1;")));
        const squawk = path.join(directory, "squawk");
        fs.writeFileSync(squawk, `#!/bin/sh\nprintf '[{"file":"0.sql","line":'\nexit 1\n`, { mode: 0o755 });
        const options = {
            engine: postgresql,
            tool: liquibase,
            directory,
            sources: written,
            environment: "prod",
            changes,
            applied: [],
        };
        await assert.rejects(
            lintPlan({ ...options, program: squawk }),
            new postgresErrors.SquawkFailed({
                changeset: keyOf(changes[0]!),
                how: "exit code 1",
                output: '[{"file":"0.sql","line":',
            }),
        );
    });

    it("names the changesets that are nested too deeply for squawk and for the grammar, and judges the others", async () => {
        const nested = (before: string, after: string) => `SELECT ${before.repeat(100_000)}1${after.repeat(100_000)};`;
        const findings = await lint(
            changeset(1, "DROP TABLE a;"),
            changeset(2, nested("(", ")")),
            changeset(3, "DROP TABLE b;"),
            changeset(4, nested("- ", ""), true),
            changeset(5, "DROP TABLE c;"),
        );
        assert.deepEqual(
            findings.map(({ rule, changeset: key, file, line }) => [rule, key, file, line]),
            [
                ["ban-drop-table", "changelog.sql::1::a", "changelog.sql", 3],
                ["unreadable-sql", "changelog.sql::2::a", "changelog.sql", 6],
                ["ban-drop-table", "changelog.sql::3::a", "changelog.sql", 9],
                ["unreadable-sql", "changelog.sql::4::a", "changelog.sql", 12],
                ["ban-drop-table", "changelog.sql::5::a", "changelog.sql", 15],
            ],
        );
        assert.match(findings[1]!.what, /^It cannot be read: memory exhausted at or near "\("/);
    });

    it("reads more statements than a call takes arguments, in a text and in a block", async () => {
        const many = "TRUNCATE t;\n".repeat(150_000);
        assert.equal((await statementsOf(many)).length, 150_000);
        const [block] = await statementsOf(`DO $$ BEGIN ${many} END $$`);
        assert.equal(block?.inner.length, 150_000);
    });

    it("says what to do when squawk is missing", async () => {
        const changes = planned(sources(changeset(1, "SELECT 1;")));
        const options = {
            engine: postgresql,
            tool: liquibase,
            directory,
            sources: written,
            environment: "prod",
            changes,
            applied: [],
        };
        await assert.rejects(
            lintPlan({ ...options, program: "/nowhere/squawk" }),
            new postgresErrors.SquawkMissing({ file: "/nowhere/squawk", reason: "spawn /nowhere/squawk ENOENT" }),
        );
    });
});

describe("the linter of a real plan", () => {
    let delivery: Delivery;
    let project: Project;
    beforeDelivery((started) => {
        delivery = started;
    });

    /** A plan with an error finding is written all the same, and ends with 1. */
    async function plan(expected = 0): Promise<ReturnType<Project["plan"]>> {
        await project.buildEnding(expected, "plan");
        return project.plan();
    }

    /** Lints with the first `applied` changesets as if they had run. */
    async function lint(changes: ReturnType<Project["plan"]>["changes"], environment: string, applied = 0) {
        const migrations = readMigrations(path.join(project.source, "migrations"), liquibase);
        const { directory } = migrations;
        return lintPlan({
            ...{
                engine: postgresql,
                tool: liquibase,
                directory,
                sources: () => migrations.project.sources(),
                environment,
                program: squawk,
                serverVersion: "17",
            },
            changes: changes.slice(applied),
            applied: changes.slice(0, applied),
        });
    }

    describe("of our own migrations", () => {
        let changes: ReturnType<Project["plan"]>["changes"];
        before(async () => {
            project = await delivery.project();
            fs.cpSync(path.join(__dirname, "../../migrations"), path.join(project.source, "migrations"), {
                recursive: true,
            });
            ({ changes } = await plan());
        });

        it("has no finding without a waiver in any environment, however many changesets are already there", async () => {
            assert.ok(changes.length >= 14);
            for (const environment of ["dev", "prod"]) {
                for (let applied = 0; applied < changes.length; applied++) {
                    const { findings } = await lint(changes, environment, applied);
                    const open = findings.filter(({ waived }) => waived === undefined);
                    assert.deepEqual(open, [], `${environment}, ${applied} changesets applied`);
                }
            }
        });

        it("knows the file and line of every changeset, in every format", async () => {
            const withoutUndo = changes.map((change) => ({ ...change, undo: undefined, undoError: "none" }));
            const { findings } = await lint(withoutUndo, "prod");
            const missing = findings.filter(({ rule }) => rule === "rollback-missing");
            assert.deepEqual(
                missing.map(({ changeset }) => changeset),
                changes.map(keyOf),
            );
            for (const { file, line = 0, changeset = "" } of missing) {
                const text = fs.readFileSync(path.join(project.source, "migrations", file), "utf8").split("\n");
                const [, id = ""] = changeset.split("::");
                // In YAML and JSON the changeset begins a line above its id.
                assert.ok(
                    text
                        .slice(line - 1, line + 1)
                        .join("\n")
                        .includes(id),
                    `${file}:${line} ${id}`,
                );
            }
        });
    });

    describe("of changelogs in several formats", () => {
        let report: Awaited<ReturnType<typeof lint>>;
        before(async () => {
            const create =
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN RETURN 1; END; $$";
            project = await delivery.project();
            project.write({
                "liquibase.properties": "changeLogFile=changelog.xml\n",
                "changelog.xml": `<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
    <changeSet id="not-null" author="a">
        <addNotNullConstraint tableName="t" columnName="a"/>
    </changeSet>
    <changeSet id="drop" author="a">
        <comment>
            lint-waive ban-drop-column: never written
            rollback not required: never written
        </comment>
        <dropColumn tableName="t" columnName="a"/>
        <rollback/>
    </changeSet>
    <changeSet id="index" author="a">
        <createIndex tableName="t" indexName="i"><column name="a"/></createIndex>
    </changeSet>
    <changeSet id="new" author="a">
        <createTable tableName="u"><column name="a" type="bigint"/></createTable>
        <createIndex tableName="u" indexName="j"><column name="a"/></createIndex>
    </changeSet>
    <include file="function.sql"/>
    <include file="delimiters.sql"/>
</databaseChangeLog>`,
                "function.sql":
                    "--liquibase formatted sql\n--changeset a:function\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nDECLARE x int; BEGIN RETURN 1; END; $$;\n--rollback DROP FUNCTION f();",
                "delimiters.sql": [
                    "--liquibase formatted sql",
                    `--changeset a:slash endDelimiter:/\n${create}\n/\nDROP TABLE t\n/\n--rollback SELECT 1;`,
                    `--changeset a:go endDelimiter:\\nGO\n${create}\nGO\n--rollback SELECT 1;`,
                    "--changeset a:comment stripComments:false\nDROP TABLE v -- why\n--rollback SELECT 1;",
                ].join("\n\n"),
            });
            report = await lint((await plan(1)).changes, "prod");
        });
        const found = (...files: string[]) => report.findings.filter(({ file }) => files.includes(file ?? ""));

        it("finds what would hurt, in the SQL that Liquibase makes of any format", () => {
            assert.deepEqual(
                found("changelog.xml", "function.sql").map(({ rule, file, line, waived }) => [
                    rule,
                    `${file}:${line}`,
                    waived,
                ]),
                [
                    ["adding-not-nullable-field", "changelog.xml:4", undefined],
                    ["ban-drop-column", "changelog.xml:7", "never written"],
                    ["require-concurrent-index-creation", "changelog.xml:15", undefined],
                    ["dollar-quote-split", "function.sql:3", undefined],
                ],
            );
            assert.deepEqual(report.dismissals, []);
        });

        it("reads SQL with another delimiter and with its comments", () => {
            assert.deepEqual(
                // Statements with a delimiter of their own are found by their text.
                found("delimiters.sql").map(({ rule, changeset, line }) => [rule, changeset, line]),
                [
                    ["ban-drop-table", "delimiters.sql::slash::a", 6],
                    ["ban-drop-table", "delimiters.sql::comment::a", 16],
                ],
            );
            assert.equal(report.findings.length, 6);
        });
    });

    it("names the changesets that were edited after they ran, from Liquibase's own words", async () => {
        project = await delivery.project();
        const changeset = (sql: string) => `--changeset a:1\n${sql}\n--rollback DROP TABLE t;`;
        project.changelog(changeset("CREATE TABLE t (a bigint);"));
        await project.buildEnding(0, "deploy");
        project.changelog("-- one more line", changeset("CREATE TABLE t (a bigint, b bigint);"));
        const output = await project.buildEnding(2, "plan");
        assert.match(output, /^AP1402: .*: a changeset that has already run was edited:[\s\S]*1 changesets check sum/m);
        const edited = editedChangesets([output]);
        assert.deepEqual(edited.map(keyOf), ["changelog.sql::1::a"]);
        const migrations = readMigrations(path.join(project.source, "migrations"), liquibase);
        const { directory } = migrations;
        const sources = () => migrations.project.sources();
        const { findings } = await lintPlan({
            ...{
                engine: postgresql,
                tool: liquibase,
                directory,
                sources,
                environment: "dev",
                program: squawk,
                edited,
                changes: [],
                applied: edited,
            },
        });
        assert.deepEqual(
            findings.map(({ rule, level, file, line }) => [rule, level, file, line]),
            [["edited-changeset", "error", "changelog.sql", 5]],
        );
    });

    it("says of the same statements as PostgreSQL that they cannot run in a transaction", async () => {
        project = await delivery.project();
        await project.query(
            "CREATE TABLE a (b int); CREATE INDEX i ON a (b); CREATE SCHEMA s; CREATE TYPE t AS ENUM ('x')",
        );
        await project.query(
            "CREATE TABLE p (b int) PARTITION BY LIST (b); CREATE TABLE q PARTITION OF p FOR VALUES IN (1); ALTER TABLE a CLUSTER ON i",
        );
        await project.query("CREATE MATERIALIZED VIEW v AS SELECT 1 AS x");
        await project.query("CREATE UNIQUE INDEX ON v (x)");
        const statements = [
            "CREATE INDEX CONCURRENTLY ON a (b)",
            "CREATE INDEX ON a (b)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY a",
            "REINDEX TABLE a",
            "REINDEX SCHEMA s",
            "REINDEX (VERBOSE) SCHEMA s",
            "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
            "ALTER TABLE p DETACH PARTITION q",
            "VACUUM a",
            "VACUUM FULL a",
            "ANALYZE a",
            "CLUSTER a",
            "CLUSTER",
            "CREATE DATABASE d",
            "DROP DATABASE d",
            "CREATE TABLESPACE x LOCATION '/nowhere'",
            "ALTER SYSTEM SET work_mem = '1MB'",
            "ALTER TYPE t ADD VALUE 'y'",
            "REFRESH MATERIALIZED VIEW v",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "LOCK TABLE a",
            "TRUNCATE a",
            "CREATE SUBSCRIPTION z CONNECTION 'host=nowhere' PUBLICATION y",
        ];
        const client = await delivery.server.administrate(project.database);
        try {
            for (const sql of statements) {
                await client.query("BEGIN");
                const code = await client.query(sql).then(
                    () => undefined,
                    (error: { code: string }) => error.code,
                );
                await client.query("ROLLBACK");
                const [statement] = await statementsOf(sql);
                assert.equal(
                    statement?.refusedInTransaction !== undefined,
                    code === "25001",
                    `${sql}: ${code ?? "runs"}`,
                );
            }
        } finally {
            await client.end();
        }
    });
});

function restore(name: string, value: string | undefined): void {
    if (value === undefined) {
        delete process.env[name];
    } else {
        process.env[name] = value;
    }
}
