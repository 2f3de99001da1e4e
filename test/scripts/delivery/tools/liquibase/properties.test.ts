import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { postgresql } from "../../../../../scripts/delivery/engines/postgresql";
import { readLiquibaseProperties } from "../../../../../scripts/delivery/tools/liquibase/properties";
import { formatProperties } from "../../../../../scripts/delivery/tools/propertiesFile";
import { anyText } from "../../../../support/text";

describe("liquibase.properties", () => {
    const changelog = "changeLogFile=changelog.yaml\n";
    const problemsOf = (text: string) => readLiquibaseProperties(changelog + text, postgresql.schemas).problems;
    const settingsOf = (beginning: string) =>
        `names that begin with "${beginning}" are settings of Liquibase, Java or a library, not parameters; choose another name, also in the changelog`;

    for (const [name, beginning] of [
        ["liquibase.command.url", "liquibase"],
        ["liquibase.outputFile", "liquibase"],
        ["liquibase.secureParsing", "liquibase"],
        ["liquibase.searchPath", "liquibase"],
        ["LIQUIBASE_COMMAND_URL", "liquibase"],
        ["database.typeName", "database."],
        ["java.class.path", "java."],
        ["javax.xml.accessExternalDTD", "javax."],
        ["jdk.xml.maxGeneralEntitySizeLimit", "jdk."],
        ["sun.java.command", "sun."],
        ["user.home", "user."],
        ["file.encoding", "file."],
        ["os.name", "os."],
        ["http.proxyHost", "http."],
        ["https.proxyHost", "https."],
        ["socksProxyHost", "socksproxy"],
        ["log4j2.configurationFile", "log4j"],
    ] as const) {
        it(`refuses the parameter ${name}`, () => {
            assert.deepEqual(problemsOf(`parameter.${name}=x\n`), [
                `line 2, parameter.${name}: ${settingsOf(beginning)}`,
            ]);
        });
    }

    it("refuses each name of its own, all of them at once, with their lines", () => {
        const text = "parameter.a=1\n# a comment\nparameter.=2\nparameter.a b=3\nreportPath=x\nrollbackOnError=y\n";
        const form = "a parameter's name has letters, digits, and ._- between them, and begins with a letter";
        const unknown = "unknown; Allowed: changeLogFile, contexts, labelFilter, parameter.<name>";
        assert.deepEqual(problemsOf(text.replace("a b", "a\\ b")), [
            `line 4, parameter.: ${form}`,
            `line 5, "parameter.a b": ${form}`,
            `line 6, reportPath: ${unknown}`,
            `line 7, rollbackOnError: ${unknown}`,
        ]);
    });

    it("names the replacement for each setting of an existing project", () => {
        const text = [
            ...["defaultSchemaName: billing", "liquibase.liquibaseSchemaName: admin", "logLevel: info"],
            ...["database-changelog-table-name=history", "url: jdbc:postgresql://localhost/app", "strict: true"],
        ].join("\n");
        const problems = problemsOf(text);
        for (const [index, said] of [
            /^line 2, defaultSchemaName: remove it, unqualified names resolve in the first schema .*: as the administrator, ALTER DATABASE <name> SET search_path = <schema>, public/,
            /^line 3, liquibase\.liquibaseSchemaName: remove it, the history is in databasechangelog, .* ALTER TABLE <schema>\.<table> SET SCHEMA/,
            /^line 4, logLevel: remove it, the pipeline writes the build's log itself$/,
            /^line 5, database-changelog-table-name: remove it, the history is in databasechangelog/,
            /^line 6, url: remove it, the pipeline connects/,
            /^line 7, strict: remove it, /,
        ].entries()) {
            assert.match(problems[index] ?? "", said);
        }
        assert.equal(problems.length, 6);
    });

    it("shows a key with control characters without them", () => {
        const [problem = ""] = problemsOf("a\\n\\u001b[2J=1");
        assert.match(problem, /^line 2, "a\\n\\u001b\[2J": unknown; /);
    });

    it("takes other parameters as they are", () => {
        const parameters = { currency: "EUR", "app.schema": "größe $x", "my-key_2": "", user: "me", __proto__x: "y" };
        const entries = Object.entries(parameters).map(([name, value]) => [`parameter.${name}`, value] as const);
        const { properties, problems } = readLiquibaseProperties(
            changelog + formatProperties(entries),
            postgresql.schemas,
        );
        assert.deepEqual(problems, []);
        assert.deepEqual(properties.parameters, parameters);
    });

    it("accepts only its four keys, whatever is written", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(anyText({ minLength: 1 }), anyText())), (entries) => {
                const { properties, problems } = readLiquibaseProperties(formatProperties(entries), postgresql.schemas);
                const taken = Object.keys(properties.parameters).length;
                const known = entries.filter(([key]) =>
                    /^(liquibase\.(command\.)?)?(changelogfile|contexts|contextfilter|labels|labelfilter)$/i.test(
                        key.replaceAll("-", ""),
                    ),
                );
                assert.ok(taken + known.length + problems.length >= new Set(entries.map(([key]) => key)).size);
                assert.ok(Object.keys(properties.parameters).every((name) => !/^(liquibase|java)/i.test(name)));
            }),
        );
    });
});
