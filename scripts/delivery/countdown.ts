import { count } from "./changesets";

const everyMillis = 5000;
/** Of the time since the start: what takes an hour does not need a line every five seconds. */
const everyShare = 0.05;

/** Says at intervals how far a long piece of work is, and how long the rest will take at the same speed. */
export class Countdown {
    private readonly started: number;
    private said: number;
    private done = 0;

    constructor(
        private readonly total: number,
        private readonly say: (line: string) => void,
        private readonly now: () => number = () => performance.now(),
    ) {
        this.started = this.now();
        this.said = this.started;
    }

    /** One more is done. */
    step(): void {
        this.done++;
        const now = this.now();
        if (now - this.said < Math.max(everyMillis, (now - this.started) * everyShare) || this.done >= this.total) {
            return;
        }
        this.said = now;
        const left = ((now - this.started) / this.done) * (this.total - this.done);
        this.say(`${this.done} of ${count(this.total, "changeset")}, about ${inWords(left)} left`);
    }
}

/** In units that an estimate is worth: `40 s`, `3 min`. */
function inWords(milliseconds: number): string {
    const seconds = Math.max(1, Math.round(milliseconds / 1000));
    return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
