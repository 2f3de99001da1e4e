import type { ChangesetEvent, CommandResult, Judge, RehearsalQuestion } from "./events";

/** What a change is, whatever happens to it. */
export type Facts = Omit<ChangesetEvent, "event">;

/** How a command of a session runs. */
export interface RunOptions {
    onEvent: (event: ChangesetEvent) => void;
    judge?: Judge;
    /** Stops for each question of a rehearsal. */
    rehearses?: boolean;
}

/** The questions of a session's rehearsal, each of which waits for its answer. */
export class Questions {
    private asked: { answer: () => void; refuse: (error: Error) => void } | undefined;

    ask(question: RehearsalQuestion, event: Facts, onEvent: (event: ChangesetEvent) => void): Promise<void> {
        const answered = new Promise<void>((resolve, reject) => {
            this.asked = { answer: resolve, refuse: reject };
        });
        onEvent({ ...event, event: question });
        return answered;
    }

    answer(): void {
        this.asked?.answer();
    }

    /** The rehearsal ends with the error. */
    refuse(error: Error): void {
        this.asked?.refuse(error);
    }
}

/** What a session's own command says while it runs, and its result. */
export class Running {
    readonly result: CommandResult = { exitCode: 0, events: [], messages: [] };

    constructor(
        private readonly options: RunOptions,
        private readonly questions: Questions,
        /** Why the session lost its connection, if it did: said before the reason of a refusal. */
        private readonly lost: () => string | undefined = () => undefined,
    ) {}

    say(event: ChangesetEvent): void {
        this.result.events.push(event);
        this.options.onEvent(event);
    }

    /** Stops the command. */
    refuse(event: ChangesetEvent | undefined, message: string): void {
        const lost = this.lost();
        this.result.exitCode = 1;
        this.result.messages.push(...(lost === undefined ? [] : [lost]), message);
        if (event) this.say({ ...event, message });
    }

    /** Whether it was approved, and everything is prepared for it; else the command stops. */
    async may(event: ChangesetEvent): Promise<boolean> {
        const { judge } = this.options;
        const objection = judge?.objection(event);
        if (objection !== undefined) this.refuse(undefined, objection);
        else await judge?.prepare?.(event);
        return objection === undefined;
    }

    async ask(question: RehearsalQuestion, event: Facts): Promise<void> {
        if (this.options.rehearses) await this.questions.ask(question, event, this.options.onEvent);
    }
}
