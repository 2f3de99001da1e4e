import assert from "node:assert/strict";
import type { LintFloor } from "../../../../components/lintRules";
import { blocks, lintLines, type LintReport, loweredLines } from "../../../../scripts/delivery/lint";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { waivedRules } from "../../../../scripts/delivery/lint/lowered";
import { catalogue, judge } from "./support";

const changelog = `--changeset a:1
--lint-waive destroys-data: rebuilt every night
TRUNCATE cache;
TRUNCATE cache;
--rollback not required: rebuilt every night`;

async function report(floor: LintFloor): Promise<LintReport> {
    const { levels, pinned } = lintConfig(catalogue, {}, "prod", floor);
    const verdict = await judge({ changelog, context: { pinned } });
    return { environment: "prod", changesets: 1, ...verdict, lowered: waivedRules(verdict.findings, levels) };
}

const place = { file: "a.sql", line: 4, changeset: "a.sql::1::a", reason: "rebuilt every night" };

describe("a waiver", () => {
    it("lowers a rule that is not pinned, and is counted once per changeset", async () => {
        const waived = await report({});
        assert.deepEqual(waived.lowered, [{ rule: "destroys-data", from: "error", to: "waived", ...place }]);
        assert.equal(blocks(waived), false);
        assert.match(lintLines(waived)[0]!, /0 errors, 0 warnings, 2 waived/);
    });

    it("lowers a pinned rule only to its pin: it stays visible, and is counted at that level", async () => {
        const pinned = await report({ destructive: "warning" });
        assert.deepEqual(pinned.lowered, [
            { rule: "destroys-data", from: "error", to: "warning", asked: "waived", ...place },
        ]);
        assert.equal(blocks(pinned), false);
        const [summary, heading, ...lines] = lintLines(pinned);
        assert.match(summary!, /0 errors, 2 warnings, 0 waived$/);
        assert.equal(heading, "a.sql:4: warning destroys-data in a.sql::1::a");
        assert.deepEqual(lines.slice(-2), [
            "    Waived: rebuilt every night",
            "    The stack's config sets a minimum for the rule: a waiver lowers it only to warning.",
        ]);
    });

    it("has no effect if the stack pins an error, and that is shown", async () => {
        const pinned = await report({ "destroys-data": "error" });
        assert.equal(blocks(pinned), true);
        assert.deepEqual(loweredLines(pinned.lowered), [
            "Lowered or waived by the repository: 1",
            "    destroys-data: error → error (the minimum set by the stack; the repository asks for waived), by a.sql:4 a.sql::1::a: rebuilt every night",
        ]);
    });
});

describe("what the repository lowers", () => {
    it("is one row per line of the repository", () => {
        const { lowered } = lintConfig(catalogue, { profile: "lenient" }, "prod", { locking: "error" });
        const [title, ...rows] = loweredLines(lowered);
        assert.equal(title, `Lowered or waived by the repository: ${lowered.length}`);
        assert.equal(rows.length, 2);
        assert.match(rows.join("\n"), /: error → warning, by lint\.yaml profile$/m);
        assert.match(
            rows.join("\n"),
            /: error → error \(the minimum set by the stack; the repository asks for warning\), by lint\.yaml profile$/m,
        );
    });

    it("is empty by default", () => assert.deepEqual(loweredLines([]), []));
});
