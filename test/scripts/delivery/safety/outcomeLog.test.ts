import * as assert from "node:assert/strict";
import { listOf, shortened, someOf } from "../../../../scripts/delivery/changesets";
import { rehearsalLines } from "../../../../scripts/delivery/report/rehearsal";
import { OutcomeLog } from "../../../../scripts/delivery/safety/outcomeLog";
import type { ChangesetOutcome } from "../../../../scripts/delivery/tools/outcomes";
import { capabilities } from "../../../../scripts/delivery/engines/postgresql/capabilities";

const outcome = (number: number, status: ChangesetOutcome["status"] = "Applied"): ChangesetOutcome => ({
    id: String(number),
    author: "me",
    file: "a.sql",
    status,
    seconds: 0.5,
});
const outcomes = (total: number) => Array.from({ length: total }, (_, index) => outcome(index + 1));

describe("the log of a release", () => {
    /** What is said of these, each of which takes a second. */
    function said(all: ChangesetOutcome[]): string[] {
        const lines: string[] = [];
        let now = 0;
        const log = new OutcomeLog(
            all.length,
            (line) => lines.push(line),
            "deployment.json",
            () => now,
        );
        for (const one of all) {
            now += 1000;
            log.say(one);
        }
        log.end();
        return lines;
    }

    it("has each changeset of a small one", () => {
        assert.deepEqual(said(outcomes(2)), ["  Applied a.sql::1::me (0.50 s)", "  Applied a.sql::2::me (0.50 s)"]);
        assert.equal(said(outcomes(50)).length, 50);
    });

    it("has the progress, the failures and the sum of a large one", () => {
        const all = [...outcomes(60), outcome(61, "Tolerated"), outcome(62, "MarkedAsRan"), outcome(63, "Failed")];
        const lines = said(all);
        assert.deepEqual(lines.slice(0, 2), [
            "  5 of 63 changesets, about 58 s left",
            "  10 of 63 changesets, about 53 s left",
        ]);
        assert.deepEqual(lines.slice(-3), [
            "  Tolerated a.sql::61::me (0.50 s)",
            "  Failed a.sql::63::me (0.50 s)",
            "  Applied 60 changesets, MarkedAsRan 1 changeset; each with its time in deployment.json",
        ]);
        assert.equal(lines.length, 12 + 3);
    });

    it("does not grow with the release", () => {
        assert.ok(said(outcomes(5_000)).length < 120, String(said(outcomes(5_000)).length));
    });

    it("lists the first of many names, and says where all are", () => {
        const names = listOf(outcomes(60), "deployment.json").split("\n");
        assert.deepEqual(names.slice(-2), ["  - a.sql::50::me", "  … and 10 more, in deployment.json"]);
        assert.equal(listOf(outcomes(2), "deployment.json"), "  - a.sql::1::me\n  - a.sql::2::me");
        assert.deepEqual(shortened(["a", "b", "c"], undefined, 2), ["a", "b", "  … and 1 more"]);
        assert.equal(someOf(["a", "b", "c"], 2), "a, b and 1 more");
        assert.equal(someOf(["a", "b"], 2), "a, b");
    });

    it("has the slowest changesets of a large rehearsal", () => {
        const rehearsed = outcomes(60).map((one) => ({ ...one, seconds: Number(one.id), overBudget: [] }));
        const lines = rehearsalLines({ changesets: rehearsed }, capabilities.lockModes);
        assert.deepEqual(lines.slice(0, 2), [
            "The 10 slowest of 60 changesets; all are in rehearsal.json:",
            "  a.sql::60::me 60.00 s",
        ]);
        assert.equal(lines.length, 11);
        assert.equal(rehearsalLines({ changesets: rehearsed.slice(0, 50) }, capabilities.lockModes).length, 50);
    });
});
