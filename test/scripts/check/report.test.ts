import * as assert from "node:assert/strict";
import {
    type CheckedChangeset,
    type CheckReport,
    placesOf,
    renderReport,
    reportJunit,
} from "../../../scripts/check/report";
import type { Finding } from "../../../scripts/delivery/lint";
import type { WholeProof } from "../../../scripts/check/whole";

const changeset = (id: string, change: Partial<CheckedChangeset> = {}): CheckedChangeset => ({
    id,
    author: "shop",
    file: "changesets/001.sql",
    place: "changesets/001.sql:3",
    verdict: "Proven",
    changed: "schema",
    details: [],
    notes: [],
    applyMilliseconds: 12,
    undoMilliseconds: 8,
    ...change,
});

const report = (changesets: CheckedChangeset[], change: Partial<CheckReport> = {}): CheckReport => ({
    passed: true,
    migrations: "/checkout/migrations",
    changelogFile: "changelog.yaml",
    engine: "PostgreSQL",
    server: "17.10",
    startedAt: "2024-01-01T00:00:00.000Z",
    seconds: 3.21,
    changesets,
    changes: [],
    whole: {
        result: "Proven",
        message: "Undone and reapplied at once, all 2 changesets have the same result.",
        details: [],
        seconds: 0.5,
    },
    verification: [],
    linted: "2 changesets that origin/main does not have",
    lint: { environment: "prod", changesets: 2, findings: [], dismissals: [], lowered: [] },
    ...change,
});

