import assert from "node:assert/strict";
import { pollUntil, type RetryPolicy, retrying } from "../../../scripts/delivery/retrying";

/** Fails as often as told, then returns which attempt it was. */
function failing(times: number) {
    const attempts: number[] = [];
    const work = (attempt: number) => {
        attempts.push(attempt);
        return attempts.length > times ? Promise.resolve(attempt) : Promise.reject(new Error(`failure ${attempt}`));
    };
    return { attempts, work };
}

const policy: RetryPolicy = { when: () => true, pauseMillis: 0 };

describe("retrying", () => {
    it("returns what the first attempt that succeeds returns", async () => {
        const { attempts, work } = failing(2);
        assert.equal(await retrying(policy, work), 3);
        assert.deepEqual(attempts, [1, 2, 3]);
    });

    it("makes the allowed number of attempts, and throws the last failure", async () => {
        const { attempts, work } = failing(9);
        await assert.rejects(retrying({ ...policy, attempts: 3 }, work), { message: "failure 3" });
        assert.deepEqual(attempts, [1, 2, 3]);
    });

    it("stops at a permanent failure", async () => {
        const { attempts, work } = failing(9);
        const when = (error: Error, attempt: number) => error.message !== "failure 2" && attempt < 9;
        await assert.rejects(retrying({ ...policy, when }, work), { message: "failure 2" });
        assert.deepEqual(attempts, [1, 2]);
    });

    it("begins no attempt after its deadline, which a failure may set", async () => {
        const { attempts, work } = failing(9);
        const withinMillis = ({ message }: Error) => (message === "failure 3" ? 0 : 60_000);
        await assert.rejects(retrying({ ...policy, withinMillis }, work), { message: "failure 3" });
        assert.deepEqual(attempts, [1, 2, 3]);
    });

    it("stops waiting when it is cancelled", async () => {
        const stop = new AbortController();
        const { attempts, work } = failing(9);
        const stopped = retrying({ ...policy, pauseMillis: 3_600_000, signal: stop.signal }, (attempt) => {
            setImmediate(() => stop.abort(new Error("stopped")));
            return work(attempt);
        });
        await assert.rejects(stopped, { message: "stopped" });
        assert.deepEqual(attempts, [1]);
    });

    it("decides by what it looks up after a failure", async () => {
        const { attempts, work } = failing(9);
        const when = ({ message }: Error) => Promise.resolve(message !== "failure 2");
        await assert.rejects(retrying({ ...policy, when }, work), { message: "failure 2" });
        assert.deepEqual(attempts, [1, 2]);
    });

    describe("with a budget", () => {
        /** The pauses until the budget is used up, and when each attempt began. */
        async function spend(limits: Pick<RetryPolicy, "attempts" | "budgetMillis" | "longestPauseMillis">) {
            const started = performance.now();
            const [pauses, begun]: [number[], number[]] = [[], []];
            const when = (_: Error, __: number, pause: number) => pauses.push(pause) > 0;
            const always = { when, pauseMillis: 4, random: true, ...limits };
            await assert.rejects(
                retrying(always, () => {
                    begun.push(performance.now() - started);
                    return Promise.reject(new Error("failure"));
                }),
                { message: "failure" },
            );
            return { pauses, begun };
        }

        it("doubles the pauses up to the longest one, and leaves half of each to chance", async () => {
            // Ends with its attempts, so that no pause is what a slow machine leaves of the budget.
            const { pauses } = await spend({ attempts: 6, budgetMillis: 60_000, longestPauseMillis: 16 });
            assert.equal(pauses.length, 5);
            for (const [index, pause] of pauses.entries()) {
                const least = Math.min(16, 4 * 2 ** index);
                assert.ok(pause >= least && pause <= 2 * least, `pause ${index}: ${pause} ms`);
            }
        });

        it("makes the last attempt when the budget is over, not before", async () => {
            const { begun, pauses } = await spend({ budgetMillis: 60, longestPauseMillis: 1000 });
            // A timer may fire a millisecond early.
            assert.ok(begun.at(-1)! >= 58, `${begun.at(-1)} ms`);
            assert.equal(begun.length, pauses.length + 1);
            assert.ok(pauses.reduce((sum, pause) => sum + pause) <= 62, String(pauses));
        });

        it("makes one attempt where there is none", async () => {
            assert.equal((await spend({ budgetMillis: 0, longestPauseMillis: 16 })).begun.length, 1);
        });
    });
});

describe("polling", () => {
    it("returns the first answer", async () => {
        const answers = [undefined, undefined, 0, 1];
        assert.equal(await pollUntil({ everyMillis: 1 }, () => Promise.resolve(answers.shift())), 0);
        assert.deepEqual(answers, [1]);
    });

    it("returns nothing after its time, having looked once more", async () => {
        const looks: number[] = [];
        const answer = await pollUntil({ everyMillis: 5, withinMillis: 12 }, (waited) => {
            looks.push(waited());
            return Promise.resolve(undefined);
        });
        assert.equal(answer, undefined);
        assert.ok(looks.length >= 2 && looks.length <= 4, String(looks));
    });

    it("waits as long as the last look says", async () => {
        let pause = 3_600_000;
        let looks = 0;
        const answer = pollUntil({ everyMillis: () => pause }, () => {
            pause = 0;
            return Promise.resolve((looks += 1) > 2 ? looks : undefined);
        });
        assert.equal(await answer, 3);
    });

    it("fails with a look's failure, and when it is told to stop", async () => {
        await assert.rejects(
            pollUntil({ everyMillis: 1 }, () => Promise.reject(new Error("no server"))),
            { message: "no server" },
        );
        const stop = new AbortController();
        const stopped = pollUntil({ everyMillis: 3_600_000, signal: stop.signal }, () => {
            setImmediate(() => stop.abort());
            return Promise.resolve(undefined);
        });
        await assert.rejects(stopped, { name: "AbortError" });
    });
});
