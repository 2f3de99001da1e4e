import type { LockModes } from "../../locks/figures";

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

/** What the sessions of one release were doing and holding at one moment. */
export interface Sample {
    /** The server's clock, in milliseconds. */
    at: number;
    sessions: SessionSample[];
}

export interface SessionSample {
    pid: number;
    /** Distinguishes the session's transactions; empty outside a transaction. */
    transaction: string;
    /** What it waits for, as `type:event`. */
    wait?: string;
    locks: Lock[];
}

/** A lock on a table, held or waited for. */
export interface Lock {
    /** The table's OID. */
    relation: number;
    mode: LockMode;
    granted: boolean;
}

/** With the names in PostgreSQL's manual and SQL: `ACCESS EXCLUSIVE`. */
export const tableLockModes: LockModes = {
    exclusive: "AccessExclusiveLock" satisfies LockMode,
    names: Object.fromEntries(lockModes.map((mode) => [mode, nameOf(mode)])),
};

function nameOf(mode: LockMode): string {
    return mode
        .replace(/Lock$/, "")
        .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
        .toUpperCase();
}
