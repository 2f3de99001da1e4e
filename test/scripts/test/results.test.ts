import * as assert from "node:assert/strict";
import { type Counts, judge, passedOne, summarize } from "../../../scripts/test/results";

const counts: Counts = {
    passed: 3,
    failed: 1,
    skipped: 1,
    failures: ["a fails (a.test.ts)"],
    skips: ["b (b.test.ts)"],
};

describe("the summary of npm test", () => {
    it("has a line for each step, what failed and what was skipped, and ends with two numbers", () => {
        const results = [
            { title: "unit tests", counts, seconds: 12 },
            { title: "types", counts: passedOne, seconds: 3 },
        ];
        assert.deepEqual(summarize(results), [
            "unit tests  3 passed, 1 failed, 1 skipped, 12 s",
            "types       1 passed, 0 failed, 3 s",
            "",
            "Failed:",
            "  unit tests: a fails (a.test.ts)",
            "",
            "",
            "Skipped:",
            "  unit tests: b (b.test.ts)",
            "",
            "1 skipped",
            "4 passed, 1 failed",
        ]);
    });

    it("is the lines of the steps and the total where all passed", () => {
        assert.deepEqual(summarize([{ title: "types", counts: passedOne, seconds: 3 }]), [
            "types  1 passed, 0 failed, 3 s",
            "1 passed, 0 failed",
        ]);
    });

    it("counts skipped tests as failed in CI, and names them", () => {
        assert.deepEqual(judge(counts, true), {
            passed: 3,
            failed: 2,
            skipped: 0,
            failures: ["a fails (a.test.ts)", "b (b.test.ts) (skipped)"],
            skips: [],
        });
        assert.deepEqual(judge(counts, false), counts);
        assert.deepEqual(judge(passedOne, true), passedOne);
    });
});
