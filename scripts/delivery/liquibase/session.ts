import { ChildProcess, spawn } from "node:child_process";
import { DeliveryError, InputError } from "../errors";
import { Tail } from "../lines";
import type { FileRead } from "./files";
import type { Precondition } from "./preconditions";
import { Frames } from "./frames";

/** What happened to a changeset, as `Events.java` says it. */
export interface ChangesetEvent {
    event:
        | "willRun"
        | "ran"
        | "runFailed"
        | "willRollback"
        | "rolledBack"
        | "rollbackFailed"
        | RehearsalQuestion
        | ApprovalQuestion;
    id: string;
    author: string;
    file: string;
    comment?: string;
    runInTransaction: boolean;
    /** Before a run and in `mayRun`: `NOT_RAN`, or `RUN_AGAIN` for a changeset that ran in another form. */
    runStatus?: string;
    /** After a run: `EXECUTED`, `RERAN`, `MARK_RAN` (its precondition failed), `FAILED` (with failOnError false). */
    execType?: string;
    milliseconds?: number;
    /** After a failure: the server's code of it. */
    sqlState?: string;
    /** In a dry run, `mayRun` and `mayRollback`: what decides whether and how it runs, and what the history would say of it. */
    checksum?: string;
    preconditions?: Precondition;
    failOnError?: false;
    contexts?: string;
    labels?: string;
    tag?: string;
    /** There, too: the statements, whether Liquibase read the database to make them, and the files that it read. */
    sql?: string[];
    readsDatabase?: boolean;
    files?: FileRead[];
    /** In a dry run of an update: the same of what would undo it. */
    undo?: string[];
    undoReadsDatabase?: boolean;
    undoFiles?: FileRead[];
    /** In a dry run of an update: why nothing would. */
    undoError?: string;
    /** Why it failed. */
    message?: string;
}

/** In a dry run: what Liquibase checks before the first changeset, as `Conditions.java` says it. */
export interface ChangelogEvent {
    event: "changelog";
    preconditions: Precondition;
}

/** Something in a changelog that runs code, as `Code.java` says it. */
export interface CodeEvent {
    event: "code";
    kind:
        | "customChange"
        | "executeCommand"
        | "customPrecondition"
        | "runWith"
        | "class"
        | "change"
        | "precondition"
        | "format";
    /** Path of the changelog file. */
    file: string;
    /** The class, or the program. */
    name: string;
    /** Of a program. */
    arguments?: string[];
    /** Of a changeset: its name, with what it takes for its file. */
    id?: string;
    author?: string;
    logicalFile?: string;
}

/** What `Approved.java` asks before it sends anything; `unapproved` says that it stopped by itself. */
export type ApprovalQuestion = "mayRun" | "mayRollback" | "mayRead" | "unapproved";

/** Compares what a command is about to do with what was approved. */
export interface Judge {
    /** A command begins. Returns the changesets (`keyOf`) whose statements are not compared. */
    begin(): string[];
    /** Why it must not go on. */
    objection(event: ChangesetEvent): string | undefined;
}

/** What `Rehearsal.java` waits for an answer to. */
export type RehearsalQuestion = "begin" | "look" | "end";

/** What one Liquibase command did. */
export interface CommandResult {
    exitCode: number;
    events: ChangesetEvent[];
    /** What in the changelog runs code. */
    code: CodeEvent[];
    /** In a dry run: the preconditions of the whole changelog, if it has any. */
    preconditions?: Precondition;
    /** What Liquibase printed on standard error, where it reports. */
    messages: string[];
    /** Why its judge stopped it. */
    objection?: string;
}

type SessionEvent = ChangesetEvent | ChangelogEvent | CodeEvent | { event: "mayBegin" };

export interface SessionOptions {
    classPath: string[];
    /** Directory that Liquibase runs in. */
    directory: string;
    environment: Record<string, string | undefined>;
    /** What the changelogs may do and read. */
    sources: SourceOptions;
    /** Java's system properties. */
    properties?: Record<string, string>;
}

export interface SourceOptions {
    /** Whether a changelog may run code: classes, programs. */
    allowCode: boolean;
    /** Jars whose files a changelog can read, beside those of the directory. */
    jars: string[];
    /** Path of the delivery program's own changelog, which is read by its name. */
    own: string;
}

// Measured: C1 only and the serial collector halve the start-up of a short-lived Liquibase; the heap fits the smallest
// CodeBuild machine and 10,000 changesets.
const jvmOptions = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx1g", "-Dfile.encoding=UTF-8"];

/** How much of what Java printed beside the frames is kept for its last words. */
const tailCharacters = 8000;
const tailLines = 10;

/** A command that does not end by then waits for something else than the server. */
const abortMillis = 20_000;

