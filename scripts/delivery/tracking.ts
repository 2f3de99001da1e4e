/**
 * The tables in which a migration tool records what was migrated, as data: the tool names them, an engine creates,
 * reads and repairs them. Fingerprints exclude them.
 */
export interface TrackingTables {
    /** The tool that reads and writes them, by its name in messages. */
    tool: string;
    /** The precondition by which an author marks a change as run where it does not hold. */
    markUnmet: string;
    history: HistoryTable;
    lock: LockTable;
    /** The tracking tables of other tools: fingerprints exclude them too, so that a team can switch tools. */
    others: string[];
    /**
     * The tables of a history that the tool itself keeps beside this one, with their schemas: whoever plans reads them, and
     * fingerprints exclude them.
     */
    kept?: KeptName[];
}

/** The name of such a table, with what the server creates along with it. */
export interface KeptName {
    /** Absent: the schema of the tracking tables. */
    schema?: string;
    name: string;
    /** The names of its sequences. */
    sequences?: string[];
}

/** A column. Its name is lower-case and needs no quotes. */
export interface TrackingColumn {
    name: string;
    /** A text has a maximum length in characters; a timestamp has no time zone. */
    type: { text: number } | "integer" | "boolean" | "timestamp";
    notNull?: true;
}

/** One row for each change that ran. */
export interface HistoryTable {
    name: string;
    /** The name as the tool writes it, for a server that keeps its case. Default: the name. */
    written?: string;
    columns: TrackingColumn[];
    /** The names of its columns, by content. */
    holds: Record<"id" | "author" | "file" | "ranAt" | "order" | "outcome" | "checksum" | "tag" | "note", string>;
    /** The columns that identify a change: if one is missing, it is unknown what has run. */
    identifying: string[];
    /** The columns by which a renamed history table is recognized. */
    telling: string[];
    /** The file name in rows that mark a release instead of recording a user's change. */
    markFile: string;
    /** The outcomes that the tool can read, the replacement for any other, and the one of a change that was only marked. */
    outcomes: { known: string[]; otherwise: string; marked?: string };
    /** A regular expression for the checksums that the tool can read; it recomputes missing ones. */
    checksums: string;
}

/** A row of the history with all its columns, by name. */
export type HistoryRecord = Record<string, unknown>;

/** One row, which says whether a deployment is running and who owns the lock. */
export interface LockTable {
    name: string;
    /** The name as the tool writes it, for a server that keeps its case. Default: the name. */
    written?: string;
    columns: TrackingColumn[];
    /** The names of its columns, by content: `id` is 1 and the primary key. */
    holds: Record<"id" | "locked" | "grantedAt" | "owner", string>;
}

/** The pipeline's own table beside them: the catalog as each deployment left it. */
export const deploymentsTable = "aurora_pipeline_deployments";

/** The names of the tables that a deployment needs, in creation order. */
export function trackingNames({ history, lock }: TrackingTables): string[] {
    return [history.name, lock.name, deploymentsTable];
}

/** The names of the tables that are not part of what migrations created. */
export function uncountedTables(tracking: TrackingTables): string[] {
    const kept = (tracking.kept ?? []).flatMap(({ schema = [], name, sequences = [] }) =>
        [name, ...sequences].concat(schema),
    );
    return [...trackingNames(tracking), ...tracking.others, ...kept];
}

const text = (length: number): TrackingColumn["type"] => ({ text: length });

/** The history that the pipeline keeps beside that of a tool. */
export const pipelineHistory: HistoryTable = {
    name: "aurora_pipeline_history",
    columns: [
        { name: "id", type: text(255), notNull: true },
        { name: "author", type: text(255), notNull: true },
        { name: "file", type: text(255), notNull: true },
        { name: "ran_at", type: "timestamp", notNull: true },
        { name: "position", type: "integer", notNull: true },
        { name: "outcome", type: text(10), notNull: true },
        { name: "checksum", type: text(64) },
        { name: "tag", type: text(255) },
        { name: "note", type: text(255) },
    ],
    holds: {
        ...{ id: "id", author: "author", file: "file", ranAt: "ran_at", order: "position" },
        ...{ outcome: "outcome", checksum: "checksum", tag: "tag", note: "note" },
    },
    identifying: ["id", "author", "file"],
    telling: ["id", "author", "file", "ran_at", "position", "outcome"],
    markFile: "aurora-pipeline",
    outcomes: { known: ["APPLIED", "ADOPTED", "DECLARED"], otherwise: "APPLIED" },
    checksums: "^[0-9a-f]{64}$",
};

/**
 * The tables of a tool whose own history has no place for tags of releases or for a lock: the pipeline keeps them, and the
 * tool's own history stays as the tool itself writes it.
 */
export function pipelineTracking({
    tool,
    markUnmet,
    kept,
    others = [],
}: Pick<TrackingTables, "tool" | "markUnmet" | "kept"> & { others?: string[] }): TrackingTables {
    return {
        tool,
        markUnmet,
        history: pipelineHistory,
        lock: {
            name: "aurora_pipeline_lock",
            columns: [
                { name: "id", type: "integer", notNull: true },
                { name: "locked", type: "boolean", notNull: true },
                { name: "granted_at", type: "timestamp" },
                { name: "owner", type: text(255) },
            ],
            holds: { id: "id", locked: "locked", grantedAt: "granted_at", owner: "owner" },
        },
        others,
        kept,
    };
}

/** The maximum length in characters of a text column. */
export function longestText({ columns }: Pick<HistoryTable, "columns">, column: string): number {
    const type = columns.find(({ name }) => name === column)?.type;
    return typeof type === "object" ? type.text : 0;
}
