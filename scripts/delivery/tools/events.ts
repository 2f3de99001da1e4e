import type { ChangesetName } from "../changesets";
import type { ErrorKind } from "../engines/errors";
import type { FileRead } from "./files";
import type { Precondition } from "./preconditions";

/** The outcome of a changeset: `MarkedAsRan` without running, `Tolerated` if it failed and its author allows that. */
export type RunOutcome = "Applied" | "AppliedAgain" | "MarkedAsRan" | "Tolerated";

/** A pending changeset of which the plan does not say that it runs: the result of its preconditions, and why. */
export interface Decision {
    /**
     * `Marked`: it will be in the history without having run. `Halts`: it stops the release. `Unknown`: only the run itself
     * can tell.
     */
    outcome: "Marked" | "Halts" | "Unknown";
    reason: string;
}

/** A changeset of the source that has not run and is not going to. */
export interface PassedOver extends ChangesetName {
    /** Why, in the tool's own terms. */
    reason: string;
}

/** SQL of the source that is part of no changeset: the tool runs it before or after them. */
export interface Hook extends ChangesetName {
    sql: string[];
}

/** What happens to a changeset, as the tool reports it while it works. */
export interface ChangesetEvent extends ChangesetName {
    event:
        | "willRun"
        | "ran"
        | "runFailed"
        | "willRollback"
        | "rolledBack"
        | "rollbackFailed"
        | RehearsalQuestion
        | ApprovalQuestion;
    comment?: string;
    runInTransaction: boolean;
    /** Before a run and in `mayRun`: whether it ran before in another form. */
    again?: boolean;
    /** After a run. */
    outcome?: RunOutcome;
    milliseconds?: number;
    /** After a failure: the server's error code. */
    sqlState?: string;
    /**
     * In a dry run, `mayRun` and `mayRollback`: what decides whether and how it runs, and its fields in the history.
     */
    checksum?: string;
    preconditions?: Precondition;
    /** In a dry run of an update; absent if it runs. */
    decision?: Decision;
    /** Its failure does not stop the release. */
    mayFail?: true;
    contexts?: string;
    labels?: string;
    tag?: string;
    /** Likewise: the statements, whether the tool read the database to generate them, and the files that it read. */
    sql?: string[];
    readsDatabase?: boolean;
    files?: FileRead[];
    /** In an undo: the changeset was only marked as ran, so there is nothing to undo. */
    marked?: boolean;
    /** In a dry run of an undo: what the changeset ran when it was applied, as far as it is known. */
    ran?: string[];
    /** In a dry run of an update: the same for its undo. */
    undo?: string[];
    undoReadsDatabase?: boolean;
    undoFiles?: FileRead[];
    /** In a dry run of an update: why it cannot be undone. */
    undoError?: string;
    /** Why it failed. */
    message?: string;
    /** The statement that failed, if it was one. */
    statement?: string;
}

/** What a guarded command asks before it sends anything; `unapproved` reports that it stopped by itself. */
export type ApprovalQuestion = "mayRun" | "mayRollback" | "mayRead" | "unapproved";

/** Changesets (`keyOf`) that a command treats in another way. */
export interface Beginning {
    /** Their statements are not compared. */
    uncompared: string[];
    /** They do not run: none of their statements may be sent. */
    idle: string[];
}

/** Compares what a command is about to do with what was approved. */
export interface Judge {
    /** Called when a command begins. */
    begin(): Beginning;
    /** Why it must not continue. */
    objection(event: ChangesetEvent): string | undefined;
    /** What has to be done before a changeset runs or is undone; the command waits for it, and stops if it fails. */
    prepare?(event: ChangesetEvent): Promise<void>;
}

/** The questions of a rehearsal, each of which waits for an answer. */
export type RehearsalQuestion = "begin" | "look" | "end";

/** What one command of the tool did. */
export interface CommandResult {
    exitCode: number;
    events: ChangesetEvent[];
    /** What the tool reported about a failure. */
    messages: string[];
    /** The server's error that ended it, if one did. */
    serverError?: ServerError;
}

/** What a failed command leaves behind. */
export type Failure = Pick<CommandResult, "messages" | "serverError">;

/** An error of the server, apart from what the tool says about it. */
export interface ServerError {
    /** By its code; undefined for a code that the program does not act on. */
    kind?: ErrorKind;
    message: string;
    /** The server's views that show who holds locks. */
    lockViews: string;
}