/** Who follows a command. */
export interface Listeners {
    onEvent?: (event: ChangesetEvent) => void;
    /** While it waits for the server: hears again and again for how long. */
    onWait?: (milliseconds: number) => void;
    /** Without one, a guarded command does nothing. */
    judge?: Judge;
}

interface Command extends Listeners {
    result: CommandResult;
    resolve: (result: CommandResult) => void;
    reject: (error: Error) => void;
}

/** One JVM that runs Liquibase commands one after the other: see `Session.java` for the protocol. */
export class Session {
    private command: Command | undefined;
    /** Nothing that Liquibase reports: a JVM that does not start, a crash, what a library prints. */
    private readonly outside: Tail[];
    private endedBy: Error | undefined;
    private readonly end: Promise<void>;

    private constructor(
        private readonly process: ChildProcess,
        private readonly frames: Frames,
    ) {
        this.outside = [process.stderr!, process.stdout!].map((stream) => new Tail(stream, tailCharacters));
        this.end = new Promise((resolve) => {
            process.on("error", (error: NodeJS.ErrnoException) => {
                frames.end();
                this.stop(startError(error));
                resolve();
            });
            process.on("close", (code, signal) => {
                void frames.drained().then(() => {
                    this.stop(new DeliveryError(this.lastWords(signal ?? `exit code ${code}`)));
                    resolve();
                });
            });
        });
    }

    static start({ classPath, directory, environment, sources, properties = {} }: SessionOptions): Session {
        const { JAVA_HOME: javaHome } = process.env;
        const java = javaHome ? `${javaHome}/bin/java` : "java";
        const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
        const frames: Frames = new Frames({
            onFrame: (kind, content) => session.receive(kind, content),
            onBroken: (error) => session.kill(error),
        });
        const options = [...jvmOptions, ...defined, "-cp", classPath.join(":"), "aurorapipeline.Session"];
        const { allowCode, own, jars } = sources;
        const child = spawn(java, [...options, frames.socket, allowCode ? "allowCode" : "refuseCode", own, ...jars], {
            cwd: directory,
            env: environment,
            stdio: ["ignore", "pipe", "pipe"],
        });
        const session: Session = new Session(child, frames);
        return session;
    }

    /** Runs one Liquibase command; a failed command resolves as well, with its exit code. */
    run(args: string[], password: string, listeners: Listeners = {}): Promise<CommandResult> {
        if (this.endedBy) {
            return Promise.reject(this.endedBy);
        }
        return new Promise((resolve, reject) => {
            const result: CommandResult = { exitCode: 0, events: [], code: [], messages: [] };
            this.command = { ...listeners, result, resolve, reject };
            this.frames.send([password, ...args]);
        });
    }

    /** Answers an event that the running command waits for: see `Proof.java`. */
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
        if (!this.command) {
            return;
        }
        if (kind === "event") {
            this.receiveEvent(this.command, content as SessionEvent);
        } else if (kind === "error") {
            this.command.result.messages.push(content as string);
        } else if (kind === "wait") {
            this.command.onWait?.(content as number);
        } else if (kind === "exit") {
            const { result, resolve } = this.command;
            this.command = undefined;
            resolve({ ...result, exitCode: content as number });
        }
    }

    private receiveEvent(command: Command, event: SessionEvent): void {
        const { result } = command;
        switch (event.event) {
            case "code":
                result.code.push(event);
                return;
            case "changelog":
                result.preconditions = event.preconditions;
                return;
            case "mayBegin":
                this.frames.send(command.judge?.begin() ?? []);
                return;
            case "mayRun":
            case "mayRollback":
            case "mayRead":
            case "unapproved":
                this.decide(command, event);
                return;
            default:
                result.events.push(event);
                command.onEvent?.(event);
        }
    }

    private decide({ result, judge }: Command, event: ChangesetEvent): void {
        const objection = judge === undefined ? "Nobody says what was approved." : judge.objection(event);
        result.objection ??= objection;
        if (event.event !== "unapproved") {
            this.answer(objection === undefined ? "go" : "stop");
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

    private lastWords(how: string): string {
        const messages = this.command?.result.messages ?? [];
        const printed = this.outside.flatMap((tail) => tail.lines(tailLines));
        return [`Liquibase's Java process ended unexpectedly (${how}).`, ...printed, ...messages.slice(-10)].join("\n");
    }
}

function startError(error: NodeJS.ErrnoException): Error {
    return error.code === "ENOENT"
        ? new InputError(
              "Java is missing: the build needs a Java runtime, version 17 or newer, on its PATH or in JAVA_HOME.",
          )
        : new InputError(`Java does not start: ${error.message}`);
}
