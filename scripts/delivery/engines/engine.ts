import type { CodedError, ErrorKinds } from "../errors";
import type { RehearsalCopy } from "../../../components/contract";
import type { DatabaseSettings, Settings } from "../settings";
import type { TrackingTables } from "../tracking";
import type { CloneLogin, Copy } from "./copy";
import type { ConnectionSettings, Database } from "./database";
import type { ErrorKind } from "./errors";
import type { ServerVersions } from "./fingerprint";
import type { SqlLinter } from "./linter";
import type { ScriptSession, ScriptSettings, SplitStatement } from "./scripts";
import type { LockModes, LockWatch } from "./locks/figures";
import type { LockSession, SessionOptions } from "./session";
import type { SessionLookout } from "./silence";
import type { UndoInspector } from "./undo";
import type { DatabaseUsers } from "./users";

/**
 * A database engine as the rest of the program sees it. Whatever differs between two servers is behind this interface,
 * in one folder per engine. What an engine cannot promise is data, {@link EngineCapabilities}; no code asks which
 * engine it is.
 */
export interface Engine extends ServerVersions {
    readonly capabilities: EngineCapabilities;
    readonly errors: ErrorReader;
    /** The kinds of errors that only it has. */
    readonly ownErrors: ErrorKinds;
    readonly schemas: SchemaAdvice;
    readonly sql: SqlReader;
    readonly linter: SqlLinter;
    readonly undo: UndoInspector;
    readonly users: DatabaseUsers;
    readonly copies: Copies;
    /** Connects to the writer, does the work and disconnects: no session is idle while a migration runs. */
    withDatabase<T>(
        settings: ConnectionSettings,
        tracking: TrackingTables,
        work: (database: Database) => Promise<T>,
    ): Promise<T>;
    /** Opens the session that a deployment holds for its whole duration. */
    openSession(settings: Settings, tracking: TrackingTables, options: SessionOptions): Promise<LockSession>;
    /** Watches the locks of the release's sessions, over its own connection. */
    watchLocks(settings: ConnectionSettings, tracking: TrackingTables): Promise<LockWatch>;
    /** Checks over another connection whether the sessions of a silent migration tool are still working. */
    lookout(database: DatabaseSettings, applicationName: string): SessionLookout;
    /** Connects for a migration tool that has no driver of its own; see {@link EngineCapabilities.scripts}. */
    openScripts(settings: ScriptSettings, tracking: TrackingTables): Promise<ScriptSession>;
    /** The variables by which the engine's usual clients find the database, for commands of the project. */
    readonly clientVariables: ClientVariables;
    /** How a migration tool in Java connects. */
    jdbcConnection(settings: JdbcSettings, options: JdbcOptions): JdbcConnection;
    readonly jdbcDialect: JdbcDialect;
}

/** `readOnly`: in transactions that do not write unless the command says otherwise. The limits are in milliseconds. */
export type ClientVariables = (
    database: DatabaseSettings,
    password: string,
    options: { applicationName: string; readOnly: boolean; lockMillis?: number; statementMillis?: number },
) => Record<string, string>;

/** Where the server looks for names without a schema, for messages. */
export interface SchemaAdvice {
    /** The end of a sentence: where such names are found. */
    readonly unqualified: string;
    /** How to have them found elsewhere. */
    readonly choose: string;
    /** How the owner of a table moves it there under this name. */
    readonly move: (name: string) => string;
}

/** What an engine can promise; the plan, its page and the table in the documentation are made from it. */
export interface EngineCapabilities {
    /** DDL in a failed transaction is rolled back. Without this, a failed changeset may leave part of its changes. */
    readonly transactionalDdl: boolean;
    /**
     * How a rehearsal measures the locks of a changeset: `Interval`, by sampling the server while it runs; `Statement`,
     * by one sample after each statement; `None`, not at all.
     */
    readonly lockSampling: "Interval" | "Statement" | "None";
    readonly lockModes: LockModes;
    /** The pipeline creates users for its builds, each with the least privileges; otherwise all have one credential. */
    readonly buildUsers: boolean;
    /** Which statements the server ends after `statementTimeoutMilliseconds`. */
    readonly statementTimeout: "All" | "Queries";
    /** What a killed build completed and did not record: the next one drops and makes it again, records it, or only names it. */
    readonly interruptedChanges: "Rebuilt" | "Recorded" | "Named";
    /** The server estimates the cost of a statement before it runs. */
    readonly statementEstimate: boolean;
    /** Migration tools without a driver of their own can send their SQL over the program's connections. */
    readonly scripts: boolean;
    /** The kinds of database copies that a rehearsal can run on. */
    readonly copies: readonly RehearsalCopy[];
}

