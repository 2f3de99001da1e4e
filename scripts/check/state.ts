import {
    contentEntries,
    type Difference,
    differences,
    type Entry,
    type TableContent,
} from "../delivery/engines/fingerprint";
import type { Parts } from "../delivery/engines/postgresql/catalog/parts/reader";

/** The state of a database at one moment: its catalog, and the contents of its tables. */
export type State = Parts;

/** What a changeset changes. */
export type Change = "schema" | "data" | "schema and data" | "nothing";

export function changeBetween(before: State, after: State): Change {
    const schema = catalogDifferences(before, after).length > 0;
    // An added column changes every row of its table; then only added or removed rows count as data.
    const data = dataDifferences(before, after, { digests: !schema }).length > 0;
    return schema && data ? "schema and data" : schema ? "schema" : data ? "data" : "nothing";
}

/** All differences. Without digests, only the row counts of tables are compared. */
export function stateDifferences(before: State, after: State, options = { digests: true }): Difference[] {
    const catalog = catalogDifferences(before, after);
    // An added or removed column changes every row of its table; the column itself is reported already.
    const reshaped = new Set(
        catalog.filter(({ kind, change }) => kind === "column" && change !== "changed").map(({ of }) => of),
    );
    const data = dataDifferences(before, after, options);
    return [...catalog, ...data.filter((difference) => !(reshaped.has(difference.of) && isSameCount(difference)))];
}

function isSameCount({ before = "", after = "" }: Difference): boolean {
    return before.split(",")[0] === after.split(",")[0];
}

function catalogDifferences(before: State, after: State): Difference[] {
    const entries = (parts: (readonly Entry[])[]) => ({ entries: parts.flat() });
    return differences(
        entries(unshared(before.catalog, after.catalog)),
        entries(unshared(after.catalog, before.catalog)),
    );
}

function dataDifferences(before: State, after: State, options: { digests: boolean }): Difference[] {
    const entries = (content: TableContent[]) => ({ entries: contentEntries(content, options) });
    return differences(
        entries(unshared(before.content, after.content)),
        entries(unshared(after.content, before.content)),
    );
}

/** The parts that are not the same object on the other side: what is need not be compared. */
function unshared<T>(parts: ReadonlyMap<number, T>, others: ReadonlyMap<number, T>): T[] {
    return [...parts].flatMap(([key, part]) => (others.get(key) === part ? [] : [part]));
}
