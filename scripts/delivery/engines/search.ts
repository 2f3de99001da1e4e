import { CodedError } from "../errors";
import { retrying } from "../retrying";
import type { DatabaseSettings } from "../settings";
import type { ErrorReader } from "./engine";
import { silenceLimits } from "./silence";

const longestPauseMillis = 2000;

/** How to look for a connection. */
export interface Search {
    /** For one attempt: connecting, TLS and login together. Default: 15 s per attempt, one minute in all. */
    attemptMillis?: number;
    /** For further attempts if the server is unavailable or is not the writer. Default: 30 s. */
    patienceMillis?: number;
    /** Aborts at once. */
    signal?: AbortSignal;
}

/** Looks for the writer, in attempts of at most so many milliseconds each. */
export async function searching<Connection>(
    database: DatabaseSettings,
    { attemptMillis, patienceMillis, signal }: Search,
    errors: Pick<ErrorReader, "isTransient" | "connectionError"> & {
        /** Whether the attempt took too long, by the client's own error. */
        timedOut: (error: Error) => boolean;
    },
    attempt: (attemptMillis: number) => Promise<Connection>,
): Promise<Connection> {
    const limits = silenceLimits(database.silenceSeconds);
    const started = Date.now();
    // An attempt that began during a failover may hang for good; the next one finds the new writer. A paused cluster
    // resumes on any attempt.
    const isUnanswered = (error: Error) => attemptMillis === undefined && errors.timedOut(error);
    const policy = {
        when: (error: Error) => (isUnanswered(error) || errors.isTransient(error)) && !signal?.aborted,
        withinMillis: (error: Error) =>
            isUnanswered(error) ? limits.firstAttemptMillis : (patienceMillis ?? limits.writerMillis),
        pauseMillis: 250,
        longestPauseMillis,
    };
    try {
        return await retrying(policy, () =>
            attempt(attemptMillis ?? Math.min(limits.attemptMillis, started + limits.firstAttemptMillis - Date.now())),
        );
    } catch (error) {
        throw error instanceof CodedError ? error : errors.connectionError(error, database);
    }
}
