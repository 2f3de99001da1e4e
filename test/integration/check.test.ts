import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { check, type CheckOptions } from "../../scripts/check/check";
import type { CheckReport } from "../../scripts/check/report";

const root = join(__dirname, "../..");

describe("npm run check", () => {
    let scratch: string;
    before(() => {
        scratch = mkdtempSync(join(tmpdir(), "check-test-"));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));

    it("proves every rollback of the sample schema", async () => {
        const { report, lines } = await checked(join(root, "migrations"));
        assert.deepEqual(
            lines.filter((line) => line.startsWith("✗")),
            [],
        );
        assert.equal(report.passed, true);
        assert.equal(report.whole.result, "Proven");
        assert.deepEqual(verdicts(report)["shop:006-normalised-email-backfill"], "Unseen nothing");
        assert.deepEqual(verdicts(report)["shop:003-order-statuses"], "Proven data");
        const others = report.changesets.filter(({ verdict }) => verdict !== "Proven");
        assert.deepEqual(
            others.map(({ id }) => id),
            ["006-normalised-email-backfill"],
        );
    });

    it("says of what does not run that its precondition was not met, not that another one failed", async () => {
        const create = (name: string, more = "") =>
            `--changeset a:${name}\n${more}CREATE TABLE ${name} (id bigint);\n--rollback DROP TABLE ${name};\n`;
        const elsewhere = "--preconditions onFail:CONTINUE\n--precondition-table-exists table:absent\n";
        const { report } = await checkedSql([create("one"), create("two", elsewhere), create("three")]);
        assert.deepEqual(verdicts(report), {
            "a:one": "Proven schema",
            "a:two": "NotRun nothing",
            "a:three": "Proven schema",
        });
        const { message = "" } = report.changesets.find(({ id }) => id === "two")!;
        assert.match(message, /^A precondition was not met, so it stays pending \(onFail: CONTINUE\)\. /);
        assert.equal(report.whole.result, "Proven");
    });

    it("finds every kind of wrong rollback, each by itself", async () => {
        // One of them creates a role, which the migrator may not.
        const { report, lines } = await checkedSql(defects, { administrator: true });
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
        assert.ok(lines.includes('    ERROR: column "wieght" of relation "items" does not exist'));
        assert.ok(
            lines.includes("Undoing all at once was not checked: changelog.sql::does-nothing::a cannot be undone."),
        );
    });

    it("refuses code of the repository, unless it is allowed on the command line", async () => {
        const directory = mkdtempSync(join(scratch, "code-"));
        writeFileSync(join(directory, "liquibase.properties"), "changeLogFile=changelog.yaml");
        const changes = [{ executeCommand: { executable: "touch", args: [{ arg: { value: "ran" } }] } }];
        const changeSet = { id: "program", author: "me", changes, rollback: [{ sql: "SELECT 1" }] };
        writeFileSync(join(directory, "changelog.yaml"), JSON.stringify({ databaseChangeLog: [{ changeSet }] }));
        await assert.rejects(checked(directory), {
            message:
                /^AP1107: The changelog runs code from the repository, which this environment does not allow; nothing was changed:\n {2}- changelog\.yaml::program::me: executeCommand starts touch ran\n/,
        });
        assert.deepEqual(readdirSync(directory).sort(), ["changelog.yaml", "liquibase.properties"]);
        const { report } = await checked(directory, { allowCode: true });
        assert.deepEqual(Object.keys(verdicts(report)), ["me:program"]);
        assert.ok(readdirSync(directory).includes("ran"));
    });

    it("says which changeset of the changelog fails, and what was not tried", async () => {
        const { report } = await checkedSql([
            changeset("good", "CREATE TABLE a (id int)", "DROP TABLE a"),
            changeset("broken", "ALTER TABLE b ADD COLUMN x int", "SELECT 1"),
            changeset("never", "CREATE TABLE c (id int)", "DROP TABLE c"),
        ]);
        assert.deepEqual(verdicts(report), {
            "a:good": "Proven schema",
            "a:broken": "Fails nothing",
            "a:never": "NotReached nothing",
        });
        assert.match(report.changesets[1]?.details.join() ?? "", /relation "b" does not exist/);
    });

    it("runs changesets as the user that the pipeline deploys as, who may not do everything", async () => {
        const needsMore = [
            changeset("good", "CREATE TABLE a (owner text DEFAULT current_user)", "DROP TABLE a"),
            changeset("role", "CREATE ROLE app_reader", "DROP ROLE app_reader"),
        ];
        const { report } = await checkedSql(needsMore);
        assert.deepEqual(verdicts(report), { "a:good": "Proven schema", "a:role": "Fails nothing" });
        assert.match(report.changesets[1]?.details.join() ?? "", /permission denied to create role/);
        const { report: allowed } = await checkedSql(needsMore, { administrator: true });
        assert.equal(allowed.passed, true);
    });

    it("does not undo changesets that were only marked as ran", async () => {
        const { report } = await checkedSql([
            changeset("good", "CREATE TABLE a (id int)", "DROP TABLE a"),
            "--changeset a:marked\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 SELECT 0",
            "CREATE TABLE never (id int);",
            "--rollback DROP TABLE never;\n",
        ]);
        assert.deepEqual(verdicts(report), { "a:good": "Proven schema", "a:marked": "NotRun nothing" });
        assert.deepEqual(
            [report.whole.result, report.whole.message],
            ["Proven", "Undone and reapplied at once, all 2 changesets have the same result."],
        );
        assert.equal(report.passed, true);
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

    it("finds real defects in a third-party changelog", async () => {
        const { report, lines } = await checked(directory({ ...flowableDecisions }));
        const found = report.changesets.filter(({ verdict }) => verdict !== "Proven");
        assert.deepEqual(
            found.map(({ id, verdict, details }) => [id, verdict, details[0]]),
            [
                ["4", "NoRollback", "Liquibase derives no rollback from dropColumn."],
                ["7", "NoRollback", "Liquibase derives no rollback from dropIndex."],
            ],
        );
        assert.ok(
            lines.some((line) => line.includes("- column public.act_dmn_")),
            lines.join("\n"),
        );
    });

    it("runs the checks in verify/ after all changesets", async () => {
        const changelog = ["--liquibase formatted sql\n", changeset("good", "CREATE TABLE a (id int)", "DROP TABLE a")];
        const migrations = directory({
            "liquibase.properties": "changeLogFile=changelog.sql\n",
            "changelog.sql": changelog.join("\n"),
            "verify/rows.sql":
                "-- check: the table is there\nSELECT count(*) = 0 FROM a;\n-- check: it has rows\nSELECT count(*) > 0 FROM a;\n",
        });
        const { report, lines } = await checked(migrations);
        assert.equal(report.passed, false);
        assert.deepEqual(
            report.verification.map(({ name, failure }) => [name, failure]),
            [
                ["the table is there", undefined],
                ["it has rows", "is false"],
            ],
        );
        assert.deepEqual(lines.slice(-4, -1), [
            "✗ it has rows (verify/rows.sql): is false",
            "Of 2 checks in verify/, 1 holds after all changesets.",
            "Check failed: 1 finding.",
        ]);
    });

    it("proves a changelog of 170 changesets", async () => {
        const { report } = await checkedSql(Array.from({ length: 17 }, (_, number) => tenChangesets(number)).flat());
        assert.equal(report.changesets.length, 170);
        assert.equal(report.passed, true);
    });

    describe("as a command", () => {
        it("ends with 0 if everything holds, and writes its reports", async () => {
            const migrations = sqlDirectory([changeset("good", "CREATE TABLE a (id int)", "DROP TABLE a")]);
            const output = join(scratch, "command");
            const { status, text } = await command("--migrations", migrations, "--output", output);
            assert.equal(status, 0, text);
            assert.match(text, /Check passed\./);
            const report = JSON.parse(readFileSync(join(output, "report.json"), "utf8")) as CheckReport;
            assert.deepEqual(verdicts(report), { "a:good": "Proven schema" });
            assert.match(readFileSync(join(output, "junit.xml"), "utf8"), /<testsuites tests="2" failures="0"/);
        });

        it("ends with 1 when something does not hold", async () => {
            const { status, text } = await command(
                "--migrations",
                sqlDirectory([changeset("bad", "CREATE TABLE a (id int)", "SELECT 1")]),
            );
            assert.equal(status, 1, text);
            assert.match(text, /Check failed: 1 finding\./);
        });

        it("ends with 2 when there is nothing to check, and says what to do", async () => {
            const { status, text } = await command("--migrations", join(scratch, "nowhere"));
            assert.equal(status, 2, text);
            assert.match(text, /nowhere: the directory does not exist\./);
        });

        it("ends with 2 when Liquibase refuses the changelog", async () => {
            const { status, text } = await command(
                "--migrations",
                directory({ "liquibase.properties": "changeLogFile=missing.xml" }),
            );
            assert.equal(status, 2, text);
            assert.match(text, /missing\.xml/);
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

    async function checkedSql(parts: string[], options: Pick<CheckOptions, "administrator"> = {}) {
        return checked(sqlDirectory(parts), options);
    }

    async function checked(
        migrations: string,
        options: Pick<CheckOptions, "administrator" | "allowCode"> = {},
    ): Promise<{ report: CheckReport; lines: string[] }> {
        const lines: string[] = [];
        const report = await check({
            ...options,
            migrations,
            output: join(scratch, "report"),
            progress: { step: (_, work) => work(() => {}), say: (line) => lines.push(line) },
            signal: new AbortController().signal,
        });
        return { report, lines };
    }

    function sqlDirectory(parts: string[]): string {
        const changelog = ["--liquibase formatted sql\n", ...parts].join("\n");
        return directory({ "liquibase.properties": "changeLogFile=changelog.sql\n", "changelog.sql": changelog });
    }

    function directory(files: Record<string, string>): string {
        const path = mkdtempSync(join(scratch, "migrations-"));
        for (const [name, text] of Object.entries(files)) {
            mkdirSync(dirname(join(path, name)), { recursive: true });
            writeFileSync(join(path, name), text);
        }
        return path;
    }

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

function verdicts({ changesets }: CheckReport): Record<string, string> {
    return Object.fromEntries(
        changesets.map(({ id, author, verdict, changed }) => [`${author}:${id}`, `${verdict} ${changed}`]),
    );
}

function changeset(id: string, sql: string, rollback: string, options = ""): string {
    return `--changeset a:${id} ${options}\n${sql};\n--rollback ${rollback};\n`;
}

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
    changeset("last", "CREATE VIEW prices AS SELECT price FROM items", "DROP VIEW prices"),
];

function tenChangesets(number: number): string[] {
    const table = `t${number}`;
    const changes: [string, string][] = [
        [
            `CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now())`,
            `DROP TABLE ${table}`,
        ],
        [`CREATE INDEX ${table}_name_idx ON ${table} (name)`, `DROP INDEX ${table}_name_idx`],
        [`INSERT INTO ${table} (name) VALUES ('a'), ('b')`, `DELETE FROM ${table}`],
        [`ALTER TABLE ${table} ADD COLUMN price numeric NOT NULL DEFAULT 0`, `ALTER TABLE ${table} DROP COLUMN price`],
        [
            `ALTER TABLE ${table} ADD CONSTRAINT ${table}_c CHECK (price >= 0) NOT VALID`,
            `ALTER TABLE ${table} DROP CONSTRAINT ${table}_c`,
        ],
        [`CREATE VIEW v${number} AS SELECT id, name FROM ${table} WHERE price > 0`, `DROP VIEW v${number}`],
        [
            `CREATE FUNCTION f${number}() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM ${table}'`,
            `DROP FUNCTION f${number}()`,
        ],
        [`COMMENT ON TABLE ${table} IS 'one of many'`, `COMMENT ON TABLE ${table} IS NULL`],
        [
            `ALTER TABLE ${table} ADD COLUMN parent bigint REFERENCES ${table} (id)`,
            `ALTER TABLE ${table} DROP COLUMN parent`,
        ],
        [`CREATE TYPE e${number} AS ENUM ('a', 'b')`, `DROP TYPE e${number}`],
    ];
    return changes.map(([sql, rollback], position) => changeset(`${number}-${position}`, sql, rollback));
}

// Flowable's decision engine, the last release that carries Liquibase changelogs: on PostgreSQL two of its changesets
// cannot be undone.
const flowableDecisions = {
    "liquibase.properties": "changeLogFile=org/flowable/dmn/db/liquibase/flowable-dmn-db-changelog.xml\n",
    "pom.xml": `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>aurora-pipeline.test</groupId>
  <artifactId>flowable-decisions</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.flowable</groupId>
      <artifactId>flowable-dmn-engine</artifactId>
      <version>7.0.1</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
`,
};
