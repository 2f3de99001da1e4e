/** What a further attempt depends on. */
export interface Attempts {
    /** Attempts that failed so far, 1 after the first. */
    failed: number;
    /** Since the first attempt failed. */
    elapsedMillis: number;
    budgetMillis: number;
    /** From 0 up to, but not including, 1. */
    random: number;
}

export const firstWaitMillis = 500;
export const longestWaitMillis = 30_000;

/**
 * How long to wait before the next attempt; undefined when the budget is used up. The wait doubles with each attempt, and
 * its second half is left to chance, so that two that stand in each other's way do not meet again and again.
 */
export function nextWait({ failed, elapsedMillis, budgetMillis, random }: Attempts): number | undefined {
    const longest = Math.min(longestWaitMillis, firstWaitMillis * 2 ** (failed - 1));
    const wait = longest / 2 + (longest / 2) * random;
    const left = budgetMillis - elapsedMillis;
    // The last attempt comes at the end of the budget, not before it.
    return left <= 0 ? undefined : Math.min(wait, left);
}