/** Interprets what a server and its drivers report. */
export interface ErrorReader {
    /** The kind of an error, by its code, which a failed changeset carries too; undefined if nothing depends on it. */
    kindOf(error: { code?: unknown; message?: string }): ErrorKind | undefined;
    /** The views that show who holds locks, for messages. */
    readonly lockViews: string;
    /** Whether a failure is due to the connection or the server's state, not the statement; causes are examined too. */
    isTransient(error: unknown): boolean;
    /** Whether a tool's messages say that a command got no connection, or lost it. */
    reportsLoss(messages: string[]): boolean;
    /** Why the server refused a tool's login, by the tool's messages; undefined if it did not. */
    refusedLogin(messages: string[]): string | undefined;
    /** The error that says why there is no connection. */
    connectionError(error: unknown, database: DatabaseSettings): CodedError;
}

/**
 * What a migration tool in Java needs to know of the engine's SQL and driver. In templates, `{lockMilliseconds}`,
 * `{lockSeconds}` (at least 1 unless 0) and `{statementMilliseconds}` are limits, 0 for none.
 */
export interface JdbcDialect {
    /** Whether {@link EngineCapabilities.transactionalDdl}: else a rollback may not forget a change before it is undone. */
    transactionalDdl: boolean;
    /** Java classes that the first connection needs, and its algorithms for passwords, to be loaded ahead. */
    driverClass: readonly string[];
    passwordHash?: readonly string[];
    /** Whether the server's own error codes are numbers and not SQLSTATEs. */
    numberedErrors: boolean;
    /** Error codes: the query took too long; the transaction can only be rolled back. */
    canceled: readonly string[];
    aborted?: readonly string[];
    /** Statements after which what the session commits is on disk when the server says so. */
    keepOnDisk?: readonly string[];
    /** Asks whether the server is a reader. */
    readerQuery: string;
    /** Asks whether the session cannot write, for a driver that does not know it. */
    readOnlyQuery?: string;
    /** Templates that set the limits of a changeset's statements, and again what {@link keepOnDisk} does. */
    limit: readonly string[];
    /** Asks for a query's limit in milliseconds, and the template that sets it. */
    statementLimitQuery: string;
    statementLimit: string;
    /** Template with `{table}` and its columns `{id}`, `{locked}`, `{grantedAt}` and `{owner}`: changes the lock's row, whose owner is the only parameter, and nothing that it says. */
    confirmLock: string;
    /** Template with `{column}`: compares a column with a parameter, byte by byte. */
    sameText: string;
    /** Patterns of what the tool sends by itself, as opposed to a changeset's SQL. */
    bookkeeping?: readonly string[];
    /** Whether parameters are written `$1`, `$2`. */
    numberedParameters: boolean;
    /** Words that may precede a parenthesis in an unapproved query: functions that only read, and keywords. */
    harmlessFunction: readonly string[];
    /** Patterns of text that may hide from a simple reader what the server runs. */
    ambiguous?: readonly string[];
    /** Pins the path along which names and operators are found to the server's own, and returns the one before, for a template with `{path}`. */
    pinPath?: string;
    restorePath?: string;
    /** Statements that publish row counts at once, from this major version of the server. */
    countRows?: readonly string[];
    countRowsSince?: string;
}

export interface SqlReader {
    /** The number of statements in these texts; Infinity for a text that cannot be parsed. */
    count(texts: string[]): Promise<number>;
    /** The statements of a text; undefined if it cannot be parsed. */
    split(text: string): Promise<SplitStatement[] | undefined>;
    /** Loads the parser, so that the first text does not wait for it. */
    prepare(): Promise<void>;
}

/** Copies of a database, for a rehearsal. */
export interface Copies {
    /** A copy in the same server. */
    template(settings: Settings): Copy;
    /** Gives the rehearsal's user a password that is valid on a clone only. */
    openClone(login: CloneLogin): Promise<void>;
}

export type JdbcSettings = Pick<Settings, "database" | "releaseId" | "action">;

/** Without the credential: the user is in the environment, the password comes with each command. */
export interface JdbcConnection {
    /**
     * The database's place only. A tool that searches each URL that it logs for passwords takes a time that grows with the
     * square of its length: measured, a tenth of a short plan's processor time and a fifth of a deployment's.
     */
    url: string;
    /** All other settings of the driver. */
    properties: Record<string, string>;
}

export interface JdbcOptions {
    /** In transactions that cannot write. */
    readOnly?: boolean;
    /** The Java class that opens the sockets. */
    socketFactory: string;
}
