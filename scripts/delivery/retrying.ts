import pRetry from "p-retry";

/** When failed work is retried, and how soon. */
export interface RetryPolicy {
    /** Whether the failure is transient; may depend on the number of attempts. */
    when: (error: Error, attempt: number) => boolean;
    /** The number of attempts, including the first. Default: as many as there is time for. */
    attempts?: number;
    /** Milliseconds from the start of the first attempt to the start of the last. Default: no limit. */
    withinMillis?: number | ((error: Error) => number);
    /** Milliseconds before the second attempt. */
    pauseMillis: number;
    /** The pause doubles with each attempt up to this limit. Default: all pauses are equal. */
    longestPauseMillis?: number;
    /** Randomizes each pause up to double its length, so that two competing processes do not collide repeatedly. */
    random?: boolean;
    /** Aborts the wait. */
    signal?: AbortSignal;
}

/** Does the work, and retries it while its failures are transient; throws the last one. */
export function retrying<T>(policy: RetryPolicy, work: (attempt: number) => Promise<T>): Promise<T> {
    const {
        when,
        attempts = Infinity,
        withinMillis = Infinity,
        pauseMillis,
        longestPauseMillis,
        random = false,
        signal,
    } = policy;
    const started = performance.now();
    return pRetry(work, {
        retries: attempts - 1,
        minTimeout: pauseMillis,
        factor: longestPauseMillis === undefined ? 1 : 2,
        maxTimeout: (longestPauseMillis ?? pauseMillis) * (random ? 2 : 1),
        randomize: random,
        signal,
        shouldRetry: ({ error, attemptNumber, retryDelay }) => {
            const patience = typeof withinMillis === "number" ? withinMillis : withinMillis(error);
            return when(error, attemptNumber) && performance.now() - started + retryDelay < patience;
        },
    });
}
