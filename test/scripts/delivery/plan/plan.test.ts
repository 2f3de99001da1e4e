import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { planErrors } from "../../../../scripts/delivery/errors";
import { fingerprintOf } from "../../../../scripts/delivery/engines/fingerprint";
import type { CodeUse } from "../../../../scripts/delivery/tools/code";
import { refuseUnapproved, sinceForecast } from "../../../../scripts/delivery/plan/approval";
import { digestOf } from "../../../../scripts/delivery/plan/digest";
import { capabilities } from "../../../../scripts/delivery/engines/postgresql/capabilities";
import { versions } from "../../../../scripts/delivery/engines/postgresql/versions";
import { planHtml } from "../../../../scripts/delivery/plan/html";
import { planMarkdown } from "../../../../scripts/delivery/plan/markdown";
import { headline, MadePlan, Plan, PlannedChange } from "../../../../scripts/delivery/plan/model";
import type { FileRead } from "../../../../scripts/delivery/tools/files";
import type { Precondition } from "../../../../scripts/delivery/tools/preconditions";
import { anyText } from "../../../support/text";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";

const change = fc.record({
    id: fc.string(),
    author: fc.string(),
    file: fc.string(),
    runInTransaction: fc.boolean(),
    again: fc.boolean(),
    sql: fc.array(anyText()),
    undo: fc.array(fc.string()),
});

const table: PlannedChange = {
    id: "1",
    author: "me",
    file: "a.sql",
    comment: "People | who order",
    runInTransaction: true,
    again: false,
    sql: ["CREATE TABLE t (i int);"],
    undo: ["DROP TABLE t;"],
};

const check = (expectedResult: string): Precondition => ({
    name: "preConditions",
    attributes: { onFail: "MARK_RAN", onError: "HALT", onSqlOutput: "IGNORE" },
    nested: [{ name: "sqlCheck", attributes: { expectedResult, sql: "SELECT 1\n" } }],
});

const read: FileRead = { path: "data.csv", bytes: 12345, sha256: "0" };

const makers = { engine: versions, tool: liquibase };

const empty = fingerprintOf([], 170000);

function planOf(changes: PlannedChange[], other: Partial<Plan> = {}): Plan {
    const content = {
        kind: "deploy" as const,
        environment: "prod",
        releaseId: "release-1",
        sourceRevision: "abc",
        catalog: empty.digest,
        changes,
        warnings: [],
        ...other,
    };
    return { digest: digestOf(content), ...content };
}

function madeOf(changes: PlannedChange[], catalog = empty): MadePlan {
    const starting = { catalog, history: [], schema: "public" };
    return { ...planOf(changes, { catalog: catalog.digest }), starting };
}

describe("the digest of a plan", () => {
    it("is the same for the same changes", () => {
        fc.assert(
            fc.property(fc.array(change), (changes) => {
                assert.equal(planOf(changes).digest, planOf(structuredClone(changes)).digest);
            }),
        );
    });

    it("differs when anything that runs differs", () => {
        const { digest } = planOf([table]);
        const others: Partial<PlannedChange>[] = [
            { id: "2" },
            { author: "you" },
            { file: "b.sql" },
            { runInTransaction: false },
            { sql: ["CREATE TABLE t (i int); "] },
            { sql: ["CREATE TABLE t", "(i int);"] },
            { undo: [] },
            { undo: undefined, undoError: "no" },
            { again: true },
            { checksum: "9:1" },
            { mayFail: true },
            { contexts: "a" },
            { labels: "a" },
            { tag: "a" },
            { preconditions: check("0") },
            { preconditions: check("1") },
            { files: [read] },
            { files: [{ ...read, path: "other.csv" }] },
            { files: [{ ...read, bytes: 1 }] },
            { files: [{ ...read, sha256: "1" }] },
            { undoFiles: [read] },
        ];
        const digests = others.map((other) => planOf([{ ...table, ...other }]).digest);
        assert.equal(new Set([digest, ...digests]).size, others.length + 1);
        const rollback = (rollbackTo: string) => planOf([table], { kind: "rollback", rollbackTo }).digest;
        assert.notEqual(rollback("a"), rollback("b"));
        assert.notEqual(digest, planOf([table], { catalog: "another" }).digest);
        const checked = (expected: string) => planOf([table], { preconditions: check(expected) }).digest;
        assert.equal(new Set([digest, checked("0"), checked("1")]).size, 3);
        const hooked = (id: string, sql: string) =>
            planOf([table], { hooks: [{ id, author: "me", file: "h.sql", sql: [sql] }] }).digest;
        assert.equal(new Set([digest, hooked("a", "SELECT 1"), hooked("a", "SELECT 2"), hooked("b", "")]).size, 4);
    });

    it("knows the order", () => {
        fc.assert(
            fc.property(fc.uniqueArray(change, { minLength: 2, selector: ({ id }) => id }), (changes) => {
                assert.notEqual(planOf(changes).digest, planOf([...changes].reverse()).digest);
            }),
        );
    });
});

