import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEachCopy, type Delivery, type Project } from "../support/delivery";

const orders = `--changeset me:orders
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
--rollback DROP TABLE orders;`;
const dropNote = `--changeset me:drop-note
ALTER TABLE orders DROP COLUMN note;
--rollback ALTER TABLE orders ADD COLUMN note text;`;

describe("what a plan finds wrong", function () {
    this.timeout(240_000);
    let delivery: Delivery;
    /** A copy of a database to which orders has been deployed. */
    let project: Project;
    beforeEachCopy(
        async (original, started) => {
            delivery = started;
            original.changelog(orders);
            await original.buildEnding(0, "deploy");
            original.nextExecution();
        },
        (copy) => {
            project = copy;
        },
    );

    const plan = (expected: number, environment?: Record<string, string>) =>
        project.buildEnding(expected, "plan", { environment });

    describe("with levels of its own in each environment", () => {
        let planned: Record<"dev" | "prod", { project: Project; output: string }>;
        let linterMode: number;
        beforeEach(async () => {
            planned ??= await planInBoth();
        });

        /** The linter is not executable before, as in a toolchain that was unpacked without the modes of its files. */
        async function planInBoth(): Promise<typeof planned> {
            project.changelog(orders, dropNote);
            project.write({
                "lint.yaml":
                    "rules: { ban-drop-column: warning }\nenvironments: { prod: { rules: { ban-drop-column: error } } }\n",
            });
            const dev = project;
            const prod = await delivery.copy(project);
            const linter = path.join(delivery.toolchain, "squawk");
            fs.chmodSync(linter, 0o644);
            const output = await plan(0);
            linterMode = fs.statSync(linter).mode;
            const refused = await prod.buildEnding(1, "plan", { environment: { ENVIRONMENT_NAME: "prod" } });
            return { dev: { project: dev, output }, prod: { project: prod, output: refused } };
        }

        it("fails on an error of the linter, and leaves everything that explains it", () => {
            const { project, output } = planned.prod;
            assert.match(output, /changelog\.sql:\d+: error ban-drop-column in changelog\.sql::drop-note::me\n {4}/);
            assert.match(
                output,
                /^AP1101: This plan must not run; nothing was changed:\n {2}- the linter has 1 error/m,
            );
            const { lint, objections, changes } = project.plan();
            assert.deepEqual(
                lint?.findings.map(({ rule, level, line, changeset }) => [rule, level, line, changeset]),
                [["ban-drop-column", "error", 8, "changelog.sql::drop-note::me"]],
            );
            assert.equal(changes.length, 1);
            assert.match(objections!.join(), /^the linter has 1 error/);
            assert.match(project.artifact("plan.md"), /\*\*This must not run\*\*[\s\S]*error ban-drop-column in/);
            assert.match(project.artifact("plan.html"), /<strong>Error: ban-drop-column<\/strong>/);
            assert.match(
                project.report(),
                /<testsuite name="lint" tests="1" failures="1"[\s\S]*ban-drop-column: changelog\.sql::drop-note::me/,
            );
            assert.match(project.exports(), /^LINT_ERRORS=1\nLINT_WARNINGS=0\nLINT_WAIVED=0$/m);
        });

        it("shows warnings and goes on", () => {
            const { project, output } = planned.dev;
            assert.match(output, /warning ban-drop-column in changelog\.sql::drop-note::me/);
            assert.match(project.artifact("plan.html"), /<strong>Warning: ban-drop-column<\/strong>/);
            assert.match(project.report(), /<testsuite name="lint" tests="1" failures="0" errors="0" skipped="1"/);
            assert.deepEqual(project.plan().objections, []);
        });

        it("makes the linter executable, however the toolchain was unpacked", () => {
            assert.notEqual(linterMode & 0o100, 0);
        });
    });

    it("rejects a changeset under the name of the pipeline's own rows, which an undo would skip", async () => {
        const hidden =
            "--changeset me:hidden logicalFilePath:liquibase-internal\nDELETE FROM orders WHERE id = 1;\n--rollback empty";
        project.changelog(orders, hidden);
        for (const action of ["plan", "deploy"]) {
            const output = await project.buildEnding(2, action);
            assert.match(
                output,
                /^AP1108: The file name liquibase-internal is reserved[^\n]*\n {2}- liquibase-internal::hidden::me$/m,
            );
        }
        assert.ok(!(await project.history()).includes("hidden"));
    });

    it("finds what Liquibase's history has no room for, before anything runs", async () => {
        const [labels, contexts, tag] = ["l", "c", "t"].map((letter) => letter.repeat(256));
        project.write({
            "changelog.yaml": JSON.stringify({
                databaseChangeLog: [
                    {
                        changeSet: {
                            ...{ id: "1", author: "me", labels, context: `!${contexts!.slice(1)}` },
                            changes: [{ tagDatabase: { tag } }],
                            rollback: [],
                        },
                    },
                ],
            }),
            "liquibase.properties": "changeLogFile=changelog.yaml\n",
        });
        const output = await plan(1);
        for (const what of ["labels have", "contexts have", "tag has"]) {
            assert.match(output, new RegExp(`Its ${what} 256 characters; allowed: 255`));
        }
    });

    it("finds what Liquibase ignores, even when nothing is pending", async () => {
        project.write({
            "liquibase.properties": "changeLogFile=root.yaml\n",
            "root.yaml": "databaseChangeLog: [{ include: { file: changelog.sql } }, { includeAll: { path: all/ } }]",
            "all/1.sql": "--liquibase formatted sql\n\n---changeset me:one\nCREATE TABLE one (id bigint);",
            "all/2.sql":
                '--liquibase formatted sql\n\n--changeset me:two dbms:"postgresql"\nCREATE TABLE two (id bigint);',
            "all/3.sql": "--liquibase formatted sql\n\nCREATE TABLE three (id bigint);",
            "all/4.sql": "--liquibase formatted sql\n",
        });
        assert.match(await plan(1), /^AP1101: This plan must not run/m);
        const { changes, lint } = project.plan();
        assert.deepEqual(changes, []);
        assert.deepEqual(
            lint?.findings.map(({ file, line, rule, level }) => `${file}:${line} ${level} ${rule}`),
            [
                "all/1.sql:3 error misspelled-word",
                "all/3.sql:3 error outside-changeset",
                "all/4.sql:1 warning no-changeset",
                "all/2.sql:3 error unknown-database",
            ],
        );
        assert.match(project.artifact("plan.html"), /Did you mean `--changeset …`\?/);
    });

    it("finds parameters that nothing defines, and says nothing of what ran with them", async () => {
        const properties = "changeLogFile=root.yaml\nparameter.default_currency=EUR\n";
        const changeSet = (id: string, value: string) => ({
            changeSet: {
                id,
                author: "me",
                changes: [{ insert: { tableName: "orders", columns: [column(value)] } }],
                rollback: [],
            },
        });
        const column = (value: string) => ({ column: { name: "note", value } });
        const root = (...more: object[]) =>
            project.write({
                "liquibase.properties": properties,
                "root.yaml": JSON.stringify(
                    { databaseChangeLog: [{ include: { file: "changelog.sql" } }, ...more] },
                    null,
                    1,
                ),
            });
        root(changeSet("1", "${PWD} ${user.name} ${default_currency}"), changeSet("2", "${default_curency}"));
        assert.match(await plan(1), /error misspelled-parameter[\s\S]*Did you mean `\$\{default_currency\}`\?/);
        const found = project.plan().lint!.findings.filter(({ rule }) => rule === "undefined-parameter");
        assert.deepEqual(
            found.map(({ rule, level, line, what }) => [rule, level, line, what]),
            [
                ["undefined-parameter", "warning", 20, "No parameter defines `${PWD}`."],
                ["undefined-parameter", "warning", 20, "No parameter defines `${user.name}`."],
            ],
        );
        assert.match(project.plan().changes[0]!.sql.join(), /\$\{PWD\} \$\{user\.name\} EUR/);
        // The error is that of the misspelled one alone.
        assert.match(project.plan().objections!.join(), /^the linter has 1 error/);
    });

    it("honours a waiver with a reason", async () => {
        project.changelog(
            orders,
            `--changeset me:drop-note\n--lint-waive ban-drop-column: nobody reads it
ALTER TABLE orders DROP COLUMN note;\n--rollback ALTER TABLE orders ADD COLUMN note text;`,
        );
        project.write({ "lint.yaml": "rules: { ban-drop-column: error }\n" });
        await plan(0);
        assert.equal(project.plan().lint?.findings[0]?.waived, "nobody reads it");
    });

    describe("where the stack's config pins levels", () => {
        const environment = { ENVIRONMENT_NAME: "prod", LINT_FLOOR: '{"destructive":"warning"}' };
        let planned: { project: Project; output: string };
        beforeEach(async () => {
            planned ??= await planLowered();
        });

        async function planLowered(): Promise<typeof planned> {
            project.changelog(
                orders,
                dropNote,
                `--changeset me:again\n--lint-waive ban-drop-table: it was never used
DROP TABLE orders;\n--rollback not required: nobody misses it`,
            );
            project.write({ "lint.yaml": "rules: { ban-drop-column: off, drop-in-use: off }\n" });
            return { project, output: await plan(0, environment) };
        }

        it("cannot be silenced below them, and says what the repository lowers", () => {
            const { project, output } = planned;
            assert.match(output, /warning ban-drop-column in changelog\.sql::drop-note::me/);
            assert.match(output, /warning ban-drop-table in changelog\.sql::again::me/);
            const lowered = project.plan().lint!.lowered;
            assert.deepEqual(
                lowered.map(({ rule, from, to, asked, reason }) => [rule, from, to, asked, reason]),
                [
                    ["drop-in-use", "error", "off", undefined, undefined],
                    ["ban-drop-column", "error", "warning", "off", undefined],
                    ["ban-drop-table", "error", "warning", "waived", "it was never used"],
                ],
            );
            assert.match(project.exports(), /^LINT_LOWERED=3$/m);
            // Log, page and exports, which the approval shows, have the same numbers.
            const [, errors, warnings, waived] = /^LINT_ERRORS=(\d+)\nLINT_WARNINGS=(\d+)\nLINT_WAIVED=(\d+)$/m.exec(
                project.exports(),
            )!;
            assert.notEqual(warnings, "0");
            const counts = `${errors} errors, ${warnings} warnings?, ${waived} waived`;
            assert.match(output, new RegExp(`Lint of 2 changesets: ${counts}`));
            assert.match(
                project.artifact("plan.html"),
                new RegExp(`${counts}; lowered or waived by the repository: 3`),
            );
            for (const text of [output, project.artifact("plan.md"), project.artifact("plan.html")]) {
                assert.match(text, /Lowered or waived by the repository/);
                assert.match(text, /it was never used/);
            }
        });

        it("is refused by a deployment that finds another catalog, which says what changed", async () => {
            project = await delivery.copy(planned.project);
            const { lowered } = project.plan().lint!;
            const approved = { environment: { ...environment, CODEBUILD_SRC_DIR_DeployPlan: project.approve() } };
            await project.query("CREATE INDEX by_hand ON orders (note)");
            const refused = await project.buildEnding(2, "deploy", approved);
            assert.match(
                refused,
                /The database's catalog is not the one that the plan was made for:\n {2}\+ index public\.by_hand: CREATE INDEX/,
            );
            assert.match(refused, /Nothing was run\./);
            await project.query("DROP INDEX by_hand");
            await project.buildEnding(0, "deploy", approved);
            assert.deepEqual(project.deployment().lowered, lowered);
        });
    });

    it("lints only what is pending", async () => {
        project.write({ "lint.yaml": "profile: strict\n" });
        await plan(0);
        assert.deepEqual(project.plan().lint?.findings, []);
    });

    it("says where an applied changeset was edited", async () => {
        project.changelog(orders.replace("bigint", "int"));
        const output = await plan(2);
        assert.match(output, /changelog\.sql:3: error \S+ in changelog\.sql::orders::me/);
        assert.match(output, /AP1402: .*: a changeset that has already run was edited:/);
        assert.match(project.report(), /<testsuite name="lint" tests="1" failures="1"/);
    });

    it("refuses a lint.yaml that it does not understand, before it asks the database", async () => {
        project.write({ "lint.yaml": "drift: loud\n" });
        assert.match(
            await plan(2),
            /^AP1011: .*lint\.yaml has settings that the linter does not accept:\n {2}- drift: allowed: off, warning, error/,
        );
    });

    it("runs another linter where the image brings one", async () => {
        project.changelog(orders, dropNote);
        const output = await plan(2, { SQUAWK: "/nowhere/squawk" });
        assert.match(output, /AP1014: The SQL linter squawk is missing or cannot be executed: \/nowhere\/squawk/);
    });
});
