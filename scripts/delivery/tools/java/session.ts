import { messageOf } from "../../errors";
import { Tail } from "../../lines";
import type { ChangesetEvent, CommandResult, Judge } from "../events";
import { Frames, type FramesOptions } from "./frames";
import { type JavaOptions, type JavaProcess, startJava } from "./process";

/** What one command of a tool in Java did. */
export interface JavaResult extends CommandResult {
    /** Why its judge stopped it. */
    objection?: string;
    /** The server's error that ended it, as Java says it. */
    failure?: { message: string; sqlState: string };
}

/** Who follows a command. */
export interface JavaListeners {
    onEvent?: (event: ChangesetEvent) => void;
    /** While it waits for the server: hears again and again for how long. */
    onWait?: (milliseconds: number) => void;
    /** Without one, a guarded command does nothing. */
    judge?: Judge;
}

/** A command that runs. */
export interface JavaCommand<Result extends JavaResult, Listeners extends JavaListeners> {
    readonly result: Result;
    readonly listeners: Listeners;
    /** Sends it words that it waits for. */
    reply: (words: string[]) => void;
}

/** The tool's part of a session. */
export interface JavaTool<Result extends JavaResult, Listeners extends JavaListeners> {
    emptyResult(): Result;
    /** Takes an event in the tool's own form: returns it in the common one, or undefined if it was for the tool alone. */
    receive(event: unknown, command: JavaCommand<Result, Listeners>): ChangesetEvent | undefined;
    /** Why a process cannot be started. */
    notStarted(error: NodeJS.ErrnoException): Error;
    /** Why a process that ended by itself has ended. */
    ended(how: string, output: string): Error;
    /** The error for a frame after which the process ends: what it refuses, or a limit that it has exceeded. */
    fatal?: (kind: string, content: unknown) => Error | undefined;
    garbled: FramesOptions["garbled"];
}

interface Running<Result extends JavaResult, Listeners extends JavaListeners> extends JavaCommand<Result, Listeners> {
    resolve: (result: Result) => void;
    reject: (error: Error) => void;
}

/** How much of what Java printed beside the frames is kept for its last words. */
const tailCharacters = 8000;
const tailLines = 10;

/** A command that does not end by then waits for something else than the server. */
const abortMillis = 20_000;

/** One JVM that runs commands of a tool one after the other: see `Parent.java` for the protocol. */
export class JavaSession<Result extends JavaResult, Listeners extends JavaListeners = JavaListeners> {
    private command: Running<Result, Listeners> | undefined;
    /** Nothing that the tool reports: a JVM that does not start, a crash, what a library prints. */
    private readonly outside: Tail[];
    private endedBy: Error | undefined;
    private readonly end: Promise<void>;
    private readonly frames: Frames;
    private readonly process: JavaProcess;

    /** The socket becomes the first of the arguments. */
    constructor(
        options: JavaOptions,
        private readonly tool: JavaTool<Result, Listeners>,
    ) {
        const frames = new Frames({
            onFrame: (kind, content) => this.receive(kind, content),
            garbled: tool.garbled,
            onBroken: (error) => this.kill(error),
        });
        this.frames = frames;
        this.process = startJava({ ...options, arguments: [frames.socket, ...options.arguments] });
        this.outside = [this.process.stderr!, this.process.stdout!].map((stream) => new Tail(stream, tailCharacters));
        this.end = new Promise((resolve) => {
            this.process.on("error", (error: NodeJS.ErrnoException) => {
                frames.end();
                this.stop(tool.notStarted(error));
                resolve();
            });
            this.process.on("close", (code, signal) => {
                void frames.drained().then(() => {
                    this.stop(tool.ended(signal ?? `exit code ${code}`, this.lastWords()));
                    resolve();
                });
            });
        });
    }

    /** Runs one command; a failed command resolves as well, with its exit code. */
    run(args: string[], password: string, listeners: Listeners): Promise<Result> {
        if (this.endedBy) {
            return Promise.reject(this.endedBy);
        }
        return new Promise((resolve, reject) => {
            const reply = (words: string[]) => this.frames.send(words);
            this.command = { result: this.tool.emptyResult(), listeners, reply, resolve, reject };
            this.frames.send([password, ...args]);
        });
    }

    /** Answers an event that the running command waits for. */
    answer(word: string): void {
        this.frames.send([word]);
    }

    /** Closes the connections of the running command, which then fails as if they had been cut. */
    abort(): void {
        const { command } = this;
        this.frames.send(["!abort"]);
        setTimeout(() => {
            if (command !== undefined && this.command === command) this.process.kill("SIGKILL");
        }, abortMillis).unref();
    }

    /** Ends the JVM, whatever it does, and waits until it is gone. */
    async close(): Promise<void> {
        this.frames.end();
        const patience = setTimeout(() => this.process.kill("SIGKILL"), 2000);
        await this.end;
        clearTimeout(patience);
    }

    private receive(kind: string, content: unknown): void {
        const { command } = this;
        const fatal = this.tool.fatal?.(kind, content);
        if (fatal !== undefined) {
            this.kill(fatal);
        }
        if (!command || fatal !== undefined) {
            return;
        }
        if (kind === "event") {
            const event = this.tool.receive(content, command);
            if (event !== undefined) this.follow(event, command);
        } else if (kind === "error") {
            command.result.messages.push(content as string);
        } else if (kind === "failure") {
            command.result.failure = content as JavaResult["failure"];
        } else if (kind === "wait") {
            command.listeners.onWait?.(content as number);
        } else if (kind === "exit") {
            this.command = undefined;
            command.resolve({ ...command.result, exitCode: content as number });
        }
    }

    private follow(event: ChangesetEvent, { result, listeners }: JavaCommand<Result, Listeners>): void {
        switch (event.event) {
            case "mayRun":
            case "mayRollback":
            case "mayRead":
            case "unapproved": {
                const { judge } = listeners;
                const objection = judge === undefined ? "There is no approved plan." : judge.objection(event);
                result.objection ??= objection;
                if (event.event === "unapproved") return;
                if (objection !== undefined) this.answer("stop");
                else if (event.event === "mayRead" || judge?.prepare === undefined) this.answer("go");
                else void this.prepare(judge.prepare(event), result);
                return;
            }
            default:
                result.events.push(event);
                listeners.onEvent?.(event);
        }
    }

    private async prepare(work: Promise<void>, result: Result): Promise<void> {
        try {
            await work;
            this.answer("go");
        } catch (error) {
            result.objection ??= messageOf(error);
            this.answer("stop");
        }
    }

    /** Ends a session that cannot go on; its process has nothing to say any more. */
    private kill(error: Error): void {
        this.stop(error);
        this.process.kill("SIGKILL");
    }

    private stop(error: Error): void {
        this.endedBy ??= error;
        this.command?.reject(error);
        this.command = undefined;
    }

    private lastWords(): string {
        const messages = this.command?.result.messages ?? [];
        const printed = this.outside.flatMap((tail) => tail.lines(tailLines));
        return [...printed, ...messages.slice(-10)].map((line) => `\n${line}`).join("");
    }
}
