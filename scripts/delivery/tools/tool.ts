import type { LintRule } from "../../../components/lintRules";
import type { CodedError, ErrorDetails, ErrorKinds } from "../errors";
import type { ChangesetName } from "../changesets";
import type { Engine } from "../engines/engine";
import type { RuleText } from "../engines/linter";
import type { Settings } from "../settings";
import type { TrackingTables } from "../tracking";
import type { CodeUse, CodeWords } from "./code";
import type { ChangesetEvent, CommandResult, Failure, Hook, Judge, PassedOver } from "./events";
import type { Precondition, PreconditionWords } from "./preconditions";
import type { Sources } from "./sources";
import type { ToolTerms } from "../terms";

/** A migration tool: what it is, how it reads a source, and how it works on a database. */
export interface MigrationTool extends CodeWords, PreconditionWords {
    /** As messages name it. */
    readonly name: string;
    /** What it calls a source, with all that belongs to it. */
    readonly source: string;
    readonly capabilities: ToolCapabilities;
    readonly terms: ToolTerms;
    /** The rules of the linter about how its changes are written and recorded. */
    readonly rules: Readonly<Partial<Record<LintRule, RuleText>>>;
    /** The kinds of errors that only it has. */
    readonly ownErrors: ErrorKinds;
    /** The tables in which it keeps what was migrated. */
    readonly tracking: TrackingTables;
    /** How a person recognizes its migrations directories: the end of "Its directories have …". */
    readonly directoryHas: string;
    /** The files that only its migrations directories have, among the paths of a directory's files. */
    filesOf(paths: readonly string[]): string[];
    /**
     * Reads what of a migrations directory is its own. The directory is there, and every file in it was looked at.
     * Fails with one error that names everything that is wrong, and advises for the engine of the database, if it is known.
     */
    readProject(directory: string, engine?: Pick<Engine, "schemas">): Project;
    /** What a failed command reported, without its noise: what failed and why, then what to do. */
    explainFailure(step: string, failure: Failure, details?: ErrorDetails): CodedError;
    /** Whether the release continues without a changeset if its preconditions do not hold, or cannot be checked. */
    mayPassOver(preconditions: Precondition): boolean;
}

/** What a plan and its pages need to know of a tool. */
export type PlanWords = Pick<
    MigrationTool,
    "source" | "capabilities" | "terms" | "describeCode" | "describePrecondition"
>;

/** What a tool can promise, as data: plan, pages and messages are made from it. */
export interface ToolCapabilities {
    /** The SQL of a change is known before it runs. */
    readonly sqlPreview: boolean;
    /** What undoes a change is known before it runs. */
    readonly undo: boolean;
    /** Each change runs in a transaction of its own, unless it says otherwise. */
    readonly transactionPerChange: boolean;
}

/** What of a migrations directory is the tool's. */
export interface Project {
    /** Refuses, before the tool reads it, what would never end. */
    refuseEndless(): void;
    /** Code that runs even to make a plan, and that is known without running it; absent if there is never any. */
    code?(): CodeUse[];
    /** Its source files, as far as they can be read without the tool. */
    sources(): Sources;
    /** Opens a session on the database of the settings; `scratch` is an empty directory of its own. */
    open(settings: Settings, engine: Engine, scratch: string): MigrationSession;
}

/** What a command would run. */
export interface Preview {
    events: ChangesetEvent[];
    /** Code of the repository that runs with it. */
    code: CodeUse[];
    /** What the tool checks before the first changeset. */
    preconditions?: Precondition;
    /** Every changeset of the source, whether or not it would run; absent if the tool cannot tell. */
    known?: ChangesetName[];
    /** Why that will stop the run. */
    objection?: string;
    /** What would not run: for other environments or databases, or because its preconditions are not met. */
    passedOver?: PassedOver[];
    /** What runs before or after the changesets; absent if nothing does. */
    hooks?: Hook[];
}

/** A tool at work on one database and one source. */
export interface MigrationSession {
    /** What the lock's row must hold for a guarded session to run anything; absent where it is not guarded. */
    readonly lockOwner: string | undefined;
    /**
     * What an update would run, with its SQL and what undoes it; nothing is written, not even the tracking tables.
     * `undecided`: changesets (`keyOf`) of which an earlier preview could not tell whether they run.
     */
    previewUpdate(undecided?: string[]): Promise<Preview>;
    /** Changesets (`keyOf`) of which every later preview and update only records that they ran. */
    adopt(changesets: string[]): void;
    /** What a rollback to the tag would run, with its SQL; nothing is written. */
    previewRollback(tag: string): Promise<Preview>;
    /** `judge` compares what a guarded session does with what was approved. */
    update(onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult>;
    rollback(tag: string, onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult>;
    /** An update that stops for each `RehearsalQuestion` among the events until it is answered. */
    rehearseUpdate(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult>;
    /** The same for a rollback. */
    rehearseRollback(tag: string, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult>;
    answer(word: string): void;
    /** Puts the tag into the history as a row of its own, never on a change's row. */
    mark(tag: string): Promise<void>;
    /** Closes the connection of the command that runs: it fails, and says why. */
    abort(why: string): void;
    close(): Promise<void>;
}
