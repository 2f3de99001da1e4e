import * as assert from "node:assert/strict";
import { Countdown } from "../../../scripts/delivery/countdown";

describe("the progress of long work", () => {
    /** What is said while changesets take this long each. */
    function said(total: number, millis: number): string[] {
        const lines: string[] = [];
        let now = 0;
        const countdown = new Countdown(
            total,
            (line) => lines.push(line),
            () => now,
        );
        for (let i = 0; i < total; i++) {
            now += millis;
            countdown.step();
        }
        return lines;
    }

    it("is logged every five seconds, with the remaining time", () => {
        assert.deepEqual(said(1000, 20), [
            "250 of 1000 changesets, about 15 s left",
            "500 of 1000 changesets, about 10 s left",
            "750 of 1000 changesets, about 5 s left",
        ]);
    });

    it("is logged in minutes if it takes many", () => {
        assert.equal(said(1000, 1000)[0], "5 of 1000 changesets, about 17 min left");
    });

    it("is logged less often the longer it takes", () => {
        assert.ok(said(36_000, 100).length < 100);
    });

    it("is not logged for work that ends at once", () => {
        assert.deepEqual(said(3, 100), []);
    });
});
