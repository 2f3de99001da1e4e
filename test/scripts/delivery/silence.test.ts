import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    ConnectionLost,
    isTransient,
    isTransientState,
    NotTheWriter,
    reportsLoss,
} from "../../../scripts/delivery/database/lost";
import { type Loss, SilenceJudge, silenceLimits } from "../../../scripts/delivery/database/silence";
import { InputError } from "../../../scripts/delivery/errors";

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
    it("may take as long as it likes while its session works", async () => {
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

    it("has lost an answer when its session is seen twice without work", async () => {
        assert.deepEqual(await wait(100, () => false), { loss: "lost", second: 14 });
        // Once may be the moment in which the answer is under way.
        let looks = 0;
        assert.equal(await wait(60, () => ++looks !== 1), undefined);
    });

    it("is not asked about while answers come", async () => {
        let looks = 0;
        const heard = Array.from({ length: 20 }, (_, index) => 5 * index);
        await wait(90, () => (looks++, false), heard);
        assert.equal(looks, 0);
    });

    it("is never given up on too early, nor too late, whatever it answers when", async () => {
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

describe("a failure", () => {
    it("passes where the connection or the server is the reason, also behind another error", () => {
        for (const code of ["08006", "08003", "57P01", "57P02", "57P03", "25006", "ECONNRESET", "ECONNREFUSED"]) {
            assert.ok(isTransient(Object.assign(new Error("x"), { code })), code);
        }
        assert.ok(isTransient(new InputError("x", { cause: new NotTheWriter("a reader") })));
        assert.ok(isTransient(new ConnectionLost("x", false)));
        assert.ok(isTransient(new Error("Connection terminated unexpectedly")));
    });

    it("stays where the statement or the input is", () => {
        for (const code of ["28P01", "42P07", "55P03", "57014", "3D000", "ENOTFOUND", "DEPTH_ZERO_SELF_SIGNED_CERT"]) {
            assert.ok(!isTransient(Object.assign(new Error("x"), { code })), code);
            assert.ok(!isTransientState(code), code);
        }
        assert.ok(!isTransient("08006"));
    });

    it("is read from what Liquibase prints", () => {
        assert.ok(reportsLoss(["Connection to db:5432 refused. Check that"]));
        assert.ok(reportsLoss(["x", "FATAL: the database system is shutting down"]));
        assert.ok(reportsLoss(["ERROR: cannot execute CREATE TABLE in a read-only transaction"]));
        assert.ok(reportsLoss(["Could not find a server with specified targetServerType: primary"]));
        assert.ok(!reportsLoss(['ERROR: relation "a" already exists', 'FATAL: database "x" does not exist']));
    });
});
