import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEachProject, type Delivery, password, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

const counter =
    "--changeset me:counter\nCREATE TABLE counter (n int);\nINSERT INTO counter VALUES (0);\n--rollback DROP TABLE counter;";
const old = "--changeset me:old\nUPDATE counter SET n = n + 1;\n--rollback UPDATE counter SET n = n - 1;";

describe("a deployment compares what runs with its plan", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject((fresh, server) => {
        [project, delivery] = [fresh, server];
    });

    const count = async () => (await project.query<{ n: number }>("SELECT n FROM counter"))[0]!.n;

    /** Runs a build and, while one of its statements sleeps, something else. */
    function whileItSleeps(
        expected: number,
        action: string,
        work: () => Promise<void> | void,
        environment: Record<string, string> = {},
    ): Promise<string> {
        const asleep = async () =>
            (
                await project.query(
                    "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2%' AND state = 'active' AND pid <> pg_backend_pid()",
                )
            ).length > 0;
        return project.buildEnding(expected, action, {
            environment,
            onStart: () => void eventually("the statement sleeps", asleep).then(work),
        });
    }

    const refusal = (key: string) =>
        new RegExp(`^ *${key.replaceAll(".", "\\.")} differs from the approved plan; none of it was run\\.$`, "m");

    it("and runs no changeset that becomes pending meanwhile", async () => {
        project.changelog(counter, old);
        await project.buildEnding(0, "deploy");
        assert.equal(await count(), 1);
        project.nextExecution();
        project.write({ "lint.yaml": "rules: { tracking-tables: warning }\n" });
        project.changelog(
            counter,
            old,
            "--changeset me:forget\nDELETE FROM databasechangelog WHERE id = 'old';\n--rollback empty",
            "--changeset me:locked\nALTER TABLE counter ADD COLUMN note text;\n--rollback ALTER TABLE counter DROP COLUMN note;",
        );
        await project.buildEnding(0, "plan");
        const CODEBUILD_SRC_DIR_DeployPlan = project.approve();
        const other = await delivery.server.connect(project.database, "dbowner", password);
        await other.query("BEGIN; LOCK TABLE counter IN ACCESS SHARE MODE");
        const output = await project.buildEnding(1, "deploy", {
            environment: { CODEBUILD_SRC_DIR_DeployPlan, LOCK_TIMEOUT_MILLISECONDS: "200" },
            onStart: (_, printed) =>
                void eventually("the changeset tries again", () => printed().includes("did not get its locks")).then(
                    () => other.query("ROLLBACK"),
                ),
        });
        await other.end();
        assert.match(output, refusal("changelog.sql::old::me"));
        assert.match(output, /^ +- The plan does not have it\.$/m);
        assert.match(output, /Start the pipeline again to plan and approve the current state\./);
        assert.equal(await count(), 1);
    });

    /** One changeset that sleeps, and then one that reads a file: what is in it may change in between. */
    const source = (change: object, rollback: object[] = [], ...more: object[]) =>
        project.write({
            "liquibase.properties": "changeLogFile=changelog.yaml\n",
            "changelog.yaml": JSON.stringify({
                databaseChangeLog: [
                    sql("table", "CREATE TABLE words (word text)", "DROP TABLE words"),
                    sql("sleep", "SELECT pg_sleep(2)", "SELECT 1"),
                    ...more,
                    { changeSet: { id: "reads", author: "me", changes: [change], rollback } },
                    // Undone first.
                    sql("last", "SELECT 1", "SELECT pg_sleep(2.0)"),
                ],
            }),
        });
    const sql = (id: string, text: string, undo: string) => ({
        changeSet: { id, author: "me", changes: [{ sql: { sql: text } }], rollback: [{ sql: { sql: undo } }] },
    });

    const cases: [what: string, change: object, difference: RegExp][] = [
        [
            "whose SQL was rewritten",
            { sqlFile: { path: "words.txt" } },
            /^ +- statement 1 of 1 planned and 1 now: planned "INSERT .*'one'\);", now "INSERT .*'two'\);"$/m,
        ],
        [
            "whose data were, also where its SQL is made from the database",
            { loadData: { tableName: "words", file: "words.csv" } },
            /^ +- checksum: planned "9:\w+", now "9:\w+"$/m,
        ],
        [
            "whose prepared statement takes another file",
            { insert: { tableName: "words", columns: [{ column: { name: "word", valueClobFile: "words.csv" } }] } },
            /^ +- file: planned words\.csv \(9 bytes, SHA-256 \w+\), now words\.csv \(9 bytes, SHA-256 \w+\)$/m,
        ],
    ];
    const words = (word: string) => ({
        "words.txt": `INSERT INTO words VALUES ('${word}');\n`,
        "words.csv": `word\n${word}\n`,
    });
    for (const [what, change, difference] of cases) {
        it(`and runs none ${what}`, async () => {
            source(change);
            project.write(words("one"));
            const output = await whileItSleeps(1, "deploy", () => project.write(words("two")));
            assert.match(output, /changelog\.yaml::reads::me differs from the approved plan/);
            assert.match(output, difference);
            assert.match(output, /The database is as it was before/);
            assert.ok(!(await project.tables()).includes("words"));
        });
    }

    describe("of a release whose check failed first, and of its rollback,", () => {
        const append = (word: string) => ({
            executeCommand: {
                executable: "sh",
                args: [{ arg: { value: "-c" } }, { arg: { value: `echo ${word} >> ../ran` } }],
            },
        });
        const undo = [{ sqlFile: { path: "undo.txt" } }];
        const ran = () => fs.readFileSync(path.join(project.source, "ran"), "utf8").trim().split("\n");
        const environment = { ALLOW_CODE: "true" };
        let failed: string;
        let refused: string;
        /** What the refused rollback left. */
        let left: { words: object[]; history: string[] };
        const ranAfter: string[][] = [];
        let undone: Project;
        before(async () => {
            project = await delivery.project();
            source({ loadData: { tableName: "words", file: "words.csv" } }, undo, {
                changeSet: { id: "code", author: "me", changes: [append("applied")], rollback: [append("undone")] },
            });
            project.write({
                ...words("one"),
                "undo.txt": "DELETE FROM words;\n",
                "verify/all.sql": "-- check: never\nSELECT false;\n",
            });
            failed = await project.buildEnding(1, "deploy", { environment });
            project.write({ "verify/all.sql": "-- check: always\nSELECT true;\n" });
            project.nextExecution();
            await project.buildEnding(0, "deploy", { environment });
            ranAfter.push(ran());

            const ROLLBACK_TO = project.releaseId;
            project.nextExecution();
            await project.buildEnding(0, "plan", { environment: { ...environment, ROLLBACK_TO } });
            refused = await whileItSleeps(
                1,
                "rollback",
                () => project.write({ "undo.txt": "UPDATE words SET word = 'hidden';\n" }),
                { ...environment, ROLLBACK_TO, CODEBUILD_SRC_DIR_RollbackPlan: project.approve() },
            );
            left = { words: await project.query("SELECT word FROM words"), history: await project.history() };
            // As planned, it goes on from there.
            project.write({ "undo.txt": "DELETE FROM words;\n" });
            project.nextExecution();
            await project.buildEnding(0, "rollback", { environment: { ...environment, ROLLBACK_TO } });
            ranAfter.push(ran());
            undone = project;
        });

        it("and continues if everything is as planned, and undoes the release if a check fails", () => {
            assert.match(failed, /Its catalog is the same as before the update/);
            assert.deepEqual(left.words, [{ word: "one" }]);
        });

        it("and undoes in no other way than planned", async () => {
            assert.match(refused, refusal("changelog.yaml::reads::me"));
            assert.match(refused, /planned "DELETE FROM words;", now "UPDATE words SET word = 'hidden';"/);
            assert.deepEqual(left.words, [{ word: "one" }]);
            assert.deepEqual(left.history, [
                "[release-abcdef0-execut00]",
                "[release-abcdef0-execut01]",
                "table",
                "sleep",
                "code",
                "reads",
            ]);
            assert.ok(!(await undone.tables()).includes("words"));
        });

        it("and runs each comparison once, and what is not SQL", () => {
            assert.deepEqual(ranAfter, [
                ["applied", "undone", "applied"],
                ["applied", "undone", "applied", "undone"],
            ]);
        });
    });
});
