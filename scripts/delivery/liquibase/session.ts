import { ChildProcess, spawn } from "node:child_process";
import * as readline from "node:readline";
import { DeliveryError, InputError } from "../errors";

/** What happened to a changeset, as `Events.java` says it. */
export interface ChangesetEvent {
    event: "willRun" | "ran" | "runFailed" | "willRollback" | "rolledBack" | "rollbackFailed" | RehearsalQuestion;
    id: string;
    author: string;
    file: string;
    comment?: string;
    runInTransaction: boolean;
    /** Before a run: `NOT_RAN`, or `RUN_AGAIN` for a changeset that ran in another form. */
    runStatus?: string;
    /** After a run: `EXECUTED`, `RERAN`, `MARK_RAN` (its precondition failed), `FAILED` (with failOnError false). */
    execType?: string;
    milliseconds?: number;
    /** After a failure: the server's code of it. */
    sqlState?: string;
    /** In a dry run: the statements. */
    sql?: string[];
    /** In a dry run of an update: the statements that would undo it. */
    undo?: string[];
    /** In a dry run of an update: why nothing would. */
    undoError?: string;
    /** Why it failed. */
    message?: string;
}

/** What `Rehearsal.java` waits for an answer to. */
export type RehearsalQuestion = "begin" | "look" | "end";

/** What one Liquibase command did. */
export interface CommandResult {
    exitCode: number;
    events: ChangesetEvent[];
    /** What Liquibase printed on standard error, where it reports. */
    messages: string[];
}

export interface SessionOptions {
    classPath: string[];
    /** Directory that Liquibase runs in. */
    directory: string;
    environment: Record<string, string | undefined>;
    /** Java's system properties. */
    properties?: Record<string, string>;
}

// Measured: C1 only and the serial collector halve the start-up of a short-lived Liquibase; the heap fits the smallest
// CodeBuild machine and 10,000 changesets.
const jvmOptions = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx1g", "-Dfile.encoding=UTF-8"];

interface Command {
    result: CommandResult;
    onEvent: (event: ChangesetEvent) => void;
    resolve: (result: CommandResult) => void;
    reject: (error: Error) => void;
}

/** One JVM that runs Liquibase commands one after the other: see `Session.java` for the protocol. */
export class Session {
    private command: Command | undefined;
    private readonly outside: string[] = [];
    private endedBy: Error | undefined;
    private readonly end: Promise<void>;

    private constructor(private readonly process: ChildProcess) {
        readline.createInterface({ input: process.stdout! }).on("line", (line) => this.receive(line));
        readline.createInterface({ input: process.stderr! }).on("line", (line) => this.outside.push(line));
        // Writing to a JVM that has just died; `close` says so as well.
        process.stdin!.on("error", () => {});
        this.end = new Promise((resolve) => {
            process.on("error", (error: NodeJS.ErrnoException) => {
                this.stop(startError(error));
                resolve();
            });
            process.on("close", (code, signal) => {
                this.stop(new DeliveryError(this.lastWords(signal ?? `exit code ${code}`)));
                resolve();
            });
        });
    }

    static start({ classPath, directory, environment, properties = {} }: SessionOptions): Session {
        const { JAVA_HOME: javaHome } = process.env;
        const java = javaHome ? `${javaHome}/bin/java` : "java";
        const defined = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
        const options = [...jvmOptions, ...defined, "-cp", classPath.join(":"), "aurorapipeline.Session"];
        return new Session(spawn(java, options, { cwd: directory, env: environment, stdio: "pipe" }));
    }

    /** Runs one Liquibase command; a failed command resolves as well, with its exit code. */
    run(args: string[], password: string, onEvent: (event: ChangesetEvent) => void = () => {}): Promise<CommandResult> {
        if (this.endedBy) {
            return Promise.reject(this.endedBy);
        }
        return new Promise((resolve, reject) => {
            this.command = { result: { exitCode: 0, events: [], messages: [] }, onEvent, resolve, reject };
            this.process.stdin!.write(`${[password, ...args].map(encodeURIComponent).join(" ")}\n`);
        });
    }

    /** Answers an event that the running command waits for: see `Proof.java`. */
    answer(word: string): void {
        this.process.stdin!.write(`${word}\n`);
    }

    /** Ends the JVM, whatever it does, and waits until it is gone. */
    async close(): Promise<void> {
        this.process.stdin!.end();
        const patience = setTimeout(() => this.process.kill("SIGKILL"), 2000);
        await this.end;
        clearTimeout(patience);
    }

    private receive(line: string): void {
        const [kind, content] = [line.slice(0, 1), line.slice(2)];
        if (!this.command) {
            this.outside.push(content);
        } else if (kind === "v") {
            const event = JSON.parse(content) as ChangesetEvent;
            this.command.result.events.push(event);
            this.command.onEvent(event);
        } else if (kind === "e") {
            this.command.result.messages.push(content);
        } else if (kind === "x") {
            const { result, resolve } = this.command;
            this.command = undefined;
            resolve({ ...result, exitCode: Number(content) });
        }
    }

    private stop(error: Error): void {
        this.endedBy ??= error;
        this.command?.reject(error);
        this.command = undefined;
    }

    private lastWords(how: string): string {
        const messages = this.command?.result.messages ?? [];
        return [`Liquibase's Java process ended unexpectedly (${how}).`, ...this.outside, ...messages.slice(-10)].join(
            "\n",
        );
    }
}

function startError(error: NodeJS.ErrnoException): Error {
    return error.code === "ENOENT"
        ? new InputError(
              "Java is missing: the build needs a Java runtime, version 17 or newer, on its PATH or in JAVA_HOME.",
          )
        : new InputError(`Java does not start: ${error.message}`);
}