describe("the digest of a plan with code", () => {
    const sha256 = "0".repeat(64);
    const use: CodeUse = {
        kind: "executeCommand",
        name: "sh",
        arguments: ["run.sh"],
        file: "a.xml",
        changeset: "a.xml::1::me",
        files: [{ path: "migrations/run.sh", sha256 }],
    };
    const digestWith = (code?: CodeUse[]) => planOf([table], { code }).digest;

    it("differs from the digest without code, and with everything that runs", () => {
        const others: CodeUse[][] = [
            [],
            [{ ...use, kind: "customChange" }],
            [{ ...use, name: "bash" }],
            [{ ...use, arguments: ["run.sh", "again"] }],
            [{ ...use, arguments: undefined }],
            [{ ...use, file: "b.xml" }],
            [{ ...use, changeset: "a.xml::2::me" }],
            [{ ...use, files: [{ path: "migrations/other.sh", sha256 }] }],
            [{ ...use, files: [{ path: "migrations/run.sh", sha256: "1".repeat(64) }] }],
            [{ ...use, files: undefined }],
            [use, use],
        ];
        const digests = [undefined, [use], ...others].map(digestWith);
        assert.equal(new Set(digests).size, digests.length);
    });

    it("is on the page before everything else, each use on a line of its own, whatever is in it", () => {
        const hostile = planOf([table], {
            code: [use, { ...use, arguments: ["-c", "a\n# heading\n```\n\u001b[2J<script>"] }],
            objections: ["an objection"],
        });
        const markdown = planMarkdown(hostile, liquibase).split("\n");
        assert.match(markdown[2]!, /^> \[!CAUTION\]$/);
        assert.match(markdown[3]!, /^> \*\*This release runs code from the repository/);
        assert.match(markdown[5]!, /^`{3,}text$/);
        assert.match(
            markdown[6]!,
            /^a\.xml::1::me: executeCommand starts sh run\.sh; migrations\/run\.sh \(SHA-256 0+\)$/,
        );
        assert.ok(
            markdown[7]!.startsWith(
                'a.xml::1::me: executeCommand starts sh -c "a\\n# heading\\n```\\n\\u001b[2J<script>"',
            ),
        );
        const html = planHtml(hostile, capabilities, liquibase);
        const main = html.slice(html.indexOf("<main>"));
        assert.ok(main.indexOf("This release runs code") < main.indexOf("This must not run"));
        assert.ok(main.indexOf("This release runs code") < main.indexOf('class="tiles"'));
        assert.ok(!main.includes("<script>"));
    });
});

describe("an approved plan", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "plan-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));
    const approve = (plan: Plan) => fs.writeFileSync(path.join(directory, "plan.json"), JSON.stringify(plan));

    it("runs when nothing has changed", () => {
        approve(planOf([table]));
        assert.doesNotThrow(() => refuseUnapproved(madeOf([table]), directory, makers));
    });

    it("is not required without a plan stage", () => {
        assert.doesNotThrow(() => refuseUnapproved(madeOf([table]), undefined, makers));
    });

    it("refuses everything else, and says what differs", () => {
        const [approved, current] = [
            planOf([table, { ...table, id: "2" }, { ...table, id: "3" }]),
            madeOf([table, { ...table, id: "2", sql: ["DROP TABLE t;"] }, { ...table, id: "4" }]),
        ];
        approve(approved);
        assert.throws(
            () => refuseUnapproved(current, directory, makers),
            new planErrors.NotTheApprovedPlan({
                approved: `${approved.digest}, 3 changes`,
                current: `${current.digest}, 3 changes`,
                differences: [
                    "Approved, but would not run now:",
                    "  - a.sql::3::me",
                    "Would run now, but not approved:",
                    "  - a.sql::4::me",
                    "Different from what was approved:",
                    "  - a.sql::2::me: SQL",
                ].join("\n"),
            }),
        );
    });

    it("rejects another catalog, and lists its differences", () => {
        const column = { kind: "column", name: "public.t.i", definition: "integer", of: "table public.t" };
        const before = fingerprintOf([column], 170000);
        const now = fingerprintOf([{ ...column, definition: "bigint" }], 170000);
        approve(planOf([table], { catalog: before.digest }));
        fs.writeFileSync(path.join(directory, "catalog.json"), JSON.stringify(before));
        assert.throws(() => refuseUnapproved(madeOf([table], now), directory, makers), {
            message:
                /\nThe database's catalog is not the one that the plan was made for:\n {2}~ column public\.t\.i\n {6}was: integer\n {6}now: bigint\nNothing was run/,
        });
    });

    it("is compared in the same way with an unapproved plan, which stops nothing", () => {
        const forecast = planOf([table, { ...table, id: "3" }]);
        approve(forecast);
        assert.equal(sinceForecast(madeOf([table, { ...table, id: "3" }]), directory, makers), undefined);
        assert.deepEqual(sinceForecast(madeOf([table]), directory, makers), {
            digest: forecast.digest,
            lines: ["Planned, but would not run now:", "  - a.sql::3::me"],
        });
    });

    it("must be readable", () => {
        assert.throws(
            () => refuseUnapproved(madeOf([table]), directory, makers),
            /^PlanUnreadable: AP1104: The plan cannot be read: .*plan\.json \(ENOENT/,
        );
    });
});

