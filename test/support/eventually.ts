import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is so, however busy the machine is; fails with its name when it is not within the time. */
export async function eventually(
    what: string,
    condition: () => boolean | Promise<boolean>,
    seconds = 120,
): Promise<void> {
    for (const end = Date.now() + seconds * 1000; !(await condition()); await sleep(20)) {
        assert.ok(Date.now() < end, `not within ${seconds} s: ${what}`);
    }
}
