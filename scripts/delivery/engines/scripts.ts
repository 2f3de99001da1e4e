import type { TrackingColumn } from "../tracking";
import type { DatabaseSettings } from "../settings";

/** A table in which a migration tool keeps its own history. Names are lower-case and need no quotes. */
export interface KeptTable {
    /** Absent: the schema in which unqualified names are created. */
    schema?: string;
    name: string;
    columns: KeptColumn[];
    /** The column of its primary key. */
    key?: string;
}

/**
 * `instant`: with a time zone; `string` and `varchar`: a text without a maximum length, of these two types; `serial`: an
 * integer that counts by itself.
 */
export interface KeptColumn extends Omit<TrackingColumn, "type"> {
    type: TrackingColumn["type"] | "bigint" | "instant" | "string" | "varchar" | "serial";
    default?: "now" | number;
}

/** The server's clock, instead of a value. */
export const now = { now: true } as const;

export type KeptValue = string | number | boolean | null | typeof now;

/** A row, by the names of its columns. */
export type KeptRow = Record<string, KeptValue>;

/** A change of a table's rows; `where`: the values of some columns, as text. */
export type RowChange =
    | { table: KeptTable; insert: KeptRow }
    | { table: KeptTable; set: KeptRow; where: Record<string, string> }
    | { table: KeptTable; remove: Record<string, string> | "all" };

/** Statements of the repository, and what is recorded with them. */
export interface Script {
    statements: string[];
    /** All of it is one transaction, with the records. */
    inTransaction: boolean;
    /** For each statement, in milliseconds; 0 for none. */
    limits?: { lockMillis: number; statementMillis: number };
    records: RowChange[];
    /** Called after each statement, in its transaction. */
    ran?: () => Promise<void>;
}

/** A statement of a {@link Script} failed: the cause is the server's error. */
export interface ScriptFailure {
    /** The number of the statement, from 0; undefined for the records or the commit. */
    statement?: number;
    /** Where in it, in characters from 0, as far as the server says. */
    position?: number;
    /** The server's code. */
    code?: string;
    message: string;
}

/** A connection over which a migration tool without a driver of its own sends its SQL. */
export interface ScriptSession {
    /** The rows of a table, with all values as text; undefined if there is no such table. Writes nothing. */
    rows(table: Pick<KeptTable, "schema" | "name">): Promise<Record<string, string | null>[] | undefined>;
    /** Fails unless the lock's row says that the owner has it; changes the row, so that nobody takes it for an old one. */
    confirmLock(owner: string): Promise<void>;
    /** Creates the table, with its schema, if it is not there; whoever may read the pipeline's tables may read it. */
    create(table: KeptTable): Promise<void>;
    /** Changes rows in one transaction. */
    write(changes: RowChange[]): Promise<void>;
    /** Runs a script in a session as a new one; returns why it failed, if it did. A lost connection is a failure too. */
    run(script: Script): Promise<ScriptFailure | undefined>;
    /** Closes the connection at once: what runs fails. */
    abort(): void;
    close(): Promise<void>;
}

/** What a session needs. */
export interface ScriptSettings {
    database: DatabaseSettings;
    releaseId: string;
}

/** A statement of a text. */
export interface SplitStatement {
    text: string;
    /** Where it starts, in characters. */
    start: number;
    /** Why the server refuses it in a transaction, in a word; absent if it does not. */
    outsideTransaction?: string;
    /** It begins or ends a transaction by itself. */
    control?: "begin" | "end" | "other";
}
