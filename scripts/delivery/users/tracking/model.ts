/** One of the tracking tables, as it is. */
export interface TrackingState {
    name: string;
    /** `relkind`: `r` for a table. */
    kind: string;
    /** Whether its rows survive a crash and reach the readers. */
    logged: boolean;
    /** Whether its columns are those of a type (`OF`). */
    typed: boolean;
    rowSecurity: boolean;
    forced: boolean;
    /** `relreplident`: how its rows are told apart in a publication: `d` by the primary key, `f` by the whole row. */
    replicaIdentity: string;
    /** Whether a publication sends its changed or deleted rows. */
    published: boolean;
    /** Publications that send only some of its columns. */
    partlyPublished: string[];
    /** Tables, qualified and quoted, that it is a child or a partition of. */
    parents: { name: string; partition: boolean }[];
    /** Tables, qualified and quoted, that inherit from it: their rows show in it. */
    children: string[];
    /** Foreign keys of other tables, qualified and quoted, that refer to it. */
    referencedBy: { table: string; constraint: string }[];
    /** Those that fire. */
    triggers: string[];
    rules: string[];
    /** All but NOT NULL, as `pg_get_constraintdef` writes them. */
    constraints: { name: string; definition: string }[];
    /** Indexes that can keep a row out: unique, or of an expression or a predicate; without those of constraints. */
    indexes: string[];
    columns: ColumnState[];
    ownerMay: string[];
    /** What everybody may do with it. */
    publicMay: string[];
    plannerMay: string[];
}

export interface ColumnState {
    name: string;
    /** `attnum`: the table's first column has 1, whatever was dropped since. */
    position: number;
    /** As `format_type` has it. */
    type: string;
    /** Whether PostgreSQL itself has the type. */
    builtIn: boolean;
    /** Whether it has another collation than its type. */
    collated: boolean;
    notNull: boolean;
    /** Its default or its generating expression; null without one. */
    expression: string | null;
    /** `attgenerated`: `s` where it is computed from others and stored, empty where it is not computed. */
    generated: string;
    identity: boolean;
}

/** Whom the tables are for. */
export interface Readers {
    schema: string;
    owner: string;
    planner: string;
}

/** An `ALTER TABLE` of one of them, and what it does. */
export type Alter = (what: string, says: string) => { sql: string; says: string };
