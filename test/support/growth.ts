import * as assert from "node:assert/strict";

/** In time of the processor, which a busy machine leaves alone. */
async function milliseconds(work: () => unknown): Promise<number> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
}

/** Eight times as much must not take the square of it, which is 64 times as long. A few milliseconds say nothing. */
export async function assertLinear(work: (size: number) => unknown, size: number): Promise<void> {
    await milliseconds(() => work(size / 3));
    const small = await milliseconds(() => work(size));
    const large = await milliseconds(() => work(8 * size));
    assert.ok(large < 30 * Math.max(small, 10), `${small} ms become ${large} ms`);
}
