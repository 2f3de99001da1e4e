import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { lossError, SilenceJudge, type SilenceLimits } from "./silence";

const tickMillis = 1000;
/** A server that is gone does not answer a disconnect either. */
const farewellMillis = 2000;

/** Watches the answers to a connection's queries. */
export interface AnswerWatch {
    /** Watches the stream until the answer is there. */
    expect(answer: Promise<unknown>): void;
    /** Call it when the connection is over. */
    stop(): void;
}

/** Detects that an answer will not come; the stream then ends with `ConnectionLost`, and the pending query with it. */
export function watchAnswers(
    stream: Socket,
    limits: SilenceLimits,
    { host, port }: { host: string; port: number },
    /** Whether the session is working, over another connection. */
    lookout: { works: () => Promise<boolean>; close: () => Promise<void> },
): AnswerWatch {
    let asked = 0;
    let timer: NodeJS.Timeout | undefined;
    let judge: SilenceJudge | undefined;
    let [silentMillis, tickedAt] = [0, 0];
    stream.on("data", () => (silentMillis = 0));

    function start(): void {
        silentMillis = 0;
        tickedAt = performance.now();
        judge = new SilenceJudge(limits, lookout.works, (loss) =>
            stream.destroy(lossError(loss, limits, { host, port })),
        );
        timer = setInterval(() => {
            const now = performance.now();
            // A process that was busy was not listening during that time.
            silentMillis += Math.min(now - tickedAt, 2 * tickMillis);
            tickedAt = now;
            judge?.hears(silentMillis);
        }, tickMillis).unref();
    }

    function stop(): void {
        clearInterval(timer);
        timer = judge = undefined;
        void lookout.close();
    }

    function expect(answer: Promise<unknown>): void {
        if (++asked === 1) start();
        const settled = () => {
            if (--asked === 0) stop();
        };
        answer.then(settled, settled);
    }

    return { expect, stop };
}

/** Ends a connection without waiting for a server that is gone. */
export async function hangUp(farewell: () => Promise<void>, destroy: () => void): Promise<void> {
    const patience = new AbortController();
    const timeout = sleep(farewellMillis, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([farewell().catch(() => {}), timeout]);
    patience.abort();
    destroy();
}
