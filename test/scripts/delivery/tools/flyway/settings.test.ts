import * as assert from "node:assert/strict";
import { readFlywaySettings } from "../../../../../scripts/delivery/tools/flyway/settings";
import { parseToml } from "../../../../../scripts/delivery/tools/flyway/toml";
import { postgresql } from "../../../../../scripts/delivery/engines/postgresql";
import { nonEmpty } from "../../../../support/nonEmpty";

const read = (files: { toml?: string; conf?: string }) => readFlywaySettings(files, postgresql.schemas);

describe("Flyway's settings", () => {
    it("come from flyway.toml", () => {
        const toml = [
            'name = "orders" # for people',
            "[flyway]",
            'locations = ["filesystem:sql", "filesystem:views"]',
            "outOfOrder = true",
            "ignoreMigrationPatterns = [",
            '    "repeatable:missing", # gone',
            "    '*:future',",
            "]",
            "[flyway.placeholders]",
            'currency = "EUR # not a comment"',
            "'with.dot' = 'C:\\temp'",
        ].join("\n");
        assert.deepEqual(read({ toml }), {
            problems: [],
            settings: {
                locations: ["sql", "views"],
                values: { outOfOrder: "true", ignoreMigrationPatterns: "repeatable:missing,*:future" },
                placeholders: { currency: "EUR # not a comment", "with.dot": "C:\\temp" },
            },
        });
    });

    it("come from flyway.conf", () => {
        const conf = "flyway.locations=filesystem:sql\nflyway.placeholders.currency=EUR\nflyway.baselineVersion = 3\n";
        assert.deepEqual(read({ conf }), {
            problems: [],
            settings: { locations: ["sql"], values: { baselineVersion: "3" }, placeholders: { currency: "EUR" } },
        });
    });

    const hostile: [line: string, problem: RegExp][] = [
        ["flyway.url=jdbc:postgresql://evil/", /the pipeline connects to the environment's own database/],
        ["flyway.user=admin", /the pipeline connects to the environment's own database/],
        ["flyway.password=secret", /takes it from Secrets Manager, and it must not be in Git/],
        ["flyway.callbacks=evil.Callback", /it runs code from the repository/],
        ["flyway.jarDirs=lib", /it runs code from the repository/],
        ["flyway.resolvers=evil.Resolver", /it runs code from the repository/],
        ["flyway.initSql=DROP TABLE orders", /it runs before anything was approved/],
        ["flyway.cleanDisabled=false", /the pipeline never cleans a database/],
        ["flyway.schemas=other", /unqualified names resolve in/],
        ["flyway.table=history", /the history is in flyway_schema_history/],
        ["flyway.group=true", /each script runs in a transaction of its own/],
        ["flyway.target=3", /every pending script runs/],
        ["flyway.validateOnMigrate=false", /the pipeline always validates/],
        ["flyway.licenseKey=FL01", /the pipeline does not use it/],
        ["flyway.locations=classpath:db", /classpath:db is not in the repository/],
        ["flyway.locations=filesystem:/etc", /filesystem:\/etc is outside the migrations directory/],
        ["flyway.locations=filesystem:sql/../../other", /is outside the migrations directory/],
        ["flyway.locations=s3:bucket", /s3:bucket is not in the repository/],
        ["flyway.placeholders.password=${DB_PASSWORD}", /variables of the machine are not replaced/],
        ["flyway.outOfOder=true", /unknown; did you mean "outOfOrder"\?/],
    ];
    for (const [line, problem] of nonEmpty(hostile)) {
        it(`refuse ${line}, in both files`, () => {
            const [key, value] = line.split("=") as [string, string];
            for (const files of [{ conf: line }, { toml: `${key} = ${JSON.stringify(value)}` }]) {
                const { problems } = read(files);
                assert.equal(problems.length, 1, problems.join("\n"));
                assert.match(problems[0]!, problem);
                assert.match(problems[0]!, /^flyway\.(conf|toml), line 1, flyway\./);
            }
        });
    }

    it("refuse an environment of flyway.toml, and everything else that is wrong, at once", () => {
        const toml = '[environments.prod]\nurl = "jdbc:postgresql://x/"\n[flyway]\nwhen = 2026-01-01\ngroup = true\n';
        const { problems } = read({ toml });
        assert.deepEqual(
            problems.map((problem) => problem.replace(/: .*/, "")),
            ["flyway.toml, line 4", "flyway.toml, line 2, environments.prod.url", "flyway.toml, line 5, flyway.group"],
        );
    });
});

describe("TOML, as far as flyway.toml has it", () => {
    it("refuses what it does not read instead of guessing", () => {
        for (const line of ["a = {b = 1}", 'a = """x"""', "a", "= 1", 'a = "\\u0041"', "[[a]]", "a = [1, {b = 2}]"]) {
            assert.equal(parseToml(line).problems.length, 1, line);
        }
    });
});