describe("the report of a check", () => {
    it("is short if everything passes", () => {
        assert.deepEqual(renderReport(report([changeset("a"), changeset("b", { changed: "data" })])), [
            "",
            "2 changesets of changelog.yaml on PostgreSQL 17.10 in 3.2 s",
            "",
            "  result           changesets  schema  data  schema and data  nothing",
            "  ───────────────  ──────────  ──────  ────  ───────────────  ───────",
            "  rollback proven  2           1       1",
            "",
            "Undone and reapplied at once, all 2 changesets have the same result.",
            "Linted 2 changesets that origin/main does not have.",
            "Lint of 2 changesets: 0 errors, 0 warnings, 0 waived (levels of prod)",
            "Check passed.",
        ]);
    });

    it("shows the first of many changesets that are wrong in the same way", () => {
        const wrong = (id: string, verdict: CheckedChangeset["verdict"]) =>
            changeset(id, { verdict, notes: ["a note."] });
        const many = Array.from({ length: 1000 }, (_, number) => wrong(`n${number}`, "NoRollback"));
        const lines = renderReport(report([...many, wrong("z", "RollbackFails")], { passed: false }));
        const shown = lines.filter((line) => line.startsWith("✗"));
        assert.equal(shown.length, 10 + 1 + 1);
        assert.deepEqual(shown.slice(-2), [
            "✗ shop:z (changesets/001.sql:3)",
            "✗ … and 990 more (has no rollback), in report.json",
        ]);
        assert.ok(lines.includes("  … and 951 more, in report.json"), "notes");
        assert.ok(lines.includes("Check failed: 1001 findings."));
        assert.ok(lines.length < 150, String(lines.length));
    });

    it("states each problem, its place, its cause and its fix", () => {
        const wrong = changeset("b", {
            verdict: "RollbackDoesNothing",
            message: "Its rollback has no effect.",
            details: ["After it:", "  + table public.a"],
        });
        const whole: WholeProof = {
            result: "Skipped",
            message: "Undoing all at once was not checked: b cannot be undone.",
            details: [],
            seconds: 0,
        };
        assert.deepEqual(
            renderReport(report([changeset("a", { notes: ["a note."] }), wrong], { passed: false, whole })),
            [
                "",
                "2 changesets of changelog.yaml on PostgreSQL 17.10 in 3.2 s",
                "",
                "✗ shop:b (changesets/001.sql:3)",
                "  Its rollback has no effect.",
                "    After it:",
                "      + table public.a",
                "  → Write a rollback that undoes the changeset; if it cannot be undone, give the reason: `--rollback not required: <reason>`.",
                "",
                "! shop:a (changesets/001.sql:3): a note.",
                "",
                "  result                  changesets  schema  data  schema and data  nothing",
                "  ──────────────────────  ──────────  ──────  ────  ───────────────  ───────",
                "  rollback proven         1           1",
                "  rollback has no effect  1           1",
                "",
                "Undoing all at once was not checked: b cannot be undone.",
                "Linted 2 changesets that origin/main does not have.",
                "Lint of 2 changesets: 0 errors, 0 warnings, 0 waived (levels of prod)",
                "Check failed: 1 finding.",
            ],
        );
    });

    it("gives the fix in the form of the changeset's file", () => {
        const fixIn = (place: string) =>
            renderReport(report([changeset("a", { verdict: "NoRollback", place })], { passed: false }))
                .find((line) => line.includes("→"))
                ?.replace("  → Write a rollback; if it cannot be undone, give the reason: ", "");
        assert.deepEqual(["a.sql:1", "a.xml:2", "a.YAML:3", "a.yml", "a.json:5"].map(fixIn), [
            "`--rollback not required: <reason>`.",
            "`<rollback/>` and `<!-- rollback not required: <reason> -->`.",
            "`rollback: [{empty: {}}]` and `# rollback not required: <reason>`.",
            "`rollback: [{empty: {}}]` and `# rollback not required: <reason>`.",
            '`"rollback": [{"empty": {}}]` and `"comment": "rollback not required: <reason>"`.',
        ]);
    });

    it("shows the beginning of long evidence, and its full length", () => {
        const details = Array.from({ length: 25 }, (_, line) => `line ${line + 1}`);
        const lines = renderReport(report([changeset("a", { verdict: "RollbackFails", details })], { passed: false }));
        assert.ok(lines.includes("    line 20"));
        assert.ok(!lines.includes("    line 21"));
        assert.ok(lines.includes("    … and 5 lines more in report.json"));
    });

    it("counts a failure of the whole changelog", () => {
        const whole: WholeProof = {
            result: "Failed",
            message: "Undoing all 2 changesets at once fails.",
            details: ["b"],
            seconds: 1,
        };
        assert.deepEqual(renderReport(report([changeset("a")], { passed: false, whole })).slice(-5), [
            "✗ Undoing all 2 changesets at once fails.",
            "    b",
            "Linted 2 changesets that origin/main does not have.",
            "Lint of 2 changesets: 0 errors, 0 warnings, 0 waived (levels of prod)",
            "Check failed: 1 finding.",
        ]);
    });

    it("states what lint finds, and only counts what was waived", () => {
        const finding: Finding = {
            ...{ rule: "prefer-bigint-over-int", level: "error", file: "changesets/001.sql", line: 4 },
            ...{ what: "A 32-bit number", why: "It runs out.", instead: "bigint." },
        };
        const findings: Finding[] = [finding, { ...finding, line: 9, waived: "few rows" }];
        const lint = { environment: "prod", changesets: 2, findings, dismissals: [], lowered: [] };
        assert.deepEqual(renderReport(report([changeset("a")], { passed: false, lint })).slice(-7), [
            "Linted 2 changesets that origin/main does not have.",
            "Lint of 2 changesets: 1 error, 0 warnings, 1 waived (levels of prod)",
            "changesets/001.sql:4: error prefer-bigint-over-int",
            "    A 32-bit number",
            "    Why: It runs out.",
            "    Instead: bigint.",
            "Check failed: 1 finding.",
        ]);
        assert.match(reportJunit(report([changeset("a")], { lint })), /<testsuite name="lint" tests="1" failures="1"/);
    });

    it("is short about lint where nothing is new", () => {
        const lint = { environment: "prod", changesets: 0, findings: [], dismissals: [], lowered: [] };
        const linted = "no changeset: origin/main has them all";
        assert.deepEqual(renderReport(report([changeset("a")], { linted, lint })).slice(-2), [
            "Linted no changeset: origin/main has them all.",
            "Check passed.",
        ]);
    });

    it("has one case per changeset for the report tab", () => {
        const xml = reportJunit(
            report([
                changeset("a"),
                changeset("b", { verdict: "RollbackFails", message: "Its rollback fails.", details: ["ERROR: <&>"] }),
                changeset("c", { verdict: "Unseen", changed: "nothing" }),
            ]),
        );
        assert.match(xml, /<testsuites tests="5" failures="1" errors="0" skipped="1"/);
        assert.match(xml, /<testcase classname="changesets\/001\.sql" name="shop:a" time="0\.020"\/>/);
        assert.match(
            xml,
            /name="shop:b" time="0\.020"><failure message="Its rollback fails\.">Its rollback fails\.\nERROR: &lt;&amp;&gt;</,
        );
        assert.match(
            xml,
            /name="shop:c" time="0\.020"><skipped message="changes nothing in an empty database: not proven"\/>/,
        );
        assert.match(xml, /name="all changesets, undone and reapplied at once" time="0\.500"\/>/);
    });

    it("finds where a changeset is written, and names its file otherwise", () => {
        const source = { id: "a", author: "shop", file: "changesets/001.sql", path: "changesets/001.sql", line: 7 };
        const placeOf = placesOf([source]);
        assert.equal(placeOf(changeset("a")), "changesets/001.sql:7");
        assert.equal(placeOf(changeset("b")), "changesets/001.sql");
    });
});
