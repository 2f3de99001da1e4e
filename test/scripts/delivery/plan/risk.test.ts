import * as assert from "node:assert/strict";
import { approvalRiskNames } from "../../../../components/approvalRisks";
import type { Context } from "../../../../scripts/delivery/context";
import { engineNamed } from "../../../../scripts/delivery/engines/registry";
import type { Finding, LintReport } from "../../../../scripts/delivery/lint";
import type { Plan, PlannedChange } from "../../../../scripts/delivery/plan/model";
import { refuseUnasked, risksOf } from "../../../../scripts/delivery/plan/risk";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";

const judges = { engine: engineNamed("aurora-postgresql"), tool: liquibase };

const change: PlannedChange = {
    ...{ id: "1", author: "me", file: "a.sql", runInTransaction: true, again: false },
    ...{ sql: ["CREATE TABLE t (i int);"], undo: ["DROP TABLE t;"] },
};
const lint: LintReport = { environment: "prod", changesets: 1, findings: [], dismissals: [], lowered: [] };
const drift = { result: "None" } as Plan["drift"];

function finding(rule: Finding["rule"], more: Partial<Finding> = {}): Finding {
    return { rule, level: "warning", file: "a.sql", what: "", why: "", instead: "", ...more };
}

function planOf(more: Partial<Plan> = {}): Plan {
    return {
        ...{
            kind: "deploy",
            environment: "prod",
            releaseId: "release-1",
            sourceRevision: "abc",
            digest: "0",
            catalog: "0",
        },
        ...{ changes: [change], warnings: [], lint, drift },
        ...more,
    };
}

describe("approval by risk", () => {
    const risks = (more: Partial<Plan>, asked: string[] | undefined = approvalRiskNames) =>
        risksOf(planOf(more), asked, judges);

    it("asks nobody about a plan without a risk", () => assert.deepEqual(risks({}), []));

    it("asks about every plan where the stack does not say for which", () => {
        assert.deepEqual(risksOf(planOf(), undefined, judges), ["every plan is approved"]);
        assert.deepEqual(risks({ kind: "rollback" }), ["every plan is approved"]);
    });

    const report = (findings: Finding[]) => ({ lint: { ...lint, findings } });
    const cases: [string, Partial<Plan>, string[]][] = [
        ["a table that is dropped", report([finding("ban-drop-table")]), ["destructive"]],
        ["lost data, whatever the level of its rule", { lint: { ...lint, losses: ["a.sql::1::me"] } }, ["destructive"]],
        ["a long lock, also if it is waived", report([finding("exclusive-lock", { waived: "night" })]), ["locking"]],
        ["what cannot be undone", { changes: [{ ...change, undo: undefined }] }, ["irreversible"]],
        ["code", { code: [{ kind: "program", name: "x", file: "a.sql" }] }, ["code"]],
        ["a change by hand", { drift: { result: "Found" } as Plan["drift"] }, ["drift"]],
        ["drift that is not known", { drift: { result: "Unknown" } as Plan["drift"] }, ["drift"]],
        ["drift that nobody looked for", { drift: undefined }, ["drift"]],
    ];
    for (const [what, plan, expected] of cases) {
        it(`asks about ${what}, if the stack asks for that`, () => {
            assert.deepEqual(risks(plan), expected);
            assert.deepEqual(
                risks(
                    plan,
                    approvalRiskNames.filter((risk) => !expected.includes(risk)),
                ),
                [],
            );
        });
    }

    it("asks about what the repository lowers, and about what is not linted, whatever the stack asks for", () => {
        const lowered = [
            { rule: "ban-drop-table", from: "warning", to: "off", file: "lint.yaml" },
        ] as LintReport["lowered"];
        assert.deepEqual(risks({ lint: { ...lint, lowered } }, []), ["lowered by the repository"]);
        assert.deepEqual(risks({ lint: undefined }, []), ["not linted"]);
    });

    it("lets nothing risky be deployed that nobody has approved", () => {
        const deploys = (settings: object) => () =>
            refuseUnasked(planOf(report([finding("ban-drop-table")])), { settings, ...judges } as unknown as Context);
        assert.throws(deploys({ approvalFor: ["destructive"] }), {
            code: "AP1113",
            exitCode: 2,
            facts: { risks: "destructive" },
        });
        assert.doesNotThrow(deploys({ approvalFor: ["destructive"], approvedPlan: "plan" }));
        assert.doesNotThrow(deploys({ approvalFor: ["locking"] }));
        assert.doesNotThrow(deploys({}));
    });
});
