import assert from "node:assert/strict";
import { type RetryPolicy, retrying } from "../../../scripts/delivery/retrying";

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
});
