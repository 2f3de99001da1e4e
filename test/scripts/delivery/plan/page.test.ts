import * as assert from "node:assert/strict";
import type { Finding, LintReport } from "../../../../scripts/delivery/lint";
import { engineNamed } from "../../../../scripts/delivery/engines/registry";
import { planHtml } from "../../../../scripts/delivery/plan/html";
import { planMarkdown } from "../../../../scripts/delivery/plan/markdown";
import type { Plan, PlannedChange } from "../../../../scripts/delivery/plan/model";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { nonEmpty } from "../../../support/nonEmpty";

const { capabilities } = engineNamed("aurora-postgresql");
const mostBytes = 1_000_000;

function change(number: number, more: Partial<PlannedChange> = {}): PlannedChange {
    return {
        id: `change-${number}`,
        author: "shop",
        file: "changes.sql",
        runInTransaction: true,
        again: false,
        sql: [`CREATE TABLE t${number} (id bigint PRIMARY KEY)`],
        undo: [`DROP TABLE t${number}`],
        ...more,
    };
}

function finding(number: number, more: Partial<Finding> = {}): Finding {
    return {
        rule: "prefer-text-field",
        level: "warning",
        file: "changes.sql",
        line: number,
        changeset: `changes.sql::change-${number}::shop`,
        what: `It limits a column of t${number}`,
        why: "A longer value fails.",
        instead: "use text.",
        ...more,
    };
}

function planOf(changes: PlannedChange[], lint: Partial<LintReport> = {}): Plan {
    return {
        kind: "deploy",
        environment: "prod",
        releaseId: "release-1",
        sourceRevision: "abc",
        digest: "0".repeat(64),
        catalog: "1".repeat(64),
        changes,
        warnings: [],
        lint: { environment: "prod", changesets: changes.length, findings: [], dismissals: [], lowered: [], ...lint },
    };
}

const pageOf = (plan: Plan) => planHtml(plan, capabilities, liquibase);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the plan page of a large release", () => {
    const large: Record<string, Plan> = {
        "with a finding in every changeset": planOf(
            numbers(5000).map((number) => change(number)),
            { findings: numbers(5000).map((number) => finding(number)) },
        ),
        "with many kinds of findings in each": planOf(
            numbers(1000).map((number) => change(number)),
            {
                findings: numbers(1000).flatMap((number) => [
                    finding(number),
                    finding(number, { rule: "prefer-bigint-over-int", why: "It ends.", level: "error" }),
                    finding(number, { rule: "schema-and-data", why: "It is slow.", waived: "known" }),
                ]),
            },
        ),
        "with more SQL than a page holds": planOf(
            numbers(300).map((number) => change(number, { sql: [`SELECT '${"<ä>".repeat(20_000)}'`] })),
        ),
        "with ten thousand changesets": planOf(numbers(10_000).map((number) => change(number))),
    };

    const pages = new Map<Plan, string>();
    /** Made once: some of them take a second. */
    const largePageOf = (plan: Plan) => {
        const page = pages.get(plan) ?? pageOf(plan);
        pages.set(plan, page);
        return page;
    };
    after(() => pages.clear());

    for (const [what, plan] of Object.entries(large)) {
        it(`stays below one megabyte ${what}`, () => {
            const bytes = Buffer.byteLength(largePageOf(plan));
            assert.ok(bytes < mostBytes, `${bytes} bytes`);
        });

        it(`has every target of its links ${what}`, () => {
            const page = largePageOf(plan);
            const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
            const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
            assert.deepEqual(
                links.filter((id) => !ids.has(id)),
                [],
            );
            assert.equal(links.length > 0, (plan.lint?.findings ?? []).length > 0);
        });

        it(`names each changeset or says where it is ${what}`, () => {
            const page = largePageOf(plan);
            const shown = new Set([...page.matchAll(/ id="change-(\d+)"/g)].map(([, number]) => Number(number)));
            const elsewhere = [...page.matchAll(/Changes (\d+) to (\d+) are in/g)].flatMap(([, from, to]) =>
                numbers(Number(to) - Number(from) + 1).map((number) => number + Number(from) - 1),
            );
            const single = [...page.matchAll(/Change (\d+) is in/g)].map(([, number]) => Number(number));
            const all = [...shown, ...elsewhere, ...single].sort((a, b) => a - b);
            assert.deepEqual(all, numbers(plan.changes.length));
        });
    }

    it("begins with the findings, and explains each rule once", () => {
        const page = largePageOf(large["with a finding in every changeset"]!);
        assert.ok(page.indexOf('<h2 id="findings">') < page.indexOf('<h2 id="changes">'));
        assert.equal(page.split("A longer value fails.").length, 2);
        assert.match(page, /5000 findings/);
        assert.match(page, /href="#change-1"/);
    });

    it("reserves space for changes that need a decision", () => {
        const changes = numbers(3000).map((number) => change(number, { sql: ["SELECT 1;".repeat(100)] }));
        const last = 3000;
        changes[last - 1] = change(last, { runInTransaction: false });
        const page = pageOf(planOf(changes));
        assert.match(page, /outside a transaction<\/span/);
        assert.match(page, new RegExp(`<article class="card" id="change-${last}"`));
    });
});

describe("a change that loses data", () => {
    const key = "changes.sql::change-1::shop";
    const drop = finding(1, {
        rule: "ban-drop-column",
        what: "It drops a column of guests",
        waived: "Nobody reads it.",
    });
    const plan = planOf([change(1, { sql: ["ALTER TABLE guests DROP COLUMN phone"] })], {
        findings: [drop],
        losses: [key],
    });

    it("is never shown as undoable, whatever waives it", () => {
        const page = pageOf(plan);
        assert.ok(!page.includes("can be undone"));
        assert.match(page, /undoing restores the structure only, not the data/);
        assert.match(page, /<dd>\s*Structure only/);
        assert.match(planMarkdown(plan, liquibase), /\| \*\*structure only\*\* \|/);
        const quiet = pageOf(planOf(plan.changes, { losses: [key] }));
        assert.ok(!quiet.includes("can be undone"));
    });

    it("is listed first, with the reason of its waiver", () => {
        const sentence =
            "changes.sql::change-1::shop loses data, which no rollback restores: It drops a column of guests. Waived: Nobody reads it.";
        for (const text of [pageOf(plan), planMarkdown(plan, liquibase).replaceAll(/[\\`]/g, "")]) {
            const [, notice = ""] = text.split("Look at this first");
            assert.ok(nonEmpty([notice])[0]?.includes(sentence), text.slice(0, 2000));
        }
    });

    it("is counted as the approval counts it", () => {
        assert.match(pageOf(plan), /<dd>\s*1 waived/);
    });
});

describe("a change that nothing has to undo", () => {
    it("says why", () => {
        const plan = planOf([change(1, { undo: [], undoReason: "It only reads <b>" })]);
        assert.match(pageOf(plan), /Nothing to undo:<\/strong> It only reads &lt;b&gt;/);
        assert.match(planMarkdown(plan, liquibase), /Nothing to undo: It only reads/);
    });
});
