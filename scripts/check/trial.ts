import type { Server } from "../local/database/server";
import type { DatabaseAccount } from "../local/database/provision";
import type { State } from "./state";

/** The database that changesets are tried on, as the server's administrator sees it. */
export interface TrialDatabase {
    /** The user who applies the changesets. */
    readonly account: DatabaseAccount;
    /** Replaces the database with an empty one, and removes what changesets created beside it. */
    recreate(): Promise<void>;
    state(): Promise<State>;
    /** The state with everything read again; fails if a reading of what was written had missed anything. */
    wholeState(): Promise<State>;
    /** The last value of each sequence, or of what numbers the rows of a table. */
    sequences(): Promise<Map<string, string | null>>;
    /**
     * Resets sequences. No rollback does that, but a changeset that is applied a second time only because of this check
     * should get the same numbers as elsewhere: later ones may refer to them.
     */
    resetSequences(former: Map<string, string | null>): Promise<void>;
    /** The number of changesets that Liquibase records as run. */
    historyLength(): Promise<number>;
    /** Of the server. */
    version(): Promise<string>;
    close(): Promise<void>;
}

/** A temporary server that leaves nothing behind. */
export interface TrialServer {
    server: Server;
    /** With `asAdministrator`, changesets run as the owner of the database instead of the migrator. */
    create(asAdministrator: boolean): Promise<TrialDatabase>;
    dispose(): Promise<void>;
}

/** How one engine's databases are tried on. */
export interface TrialEngine {
    /** By which the delivery program knows it. */
    name: string;
    /** For people. */
    label: string;
    /** Where names without a schema are found. */
    defaultSchema: string;
    /** Its sample in the repository. */
    sample: string;
    start(): Promise<TrialServer>;
}
