import * as assert from "node:assert/strict";

/** What a loop of assertions goes through: with nothing to go through it would pass without having looked at anything. */
export function nonEmpty<T>(list: Iterable<T>): T[] {
    const all = [...list];
    assert.ok(all.length > 0, "there is nothing to look at");
    return all;
}
