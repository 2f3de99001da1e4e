import { ConnectionLost } from "./errors";

/**
 * How long a server may be silent. A statement may run for an hour without output, so silence alone proves nothing:
 * after a while, the client checks over another connection whether its session is still working.
 */
export interface SilenceLimits {
    /** How long a client waits before it checks. */
    doubtMillis: number;
    /** Time between two checks, and how long a session must be seen idle before its answer counts as lost. */
    lookMillis: number;
    /** For attempts to connect that get no answer: long enough for a paused Aurora cluster to resume. */
    firstAttemptMillis: number;
    /** For each of them, or for a check. */
    attemptMillis: number;
    /** How long a new connection or command looks for a writer that accepts it: most Aurora failovers take less. */
    writerMillis: number;
    /** Without an answer on any connection for this long, the server counts as gone. */
    silenceMillis: number;
}

/** For the default of 45 s: 9 s, 4.5 s, one minute, 15 s and 30 s. */
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

/** Why a connection is given up. */
export type Loss = "lost" | "silent";

/** Checks over another connection whether silent sessions are working. */
export interface SessionLookout {
    /**
     * Whether a session with this name, other than this program's own, is working; fails if the server does not answer.
     */
    works(asked: "others"): Promise<boolean>;
    close(): Promise<void>;
}

/** The error for a client whose connection is given up. */
export function lossError(
    loss: Loss,
    { silenceMillis }: SilenceLimits,
    { host, port }: { host: string; port: number },
): ConnectionLost {
    return loss === "silent"
        ? new ConnectionLost(`${host}:${port} has not answered for ${silenceMillis / 1000} s`, true)
        : new ConnectionLost(
              `the connection to ${host}:${port} was lost silently: its session is no longer active in the server, and no answer arrived`,
              false,
          );
}

/** Judges a waiting client's connection by checks over another one. */
export class SilenceJudge {
    private waited = 0;
    private unanswered = 0;
    private idleSince: number | undefined;
    private lastLook = -Infinity;
    private looking = false;

    constructor(
        private readonly limits: SilenceLimits,
        /** Whether the session is working; fails if the server does not answer. */
        private readonly look: () => Promise<boolean>,
        private readonly giveUp: (loss: Loss) => void,
        private readonly now: () => number = () => performance.now(),
    ) {}

    /** Call it repeatedly while a client waits, with the time since it last heard anything. */
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
            // The answer may have come meanwhile, and another wait may have begun.
            if (this.waited >= waited) this.judge(works);
        } catch {
            // No answer: the silence continues.
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
