import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";

/** When failed work is retried, and how soon. */
export interface RetryPolicy {
    /** Whether the failure is transient; may depend on the number of attempts. */
    when: (error: Error, attempt: number, pauseMillis: number) => boolean | Promise<boolean>;
    /** The number of attempts, including the first. Default: as many as there is time for. */
    attempts?: number;
    /** Milliseconds from the start of the first attempt to the start of the last. Default: no limit. */
    withinMillis?: number | ((error: Error) => number);
    /** The same, but the last attempt is made when this time is over, not before. Default: no limit. */
    budgetMillis?: number;
    /** Milliseconds before the second attempt. */
    pauseMillis: number;
    /** The pause doubles with each attempt up to this limit. Default: all pauses are equal. */
    longestPauseMillis?: number;
    /** Randomizes each pause up to double its length, so that two competing processes do not collide repeatedly. */
    random?: boolean;
    /** The pauses do not keep the process alive. */
    background?: boolean;
    /** Aborts the wait. */
    signal?: AbortSignal;
}

/** Does the work, and retries it while its failures are transient; throws the last one. */
export function retrying<T>(policy: RetryPolicy, work: (attempt: number) => Promise<T>): Promise<T> {
    const {
        when,
        attempts = Infinity,
        withinMillis = Infinity,
        budgetMillis = Infinity,
        pauseMillis,
        longestPauseMillis,
        random = false,
        background = false,
        signal,
    } = policy;
    const started = performance.now();
    return pRetry(work, {
        retries: attempts - 1,
        minTimeout: pauseMillis,
        factor: longestPauseMillis === undefined ? 1 : 2,
        maxTimeout: (longestPauseMillis ?? pauseMillis) * (random ? 2 : 1),
        randomize: random,
        maxRetryTime: budgetMillis,
        unref: background,
        signal,
        shouldRetry: async ({ error, attemptNumber, retryDelay }) => {
            const passed = performance.now() - started;
            const patience = typeof withinMillis === "number" ? withinMillis : withinMillis(error);
            return (
                passed + retryDelay < patience &&
                (await when(error, attemptNumber, Math.round(Math.min(retryDelay, budgetMillis - passed))))
            );
        },
    });
}

/** How often something is looked at, and for how long. */
export interface PollPolicy {
    /** Milliseconds between two looks; the last look may decide. */
    everyMillis: number | (() => number);
    /** Milliseconds until the last look. Default: no limit. */
    withinMillis?: number;
    /** Aborts the wait. */
    signal?: AbortSignal;
}

/**
 * Looks until there is an answer, which is anything but `undefined`, and returns that; `undefined` if there is none in
 * time. `waited`: milliseconds since the first look began.
 */
export function pollUntil<T>(
    policy: Omit<PollPolicy, "withinMillis">,
    look: (waited: () => number) => Promise<T | undefined>,
): Promise<T>;
export function pollUntil<T>(
    policy: PollPolicy,
    look: (waited: () => number) => Promise<T | undefined>,
): Promise<T | undefined>;
export async function pollUntil<T>(
    { everyMillis, withinMillis = Infinity, signal }: PollPolicy,
    look: (waited: () => number) => Promise<T | undefined>,
): Promise<T | undefined> {
    const started = performance.now();
    const waited = () => performance.now() - started;
    for (;;) {
        const answer = await look(waited);
        if (answer !== undefined || waited() >= withinMillis) return answer;
        await sleep(typeof everyMillis === "number" ? everyMillis : everyMillis(), undefined, { signal });
    }
}
