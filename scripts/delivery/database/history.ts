import { InputError } from "../errors";

/** A row of Liquibase's history. */
export interface HistoryRow {
    id: string;
    author: string;
    file: string;
    /** Distinguishes a changeset that ran again from its earlier run. */
    order: number;
    execType: string;
    tag: string | null;
}

/** File name in the history of rows that are no change of the user's; Liquibase's own name for them. */
export const internalFile = "liquibase-internal";

/** Rows that are changes of the user's, not Liquibase's or the pipeline's own. */
export function changesOf(history: HistoryRow[]): HistoryRow[] {
    return history.filter(({ file }) => file !== internalFile);
}

/** The rows after the newest one with this tag. */
export function rowsAfter(tag: string, history: HistoryRow[]): HistoryRow[] {
    const tagged = history.findLastIndex((row) => row.tag?.toLowerCase() === tag.toLowerCase());
    if (tagged === -1) {
        const known = history.flatMap((row) => row.tag ?? []).reverse();
        throw new InputError(
            known.length > 0
                ? `Unknown tag ${tag}. The newest that this database knows: ${known.slice(0, 10).join(", ")}.`
                : `Unknown tag ${tag}: this database has no tag, nothing was deployed to it by this pipeline.`,
        );
    }
    return history.slice(tagged + 1);
}
