import * as assert from "node:assert/strict";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { hostileClasses, trace } from "../support/hostileClasses";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";
import { makeJar } from "../support/jar";

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
    beforeEachProject((fresh, suite) => {
        project = fresh;
        delivery = suite;
        jar ??= makeJar(delivery.toolchain, { classes: hostileClasses });
    });

    /** A changelog, and `lib/hostile.jar` with classes that leave a trace when any of them runs. */
    function source(changelog: string, content: string, others: Record<string, string> = {}): void {
        project.write({ "liquibase.properties": `changeLogFile=${changelog}\n`, [changelog]: content, ...others });
        addJar("hostile.jar", jar);
    }

    function addJar(name: string, content: Uint8Array): void {
        fs.mkdirSync(path.join(project.source, "migrations/lib"), { recursive: true });
        fs.writeFileSync(path.join(project.source, "migrations/lib", name), content);
    }

    function traces(): string[] {
        return fs.readdirSync(project.source).filter((name) => name.startsWith("ran-by"));
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
                    check("dollar", "SELECT $$a$$"),
                    check("quoted", 'SELECT "drop_all"()'),
                    check("plain", "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('a', 'b')"),
                    check("exists", "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'it''s')"),
                ].join("\n"),
            ),
        );
        const output = await refuse("plan");
        const refused = [...output.matchAll(/^ {2}- changelog\.xml::(\w+)::me: (sqlCheck|preconditions) /gm)];
        assert.deepEqual(
            refused.map(([, id]) => id),
            ["hidden", "second", "function", "with", "comment", "escape", "dollar", "quoted"],
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
        for (const action of ["plan", "deploy"]) {
            const output = await refuse(action);
            assert.match(output, refusal);
            const listed = output.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
            assert.deepEqual(listed, expected);
            // The file is where it is written, whatever the changeset calls itself.
            assert.match(output, /^more\/more\.yaml: error runs-code in harmless\.sql::included::me$/m);
            assert.match(project.report(), /<testsuite name="lint" tests="8" failures="8"/);
        }
    });

    const evaluatedWhileParsing: [string, string, string, Record<string, string>][] = [
        [
            "a filter of includeAll in XML",
            "changelog.xml",
            xml('<includeAll path="more" filter="hostile.Filter"/>'),
            {},
        ],
        [
            "a comparator of includeAll in XML",
            "changelog.xml",
            xml('<includeAll path="more" resourceComparator="hostile.Filter"/>'),
            {},
        ],
        [
            "a filter of includeAll in YAML",
            "changelog.yaml",
            "databaseChangeLog:\n  - includeAll:\n      path: more\n      filter: hostile.Filter\n",
            {},
        ],
        [
            "a comparator of includeAll in JSON, its attributes in a list",
            "changelog.json",
            '{"databaseChangeLog": [{"includeAll": [{"path": "more"}, {"resourceComparator": "hostile.Filter"}]}]}',
            {},
        ],
        [
            "a value with a class",
            "changelog.xml",
            xml(
                '<preConditions><sqlCheck expectedResult="1">../ran-by-value!{java.io.FileOutputStream}</sqlCheck></preConditions>',
            ),
            {},
        ],
        [
            "a value with a class that parameters put together",
            "changelog.yaml",
            [
                "databaseChangeLog:",
                "  - property: { name: class, value: '{java.io.FileOutputStream}' }",
                "  - preConditions:",
                "      - sqlCheck: { expectedResult: 1, sql: '../ran-by-value!${class}' }",
            ].join("\n"),
            {},
        ],
    ];
    for (const [what, changelog, content, others] of evaluatedWhileParsing) {
        it(`is refused before Liquibase evaluates ${what}`, async () => {
            source(changelog, content, {
                "more/one.sql": `--liquibase formatted sql\n\n${createTable("one")}\n`,
                ...others,
            });
            const output = await refuse();
            assert.match(output, refusal);
            assert.match(output, /instantiates the class (hostile\.Filter|java\.io\.FileOutputStream)$/m);
            assert.ok(output.includes(`  - ${changelog}: `), output);
        });
    }

    it("is refused as a jar that registers itself with Liquibase, and named with its checksum", async () => {
        project.changelog(createTable("one"));
        const extension = makeJar(delivery.toolchain, {
            classes: hostileClasses,
            files: { "META-INF/services/liquibase.parser.ChangeLogParser": "hostile.Parser\n" },
        });
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
            makeJar(delivery.toolchain, {
                classes: hostileClasses,
                files: {
                    "META-INF/services/java.sql.Driver": "hostile.Driver\n",
                    "packed/changelog.xml": xml('<includeAll path="packed/changes"/>'),
                    "packed/changes/one.sql": `--liquibase formatted sql\n\n${createTable("one")}\n`,
                },
            }),
        );
        await project.buildEnding(0, "plan");
        assert.equal(project.plan().code, undefined);
        await project.buildEnding(0, "deploy");
        assert.deepEqual(traces(), []);
        assert.ok((await project.tables()).includes("one"));
    });

    it("stays an error, whatever lint.yaml and waivers say", async () => {
        source(
            "changelog.xml",
            xml(changeSet("program", `<comment>lint-waive runs-code: it is harmless</comment>${touch}`)),
        );
        assert.match(await refuse(), refusal);
        project.write({ "lint.yaml": "environments: { dev: { rules: { runs-code: off } } }\n" });
        assert.match(
            await refuse(),
            /AP1011: .*lint\.yaml has settings that the linter does not accept:\n {2}- environments\.dev\.rules: runs-code is always an error; remove it\. Write the change as SQL\./,
        );
    });

    it("cannot be allowed by the repository", async () => {
        source("changelog.xml", xml(changeSet("program", touch)));
        for (const line of ["allowCode=true", "ALLOW_CODE=true", "parameter.liquibase.allowCode=true"]) {
            project.write({ "liquibase.properties": `changeLogFile=changelog.xml\n${line}\n` });
            assert.match(
                await refuse(),
                /AP1004: .*liquibase\.properties has settings that the pipeline does not accept:\n {2}- line 2, /,
            );
        }
        // A parameter of that name is one of the changelog's, and nothing else.
        project.write({ "liquibase.properties": "changeLogFile=changelog.xml\nparameter.allowCode=true\n" });
        assert.match(await refuse(), refusal);
    });

    describe("where the environment allows it", () => {
        const environment = { ALLOW_CODE: "true" };

        beforeEach(() => {
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
        });

        function writeProgram(text: string): void {
            fs.mkdirSync(path.join(project.source, "tools"), { recursive: true });
            fs.writeFileSync(path.join(project.source, "tools/run.sh"), text);
        }

        const hash = (content: string | Uint8Array) => crypto.createHash("sha256").update(content).digest("hex");

        it("is listed first on the plan, with checksums, and runs", async () => {
            const output = await project.buildEnding(0, "plan", { environment });
            const { code, digest } = project.plan();
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

            writeProgram("echo y > ../ran-by-command\n");
            await project.buildEnding(0, "plan", { environment });
            assert.notEqual(project.plan().digest, digest);
            writeProgram("echo x > ../ran-by-command\n");

            await project.buildEnding(0, "deploy", { environment });
            assert.deepEqual(traces().sort(), ["ran-by-command", trace]);
            assert.ok((await project.tables()).includes("by_class"));
        });

        it("is what was approved, or does not run", async () => {
            await project.buildEnding(0, "plan", { environment });
            const approved = { ...environment, CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
            fs.rmSync(path.join(project.source, trace), { force: true });
            const others: [RegExp, () => void][] = [
                [/tools\/run\.sh \(SHA-256 /, () => writeProgram("echo z > ../ran-by-command\n")],
                [/lib\/more\.jar/, () => addJar("more.jar", makeJar(delivery.toolchain, { files: { a: "" } }))],
            ];
            for (const [named, change] of others) {
                change();
                const output = await project.buildEnding(2, "deploy", { environment: approved });
                assert.match(output, /This is not the plan that was approved/);
                assert.match(output, /^Code that was approved:$[^]*^Code that would run now:$/m);
                assert.match(output.slice(output.indexOf("would run now")), named);
                assert.deepEqual(await project.tables(), []);
                assert.ok(!traces().includes("ran-by-command"));
            }
            // Without the key, an approved plan with code is none.
            assert.match(
                await project.buildEnding(2, "deploy", { environment: { ...approved, ALLOW_CODE: "false" } }),
                refusal,
            );
        });
    });
});
