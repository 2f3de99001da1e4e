import assert from "node:assert/strict";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { LintChangeset } from "../../../../scripts/delivery/lint/finding";
import { statementRules } from "../../../../scripts/delivery/engines/postgresql/lint/statementRules";
import { ownRules } from "../../../../scripts/delivery/lint/rules/own";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { guardCases } from "./guardCases";
import { sendingCases } from "./sendingCases";
import { type Case, catalogue, examinePostgres, judge, rulesOf } from "./support";
import { nonEmpty } from "../../../support/nonEmpty";
import { changesetCases } from "./changesetCases";
import { historyCases } from "./historyCases";
import { sourceCases } from "./sourceCases";

const cases: Case[] = [...historyCases, ...sourceCases, ...changesetCases, ...guardCases, ...sendingCases];

describe("our own rules", () => {
    it("all have their cases here", () => {
        assert.deepEqual(
            cases.map(({ rule }) => rule).sort(),
            [ownRules, liquibase.rules, statementRules({ ...liquibase.terms, tool: liquibase.name })]
                .flatMap(Object.keys)
                .sort(),
        );
    });

    for (const { rule, bad, good } of cases) {
        describe(rule, () => {
            for (const [title, { line, what, ...scene }] of nonEmpty(Object.entries(bad))) {
                it(`finds ${title}`, async () => {
                    const { findings } = await judge(scene);
                    assert.deepEqual(rulesOf(findings), [rule]);
                    const [finding] = findings;
                    assert.ok(finding!.why.length > 0 && finding!.instead.length > 0);
                    assert.equal(finding!.line, line ?? finding!.line);
                    assert.equal(finding!.what, what ?? finding!.what);
                });
            }
            for (const [title, scene] of nonEmpty(Object.entries(good))) {
                it(`takes ${title}`, async () => assert.deepEqual((await judge(scene)).findings, []));
            }
        });
    }
});

describe("a plan without its source, as from a jar", () => {
    const changeset = { id: "1", author: "a", file: "jar.xml", runInTransaction: true, sql: ["SELECT 1;"] };
    const lint = async (change: Partial<LintChangeset>) => {
        const context = { levels: lintConfig(catalogue, {}, "prod").levels, sources: [], applied: [] };
        return (await examinePostgres([{ ...changeset, ...change }], context)).findings;
    };

    it("is judged by what will run", async () => {
        assert.deepEqual(rulesOf(await lint({ undoError: "no" })), ["rollback-missing"]);
        assert.deepEqual(rulesOf(await lint({ undo: [] })), ["rollback-empty-unexplained"]);
        assert.deepEqual(rulesOf(await lint({ undo: ["SELECT 1;"] })), []);
        const torn = ["CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1;", "END; $$ LANGUAGE plpgsql;"];
        assert.deepEqual(rulesOf(await lint({ sql: torn, undo: ["SELECT 1"] })), ["dollar-quote-split"]);
    });

    it("names the file that Liquibase names, and no line", async () => {
        const [finding] = await lint({ undoError: "no" });
        assert.deepEqual([finding?.file, finding?.line, finding?.changeset], ["jar.xml", undefined, "jar.xml::1::a"]);
    });

    it("needs no rollback if nothing runs", async () => {
        assert.deepEqual(await lint({ sql: [], undoError: "no" }), []);
    });
});