describe("the plan for a reviewer", () => {
    it("does not say that what depends on a precondition will be applied", () => {
        const decided = (id: string, outcome: "Unknown" | "Marked"): PlannedChange => ({
            ...table,
            ...{ id, decision: { outcome, reason: "it depends" } },
        });
        const changes = [table, decided("2", "Unknown"), decided("3", "Unknown"), decided("4", "Marked")];
        assert.equal(
            headline(planOf(changes, {})),
            "3 changesets will be applied to prod, 2 of them only if their preconditions hold then, and 1 will only be marked as run:",
        );
    });

    it("shows what happens, what needs attention, and the SQL", () => {
        const plan = planOf(
            [
                table,
                {
                    ...table,
                    id: "2",
                    comment: undefined,
                    runInTransaction: false,
                    undo: undefined,
                    undoError: "No inverse",
                },
            ],
            {
                digest: "0123",
                warnings: ["look here"],
            },
        );
        assert.equal(
            planMarkdown(plan, liquibase),
            [
                "# 2 changesets will be applied to prod",
                "",
                "Release `release-1` of revision `abc`. Digest `0123`: exactly this runs, or nothing.",
                "",
                "**Look at this first**",
                "",
                "- look here",
                "",
                "|  | changeset | what | transaction | can be undone |",
                "| --- | --- | --- | --- | --- |",
                "| 1 | `a.sql::1::me` | People `\\u{7c}` who order | yes | yes |",
                "| 2 | `a.sql::2::me` |  | **no** | **no** |",
                "",
                "## 1. `1`",
                "",
                "```sql",
                "CREATE TABLE t (i int);",
                "```",
                "",
                "<details><summary>Rollback</summary>",
                "",
                "```sql",
                "DROP TABLE t;",
                "```",
                "",
                "</details>",
                "",
                "## 2. `2`",
                "",
                "```sql",
                "CREATE TABLE t (i int);",
                "```",
                "",
                "<details><summary>Rollback</summary>",
                "",
                "Nothing: No inverse",
                "",
                "</details>",
                "",
            ].join("\n"),
        );
    });

    it("shows preconditions and files that are read, in both forms", () => {
        const plan = planOf([{ ...table, preconditions: check("`|<b>"), files: [read], undoFiles: [read] }], {
            preconditions: check("0"),
        });
        const text = planMarkdown(plan, liquibase);
        const condition = (expected: string) =>
            `sqlCheck expectedResult "${expected}", sql "SELECT 1\\n"; if not: MARK_RAN; on an error: HALT`;
        const file = "data.csv (12,345 bytes, SHA-256 0)";
        assert.ok(text.includes(`\nOnly if: \`${condition("0")}\`\n`));
        assert.ok(text.includes(`\n\nOnly if: \`\`${condition("`|<b>")}\`\`\n\n- reads \`${file}\`\n\n\`\`\`sql\n`));
        assert.ok(text.includes(`<details><summary>Rollback</summary>\n\n- reads \`${file}\`\n`));
        const html = planHtml(plan, capabilities, liquibase);
        assert.equal(html.split("<strong>Only if</strong> sqlCheck").length, 3);
        assert.equal(html.split(`Reads ${file}`).length, 3);
        assert.ok(!html.includes("<b>"));
        const long = planMarkdown(planOf([{ ...table, preconditions: check("x".repeat(10_000)) }]), liquibase);
        assert.ok(long.length < 2000);
        assert.ok(long.includes("… (in full in plan.json)"));
        const many = planOf([{ ...table, files: Array.from({ length: 1000 }, () => read) }]);
        assert.ok(planMarkdown(many, liquibase).includes("- … and 950 more files, in `plan.json`"));
        assert.ok(planHtml(many, capabilities, liquibase).includes("… and 980 more files, in plan.json"));
    });

    it("reports that nothing is pending", () => {
        assert.match(
            planMarkdown(planOf([]), liquibase),
            /^# Nothing pending: prod has every changeset of this source\.\n/,
        );
    });

    it("fits into a pull request comment, and says where the rest is", () => {
        const many = [...Array(2000).keys()].map((id) => ({ ...table, id: String(id) }));
        const text = planMarkdown(planOf(many), liquibase);
        assert.ok(text.length <= 65_536, String(text.length));
        assert.match(text, /SQL of the \d+ changes from \d+ on is in `plan\.json`/);
        assert.match(text, /and \d+ more/);
    });

    it("keeps SQL inside its fence", () => {
        const sql = fc
            .array(fc.constantFrom("`", "```", "\n", "SELECT 1;", "~~~", "</details>"))
            .map((parts) => parts.join(""));
        fc.assert(
            fc.property(sql, (statement) => {
                const text = planMarkdown(planOf([{ ...table, sql: [statement] }]), liquibase);
                const [, fence = "", rest = ""] = /(`{3,})sql\n([\s\S]*)/.exec(text) ?? [];
                assert.ok(rest.startsWith(`${statement}\n${fence}\n`));
                assert.ok(!statement.includes(fence));
            }),
        );
    });
});
