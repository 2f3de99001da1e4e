import type { ActionStatus, StageStatus } from "../pipeline/model";
import { Log } from "../../delivery/report/log";
import { logLine, logLines } from "../../delivery/report/text";
import { duration, type Progress } from "./progress";

type Listr2 = Awaited<ReturnType<typeof load>>;

/** An ES module, and slow to load: only where somebody watches. */
const load = () => import("listr2");

/** How many last lines of an action's log are shown while it runs; whole they are in the run's files. */
const shownLines = 6;
/** And when it did not succeed. */
const keptLines = 25;

/** A list that moves, for a terminal: one entry a stage. */
export class LiveProgress implements Progress {
    private stage: Entry | undefined;
    private readonly print = new Log().line;

    private constructor(private readonly listr2: Listr2) {}

    static async create(): Promise<LiveProgress> {
        return new LiveProgress(await load());
    }

    async step<T>(title: string, work: (log: (line: string) => void) => Promise<T>): Promise<T> {
        const entry = new Entry(this.listr2, title);
        try {
            const result = await work((line) => entry.log(line));
            await entry.end("Succeeded");
            return result;
        } catch (error) {
            await entry.end("Failed");
            throw error;
        }
    }

    say(line: string): void {
        logLines(line).forEach((one) => this.print(one));
    }

    stageStarted(stage: string): void {
        this.stage = new Entry(this.listr2, stage);
    }

    async stageEnded(_: string, status: StageStatus, message?: string): Promise<void> {
        await this.stage?.end(status, message);
    }

    actionStarted(): void {
        // The stage's entry says that something runs; the action's log says what.
    }

    actionEnded(_: string, action: string, status: ActionStatus, message?: string): void {
        if (message) this.stage?.note(`${action}: ${status} – ${message}`);
    }

    log(_: string, __: string, line: string): void {
        this.stage?.log(line);
    }
}

interface Task {
    title?: string;
    output?: string;
    skip(message?: string): void;
}

/** A list of one task, whose end is decided from outside. */
class Entry {
    private readonly start = Date.now();
    private readonly notes: string[] = [];
    private readonly last: string[] = [];
    private readonly shown: Promise<unknown>;
    /** The list starts its task in its own time. */
    private readonly started: Promise<Task>;
    private task: Task | undefined;
    private resolve!: () => void;
    private reject!: (error: Error) => void;

    constructor(
        { Listr }: Listr2,
        private readonly title: string,
    ) {
        const ended = new Promise<void>((resolve, reject) => Object.assign(this, { resolve, reject }));
        let start!: (task: Task) => void;
        this.started = new Promise((resolve) => (start = resolve));
        const run = (_: unknown, task: Task) => {
            this.task = task;
            start(task);
            return ended;
        };
        this.shown = new Listr([{ title, task: run, rendererOptions: { outputBar: shownLines } }], {
            // Signals are the run's business: a renderer that exits would leave a server behind.
            registerSignalListeners: false,
            exitOnError: false,
        }).run();
    }

    log(line: string): void {
        const shown = logLine(line);
        if (this.task) this.task.output = shown;
        this.last.push(shown);
        if (this.last.length > keptLines) this.last.shift();
    }

    note(line: string): void {
        this.notes.push(...logLines(line));
    }

    async end(status: StageStatus, message?: string): Promise<void> {
        const task = await this.started;
        const title = `${this.title}: ${status} (${duration(Date.now() - this.start)})`;
        // What scrolled by is what a person wants to read where it did not go on.
        const last = status === "Failed" || status === "InProgress" ? this.last : [];
        task.title = [title, ...last, ...this.notes, ...(message ? logLines(message) : [])].join("\n");
        if (status === "Failed" || status === "Stopped") {
            this.reject(new Error(task.title));
        } else {
            if (status === "Skipped" || status === "InProgress") task.skip(task.title);
            this.resolve();
        }
        await this.shown;
    }
}
