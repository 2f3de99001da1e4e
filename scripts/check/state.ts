import { contentEntries, type Difference, differences, type Fingerprint, type TableContent } from "../delivery/catalog";

/** What a database is at one moment: its catalog, and what its tables hold. */
export interface State {
    catalog: Fingerprint;
    content: TableContent[];
}

/** What a changeset changes. */
export type Change = "schema" | "data" | "schema and data" | "nothing";

export function changeBetween(before: State, after: State): Change {
    const schema = before.catalog.digest !== after.catalog.digest;
    // An added column changes every row of its table: rows that came or went are what tells data apart then.
    const data = dataDifferences(before, after, { digests: !schema }).length > 0;
    return schema && data ? "schema and data" : schema ? "schema" : data ? "data" : "nothing";
}

/** All that differs. Without digests, of the tables only how many rows they have. */
export function stateDifferences(before: State, after: State, options = { digests: true }): Difference[] {
    const catalog = before.catalog.digest === after.catalog.digest ? [] : differences(before.catalog, after.catalog);
    // A column that came or went changes every row of its table; the column says so already.
    const reshaped = new Set(
        catalog.filter(({ kind, change }) => kind === "column" && change !== "changed").map(({ of }) => of),
    );
    const data = dataDifferences(before, after, options);
    return [...catalog, ...data.filter((difference) => !(reshaped.has(difference.of) && isSameCount(difference)))];
}

function isSameCount({ before = "", after = "" }: Difference): boolean {
    return before.split(",")[0] === after.split(",")[0];
}

function dataDifferences(before: State, after: State, options: { digests: boolean }): Difference[] {
    return differences(
        { entries: contentEntries(before.content, options) },
        { entries: contentEntries(after.content, options) },
    );
}
