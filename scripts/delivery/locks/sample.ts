/** PostgreSQL's table-level lock modes, the weakest first. */
export const lockModes = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
] as const;
export type LockMode = (typeof lockModes)[number];

/** What the sessions of one release did and held at one moment. */
export interface Sample {
    /** The server's clock, in milliseconds. */
    at: number;
    sessions: SessionSample[];
}

export interface SessionSample {
    pid: number;
    /** Tells one transaction of the session from the next; empty outside of transactions. */
    transaction: string;
    /** What it waits for, as `type:event`. */
    wait?: string;
    locks: Lock[];
}

/** A lock on a table, held or waited for. */
export interface Lock {
    /** The table's oid. */
    relation: number;
    mode: LockMode;
    granted: boolean;
}

/** As PostgreSQL's manual and its SQL write it: `ACCESS EXCLUSIVE`. */
export function modeName(mode: LockMode): string {
    return mode
        .replace(/Lock$/, "")
        .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
        .toUpperCase();
}
