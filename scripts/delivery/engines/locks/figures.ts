// What a rehearsal measures for each changeset, in the form that its record and the pages show.

/** The effects of a changeset on the server while it ran. */
export interface Figures {
    /** The strongest lock on each table, the strongest first. */
    locks: TableLock[];
    rewrites: Rewrite[];
    rows: RowChanges[];
    waits: Wait[];
    /** Number of samples behind the figures. */
    samples: number;
}

export interface TableLock {
    table: string;
    /** One of the engine's {@link LockModes}. */
    mode: string;
    /** Lower bound of how long it was held. */
    milliseconds: number;
    /** Upper bound of how long it was held. */
    atMost: number;
    /** The table existed before the release, so it may be in use. */
    existedBefore: boolean;
}

/** A table that was rewritten, row by row. */
export interface Rewrite {
    table: string;
    /** Its size after the rewrite. */
    bytes: number;
    /** The planner's estimate of how many rows it had. */
    rows?: number;
}

export interface RowChanges {
    table: string;
    inserted: number;
    updated: number;
    deleted: number;
}

export interface Wait {
    /** As `type:event`. */
    event: string;
    milliseconds: number;
}

/** Measures changeset after changeset: `begin`, any number of `look`s, `end`. */
export interface LockWatch {
    begin(): Promise<void>;
    /** Call it while a transaction is still open: its locks are seen, however short it was. */
    look(): Promise<void>;
    end(): Promise<Figures>;
    stop(): Promise<void>;
}

/** The engine's names for table locks. */
export interface LockModes {
    /** The mode that blocks even reads of a table. */
    readonly exclusive: string;
    /** The name of each mode in the engine's manual and SQL. */
    readonly names: Readonly<Record<string, string>>;
}
