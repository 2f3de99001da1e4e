import type { ChangesetName } from "../../changesets";
import { nameOf } from "../../changesets";
import type { Beginning, ChangesetEvent, PassedOver, RunOutcome } from "../events";
import type { Precondition } from "../preconditions";
import { liquibaseErrors } from "./errors";
import { type JavaCommand, type JavaListeners, type JavaResult, JavaSession, type JavaTool } from "../java/session";

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
export interface LiquibaseResult extends JavaResult {
    /** What in the changelog runs code. */
    code: CodeEvent[];
    /** In a dry run: the preconditions of the whole changelog, if it has any. */
    preconditions?: Precondition;
    /** Every changeset of the changelog; absent if it could not be parsed. */
    known?: ChangesetName[];
    /** In a dry run: why these stop the update. */
    unmet?: string;
    passedOver: PassedOver[];
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

/** Where a dry run was when its time was over, as `Budget.java` says it. */
interface Exceeded {
    /** A changeset or a file. */
    place?: string;
    /** The attribute of a changeset that Liquibase takes for a regular expression. */
    expression?: string;
    seconds: number;
}

/** Who follows a command. */
export interface Listeners extends JavaListeners {
    /** In a dry run: changesets (`keyOf`) whose preconditions are not decided. */
    undecided?: string[];
    /** Changesets (`keyOf`) that are only marked as run. */
    adopted?: string[];
}

type Command = JavaCommand<LiquibaseResult, Listeners>;

/** One JVM that runs Liquibase commands one after the other: see `Session.java` for the protocol. */
export class Session {
    private constructor(private readonly java: JavaSession<LiquibaseResult, Listeners>) {}

    static start({ classPath, directory, environment, sources, properties = {} }: SessionOptions): Session {
        const { allowCode, own, jars } = sources;
        const options = {
            ...{ classPath, directory, environment, properties, mainClass: "aurorapipeline.Session", spare: true },
            arguments: [allowCode ? "allowCode" : "refuseCode", own, ...jars],
        };
        return new Session(new JavaSession(options, javaTool));
    }

    /** Runs one Liquibase command; a failed command resolves as well, with its exit code. */
    run(args: string[], password: string, listeners: Listeners = {}): Promise<LiquibaseResult> {
        const { adopted = [] } = listeners;
        return this.java.run([String(adopted.length), ...adopted, ...args], password, listeners);
    }

    /** Answers an event that the running command waits for: see `Proof.java`. */
    answer(word: string): void {
        this.java.answer(word);
    }

    /** Closes the connections of the running command, which then fails as if they had been cut. */
    abort(): void {
        this.java.abort();
    }

    /** Ends the JVM, whatever it does, and waits until it is gone. */
    close(): Promise<void> {
        return this.java.close();
    }
}

const javaTool: JavaTool<LiquibaseResult, Listeners> = {
    emptyResult: () => ({ exitCode: 0, events: [], code: [], messages: [], passedOver: [] }),
    receive: (event, command) => receiveEvent(event as SessionEvent, command),
    notStarted: (error) =>
        error.code === "ENOENT"
            ? new liquibaseErrors.JavaMissing({})
            : new liquibaseErrors.JavaNotStarted({ reason: error.message }),
    ended: (how, output) => new liquibaseErrors.LiquibaseEnded({ how, output }),
    fatal: (kind, content) => {
        switch (kind) {
            case "exceeded":
                return planExceeded(content as Exceeded);
            case "otherJars":
                return new liquibaseErrors.JarNamesOthers(content as { file: string; place: string });
            default:
                return undefined;
        }
    },
    garbled: (input) => new liquibaseErrors.LiquibaseGarbled(input),
};

function planExceeded({ place, expression, seconds }: Exceeded): Error {
    const attribute = expression && `, in the regular expression of ${expression}`;
    return new liquibaseErrors.PlanExceeded({
        place: place ?? "the changelog",
        attribute: attribute ?? "",
        seconds,
    });
}

function receiveEvent(event: SessionEvent, { result, listeners, reply }: Command): ChangesetEvent | undefined {
    switch (event.event) {
        case "code":
            result.code.push(event);
            return undefined;
        case "source":
            result.known = event.changesets;
            return undefined;
        case "changelog":
            result.preconditions = event.preconditions;
            result.unmet = event.objection;
            return undefined;
        case "notSelected":
        case "skipped":
            result.passedOver.push({ ...nameOf(event), reason: event.reason });
            return undefined;
        case "mayBegin":
            reply(namedIn(listeners.judge?.begin()));
            return undefined;
        case "mayDecide":
            reply(listeners.undecided ?? []);
            return undefined;
        default:
            return eventOf(event);
    }
}

/** As `Approved.java` reads them. */
function namedIn({ uncompared, idle }: Beginning = { uncompared: [], idle: [] }): string[] {
    return [...uncompared.map((key) => `~${key}`), ...idle.map((key) => `-${key}`)];
}
