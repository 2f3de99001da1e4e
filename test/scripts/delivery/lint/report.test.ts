import assert from "node:assert/strict";
import {
    blocks,
    lintCases,
    lintLines,
    lintObjection,
    LintReport,
    lintSummary,
} from "../../../../scripts/delivery/lint";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { waivedRules } from "../../../../scripts/delivery/lint/lowered";
import { catalogue, judge } from "./support";
import { editedChangesets } from "../../../../scripts/delivery/tools/liquibase/edited";

const changelog = `--changeset a:1
--lint-waive destroys-data: rebuilt every night
TRUNCATE cache;
--rollback not required: rebuilt every night
--changeset a:2
DROP VIEW v;
--rollback CREATE VIEW v AS SELECT 1;
--changeset a:3
SELECT 1;
--rollback empty`;

async function report(environment: string): Promise<LintReport> {
    const verdict = await judge({ changelog, environment });
    return {
        environment,
        changesets: 3,
        ...verdict,
        lowered: waivedRules(verdict.findings, lintConfig(catalogue, {}, environment).levels),
        dismissals: [{ rule: "ban-drop-table", changeset: "a.sql::2::a", reason: "t is new in this plan" }],
    };
}

describe("the lint report", () => {
    it("is one line per fact in the build's log, errors first and waived findings last", async () => {
        assert.deepEqual(lintLines(await report("prod")), [
            "Lint of 3 changesets: 2 errors, 0 warnings, 1 waived, 1 finding dismissed (the plan shows that no one would wait)",
            "a.sql:7: error drop-in-use in a.sql::2::a",
            "    It removes view v: DROP VIEW v",
            "    Why: Running code may still use it and fails from then on.",
            "    Instead: First release code that no longer uses it, and drop or rename it in a later release; provide both names in between.",
            "a.sql:9: error rollback-empty-unexplained in a.sql::3::a",
            "    Its rollback is empty, without a reason.",
            "    Why: The rollback is empty: undoing the release leaves this change in place, and it is unclear whether that is intended.",
            "    Instead: Give the reason: `--rollback not required: <reason>`. Or write a rollback.",
            "a.sql:4: waived destroys-data in a.sql::1::a",
            "    It empties a table: TRUNCATE cache",
            "    Waived: rebuilt every night",
        ]);
    });

    it("stops the plan by its errors only", async () => {
        assert.equal(blocks(await report("prod")), true);
        assert.equal(blocks(await report("dev")), false);
        assert.equal(
            lintSummary(await report("dev")).split(", 1 waived")[0],
            "Lint of 3 changesets: 0 errors, 2 warnings",
        );
    });

    it("objects with the first error, which may be all that a reader sees", async () => {
        const prod = await report("prod");
        const first = "a.sql:7, drop-in-use: It removes view v: DROP VIEW v";
        assert.equal(lintObjection(prod), `the linter has 2 errors: first, ${first}`);
        const findings = prod.findings.filter(({ rule }) => rule === "drop-in-use");
        assert.equal(lintObjection({ ...prod, findings }), `the linter has 1 error: ${first}`);
    });

    it("fails a test case for each error; warnings and waived findings are shown as skipped", async () => {
        const states = async (environment: string) =>
            lintCases(await report(environment)).map(({ name, file, failure, skipped }) => [
                name,
                file,
                failure !== undefined,
                skipped !== undefined,
            ]);
        assert.deepEqual(await states("prod"), [
            ["destroys-data: a.sql::1::a", "a.sql", false, true],
            ["drop-in-use: a.sql::2::a", "a.sql", true, false],
            ["rollback-empty-unexplained: a.sql::3::a", "a.sql", true, false],
        ]);
        assert.ok((await states("dev")).every(([, , failed]) => !failed));
        const nothing: LintReport = { environment: "dev", changesets: 0, findings: [], dismissals: [], lowered: [] };
        assert.deepEqual(lintCases(nothing), [{ name: "lint", file: "lint", seconds: 0 }]);
        assert.deepEqual(lintLines(nothing), ["Lint of 0 changesets: 0 errors, 0 warnings, 0 waived"]);
    });

    it("gives the reasons of a rule once per changeset, however often it is violated there", async () => {
        const truncate = [
            "--changeset a:1",
            ...Array.from({ length: 7 }, (_, index) => `TRUNCATE t${index};`),
            "--rollback SELECT 1;",
        ];
        const verdict = await judge({ changelog: truncate.join("\n") });
        const much = { environment: "prod", changesets: 1, ...verdict, lowered: [] };
        assert.equal(verdict.findings.length, 7);
        assert.equal(lintCases(much).length, 1);
        assert.deepEqual(lintLines(much).slice(1, 8), [
            "a.sql:3: error destroys-data in a.sql::1::a",
            "    It empties a table: TRUNCATE t0",
            "    line 4: It empties a table: TRUNCATE t1",
            "    line 5: It empties a table: TRUNCATE t2",
            "    line 6: It empties a table: TRUNCATE t3",
            "    line 7: It empties a table: TRUNCATE t4",
            "    and 2 more of these",
        ]);
    });

    it("shows the first changesets that violate a rule, and says where the others are", async () => {
        const truncate = Array.from(
            { length: 40 },
            (_, index) => `--changeset a:${index}\nTRUNCATE t${index};\n--rollback SELECT 1;\n`,
        );
        const verdict = await judge({ changelog: truncate.join("\n") });
        const much = { environment: "prod", changesets: 40, ...verdict, lowered: [] };
        assert.equal(verdict.findings.length, 40);
        const lines = lintLines(much);
        assert.equal(lines.filter((line) => line.includes("error destroys-data in")).length, 5);
        assert.equal(lines.at(-1), "… and 35 more of destroys-data, in plan.json");
        assert.equal(lintLines(much, "report.json").at(-1), "… and 35 more of destroys-data, in report.json");
    });

    it("survives JSON: it goes into plan.json", async () => {
        assert.deepEqual(JSON.parse(JSON.stringify(await report("prod"))), await report("prod"));
    });
});

describe("edited changesets", () => {
    it("are read from the output of Liquibase's validation", () => {
        const messages = [
            "Unexpected error running Liquibase: Validation Failed:",
            "     2 changesets check sum",
            "          changesets/001.sql::001-a::shop was: 9:aaaa but is now: 9:bbbb",
            "          b.xml::with :: colons::an author was: 8:cccc but is now: 8:dddd",
            "          c\u2028d.xml::e\rf::g\u2029h was: 9:eeee but is now: 9:ffff",
        ];
        const expected = [
            { file: "changesets/001.sql", id: "001-a", author: "shop", was: "9:aaaa", now: "9:bbbb" },
            { file: "b.xml", id: "with :: colons", author: "an author", was: "8:cccc", now: "8:dddd" },
            { file: "c\u2028d.xml", id: "e\rf", author: "g\u2029h", was: "9:eeee", now: "9:ffff" },
        ];
        assert.deepEqual(editedChangesets(messages), expected);
        assert.deepEqual(editedChangesets([messages.join("\n")]), expected);
        assert.deepEqual(editedChangesets(["nothing of the kind"]), []);
    });
});
