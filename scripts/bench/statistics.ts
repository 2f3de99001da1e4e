/** Wall-clock times of two ways to do the same, measured in turn so that changes of the machine's load affect both. */
export interface Pairs {
    /** Milliseconds of each round. */
    measured: number[];
    baseline: number[];
}

/** Runs both in turn after one uncounted round each. */
export async function inTurn(
    rounds: number,
    measured: (round: number) => Promise<void>,
    baseline: (round: number) => Promise<void>,
): Promise<Pairs> {
    const pairs: Pairs = { measured: [], baseline: [] };
    for (let round = 0; round <= rounds; round++) {
        const times = [await milliseconds(() => measured(round)), await milliseconds(() => baseline(round))] as const;
        if (round > 0) {
            pairs.measured.push(times[0]);
            pairs.baseline.push(times[1]);
        }
    }
    return pairs;
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

/** Median of the ratios, round by round: steadier than the ratio of the medians. */
export function ratio({ measured, baseline }: Pairs): number {
    return median(measured.map((time, round) => time / (baseline[round] ?? NaN)));
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
}
