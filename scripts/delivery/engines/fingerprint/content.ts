import type { Entry } from "./fingerprint";

/** The contents of a table. */
export interface TableContent {
    /** Qualified and quoted, as in the fingerprint's entries. */
    table: string;
    rows: number;
    /** Over all rows, independent of row and column order; absent for a table that was too large to read. */
    digest?: string;
}

/** The kind of the entries that describe a table's contents. */
export const rowsOf = "rows of";

/**
 * The contents in the form of fingerprint entries, for `differences`. Without digests, only row counts are compared.
 */
export function contentEntries(content: TableContent[], { digests }: { digests: boolean }): Entry[] {
    return content.map(({ table, rows, digest }) => ({
        kind: rowsOf,
        name: table,
        definition: [
            digest === undefined ? `about ${rows} rows, too many to compare` : `${rows} ${rows === 1 ? "row" : "rows"}`,
            ...(digests && digest !== undefined ? [`digest ${digest.slice(0, 16)}`] : []),
        ].join(", "),
        of: `table ${table}`,
    }));
}
