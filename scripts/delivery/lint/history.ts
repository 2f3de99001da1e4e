import type { ChangesetName } from "../changesets";
import type { OtherHistory } from "../engines/database";

/** A row of the history. */
export interface RanChangeset extends ChangesetName {
    /** It belongs to the tool or the pipeline, not to a user's change. */
    internal?: boolean;
    ranAt?: string;
}

/** What the tool knows beside the pending changesets. */
export interface HistoryContext {
    /** What the database has run. */
    applied: RanChangeset[];
    /** Every changeset of the source, as the tool itself reads it; absent if that is unknown. */
    known?: ChangesetName[];
    /** Other tables of the database that are histories of the same tool. */
    otherHistories?: OtherHistory[];
}
