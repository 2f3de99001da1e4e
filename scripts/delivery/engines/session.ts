import type { ChangesetName } from "../changesets";
import type { Look } from "./database";
import type { Fingerprint, FingerprintOptions, RecordedDeployment } from "./fingerprint";
import type { LockRow } from "./lockOwner";
import type { HistoryRecord } from "../tracking";

/** How long a server may be away before a deployment gives up on it: an Aurora failover takes less. */
export const serverPatienceMillis = 60_000;

/**
 * One session in the server for as long as a deployment takes: as long as it is there, the deployment is alive, and nobody
 * else takes its lock.
 */
export interface LockSession {
    readonly lock: DeploymentLock;
    readonly leftovers: Leftovers;
    /** Waits until the server answers, after a restart or a lost connection; no longer than the run may live without. */
    back(patienceMillis: number): Promise<void>;
    /**
     * Does the work, and does it again when the server went away meanwhile, once it is back: a server that crashes ends
     * its sessions one after the other, and takes its time to recover. Fails with `ServerGone`.
     */
    steadily<T>(patienceMillis: number, work: () => Promise<T>): Promise<T>;
    /** Lends a view of the database in this session: a connection for each would cost a login and more. */
    readonly look: Look;
    fingerprint(options?: Omit<FingerprintOptions, "trackingTables">): Promise<Fingerprint>;
    /**
     * Restores the definitions of views, functions and procedures that the catalog lacks or has in another form, with their
     * owners, grants and comments, as far as they can be restored.
     */
    restore(before: Fingerprint, options?: Omit<FingerprintOptions, "trackingTables">): Promise<Restoration>;
    /** The rows that the migration tool's history has for these changesets. */
    historyOf(changesets: ChangesetName[]): Promise<HistoryRecord[]>;
    /** Writes such rows back, for changesets that have none. */
    restoreHistory(rows: HistoryRecord[]): Promise<void>;
    /** Writes down the catalog as a deployment leaves it; `history`: rows that its undo has to restore. */
    recordCatalog(deployment: RecordedDeployment, catalog: Fingerprint, history?: HistoryRecord[]): Promise<void>;
    close(): Promise<void>;
}

/** Views, functions and procedures, by kind and name. */
export interface Restoration {
    restored: string[];
    /** Those that are still not as they were. */
    lacking: string[];
}

/** With what a session is opened. */
export interface SessionOptions {
    /** What the lock says of its owner: `newOwner`. */
    owner: string;
    patience: Patience;
    log: (line: string) => void;
    /** Called again and again while the server has been away for too long. */
    onGone: (why: string) => void;
}

/** How {@link DeploymentLock} waits. */
export interface Patience {
    /** For a live holder to end. */
    waitMillis: number;
    /** Without any session of the holder, until it counts as dead: longer than a live one takes to reconnect. */
    graceMillis: number;
}

/**
 * The migration tool's lock, held for a whole deployment. A lock whose holder is dead is taken over; that it is dead is
 * shown by the sessions in the server, never by the age of the lock. A live holder has none for as long as it reconnects,
 * after a failover say: so only one that stays away for all of a grace period is dead.
 */
export interface DeploymentLock {
    /** Whoever held the lock before, and died with it. */
    readonly dead: LockRow | undefined;
    readonly isHeld: boolean;
    /** Takes the lock where the migration tool has run before; a database that it has never seen is left as it is. */
    takeIfThere(): Promise<void>;
    /** Waits for the holder of the lock while it is alive, at most as long as the patience lasts, and takes it. */
    take(): Promise<void>;
    /** Fails unless this deployment still holds the lock: another deployment may have taken it while the server was away. */
    confirm(): Promise<void>;
    /** Waits until no other session of this deployment is left in the server; false if one still is. */
    alone(patienceMillis: number): Promise<boolean>;
    /** Gives the lock back, unless something of this deployment still runs in the server. */
    release(patienceMillis: number): Promise<void>;
}

/** A pending changeset, as far as what it leaves behind depends on it. */
export interface PendingSql extends ChangesetName {
    sql: string[];
    runInTransaction: boolean;
    /** It ran before in another form. */
    again: boolean;
    /** What undoes it; absent if nothing does. */
    undo?: string[];
    /** The migration tool's checksum of it. */
    checksum?: string;
}

/** A changeset that begins to run, or to be undone, with the statements of that. */
export interface Step {
    kind: "run" | "undo";
    change: ChangesetName;
    sql: string[];
}

/** What outlives an attempt that died or failed, without a record that it ran: an index that is invalid, say. */
export interface Leftovers {
    /**
     * Notes what is there before a step, if the step may end between what it does and its record: nothing else shows
     * afterwards how far it came.
     */
    note(step: Step): Promise<void>;
    /**
     * If the last undo of this run, or of the dead run before it, was completed and its record is still there: removes the record
     * and returns the changeset.
     */
    finishUndo(): Promise<ChangesetName | undefined>;
    /**
     * Clears away what earlier runs left of these changesets, and says what it cannot tell. Returns those that were found complete,
     * and are now recorded as run.
     */
    clear(pending: PendingSql[]): Promise<ChangesetName[]>;
    /** Looks at what is there before a release changes anything. */
    watch(): Promise<ReleaseLeftovers>;
    /**
     * After the connection was lost in this changeset: whether the run can go on once {@link ReleaseLeftovers.drop} has dropped
     * all of it, because then nothing of it is left, or it is complete and recorded.
     */
    clears(change: PendingSql): Promise<boolean>;
}

/** What one release leaves behind, told from what was there before. */
export interface ReleaseLeftovers {
    /** Looks, before the release of this tag changes anything, at what is there that it would make; until {@link end}. */
    begin(tag: string, changes: PendingSql[]): Promise<void>;
    /**
     * Notes in the database what the changeset makes that begins now, until the next call or one without a changeset: if the
     * run dies, nothing else shows who made it.
     */
    follow(change?: PendingSql): void;
    /** No changeset runs any more. */
    end(): Promise<void>;
    /**
     * Drops what a failed attempt at a changeset left; `whole`: also what was made to its end. Returns, in lines of a report, what it
     * left there.
     */
    drop(change: PendingSql, options?: { whole?: boolean }): Promise<string[]>;
}
