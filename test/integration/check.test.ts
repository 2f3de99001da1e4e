import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckOptions } from "../../scripts/check/check";
import type { CheckReport } from "../../scripts/check/report";
import { lintCases, lintCounts } from "../../scripts/delivery/lint";
import {
    changelogOf,
    changeset,
    checked as checkedDirectory,
    migrationsWith,
    tenChangesets,
    verdicts,
} from "../support/checks";

const root = join(__dirname, "../..");

// Larger changelogs, and the defects of a third-party one: test/faults/check.test.ts.

describe("npm run check", () => {
    let scratch: string;
    before(() => {
        scratch = mkdtempSync(join(tmpdir(), "check-test-"));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));

    describe("of a changelog that holds", () => {
        let report: CheckReport;
        before(async () => {
            const create = (name: string, more = "") =>
                `--changeset a:${name}\n${more}CREATE TABLE ${name} (id bigint);\n--rollback DROP TABLE ${name};\n`;
            const elsewhere = "--preconditions onFail:CONTINUE\n--precondition-table-exists table:absent\n";
            const marked = "--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 SELECT 0\n";
            ({ report } = await checkedSql([
                create("one"),
                create("two", elsewhere),
                create("three"),
                create("marked", marked),
                ...tenChangesets(0),
                ...tenChangesets(1),
            ]));
        });

        it("proves changesets of many kinds", () => {
            const others = report.changesets.slice(4);
            assert.equal(others.length, 20);
            assert.ok(others.every(({ verdict }) => verdict === "Proven"));
            assert.equal(report.passed, true);
        });

        it("says of what does not run that its precondition was not met, not that another one failed", () => {
            assert.deepEqual(Object.entries(verdicts(report)).slice(0, 4), [
                ["a:one", "Proven schema"],
                ["a:two", "NotRun nothing"],
                ["a:three", "Proven schema"],
                ["a:marked", "NotRun nothing"],
            ]);
            const { message = "" } = report.changesets.find(({ id }) => id === "two")!;
            assert.match(message, /^A precondition was not met, so it stays pending \(onFail: CONTINUE\)\. /);
        });

        it("lints them in the order in which they run, with the levels of prod", () => {
            const { environment, changesets, findings } = report.lint;
            assert.deepEqual([environment, changesets, lintCounts({ findings }).errors], ["prod", 23, 0]);
        });

        it("does not undo changesets that were only marked as ran", () => {
            // What stays pending is in no history.
            assert.deepEqual(
                [report.whole.result, report.whole.message],
                ["Proven", "Undone and reapplied at once, all 23 changesets have the same result."],
            );
        });
    });

    describe("of a changelog with every kind of wrong rollback, as the administrator", () => {
        let report: CheckReport;
        let lines: string[];
        before(async () => {
            const migrations = directory({
                ...changelogOf(defects),
                "verify/rows.sql":
                    "-- check: the table is there\nSELECT count(*) >= 0 FROM once;\n-- check: it has rows\nSELECT count(*) > 0 FROM once;\n",
            });
            ({ report, lines } = await checked(migrations, { administrator: true }));
        });

        it("finds each by itself", () => {
            assert.equal(report.passed, false);
            assert.deepEqual(verdicts(report), {
                "a:good": "Proven schema",
                "a:does-nothing": "RollbackDoesNothing schema",
                "a:insert-empty": "RollbackDoesNothing data",
                "a:update-empty": "RollbackDoesNothing data",
                "a:explained": "Irreversible data",
                "a:missing": "NoRollback schema",
                "a:fails": "RollbackFails schema",
                "a:fails-half-way": "RollbackFails schema",
                "a:forgets-type": "RollbackIncomplete schema",
                "a:forgets-role": "RollbackIncomplete schema",
                "a:deletes-too-much": "RollbackIncomplete data",
                "a:undoes-nothing-done": "RollbackIncomplete nothing",
                "a:not-twice": "FailsAgain schema",
                "a:drops-column": "Proven schema",
                "a:no-precondition": "NotRun nothing",
                "a:numbers": "Proven data",
                "a:refers-to-number": "Proven schema and data",
                "a:role": "Proven schema",
                "a:last": "Proven schema",
            });
            const finding = lines.indexOf("✗ a:does-nothing (changelog.sql:7)");
            assert.deepEqual(lines.slice(finding, finding + 8), [
                "✗ a:does-nothing (changelog.sql:7)",
                "  Its rollback has no effect.",
                "    Differences from the state before the changeset:",
                "      + table public.leftover: USING heap (with 2 columns, 1 constraint, 2 indexes, 1 owner)",
                "    The rollback:",
                "      SELECT 1;",
                "  → Write a rollback that undoes the changeset; if it cannot be undone, give the reason: `--rollback not required: <reason>`.",
                "",
            ]);
            assert.ok(lines.includes("      + enum public.size: 's', 'm' (with 1 owner)"));
            assert.ok(lines.includes("      + role app_reader (with 1 membership)"));
            assert.match(lines.join("\n"), /column "wieght".*\n.*\n {6}ALTER TABLE items DROP COLUMN wieght\n/);
            assert.ok(
                lines.includes("Undoing all at once was not checked: changelog.sql::does-nothing::a cannot be undone."),
            );
        });

        it("lets changesets do what only the administrator may", () => {
            assert.equal(verdicts(report)["a:role"], "Proven schema");
        });

        it("runs the checks in verify/ after all changesets", () => {
            assert.deepEqual(
                report.verification.map(({ name, failure }) => [name, failure]),
                [
                    ["the table is there", undefined],
                    ["it has rows", "is false"],
                ],
            );
            const failed = lines.indexOf("✗ it has rows (verify/rows.sql): is false");
            assert.equal(lines[failed + 1], "Of 2 checks in verify/, 1 holds after all changesets.");
            assert.equal(lines.at(-2), `Check failed: ${12 + lintCounts(report.lint).errors} findings.`);
        });
    });

    it("finds a rollback that works only before the next changesets", async () => {
        const { report } = await checkedSql([
            changeset(
                "first",
                "CREATE TABLE a (id int)",
                "SELECT 1 / (count(*) = 0)::int FROM pg_largeobject_metadata; DROP TABLE a",
            ),
            // A large object is neither in the catalog nor in a table.
            changeset("second", "SELECT lo_create(0)", "empty"),
        ]);
        assert.deepEqual(verdicts(report), { "a:first": "Proven schema", "a:second": "Unseen nothing" });
        assert.deepEqual(
            [report.whole.result, report.whole.message],
            ["Failed", "Undoing all 2 changesets at once fails."],
        );
        assert.match(report.whole.details.join("\n"), /^changelog\.sql::first::a\n.*division by zero/);
        assert.equal(report.passed, false);
    });

    it("proves a third-party changelog from a jar", async () => {
        const { report } = await checked(join(root, "examples/flowable-changelog"));
        assert.equal(report.passed, true);
        assert.equal(report.changesets.length, 16);
        assert.ok(report.changesets.every(({ verdict, changed }) => verdict === "Proven" && changed === "schema"));
        assert.equal(report.whole.result, "Proven");
    });

    describe("as a command", () => {
        it("proves every rollback of the sample schema, ends with 0 if everything holds, and writes its reports", async () => {
            const output = join(scratch, "command");
            const { status, text } = await command("--migrations", join(root, "migrations"), "--output", output);
            assert.equal(status, 0, text);
            assert.match(text, /Check passed\./);
            assert.match(text, /^Linted (no changeset: |\d+ changesets? that |all \d+ changesets as one release: )/m);
            assert.doesNotMatch(text, /: (error|warning|waived) [a-z-]+/);
            assert.doesNotMatch(text, /^\s*✗/m);
            const report = JSON.parse(readFileSync(join(output, "report.json"), "utf8")) as CheckReport;
            assert.equal(report.passed, true);
            assert.equal(report.whole.result, "Proven");
            assert.deepEqual(verdicts(report)["shop:006-normalised-email-backfill"], "Unseen nothing");
            assert.deepEqual(verdicts(report)["shop:003-order-statuses"], "Proven data");
            const others = report.changesets.filter(({ verdict }) => verdict !== "Proven");
            assert.deepEqual(
                others.map(({ id }) => id),
                ["006-normalised-email-backfill"],
            );
            // Lint has no error; a waived finding counts as skipped.
            const tests = report.changesets.length + 1 + report.verification.length + lintCases(report.lint).length;
            assert.ok(
                readFileSync(join(output, "junit.xml"), "utf8").includes(`<testsuites tests="${tests}" failures="0"`),
            );
        });

        describe("of a changelog that needs more than the pipeline's user may do", () => {
            let ended: Awaited<ReturnType<typeof command>>;
            let report: CheckReport;
            before(async () => {
                const migrations = sqlDirectory([
                    changeset("good", "CREATE TABLE a (owner text DEFAULT current_user)", "DROP TABLE a"),
                    changeset("role", "CREATE ROLE app_reader", "DROP ROLE app_reader"),
                    changeset("never", "CREATE TABLE c (id int)", "DROP TABLE c"),
                ]);
                const output = join(scratch, "failing");
                ended = await command("--migrations", migrations, "--output", output);
                report = JSON.parse(readFileSync(join(output, "report.json"), "utf8")) as CheckReport;
            });

            it("ends with 1 when something does not hold", () => {
                assert.equal(ended.status, 1, ended.text);
                assert.match(ended.text, /Check failed: 3 findings\./);
            });

            it("tells what lint says of it", () => {
                assert.match(ended.text, /^changelog\.sql:8: error needs-administrator in changelog\.sql::role::a$/m);
            });

            it("runs changesets as the user that the pipeline deploys as, who may not do everything", () => {
                assert.match(String(report.changesets[1]?.details), /denied to create role[^]*CREATE ROLE app_reader$/);
            });

            it("says which changeset of the changelog fails, and what was not tried", () => {
                assert.deepEqual(verdicts(report), {
                    "a:good": "Proven schema",
                    "a:role": "Fails nothing",
                    "a:never": "NotReached nothing",
                });
            });
        });

        it("refuses code of the repository with 2, unless it is allowed on the command line", async () => {
            const changes = [{ executeCommand: { executable: "touch", args: [{ arg: { value: "ran" } }] } }];
            const changeSet = { id: "program", author: "me", changes, rollback: [{ sql: "SELECT 1" }] };
            const migrations = directory({
                "liquibase.properties": "changeLogFile=changelog.yaml",
                "changelog.yaml": JSON.stringify({ databaseChangeLog: [{ changeSet }] }),
            });
            const { status, text } = await command("--migrations", migrations);
            assert.equal(status, 2, text);
            assert.match(
                text,
                /AP1107: The changelog runs code from the repository, which this environment does not allow; nothing was changed:\n\| {3}- changelog\.yaml::program::me: executeCommand starts touch ran\n/,
            );
            assert.deepEqual(readdirSync(migrations).sort(), ["changelog.yaml", "liquibase.properties"]);
            const { report } = await checked(migrations, { allowCode: true });
            assert.deepEqual(Object.keys(verdicts(report)), ["me:program"]);
            assert.ok(readdirSync(migrations).includes("ran"));
        });

        it("ends with 2 when there is nothing to check, and says what to do", async () => {
            const { status, text } = await command("--migrations", join(scratch, "nowhere"));
            assert.equal(status, 2, text);
            assert.match(text, /nowhere: the directory does not exist\./);
        });

        it("leaves neither server nor files when it is interrupted", async () => {
            const temporary = join(scratch, "temporary");
            mkdirSync(temporary);
            // The server's user has to pass, where that is not the user of the test.
            [scratch, temporary].forEach((path) => chmodSync(path, 0o711));
            const slow = sqlDirectory([changeset("slow", "SELECT pg_sleep(60)", "SELECT 1")]);
            const child = start(["--migrations", slow], { TMPDIR: temporary });
            await until(child, /Applying, undoing/);
            assert.notDeepEqual(ours(temporary), []);
            assert.ok(processesIn(temporary) > 0);
            child.kill("SIGINT");
            const [status] = (await once(child, "exit")) as [number];
            assert.equal(status, 130);
            assert.deepEqual(ours(temporary), []);
            assert.equal(processesIn(temporary), 0);
        });
    });

    const checked = (migrations: string, options?: Pick<CheckOptions, "administrator" | "allowCode">) =>
        checkedDirectory(migrations, join(scratch, "report"), options);
    const checkedSql = (parts: string[]) => checked(sqlDirectory(parts));
    const sqlDirectory = (parts: string[]) => directory(changelogOf(parts));
    const directory = (files: Record<string, string>) => migrationsWith(scratch, files);

    function start(args: string[], environment: Record<string, string> = {}) {
        const program = ["--require", "ts-node/register/transpile-only", "scripts/check/main.ts"];
        return spawn(process.execPath, [...program, "--output", join(scratch, "report"), ...args], {
            cwd: root,
            env: { ...process.env, TS_NODE_PROJECT: join(root, "tsconfig.json"), ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    async function command(...args: string[]): Promise<{ status: number; text: string }> {
        const child = start(args);
        let text = "";
        child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
        const [status] = (await once(child, "close")) as [number];
        return { status, text };
    }

    async function until(child: ReturnType<typeof start>, pattern: RegExp): Promise<void> {
        let text = "";
        for await (const chunk of child.stdout) {
            text += String(chunk);
            if (pattern.test(text)) return;
        }
        throw new Error(`It ended without ${pattern}:\n${text}`);
    }

    /** What is left in a temporary directory; Node's compile cache and the like are not ours. */
    function ours(path: string): string[] {
        return readdirSync(path).filter((name) => name.startsWith("aurora-pipeline-"));
    }

    /** How many processes name a directory: servers by their data, Liquibase by its class path. */
    function processesIn(path: string): number {
        const lines = execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" }).split("\n");
        return lines.filter((line) => line.includes(path)).length;
    }
});

const defects = [
    "--changeset a:good",
    "CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);",
    "--rollback DROP TABLE items;",
    "",
    "--changeset a:does-nothing",
    "CREATE TABLE leftover (id bigint PRIMARY KEY, note text);",
    "CREATE INDEX leftover_note_idx ON leftover (note);",
    "--rollback SELECT 1;",
    "",
    "--changeset a:insert-empty",
    "INSERT INTO items (name) VALUES ('a'), ('b');",
    "--rollback empty",
    "",
    "--changeset a:update-empty",
    "UPDATE items SET name = upper(name);",
    "--rollback empty",
    "",
    "--changeset a:explained",
    "INSERT INTO items (name) VALUES ('c');",
    "--rollback not required: the list of items only grows",
    "",
    "--changeset a:missing",
    "ALTER TABLE items ADD COLUMN price numeric;",
    "",
    changeset("fails", "ALTER TABLE items ADD COLUMN weight numeric", "ALTER TABLE items DROP COLUMN wieght"),
    // Outside of a transaction the first half of a rollback stays done: the ones after it need a new database.
    "--changeset a:fails-half-way runInTransaction:false",
    "CREATE INDEX CONCURRENTLY items_name_idx ON items (name);",
    "--rollback DROP INDEX CONCURRENTLY items_name_idx;",
    "--rollback DROP TABLE leftover;",
    "--rollback DROP INDEX CONCURRENTLY items_name_idx_again;",
    "",
    changeset(
        "forgets-type",
        "CREATE TYPE size AS ENUM ('s', 'm');\nALTER TABLE items ADD COLUMN size size",
        "ALTER TABLE items DROP COLUMN size",
    ),
    changeset(
        "forgets-role",
        "CREATE ROLE app_reader;\nGRANT SELECT ON items TO app_reader",
        "REVOKE SELECT ON items FROM app_reader",
    ),
    changeset("deletes-too-much", "INSERT INTO items (name) VALUES ('d')", "DELETE FROM items"),
    changeset("undoes-nothing-done", "SELECT 1", "DROP TABLE leftover"),
    // What its rollback leaves does not show, but is in the way: a number that is taken for good.
    changeset(
        "not-twice",
        "CREATE TABLE once (id int);\nDO $$ BEGIN IF lo_get(4711) IS NOT NULL THEN RAISE 'taken'; END IF; EXCEPTION WHEN undefined_object THEN PERFORM lo_create(4711); END $$",
        "DROP TABLE once",
        "splitStatements:false",
    ),
    changeset(
        "drops-column",
        "ALTER TABLE items DROP COLUMN name CASCADE",
        "ALTER TABLE items ADD COLUMN name text;\n--rollback CREATE INDEX items_name_idx ON items (name)",
    ),
    "--changeset a:no-precondition",
    "--preconditions onFail:MARK_RAN",
    "--precondition-sql-check expectedResult:1 SELECT 0",
    "CREATE TABLE never (id int);",
    "--rollback DROP TABLE never;",
    "",
    changeset("numbers", "INSERT INTO items (price) VALUES (1)", "DELETE FROM items WHERE price = 1"),
    // It relies on the number that the one before it gets on a database where it was never undone.
    changeset(
        "refers-to-number",
        "CREATE TABLE sales (item bigint NOT NULL REFERENCES items (id));\nINSERT INTO sales VALUES (4)",
        "DROP TABLE sales",
    ),
    changeset("role", "CREATE ROLE app_writer", "DROP ROLE app_writer"),
    changeset("last", "CREATE VIEW prices AS SELECT price FROM items", "DROP VIEW prices"),
];
