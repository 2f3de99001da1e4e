/** What another attempt depends on. */
export interface Attempts {
    /** Failed attempts so far; 1 after the first. */
    failed: number;
    /** Time since the first attempt failed. */
    elapsedMillis: number;
    budgetMillis: number;
    /** From 0 up to, but not including, 1. */
    random: number;
}

export const firstWaitMillis = 500;
export const longestWaitMillis = 30_000;

/**
 * How long to wait before the next attempt; undefined if the budget is used up. The wait doubles with each attempt; its
 * second half is random, so that two competing sessions do not collide repeatedly.
 */
export function nextWait({ failed, elapsedMillis, budgetMillis, random }: Attempts): number | undefined {
    const longest = Math.min(longestWaitMillis, firstWaitMillis * 2 ** (failed - 1));
    const wait = longest / 2 + (longest / 2) * random;
    const left = budgetMillis - elapsedMillis;
    // The last attempt is made at the end of the budget, not before it.
    return left <= 0 ? undefined : Math.min(wait, left);
}
