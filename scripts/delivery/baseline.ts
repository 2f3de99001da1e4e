import type { ChangesetName } from "./changesets";
import type { Fingerprint } from "./engines/fingerprint";

/** The file of a migrations directory that `npm run baseline` writes. */
export const baselineFile = "baseline.json";

/** What a database that existed before the pipeline already has, as `npm run baseline` recorded it. */
export interface Baseline {
    /** They made, on an empty server, what {@link catalog} describes. */
    changesets: BaselineChangeset[];
    catalog: Fingerprint;
    /** Tables into which they write rows, which are not compared. */
    rows: string[];
    /** Objects, as `kind name`, that may differ from the catalog; with them, what is part of them. */
    accepted: string[];
}

export interface BaselineChangeset extends ChangesetName {
    /** The tool's checksum: an edited changeset is another one. */
    checksum: string;
}
