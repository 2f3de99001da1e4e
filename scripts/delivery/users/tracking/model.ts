/** One of the tracking tables, as it is. */
export interface TrackingState {
    name: string;
    /** `relkind`: `r` for a table. */
    kind: string;
    rowSecurity: boolean;
    forced: boolean;
    /** Those that fire. */
    triggers: string[];
    rules: string[];
    /** All but NOT NULL. */
    constraints: string[];
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
    /** As `format_type` has it. */
    type: string;
    /** Whether PostgreSQL itself has the type. */
    builtIn: boolean;
    notNull: boolean;
    /** Its default or its generating expression; null without one. */
    expression: string | null;
    /** Whether it is computed from others, or an identity. */
    generated: boolean;
}

/** Whom the tables are for. */
export interface Readers {
    schema: string;
    owner: string;
    planner: string;
}
