/**
 * How long a server may be silent. A statement may run for an hour without a word, so silence alone proves nothing: a
 * client that has waited for a while looks over another connection whether its session still works.
 */
export interface SilenceLimits {
    /** So long a client waits before it looks. */
    doubtMillis: number;
    /** Between two looks; and so long a session must be seen without work before its answer counts as lost. */
    lookMillis: number;
    /** For attempts to connect that get no answer: long enough for an Aurora cluster that has paused to come back. */
    firstAttemptMillis: number;
    /** For each of them, or a look. */
    attemptMillis: number;
    /** How long a new connection, or command, looks for a writer that accepts it: most failovers of Aurora take less. */
    writerMillis: number;
    /** Without an answer on any connection, the server counts as gone. */
    silenceMillis: number;
}

/** Of the default, 45 s, that is 9 s, 4.5 s, a minute, 15 s and 30 s. */
export function silenceLimits(seconds: number): SilenceLimits {
    const silenceMillis = seconds * 1000;
    return {
        doubtMillis: silenceMillis / 5,
        lookMillis: silenceMillis / 10,
        firstAttemptMillis: (silenceMillis * 4) / 3,
        attemptMillis: silenceMillis / 3,
        writerMillis: (silenceMillis * 2) / 3,
        silenceMillis,
    };
}

/** Why a connection is given up on. */
export type Loss = "lost" | "silent";

/** Judges one connection whose client waits, by looks over another one. */
export class SilenceJudge {
    private waited = 0;
    private unanswered = 0;
    private idleSince: number | undefined;
    private lastLook = -Infinity;
    private looking = false;

    constructor(
        private readonly limits: SilenceLimits,
        /** Whether the session works; fails where the server does not answer. */
        private readonly look: () => Promise<boolean>,
        private readonly giveUp: (loss: Loss) => void,
        private readonly now: () => number = () => performance.now(),
    ) {}

    /** To be called again and again while a client waits, with how long it has heard nothing. */
    hears(nothingForMillis: number): void {
        const again = nothingForMillis >= this.waited;
        const more = again ? nothingForMillis - this.waited : nothingForMillis;
        this.waited = nothingForMillis;
        this.unanswered = again ? this.unanswered + more : nothingForMillis;
        if (!again) this.idleSince = undefined;
        const { doubtMillis, lookMillis, silenceMillis } = this.limits;
        if (nothingForMillis < doubtMillis) return;
        if (this.unanswered >= silenceMillis) {
            this.giveUp("silent");
        } else if (!this.looking && this.now() - this.lastLook >= lookMillis) {
            void this.lookNow();
        }
    }

    private async lookNow(): Promise<void> {
        this.looking = true;
        this.lastLook = this.now();
        const { waited } = this;
        try {
            const works = await this.look();
            // Meanwhile the answer may have come, and another wait have begun.
            if (this.waited >= waited) this.judge(works);
        } catch {
            // No answer: the silence goes on.
        } finally {
            this.looking = false;
        }
    }

    private judge(works: boolean): void {
        this.unanswered = 0;
        this.idleSince = works ? undefined : (this.idleSince ?? this.now());
        if (this.idleSince !== undefined && this.now() - this.idleSince >= this.limits.lookMillis) this.giveUp("lost");
    }
}
