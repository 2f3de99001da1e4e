import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { firstWaitMillis, longestWaitMillis, nextWait } from "../../../../scripts/delivery/safety/backoff";

describe("the waits between attempts", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const budgetMillis = fc.integer({ min: 0, max: 3_600_000 });
    const attempts = fc.record({
        failed: fc.integer({ min: 1, max: 2000 }),
        elapsedMillis: fc.integer({ min: 0, max: 3_600_000 }),
        budgetMillis,
        random,
    });

    it("end when the budget is used up, and never outlast it", () => {
        fc.assert(
            fc.property(attempts, (given) => {
                const wait = nextWait(given);
                const left = given.budgetMillis - given.elapsedMillis;
                assert.equal(wait === undefined, left <= 0);
                assert.ok(wait === undefined || (wait > 0 && wait <= left));
            }),
        );
    });

    it("double up to the maximum, half of it random", () => {
        fc.assert(
            fc.property(attempts, ({ failed, random }) => {
                const full = Math.min(longestWaitMillis, firstWaitMillis * 2 ** (failed - 1));
                const wait = nextWait({ failed, random, elapsedMillis: 0, budgetMillis: Infinity }) ?? NaN;
                assert.ok(wait >= full / 2 && wait <= full, `${wait} of ${full}`);
            }),
        );
    });

    it("use the whole budget in a bounded number of attempts, whatever an attempt takes", () => {
        fc.assert(
            fc.property(budgetMillis, fc.integer({ min: 0, max: 60_000 }), random, (budgetMillis, attempt, random) => {
                let [elapsedMillis, failed, waited] = [0, 0, 0];
                for (;;) {
                    failed += 1;
                    const wait = nextWait({ failed, elapsedMillis, budgetMillis, random });
                    if (wait === undefined) break;
                    waited += wait;
                    elapsedMillis += wait + attempt;
                }
                assert.ok(elapsedMillis >= budgetMillis);
                assert.ok(waited <= budgetMillis + 1e-6 * budgetMillis);
                // The first ones are short; from then on each takes at least half of the longest wait.
                assert.ok(failed <= 9 + budgetMillis / (longestWaitMillis / 2), `${failed} attempts`);
            }),
        );
    });

    it("differ between two competing sessions", () => {
        const of = (random: number) => nextWait({ failed: 5, elapsedMillis: 0, budgetMillis: 60_000, random });
        assert.notEqual(of(0.1), of(0.9));
    });
});
