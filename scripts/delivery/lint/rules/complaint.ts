import type { Complaint } from "../../engines/linter";
import type { SourceChangeset } from "../../tools/sources";
import type { LintChangeset } from "../finding";

export type { Complaint };

/** A pending changeset and its source. */
export interface Subject {
    changeset: LintChangeset;
    key: string;
    source?: SourceChangeset;
}
