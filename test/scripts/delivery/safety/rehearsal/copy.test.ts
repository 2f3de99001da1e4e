import * as assert from "node:assert/strict";
import type { Copy } from "../../../../../scripts/delivery/engines/copy";
import { withCopy } from "../../../../../scripts/delivery/safety/rehearsal/copy";

const address = { host: "clone", port: 1, name: "app" };

/** A copy that writes down what is done with it, and fails where it is told to. */
function copyThat(fails: { make?: string; remove?: string } = {}): { copy: Copy; done: string[] } {
    const done: string[] = [];
    const act = (what: "make" | "remove") => {
        done.push(what);
        const message = fails[what];
        return message === undefined ? Promise.resolve() : Promise.reject(new Error(message));
    };
    return { done, copy: { make: () => act("make").then(() => address), remove: () => act("remove") } };
}

describe("a copy of the database", () => {
    it("is removed after the work", async () => {
        const { copy, done } = copyThat();
        const result = await withCopy(copy, (given) => {
            done.push(`work at ${given.host}`);
            return Promise.resolve(7);
        });
        assert.equal(result, 7);
        assert.deepEqual(done, ["make", "work at clone", "remove"]);
    });

    it("is removed after work that failed", async () => {
        const { copy, done } = copyThat();
        await assert.rejects(
            withCopy(copy, () => Promise.reject(new Error("the work"))),
            /^Error: the work$/,
        );
        assert.deepEqual(done, ["make", "remove"]);
    });

    it("is removed if its creation failed halfway", async () => {
        const { copy, done } = copyThat({ make: "half" });
        await assert.rejects(
            withCopy(copy, () => Promise.resolve()),
            /^Error: half$/,
        );
        assert.deepEqual(done, ["make", "remove"]);
    });

    it("fails if it cannot be removed, without hiding another failure", async () => {
        await assert.rejects(
            withCopy(copyThat({ remove: "stays" }).copy, () => Promise.resolve()),
            /^Error: stays$/,
        );
        await assert.rejects(
            withCopy(copyThat({ remove: "stays" }).copy, () => Promise.reject(new Error("the work"))),
            { message: "the work\nstays" },
        );
    });
});
