import type { TrackingTables } from "../../../../tracking";
import type { WantedTable } from "../../tracking";

/** The current state of a tracking table. */
export interface TrackingState {
    name: string;
    /** Its desired definition. */
    wanted: WantedTable;
    /** `relkind`: `r` for a table. */
    kind: string;
    /** Whether its rows survive a crash and reach the readers. */
    logged: boolean;
    /** Whether it is a typed table (`OF`). */
    typed: boolean;
    rowSecurity: boolean;
    forced: boolean;
    /** `relreplident`: how a publication identifies its rows: `d` by the primary key, `f` by the whole row. */
    replicaIdentity: string;
    /** Whether a publication sends its updated or deleted rows. */
    published: boolean;
    /** Publications that send only some of its columns. */
    partlyPublished: string[];
    /** Tables, qualified and quoted, that it is a child or a partition of. */
    parents: { name: string; partition: boolean }[];
    /** Tables, qualified and quoted, that inherit from it: their rows appear in it. */
    children: string[];
    /** Foreign keys of other tables, qualified and quoted, that refer to it. */
    referencedBy: { table: string; constraint: string }[];
    /** The enabled ones. */
    triggers: string[];
    rules: string[];
    /** All except NOT NULL, as `pg_get_constraintdef` writes them. */
    constraints: { name: string; definition: string }[];
    /**
     * Indexes that can reject a row: unique ones, and those on an expression or with a predicate; without those of
     * constraints.
     */
    indexes: string[];
    columns: ColumnState[];
    ownerMay: string[];
    /** The privileges of PUBLIC. */
    publicMay: string[];
    plannerMay: string[];
}

export interface ColumnState {
    name: string;
    /** `attnum`: the table's first column has 1, whatever was dropped since. */
    position: number;
    /** As `format_type` names it. */
    type: string;
    /** Whether the type is built into PostgreSQL. */
    builtIn: boolean;
    /** Whether its collation differs from its type's. */
    collated: boolean;
    notNull: boolean;
    /** Its default or its generating expression; null without one. */
    expression: string | null;
    /** `attgenerated`: `s` for a stored generated column, else empty. */
    generated: string;
    identity: boolean;
}

/** The tables, and the roles that use them. */
export interface Readers {
    tracking: TrackingTables;
    schema: string;
    owner: string;
    planner: string;
}

/** An `ALTER TABLE` of one of them, with its description. */
export type Alter = (what: string, says: string) => { sql: string; says: string };
