import type { ChangesetName } from "../../changesets";
import { Tail } from "../../lines";
import { nameOf } from "../../changesets";
import type { Beginning, ChangesetEvent, CommandResult, Judge, PassedOver, RunOutcome } from "../events";
import type { Precondition } from "../preconditions";
import { liquibaseErrors } from "./errors";
import { Frames } from "./frames";
import { type JavaProcess, startJava } from "./javaProcess";

/** In a dry run: what Liquibase checks before the first changeset, as `Conditions.java` says it. */
export interface ChangelogEvent {
    event: "changelog";
    preconditions: Precondition;
    /** Why they stop the update. */
    objection?: string;
}

/** A changeset that Liquibase passes over: for another context (`Selection.java`), or in a dry run by its preconditions. */
interface PassedOverEvent extends PassedOver {
    event: "notSelected" | "skipped";
}

/** Every changeset of a changelog and of what it includes, as `Gate.java` says it. */
export interface SourceEvent {
    event: "source";
    changesets: ChangesetName[];
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

/** What one Liquibase command did. */
export interface LiquibaseResult extends CommandResult {
    /** What in the changelog runs code. */
    code: CodeEvent[];
    /** In a dry run: the preconditions of the whole changelog, if it has any. */
    preconditions?: Precondition;
    /** Every changeset of the changelog; absent if it could not be parsed. */
    known?: ChangesetName[];
    /** In a dry run: why these stop the update. */
    unmet?: string;
    passedOver: PassedOver[];
    /** Why its judge stopped it. */
    objection?: string;
    /** The server's error that ended it, as `Session.java` says it. */
    failure?: { message: string; sqlState: string };
}

/** What became of a changeset, as `Events.java` says it. */
interface RawEvent extends Omit<ChangesetEvent, "again" | "outcome" | "mayFail"> {
    /** `NOT_RAN`, or `RUN_AGAIN` for a changeset that ran in another form. */
    runStatus?: string;
    execType?: string;
    failOnError?: false;
}

/** Liquibase's words for what became of a changeset. */
const outcomes: Record<string, RunOutcome> = {
    EXECUTED: "Applied",
    RERAN: "AppliedAgain",
    // Its precondition did not hold.
    MARK_RAN: "MarkedAsRan",
    // It failed, and its author wrote failOnError: false.
    FAILED: "Tolerated",
};

function eventOf({ runStatus, execType, failOnError, ...event }: RawEvent): ChangesetEvent {
    return {
        ...event,
        ...(runStatus !== undefined && { again: runStatus !== "NOT_RAN" }),
        ...(execType !== undefined && { outcome: outcomes[execType] }),
        ...(failOnError === false && { mayFail: true }),
    };
}

type SessionEvent =
    RawEvent | ChangelogEvent | SourceEvent | PassedOverEvent | CodeEvent | { event: "mayBegin" | "mayDecide" };

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

/** How much of what Java printed beside the frames is kept for its last words. */
const tailCharacters = 8000;
const tailLines = 10;

/** A command that does not end by then waits for something else than the server. */
const abortMillis = 20_000;

/** Where a dry run was when its time was over, as `Budget.java` says it. */
interface Exceeded {
    /** A changeset or a file. */
    place?: string;
    /** The attribute of a changeset that Liquibase takes for a regular expression. */
    expression?: string;
    seconds: number;
}

/** Who follows a command. */
export interface Listeners {
    onEvent?: (event: ChangesetEvent) => void;
    /** While it waits for the server: hears again and again for how long. */
    onWait?: (milliseconds: number) => void;
    /** Without one, a guarded command does nothing. */
    judge?: Judge;
    /** In a dry run: changesets (`keyOf`) whose preconditions are not decided. */
    undecided?: string[];
    /** Changesets (`keyOf`) that are only marked as run. */
    adopted?: string[];
}

interface Command extends Listeners {
    result: LiquibaseResult;
    resolve: (result: LiquibaseResult) => void;
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
        private readonly process: JavaProcess,
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
                    this.stop(this.unexpectedEnd(signal ?? `exit code ${code}`));
                    resolve();
                });
            });
        });
    }

    static start({ classPath, directory, environment, sources, properties = {} }: SessionOptions): Session {
        const frames: Frames = new Frames({
            onFrame: (kind, content) => session.receive(kind, content),
            onBroken: (error) => session.kill(error),
        });
        const { allowCode, own, jars } = sources;
        const child = startJava({
            ...{ classPath, directory, environment, properties },
            arguments: [frames.socket, allowCode ? "allowCode" : "refuseCode", own, ...jars],
        });
        const session: Session = new Session(child, frames);
        return session;
    }

    /** Runs one Liquibase command; a failed command resolves as well, with its exit code. */
    run(args: string[], password: string, listeners: Listeners = {}): Promise<LiquibaseResult> {
        if (this.endedBy) {
            return Promise.reject(this.endedBy);
        }
        return new Promise((resolve, reject) => {
            const result: LiquibaseResult = {
                ...{ exitCode: 0, events: [], code: [], messages: [] },
                passedOver: [],
            };
            this.command = { ...listeners, result, resolve, reject };
            const { adopted = [] } = listeners;
            this.frames.send([password, String(adopted.length), ...adopted, ...args]);
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
        if (kind === "otherJars") {
            this.kill(new liquibaseErrors.JarNamesOthers(content as { file: string; place: string }));
        }
        if (!this.command) {
            return;
        }
        if (kind === "event") {
            this.receiveEvent(this.command, content as SessionEvent);
        } else if (kind === "error") {
            this.command.result.messages.push(content as string);
        } else if (kind === "failure") {
            this.command.result.failure = content as LiquibaseResult["failure"];
        } else if (kind === "exceeded") {
            const { place, expression, seconds } = content as Exceeded;
            const attribute = expression && `, in the regular expression of ${expression}`;
            this.kill(
                new liquibaseErrors.PlanExceeded({
                    place: place ?? "the changelog",
                    attribute: attribute ?? "",
                    seconds,
                }),
            );
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
            case "source":
                result.known = event.changesets;
                return;
            case "changelog":
                result.preconditions = event.preconditions;
                result.unmet = event.objection;
                return;
            case "notSelected":
            case "skipped":
                result.passedOver.push({ ...nameOf(event), reason: event.reason });
                return;
            case "mayBegin":
                this.frames.send(namedIn(command.judge?.begin()));
                return;
            case "mayDecide":
                this.frames.send(command.undecided ?? []);
                return;
            case "mayRun":
            case "mayRollback":
            case "mayRead":
            case "unapproved":
                this.decide(command, eventOf(event));
                return;
            default: {
                const translated = eventOf(event);
                result.events.push(translated);
                command.onEvent?.(translated);
            }
        }
    }

    private decide({ result, judge }: Command, event: ChangesetEvent): void {
        const objection = judge === undefined ? "There is no approved plan." : judge.objection(event);
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

    private unexpectedEnd(how: string): Error {
        const messages = this.command?.result.messages ?? [];
        const printed = this.outside.flatMap((tail) => tail.lines(tailLines));
        const output = [...printed, ...messages.slice(-10)].map((line) => `\n${line}`).join("");
        return new liquibaseErrors.LiquibaseEnded({ how, output });
    }
}

/** As `Approved.java` reads them. */
function namedIn({ uncompared, idle }: Beginning = { uncompared: [], idle: [] }): string[] {
    return [...uncompared.map((key) => `~${key}`), ...idle.map((key) => `-${key}`)];
}

function startError(error: NodeJS.ErrnoException): Error {
    return error.code === "ENOENT"
        ? new liquibaseErrors.JavaMissing({})
        : new liquibaseErrors.JavaNotStarted({ reason: error.message });
}
