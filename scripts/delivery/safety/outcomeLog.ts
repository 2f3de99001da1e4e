import { count, mostListed } from "../changesets";
import { Countdown } from "../countdown";
import { type ChangesetOutcome, lineOf } from "../tools/outcomes";

/**
 * What becomes of each changeset, for the build's log: of a small release a line for each; of a large one how far it is,
 * what failed, and how many there were of the rest.
 */
export class OutcomeLog {
    private readonly countdown: Countdown | undefined;
    private readonly counts = new Map<string, number>();

    constructor(
        total: number,
        private readonly log: (line: string) => void,
        /** The artifact that has each of them. */
        private readonly file: string,
        now?: () => number,
    ) {
        this.countdown = total > mostListed ? new Countdown(total, (line) => log(`  ${line}`), now) : undefined;
    }

    say(outcome: ChangesetOutcome): void {
        const { status } = outcome;
        if (this.countdown === undefined || status === "Failed" || status === "Tolerated") {
            this.log(lineOf(outcome));
            return;
        }
        this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
        this.countdown.step();
    }

    /** Nothing more will be said. */
    end(): void {
        if (this.counts.size === 0) return;
        const counts = [...this.counts].map(([status, number]) => `${status} ${count(number, "changeset")}`);
        this.log(`  ${counts.join(", ")}; each with its time in ${this.file}`);
    }
}
