import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { readLiquibaseProperties } from "../../../scripts/delivery/input/liquibaseProperties";
import { formatProperties } from "../../../scripts/delivery/input/properties";
import { anyText } from "../../support/text";

describe("liquibase.properties", () => {
    const changelog = "changeLogFile=changelog.yaml\n";
    const problemsOf = (text: string) => readLiquibaseProperties(changelog + text).problems;
    const settingsOf = (beginning: string) =>
        `names that begin with "${beginning}" are settings of Liquibase, Java or a library, not parameters; give it another name, and use that in the changelog`;

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
        const text = "parameter.a=1\n# a comment\nparameter.=2\nparameter.a b=3\noutputFile=x\nlogFile=y\n";
        const form = "a parameter's name has letters, digits, and ._- between them, and begins with a letter";
        const unknown = "unknown; Allowed: changeLogFile, contexts, labelFilter, parameter.<name>";
        assert.deepEqual(problemsOf(text.replace("a b", "a\\ b")), [
            `line 4, parameter.: ${form}`,
            `line 5, "parameter.a b": ${form}`,
            `line 6, outputFile: ${unknown}`,
            `line 7, logFile: ${unknown}`,
        ]);
    });

    it("shows a key with control characters without them", () => {
        const [problem = ""] = problemsOf("a\\n\\u001b[2J=1");
        assert.match(problem, /^line 2, "a\\n\\u001b\[2J": unknown; /);
    });

    it("takes other parameters as they are", () => {
        const parameters = { currency: "EUR", "app.schema": "größe $x", "my-key_2": "", user: "me", __proto__x: "y" };
        const entries = Object.entries(parameters).map(([name, value]) => [`parameter.${name}`, value] as const);
        const { properties, problems } = readLiquibaseProperties(changelog + formatProperties(entries));
        assert.deepEqual(problems, []);
        assert.deepEqual(properties.parameters, parameters);
    });

    it("takes nothing but its four keys, whatever is written", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(anyText({ minLength: 1 }), anyText())), (entries) => {
                const { properties, problems } = readLiquibaseProperties(formatProperties(entries));
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
