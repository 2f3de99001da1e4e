import type { ChangesetName } from "../changesets";
import type { HistoryRow } from "../history";
import type { Settings } from "../settings";
import type { HistoryRecord } from "../tracking";
import type { Fingerprint, FingerprintOptions, RecordedCatalog, TableContent } from "./fingerprint";

/** The settings that a connection needs. */
export type ConnectionSettings = Pick<Settings, "database" | "releaseId">;

/** Lends a view of the database for the duration of the work. */
export type Look = <T>(work: (database: Database) => Promise<T>) => Promise<T>;

/** A table that is named like the migration tool's history, but is not the one that the tool uses. */
export interface OtherHistory {
    /** Qualified and quoted. */
    table: string;
    /** The tool takes it for its own, which is not there, and fails. */
    inTheWay?: boolean;
    /** What has run according to it; undefined if it cannot be read. */
    changesets: ChangesetName[] | undefined;
}

/** The delivery program's own read-only view of the database, beside the migration tool's. */
export interface Database {
    /** The history in the migration tool's own order; empty if it has never run. */
    history(): Promise<HistoryRow[]>;
    /** Other histories of the same migration tool in this database, in any schema. */
    otherHistories(): Promise<OtherHistory[]>;
    /** The contents of the catalog. */
    fingerprint(options?: Omit<FingerprintOptions, "trackingTables">): Promise<Fingerprint>;
    /** The contents of the tables. */
    content(): Promise<TableContent[]>;
    /** The catalog as the last deployment left it; undefined if none recorded it. Fails with `MalformedRecord`. */
    lastCatalog(): Promise<RecordedCatalog | undefined>;
    /**
     * The catalog as the deployment of a release found it; undefined if none recorded it, or so long ago that it is no longer
     * kept. Fails with `MalformedRecord`.
     */
    catalogBefore(releaseId: string): Promise<RecordedCatalog | undefined>;
    /** The rows that the deployments from this release on have to restore when they are undone, the earliest first. */
    historyBefore(releaseId: string): Promise<HistoryRecord[]>;
    /** Whether the migration tool's lock is held at the moment. */
    isLocked(): Promise<boolean>;
    /** The release that holds the lock and has a session in the server: one that died with it has none. */
    deploying(): Promise<string | undefined>;
    /** The sessions that hold the locks which the release's sessions wait for, in a few words each. */
    blockers(): Promise<string[]>;
    /** The schema that unqualified names resolve to. */
    schema(): Promise<string>;
    /** The rows of a query from the repository; the query cannot change anything. */
    read(sql: string): Promise<unknown[][]>;
}
