import * as assert from "node:assert/strict";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { inspect } from "node:util";
import { CodeRefusal } from "../../scripts/delivery/tools/code";
import { hostileClasses, trace } from "../support/hostileClasses";
import { beforeDelivery, createTable, type Delivery, type Project } from "../support/delivery";
import { makeJar, withFiles } from "../support/jar";
import { PlanSession } from "../support/planSession";

const xml = (content: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
${content}
</databaseChangeLog>`;

const changeSet = (id: string, content: string, attributes = "") =>
    `<changeSet id="${id}" author="me" ${attributes}>${content}</changeSet>`;

const touch = '<executeCommand executable="touch"><arg value="../ran-by-command"/></executeCommand>';

describe("code of the repository", () => {
    let project: Project;
    let delivery: Delivery;
    let jar: Uint8Array;
    beforeDelivery((started) => {
        delivery = started;
        jar = makeJar(delivery.toolchain, { classes: hostileClasses });
    });
    beforeEach(startProject);

    async function startProject(): Promise<void> {
        project = await delivery.project();
    }

    /** A changelog, and `lib/hostile.jar` with classes that leave a trace when any of them runs. */
    function source(changelog: string, content: string, others: Record<string, string> = {}): void {
        project.write({ "liquibase.properties": `changeLogFile=${changelog}\n`, [changelog]: content, ...others });
        addJar("hostile.jar", jar);
    }

    function addJar(name: string, content: Uint8Array): void {
        fs.mkdirSync(path.join(project.source, "migrations/lib"), { recursive: true });
        fs.writeFileSync(path.join(project.source, "migrations/lib", name), content);
    }

    function traces(of = project): string[] {
        return fs.readdirSync(of.source).filter((name) => name.startsWith("ran-by"));
    }

    async function refuse(action = "plan"): Promise<string> {
        const output = await project.buildEnding(2, action);
        assert.doesNotMatch(output, /^ +at /m, "a stack trace");
        assert.deepEqual(traces(), []);
        assert.deepEqual(await project.tables(), []);
        return output;
    }

    const refusal =
        /^AP1107: The changelog runs code from the repository, which this environment does not allow; nothing was changed:$/m;

    it("refuses preconditions that write, hide what they run, or decide what a plan shows", async () => {
        const check = (id: string, sql: string, attributes = "") =>
            changeSet(
                id,
                `<preConditions onFail="CONTINUE" onError="CONTINUE"${attributes}><sqlCheck expectedResult="1">${sql}</sqlCheck></preConditions><sql>SELECT 1</sql>`,
            );
        source(
            "changelog.xml",
            xml(
                [
                    check("hidden", "SELECT count(*) FROM databasechangelog", ' onSqlOutput="TEST"'),
                    check("second", "SELECT 1; DROP TABLE victim; COMMIT; SELECT 1"),
                    check("function", "SELECT lo_from_bytea(0, 'written')"),
                    check("with", "WITH gone AS (DELETE FROM victim RETURNING 1) SELECT count(*) FROM gone"),
                    check("comment", "SELECT 1 -- harmless"),
                    check("escape", "SELECT E'\\''; DROP TABLE victim; SELECT '"),
                    ...[check("dollar", "SELECT $$a$$"), check("quoted", 'SELECT "drop_all"()')],
                    check("letter", "SELECT öcount(1)"),
                    check("plain", "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('a', 'b')"),
                    check("exists", "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'it''s')"),
                ].join("\n"),
            ),
        );
        const output = await refuse("plan");
        const refused = [...output.matchAll(/^ {2}- changelog\.xml::(\w+)::me: (sqlCheck|preconditions) /gm)];
        assert.deepEqual(
            refused.map(([, id]) => id),
            ["hidden", "second", "function", "with", "comment", "escape", "dollar", "quoted", "letter"],
        );
    });

    it("is refused, all of it at once, with its changeset and file", async () => {
        source(
            "changelog.xml",
            xml(
                [
                    '<preConditions><customPrecondition className="hostile.Condition"/></preConditions>',
                    changeSet("class", '<customChange class="hostile.Change"/>'),
                    changeSet("program", touch),
                    changeSet("undo", `<sql>SELECT 1</sql><rollback>${touch}</rollback>`),
                    changeSet(
                        "condition",
                        '<preConditions><not><or><customPrecondition className="hostile.Condition"/></or></not></preConditions><sql>SELECT 1</sql>',
                    ),
                    changeSet("executor", "<sql>SELECT 1</sql>", 'runWith="psql"'),
                    changeSet("elsewhere", touch, 'context="never"'),
                    '<include file="more/more.yaml"/>',
                ].join("\n"),
            ),
            {
                "more/more.yaml": JSON.stringify({
                    databaseChangeLog: [
                        {
                            changeSet: {
                                id: "included",
                                author: "me",
                                logicalFilePath: "harmless.sql",
                                changes: [{ customChange: { class: "java.util.ArrayList" } }],
                            },
                        },
                    ],
                }),
            },
        );
        const expected = [
            "changelog.xml: customPrecondition runs the class hostile.Condition",
            "changelog.xml::class::me: customChange runs the class hostile.Change",
            "changelog.xml::program::me: executeCommand starts touch ../ran-by-command",
            "changelog.xml::undo::me: executeCommand starts touch ../ran-by-command",
            "changelog.xml::condition::me: customPrecondition runs the class hostile.Condition",
            "changelog.xml::executor::me: runWith passes the SQL to the program psql",
            "changelog.xml::elsewhere::me: executeCommand starts touch ../ran-by-command",
            "harmless.sql::included::me: customChange runs the class java.util.ArrayList",
        ];
        // The preconditions above are refused by a plan.
        const output = await refuse("deploy");
        assert.match(output, refusal);
        const listed = output.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
        assert.deepEqual(listed, expected);
        // The file is where it is written, whatever the changeset calls itself. The log has five findings of each rule.
        assert.match(project.report(), /<testcase [^>]*more\/more\.yaml/);
        assert.match(project.report(), /<testsuite name="lint" tests="8" failures="8"/);
    });

    describe("is refused before Liquibase evaluates", () => {
        const evaluatedWhileParsing: [what: string, changelog: string, className: string, content: string][] = [
            [
                "a filter of includeAll in XML",
                "filter.xml",
                "hostile.Filter",
                xml('<includeAll path="more" filter="hostile.Filter"/>'),
            ],
            [
                "a comparator of includeAll in XML",
                "comparator.xml",
                "hostile.Filter",
                xml('<includeAll path="more" resourceComparator="hostile.Filter"/>'),
            ],
            [
                "a filter of includeAll in YAML",
                "filter.yaml",
                "hostile.Filter",
                "databaseChangeLog:\n  - includeAll:\n      path: more\n      filter: hostile.Filter\n",
            ],
            [
                "a comparator of includeAll in JSON, its attributes in a list",
                "comparator.json",
                "hostile.Filter",
                '{"databaseChangeLog": [{"includeAll": [{"path": "more"}, {"resourceComparator": "hostile.Filter"}]}]}',
            ],
            [
                "a value with a class",
                "value.xml",
                "java.io.FileOutputStream",
                xml(
                    '<preConditions><sqlCheck expectedResult="1">../ran-by-value!{java.io.FileOutputStream}</sqlCheck></preConditions>',
                ),
            ],
            [
                "a value with a class that parameters put together",
                "parameters.yaml",
                "java.io.FileOutputStream",
                [
                    "databaseChangeLog:",
                    "  - property: { name: class, value: '{java.io.FileOutputStream}' }",
                    "  - preConditions:",
                    "      - sqlCheck: { expectedResult: 1, sql: '../ran-by-value!${class}' }",
                ].join("\n"),
            ],
        ];
        let session: PlanSession;
        let output: string;
        let scene: Project;
        before(async () => {
            await startProject();
            scene = project;
            source("filter.xml", "", {
                "more/one.sql": `--liquibase formatted sql\n\n${createTable("one")}\n`,
                ...Object.fromEntries(evaluatedWhileParsing.map(([, file, , content]) => [file, content])),
            });
            output = await refuse();
            session = new PlanSession(delivery, scene);
        });
        after(() => session.close());

        for (const [what, file, className] of evaluatedWhileParsing) {
            it(what, async () => {
                const refused = await session.refusal(file);
                assert.ok(refused instanceof CodeRefusal, inspect(refused));
                assert.deepEqual(
                    refused.uses.map((use) => [use.kind, use.file, use.name]),
                    [["class", file, className]],
                );
                assert.deepEqual(traces(scene), []);
                assert.deepEqual(await scene.tables(), []);
            });
        }

        it("and a build names the class and the file", () => {
            assert.match(output, refusal);
            assert.match(output, /^ {2}- filter\.xml: Liquibase instantiates the class hostile\.Filter$/m);
        });
    });

    it("is refused as a jar that registers itself with Liquibase, and named with its checksum", async () => {
        project.changelog(createTable("one"));
        const service = "META-INF/services/liquibase.parser.ChangeLogParser";
        const extension = withFiles(jar, { [service]: "hostile.Parser\n" });
        addJar("extension.jar", extension);
        const sha256 = crypto.createHash("sha256").update(extension).digest("hex");
        const output = await refuse();
        assert.ok(
            output.includes(
                `  - lib/extension.jar: a jar with an extension, whose classes Liquibase would run; migrations/lib/extension.jar (SHA-256 ${sha256})\n`,
            ),
            output,
        );
    });

    it("does not come by a jar's drivers, and a changelog in such a jar can be used", async () => {
        project.write({ "liquibase.properties": "changeLogFile=packed/changelog.xml\n" });
        addJar(
            "packed.jar",
            withFiles(jar, {
                "META-INF/services/java.sql.Driver": "hostile.Driver\n",
                "packed/changelog.xml": xml('<includeAll path="packed/changes"/>'),
                "packed/changes/one.sql": `--liquibase formatted sql\n\n${createTable("one")}\n`,
            }),
        );
        await project.buildEnding(0, "deploy");
        assert.equal(project.plan().code, undefined);
        assert.deepEqual(traces(), []);
        assert.ok((await project.tables()).includes("one"));
    });

    it("stays an error, whatever parameters, waivers and lint.yaml say", async () => {
        source(
            "changelog.xml",
            xml(changeSet("program", `<comment>lint-waive runs-code: it is harmless</comment>${touch}`)),
        );
        // A parameter of that name is one of the changelog's, and nothing else.
        project.write({ "liquibase.properties": "changeLogFile=changelog.xml\nparameter.allowCode=true\n" });
        assert.match(await refuse(), refusal);
        project.write({ "lint.yaml": "environments: { dev: { rules: { runs-code: off } } }\n" });
        assert.match(
            await refuse(),
            /AP1011: .*lint\.yaml has settings that the linter does not accept:\n {2}- environments\.dev\.rules: runs-code is always an error; remove it\. Write the change as SQL\./,
        );
    });

    it("cannot be allowed by the repository", async () => {
        source("changelog.xml", xml(changeSet("program", touch)));
        const lines = ["allowCode=true", "ALLOW_CODE=true", "parameter.liquibase.allowCode=true"];
        project.write({ "liquibase.properties": ["changeLogFile=changelog.xml", ...lines].join("\n") });
        assert.match(
            await refuse(),
            /AP1004: .*liquibase\.properties has settings that the pipeline does not accept:\n {2}- line 2, .*\n {2}- line 3, .*\n {2}- line 4, /,
        );
    });

    describe("where the environment allows it", () => {
        const environment = { ALLOW_CODE: "true" };

        let planned: Project;
        let approved: Record<string, string>;
        let output: string;

        before(async () => {
            await startProject();
            source(
                "changelog.xml",
                xml(
                    changeSet(
                        "class",
                        '<customChange class="hostile.Change"/><rollback>DROP TABLE by_class</rollback>',
                    ) +
                        changeSet(
                            "program",
                            '<executeCommand executable="sh"><arg value="../tools/run.sh"/><arg value="a b"/></executeCommand><rollback/>',
                        ),
                ),
            );
            writeProgram("echo x > ../ran-by-command\n");
            output = await project.buildEnding(0, "plan", { environment });
            planned = project;
            approved = { ...environment, CODEBUILD_SRC_DIR_DeployPlan: planned.approve() };
        });
        beforeEach(async () => {
            project = await delivery.copy(planned);
            traces().forEach((name) => fs.rmSync(path.join(project.source, name)));
        });

        function writeProgram(text: string): void {
            fs.mkdirSync(path.join(project.source, "tools"), { recursive: true });
            fs.writeFileSync(path.join(project.source, "tools/run.sh"), text);
        }

        const hash = (content: string | Uint8Array) => crypto.createHash("sha256").update(content).digest("hex");

        it("is listed first on the plan, with checksums, and runs", async () => {
            const { code } = planned.plan();
            const program = { path: "tools/run.sh", sha256: hash("echo x > ../ran-by-command\n") };
            assert.deepEqual(code, [
                {
                    kind: "jar",
                    name: "lib/hostile.jar",
                    file: "lib/hostile.jar",
                    files: [{ path: "migrations/lib/hostile.jar", sha256: hash(jar) }],
                },
                {
                    kind: "customChange",
                    name: "hostile.Change",
                    file: "changelog.xml",
                    changeset: "changelog.xml::class::me",
                },
                {
                    kind: "executeCommand",
                    name: "sh",
                    arguments: ["../tools/run.sh", "a b"],
                    file: "changelog.xml",
                    changeset: "changelog.xml::program::me",
                    files: [program],
                },
            ]);
            const lines = [
                `lib/hostile.jar: its classes are on Liquibase's class path; migrations/lib/hostile.jar (SHA-256 ${hash(jar)})`,
                "changelog.xml::class::me: customChange runs the class hostile.Change",
                `changelog.xml::program::me: executeCommand starts sh ../tools/run.sh "a b"; tools/run.sh (SHA-256 ${program.sha256})`,
            ];
            for (const line of lines) {
                assert.ok(output.includes(`Code: ${line}\n`), output);
            }
            const markdown = project.artifact("plan.md");
            const html = project.artifact("plan.html");
            const [first = "", second = ""] = markdown.split("\n\n").slice(1);
            assert.match(first, /^> \[!CAUTION\]\n> \*\*This release runs code from the repository/);
            assert.equal(second, `\`\`\`text\n${lines.join("\n")}\n\`\`\``);
            const notice = html.indexOf('<div class="notice bad" role="note">');
            assert.ok(notice > 0 && notice < html.indexOf('<dl class="tiles"'), html);
            assert.ok(
                html
                    .slice(notice)
                    .startsWith(
                        '<div class="notice bad" role="note">\n        <strong>This release runs code from the repository',
                    ),
            );
            assert.match(html, /executeCommand starts sh \.\.\/tools\/run\.sh &quot;a b&quot;/);

            await project.buildEnding(0, "deploy", { environment: approved });
            assert.deepEqual(traces().sort(), ["ran-by-command", trace]);
            assert.ok((await project.tables()).includes("by_class"));
        });

        it("is what was approved, or does not run", async () => {
            writeProgram("echo z > ../ran-by-command\n");
            addJar("more.jar", makeJar(delivery.toolchain, { files: { a: "" } }));
            const output = await project.buildEnding(2, "deploy", { environment: approved });
            assert.match(output, /This is not the plan that was approved/);
            const listed = /^Code that was approved:\n((?: {2}- .*\n)+)Code that would run now:\n((?: {2}- .*\n)+)/m;
            const [, before = "", now = ""] = listed.exec(output) ?? [];
            assert.ok(before.includes(`tools/run.sh (SHA-256 ${hash("echo x > ../ran-by-command\n")})`), output);
            assert.ok(now.includes(`tools/run.sh (SHA-256 ${hash("echo z > ../ran-by-command\n")})`), output);
            assert.ok(!before.includes("lib/more.jar"), output);
            assert.ok(now.includes("lib/more.jar"), output);
            assert.deepEqual(await project.tables(), []);
            assert.ok(!traces().includes("ran-by-command"));
        });

        it("is none that an approved plan could bring where the environment does not allow it", async () => {
            assert.match(
                await project.buildEnding(2, "deploy", { environment: { ...approved, ALLOW_CODE: "false" } }),
                refusal,
            );
        });
    });
});
