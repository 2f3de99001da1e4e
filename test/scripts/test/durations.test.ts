import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { readDurations, slowestFirst, writeDurations } from "../../../scripts/test/durations";

describe("the order of test files", () => {
    const size = (file: string) => file.length;

    it("is the slowest first, and before them those that never ran, the largest first", () => {
        const durations = { quick: 10, slow: 2000, gone: 5 };
        assert.deepEqual(slowestFirst(["quick", "new", "slow", "larger"], durations, size), [
            "larger",
            "new",
            "slow",
            "quick",
        ]);
    });

    it("remembers those that did not run", () => {
        const directory = mkdtempSync(path.join(tmpdir(), "durations-"));
        try {
            const file = path.join(directory, "cache", "durations.json");
            assert.deepEqual(readDurations(file), {});
            writeDurations(file, { one: 1, two: 2 });
            writeDurations(file, { two: 3 });
            assert.deepEqual(readDurations(file), { one: 1, two: 3 });
        } finally {
            rmSync(directory, { recursive: true });
        }
    });
});
