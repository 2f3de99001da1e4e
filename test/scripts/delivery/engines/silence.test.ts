import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Loss, SilenceJudge, silenceLimits } from "../../../../scripts/delivery/engines/silence";

/** What the server answers to a look: whether the session works, or nothing at all. */
type Answer = boolean | undefined;

/** Lets a client wait for so many seconds, second by second; returns when and why it gave up. */
async function wait(seconds: number, answerAt: (second: number) => Answer, heardAt: number[] = []) {
    let [now, silent] = [0, 0];
    let loss: { loss: Loss; second: number } | undefined;
    const judge = new SilenceJudge(
        silenceLimits(45),
        () => {
            const answer = answerAt(now / 1000);
            return answer === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(answer);
        },
        (reason) => (loss ??= { loss: reason, second: now / 1000 }),
        () => now,
    );
    for (let second = 1; second <= seconds && loss === undefined; second++) {
        now = second * 1000;
        silent = heardAt.includes(second) ? 0 : silent + 1000;
        judge.hears(silent);
        await new Promise(setImmediate);
    }
    return loss;
}

describe("a silent server", () => {
    it("may take any time while its session works", async () => {
        assert.equal(await wait(3 * 3600, () => true), undefined);
    });

    it("is given up on after 45 s without an answer on any connection, and not before", async () => {
        assert.deepEqual(await wait(100, () => undefined), { loss: "silent", second: 45 });
        assert.equal(await wait(44, () => undefined), undefined);
    });

    it("has 45 s from its last answer, whichever connection that came on", async () => {
        const loss = await wait(1000, (second) => (second < 500 ? true : undefined));
        assert.ok(loss?.loss === "silent" && loss.second >= 540 && loss.second <= 545, JSON.stringify(loss));
    });

    it("has lost an answer if its session is idle twice", async () => {
        assert.deepEqual(await wait(100, () => false), { loss: "lost", second: 14 });
        // Once may be the moment in which the answer is under way.
        let looks = 0;
        assert.equal(await wait(60, () => ++looks !== 1), undefined);
    });

    it("is not queried while answers arrive", async () => {
        let looks = 0;
        const heard = Array.from({ length: 20 }, (_, index) => 5 * index);
        await wait(90, () => (looks++, false), heard);
        assert.equal(looks, 0);
    });

    it("is abandoned neither too early nor too late, whenever it answers", async () => {
        const answers = fc.array(fc.constantFrom<Answer>(true, false, undefined), { minLength: 150, maxLength: 150 });
        await fc.assert(
            fc.asyncProperty(answers, async (given) => {
                const answered: number[] = [];
                const loss = await wait(149, (second) => {
                    if (given[second] !== undefined) answered.push(second);
                    return given[second];
                });
                if (loss?.loss === "silent") assert.equal(loss.second, Math.max(0, ...answered) + 45);
                if (given.every((answer) => answer === undefined)) assert.equal(loss?.second, 45);
                if (given.every((answer) => answer !== false)) assert.notEqual(loss?.loss, "lost");
            }),
            { numRuns: 50 },
        );
    });
});
