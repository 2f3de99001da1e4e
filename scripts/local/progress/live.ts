import type { ActionStatus, StageStatus } from "../pipeline/model";
import { Log } from "../../delivery/report/log";
import { logLine, logLines } from "../../delivery/report/text";
import { PlainProgress } from "./plain";
import { duration, type Progress } from "./progress";
import { InternalError } from "../../../components/errorDefinition";

type Listr2 = Awaited<ReturnType<typeof load>>;

/** An ES module that is slow to load: only loaded for a terminal. */
const load = () => import("listr2");

/** The number of last lines of an action's log that are shown while it runs; the run's files have the whole log. */
const shownLines = 6;
/** The number of lines shown if it did not succeed. */
const keptLines = 25;

/** A live list for a terminal: one entry per stage. */
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
        // The stage's entry shows that something runs; the action's log shows what.
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

/** A list of one task whose end is decided from outside. */
class Entry {
    private readonly start = Date.now();
    private readonly notes: string[] = [];
    private readonly last: string[] = [];
    private readonly shown: Promise<unknown>;
    /** The list starts its task asynchronously. */
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
            // The run handles signals itself: a renderer that exits would leave a server behind.
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
        const skipped = status === "Skipped" && message !== undefined;
        const title = skipped
            ? `${this.title}: skipped, ${message}`
            : `${this.title}: ${status} (${duration(Date.now() - this.start)})`;
        // If it did not succeed, the reader wants the lines that scrolled by.
        const last = status === "Failed" || status === "InProgress" ? this.last : [];
        task.title = [title, ...last, ...this.notes, ...(message && !skipped ? logLines(message) : [])].join("\n");
        if (status === "Failed" || status === "Stopped") {
            this.reject(new InternalError(task.title));
        } else {
            if (status === "Skipped" || status === "InProgress") task.skip(task.title);
            this.resolve();
        }
        await this.shown;
    }
}

/** A live display for a terminal; otherwise a log that reads well in a file. */
export function createProgress(
    { isTTY, columns }: Pick<NodeJS.WriteStream, "isTTY" | "columns"> = process.stdout,
    environment = process.env,
): Promise<Progress> {
    // A terminal that does not know its width would get a character a line.
    const watched = isTTY && columns > 0 && !environment["CI"];
    return watched ? LiveProgress.create() : Promise.resolve(new PlainProgress());
}
